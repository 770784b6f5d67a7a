"""Anomaly rules: a fold over the log, so that restart, replay and live run agree."""
