#!/bin/bash
# Keycloak takes no secret from a file, so they are put into its environment here; the realm is imported once.
set -euo pipefail
export KC_DB_PASSWORD KC_BOOTSTRAP_ADMIN_USERNAME KC_BOOTSTRAP_ADMIN_PASSWORD CLOISTER_CLIENT_SECRET
KC_DB_PASSWORD=$(</run/secrets/keycloak/password)
CLOISTER_CLIENT_SECRET=$(</run/secrets/keycloak/client)
KC_BOOTSTRAP_ADMIN_USERNAME=$(</run/secrets/keycloak-admin/username)
KC_BOOTSTRAP_ADMIN_PASSWORD=$(</run/secrets/keycloak-admin/password)
exec /opt/keycloak/bin/kc.sh start --import-realm
