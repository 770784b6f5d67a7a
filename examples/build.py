"""Write the sample company's files anew: `python -m examples.build` turns examples/source into examples/company."""

import sys
from collections.abc import Iterator
from pathlib import Path

from examples.formats import FORMATS, gbk

HERE = Path(__file__).parent
SOURCE, COMPANY = HERE / "source", HERE / "company"


def main() -> int:
    """Text, Markdown and CSV lie in examples/company as they were written; the other kinds come from here."""
    for path, data in built():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"{path.relative_to(HERE)}  {len(data):,} bytes")
    return 0


def built() -> Iterator[tuple[Path, bytes]]:
    """Where each file belongs, and its bytes."""
    for source in sorted(path for path in SOURCE.rglob("*") if path.is_file()):
        folder, text = COMPANY / source.parent.name, source.read_text(encoding="utf-8")
        name = source.name.removesuffix(".md")
        if name.endswith(".gbk.txt"):
            yield folder / f"{name.removesuffix('.gbk.txt')}.txt", gbk(text)
        else:
            yield folder / name, FORMATS[name.rpartition(".")[2]](text)


if __name__ == "__main__":
    sys.exit(main())
