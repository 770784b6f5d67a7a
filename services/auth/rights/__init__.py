"""What may be done, by whom, when and how often."""
