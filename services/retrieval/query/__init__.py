"""What a question asks for: follow-ups, stop phrases, synonyms, titles."""
