"""`python -m infra.nats` prints a nats-server configuration for production, with the public keys of this home."""

import argparse
import json
import sys
from pathlib import Path

from infra.nats.configuration import configuration
from infra.nats.keys import create_keys
from shared.security.privacy import keep_private
from shared.settings import settings


def main() -> int:
    """Print the configuration; creates missing keys."""
    keep_private()
    parser = argparse.ArgumentParser(prog="python -m infra.nats", description=__doc__)
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104
    parser.add_argument("--port", type=int, default=4222)
    parser.add_argument("--store", type=Path, default=Path("/data"), help="folder of the server's streams")
    given = parser.parse_args()
    create_keys(settings().keys_dir)
    found = configuration(given.store, settings().keys_dir, given.port, given.host)
    # A printed configuration holds no secret.
    for name in ("cipher", "key"):
        del found["jetstream"][name]
    print("# Add `cipher: aes` and a `key` to jetstream: what was erased must not be readable on the disk.")
    print("# Add a tls block before anything but this machine connects: https://docs.nats.io, `TLS`.")
    print(json.dumps(found, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
