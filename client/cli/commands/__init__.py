"""The commands, in a package for each topic."""
