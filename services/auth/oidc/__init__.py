"""Checks access tokens of the company's OpenID Connect issuer, Keycloak."""
