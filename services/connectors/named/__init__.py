"""Named queries: which one a question means, and with which parameters."""
