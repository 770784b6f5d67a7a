"""`cloister workspaces`, `users`, `grants`, `roles`, `limits`, `topics` and `keys`: who may do what."""
