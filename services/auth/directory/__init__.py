"""Synchronises users, groups and roles from Keycloak into auth's tables."""
