"""`cloister up`, `streams`, `doctor`, `login`, `models` and `connectors`: run and check the system."""
