"""Wakes the watcher on file system notifications. Scans find what notifications miss."""

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from watchfiles import watch

DEBOUNCE = 800  # milliseconds


def listen(folder: Path, wake: Event, stop: Event, note: Callable[[str], None]) -> None:
    """Start a thread. Network shares send no notifications, and the system's watches may be exhausted."""

    def run() -> None:
        try:
            for _ in watch(
                folder, watch_filter=None, debounce=DEBOUNCE, stop_event=stop, ignore_permission_denied=True
            ):
                wake.set()
        except Exception as error:  # the errors of the operating systems' watchers differ
            if not stop.is_set():
                note(f"There are no notifications for {folder} ({error}); changes are found by scans.")

    Thread(target=run, name="notices", daemon=True).start()
