"""Keycloak for one machine: downloads it from Maven Central and sets up Cloister's realm."""
