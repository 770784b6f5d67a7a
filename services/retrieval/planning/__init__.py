"""What is searched for beside the question itself: planned by a model, else by rules and a dictionary."""
