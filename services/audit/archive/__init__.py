"""Signed daily bundles on disk, each verified alone, and what may leave the tables once they are there."""
