"""A question as its asker sees it: submission, stream, answer, conversation."""
