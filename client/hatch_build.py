"""What the wheel holds: `client`, and of `shared` the messages, which are the contract of both sides.

An editable installation holds nothing: it points to the repository.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SHARED = ("__init__.py", "py.typed", "events")
NOT_INSTALLED = {"pyproject.toml", "README.md", "hatch_build.py", "__pycache__", "dist"}


class Files(BuildHookInterface):  # type: ignore[misc]
    """Called by hatchling before it builds."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        here = Path(self.root)
        own = {str(path): f"client/{path.name}" for path in here.iterdir() if path.name not in NOT_INSTALLED}
        shared = {str(here.parent / "shared" / name): f"shared/{name}" for name in SHARED}
        build_data["force_include"].update(own | shared)
