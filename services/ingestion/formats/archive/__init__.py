"""ZIP archives, and files within files."""
