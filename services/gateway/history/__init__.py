"""A person's earlier questions: the list of conversations and their turns."""
