"""What a caller signs in with: passwords and tokens."""
