"""The command `cloister`, which needs the extra `cli`."""

import sys

NEEDED = ("typer", "rich", "watchfiles", "zstandard", "orjson")


def main() -> None:
    """Run the command; without the extra, say how to install it."""
    try:
        from client.cli.main import main as run
    except ModuleNotFoundError as error:
        if error.name not in NEEDED:
            raise
        sys.exit(f"The command needs {error.name}. Install the client's wheel with its extra: '….whl[cli]'.")
    run()
