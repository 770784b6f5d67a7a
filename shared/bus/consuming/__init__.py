"""How messages reach handlers: pulls, batches, fair turns, retries."""
