"""Query understanding: follow-up rewriting, synonyms, stop phrases, quoted phrases."""
