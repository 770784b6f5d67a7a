"""`python -m infra.signing_key rotate` gives auth a new signing key; earlier signatures stay valid."""

import argparse
import os
import sys
from pathlib import Path

from infra.nats.keys import create_key_pair, create_keys
from shared.security.privacy import keep_private
from shared.settings import settings

STEPS = {
    "prepare": "make the next key, and add its public half to auth.pub",
    "use": "sign with it from now on",
    "retire": "take the public halves of earlier keys away, once nothing that they signed can be alive",
    "rotate": "prepare and use, where all services read the same folder",
}


def main() -> int:
    """Run one step. On Kubernetes apply the secrets of `python -m infra.secrets` after each, and wait a minute."""
    keep_private()
    parser = argparse.ArgumentParser(prog="python -m infra.signing_key", description=__doc__)
    parser.add_argument("step", choices=STEPS, help="; ".join(f"{name}: {words}" for name, words in STEPS.items()))
    step, keys = parser.parse_args().step, settings().keys_dir
    create_keys(keys)
    for name, action in (("prepare", prepare), ("use", use), ("retire", retire)):
        if step in (name, "rotate") and not (step == "rotate" and name == "retire"):
            print(action(keys))
    return 0


def prepare(keys: Path) -> str:
    """Create the next key, and publish its public half before anything is signed with it."""
    create_key_pair(keys / "auth-next")
    known, coming = (keys / "auth.pub").read_bytes(), (keys / "auth-next.pub").read_bytes()
    if coming not in known:
        _replace(keys / "auth.pub", known.rstrip() + b"\n" + coming)
    return f"{keys / 'auth.pub'} holds the next key, too."


def use(keys: Path) -> str:
    """Sign with the next key from now on."""
    if not (keys / "auth-next.key").exists():
        return "There is no next key. Run the step `prepare` first."
    public = (keys / "auth-next.pub").read_bytes()
    known = (keys / "auth.pub").read_bytes().replace(public, b"")
    _replace(keys / "auth.pub", public + known.lstrip())
    os.replace(keys / "auth-next.key", keys / "auth.key")
    (keys / "auth-next.pub").unlink()
    return "Auth signs with the new key. Run the step `retire` when the longest sign-in is over (8 hours by default)."


def retire(keys: Path) -> str:
    """Accept only signatures of the present key."""
    first = (keys / "auth.pub").read_bytes().split(b"-----END PUBLIC KEY-----")[0]
    _replace(keys / "auth.pub", first + b"-----END PUBLIC KEY-----\n")
    return "Earlier keys are no longer accepted."


def _replace(path: Path, content: bytes) -> None:
    """Replace the file atomically: services read it meanwhile."""
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(content)
    draft.chmod(0o644)
    os.replace(draft, path)


if __name__ == "__main__":
    sys.exit(main())
