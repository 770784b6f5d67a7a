"""Where an answer is: in documents, in data or in both."""
