"""What every HTTP route shares, and the routes of accounts, feedback, search and the audit log."""
