"""Wakes the watcher when the system tells of a change. It may miss some: the scans are the truth."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from watchfiles import watch

DEBOUNCE = 800  # milliseconds


def listen(folder: Path, woken: Event, stop: Event, say: Callable[[str], None]) -> None:
    """Starts a thread. Shares over a network tell nothing, and a system may have no notices left."""

    def run() -> None:
        try:
            for _ in watch(
                folder, watch_filter=None, debounce=DEBOUNCE, stop_event=stop, ignore_permission_denied=True
            ):
                woken.set()
        except Exception as error:  # what the system's own watcher raises differs from one to the next
            if not stop.is_set():
                say(f"The system tells of no changes below {folder} ({error}); they are found by looking.")

    Thread(target=run, name="notices", daemon=True).start()
