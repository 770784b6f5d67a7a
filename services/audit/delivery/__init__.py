"""Forwards records and alerts: log collectors, chats, mail. Each destination has a durable position."""
