"""What a question brings with it: data, the form of its answer, its topic."""
