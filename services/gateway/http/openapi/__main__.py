"""`python -m services.gateway.http.openapi`: the gateway's OpenAPI, from which the page's types are made."""

import json
import sys

from services.gateway.http.openapi import document
from shared.security.privacy import keep_private

if __name__ == "__main__":
    keep_private()
    json.dump(document(), sys.stdout, ensure_ascii=False, indent=1)
