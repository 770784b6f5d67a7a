"""Seconds from `cloister up` on an empty home to ready, with the embedded engine and embedder."""

from bench.system import system
from bench.tables import table


def main() -> None:
    rows = []
    for name, each in (("one process", False), ("eight processes", True)):
        times = []
        for _ in range(3):
            with system(each=each) as running:
                times.append(running.ready_seconds)
        rows.append([name, f"{min(times):.1f}", f"{max(times):.1f}", "≤ 10" if not each else ""])
    table("Start on an empty home", ["processes", "best s", "worst s", "goal"], rows)


if __name__ == "__main__":
    main()
