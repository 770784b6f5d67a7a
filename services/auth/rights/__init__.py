"""Role templates, topics, opening hours and limits: what may be done, when and how often."""
