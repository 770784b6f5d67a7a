"""Embeds text: one file for each provider."""
