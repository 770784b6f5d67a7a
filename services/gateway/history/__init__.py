"""What one asked before: the list of conversations, their turns, and what is done with them."""
