"""The company's directory, Keycloak: its users, groups and roles brought into auth's own tables."""
