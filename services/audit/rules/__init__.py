"""Rules that notice misuse: a fold over the log, so that a restart, a replay and the live log see the same."""
