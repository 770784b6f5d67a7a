"""Plans a search: one short call of a model, from the question alone."""
