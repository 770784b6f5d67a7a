#!/bin/sh
# Runs once, when the server makes its first files: Keycloak's own database, which nobody else's tables are in.
set -eu
psql --username "$POSTGRES_USER" --variable ON_ERROR_STOP=1 --variable password="$(cat /run/secrets/keycloak/password)" <<'SQL'
CREATE ROLE keycloak LOGIN PASSWORD :'password';
CREATE DATABASE keycloak OWNER keycloak;
SQL
