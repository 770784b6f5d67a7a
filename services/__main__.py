"""`python -m services` runs all services in one process; `python -m services retrieval audit` runs those."""

import asyncio
import gc
import logging
import sys
from importlib import import_module

import uvloop

from shared.errors import NotReady
from shared.registry import services
from shared.security.privacy import keep_private, mend
from shared.settings import settings
from shared.telemetry import log_as_json

ALL = tuple(services())

log = logging.getLogger("cloister")


def main() -> int:
    """Exit code 0 after an orderly end, 78 (EX_CONFIG) when something is missing or set wrongly."""
    keep_private()
    gc.disable()  # of modules that are read nothing is waste: looking for it took a fifth of the time
    names = sys.argv[1:] or list(ALL)
    if unknown := sorted(set(names) - set(ALL)):
        print(f"There is no service {', '.join(unknown)}. There are: {', '.join(ALL)}.", file=sys.stderr)
        return 64
    try:
        log_as_json(settings().log_level)
        if foreign := mend(settings().home):
            log.warning("%s belongs to somebody else, and others may read it: chown it to this user", foreign[0])
        from shared.http.serving import serve

        found = [import_module(f"services.{name}").service for name in ALL if name in names]
        gc.freeze()
        gc.enable()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(found, settings()))
    except NotReady as error:
        log.critical("%s", error)
        return 78
    return 0


if __name__ == "__main__":
    sys.exit(main())
