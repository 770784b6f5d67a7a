"""One folder for each service; `python -m services` runs them."""
