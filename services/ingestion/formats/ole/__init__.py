"""Office files before 2007: DOC, PPT, XLS."""
