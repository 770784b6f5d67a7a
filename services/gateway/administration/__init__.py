"""Routes of accounts, rights, the company's directory and feedback."""
