"""What a question asks for: cut to size, followed back through its conversation, understood in words and meaning."""
