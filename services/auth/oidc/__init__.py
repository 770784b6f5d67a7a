"""Access tokens of the company's own OpenID Connect issuer, Keycloak."""
