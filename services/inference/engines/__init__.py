"""Language model engines: one file for each, and the registry that picks one."""
