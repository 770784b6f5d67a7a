"""Legal holds and erasure: what must stay, and what must go."""
