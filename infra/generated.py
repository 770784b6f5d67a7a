"""`python -m infra.generated` writes the lists of services in compose.yaml and collector.yaml from the registry."""

import re
from pathlib import Path

from infra.tables import OWNERS
from shared.registry import services
from shared.security.privacy import keep_private

INFRA = Path(__file__).parent
COMPOSE, COLLECTOR = INFRA / "compose.yaml", INFRA / "otel" / "collector.yaml"
TARGETS = re.compile(r"(?<=- targets:  # written by `make docs` from the registry\n)(?: +- \w+:8000\n)+")
AFTER = "  # Tables, streams and consumers; the services wait for its end.\n"
ENTRY = """  {name}:
    <<: *service
    command: [{name}]
    environment: *{settings}
    volumes: ["./secrets/cloister-{name}:/run/secrets/cloister:ro"]
    networks: [bus, {tables}watch]

"""


def collector(text: str) -> str:
    """The collector's configuration with every service as a target."""
    return TARGETS.sub("".join(f"                - {name}:8000\n" for name in sorted(services())), text)


def compose(text: str) -> str:
    """compose.yaml with an entry for every service; existing entries stay."""
    for name in services():
        if f"\n  {name}:\n" not in text:
            owner = name in OWNERS
            entry = ENTRY.format(
                name=name, settings="owner" if owner else "settings", tables="tables, " if owner else ""
            )
            text = text.replace(AFTER, entry + AFTER)
    return text


def main() -> None:
    """Write both files."""
    keep_private()
    for path, written in ((COMPOSE, compose), (COLLECTOR, collector)):
        path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
