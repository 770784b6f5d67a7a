"""What HTTP routes share, and the routes of accounts, feedback and search."""
