"""Keycloak for one machine: fetched from Maven Central, with Cloister's realm."""
