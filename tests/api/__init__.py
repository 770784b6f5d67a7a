"""The OpenAPI document, and what others make of it."""
