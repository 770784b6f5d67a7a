"""Question and answer text, kept encrypted under a key per person, when the policy says so."""
