"""Read `connectors.toml`; read it again when it has changed."""

import logging
import tomllib
from pathlib import Path

from pydantic import ValidationError

from services.connectors.declarations.sources import Declarations
from shared.errors import NotReady

log = logging.getLogger(__name__)


def load(path: Path) -> Declarations:
    """The declarations; none when there is no file. `NotReady` names the field, the value and the remedy."""
    try:
        return Declarations.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Declarations()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise NotReady(f"{path} cannot be read: {error}. Correct it.") from error
    except ValidationError as error:
        # A misspelt field first: that the right one is missing follows from it.
        first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        field = ".".join(map(str, first["loc"])) or "the file"
        value = "" if isinstance(first["input"], dict) else f" ({str(first['input'])[:80]!r})"
        more = f" {error.error_count() - 1} more are wrong." if error.error_count() > 1 else ""
        raise NotReady(f"{path}: {field}{value}: {first['msg']}. Correct it.{more}") from error


class Watched:
    """The declarations as the file says now. A wrong change keeps the old ones, and `problem` says what is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self._stamp = self._look()
        self.current = load(path)

    def changed(self) -> bool:
        """Whether `current` is another one than at the last call."""
        if (stamp := self._look()) == self._stamp:
            return False
        self._stamp = stamp
        try:
            self.current, self.problem = load(self.path), ""
        except NotReady as error:
            self.problem = str(error)
            log.error("the changed %s is not used: %s", self.path.name, error)
            return False
        return True

    def _look(self) -> tuple[int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size
