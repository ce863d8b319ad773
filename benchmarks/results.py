"""benchmarks/results.md: a section for each part, so that a part that was measured again leaves the others as they were."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

PARTS = (
    "requests",
    "engine",
    "pages",
    "phones",
    "demand",
    "evaluation",
    "deadline",
    "stock",
    "recall",
    "duties",
    "mornings",
    "books",
    "menus",
)
TITLE = (
    "# What was measured\n\nWritten by `make bench`; how to read it: [docs/performance.md](../docs/performance.md).\n"
)


def _mark(part: str) -> str:
    return f"<!-- part: {part} -->\n"


def put(path: Path, part: str, text: str) -> None:
    known = read(path) | {part: text.strip() + "\n"}
    body = "\n".join(_mark(one) + known[one] for one in PARTS if one in known)
    path.write_text(f"{TITLE}\n{body}", encoding="utf-8")


def read(path: Path) -> dict[str, str]:
    """Section by part; a file without our marks has none."""
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    for piece in path.read_text(encoding="utf-8").split("<!-- part: ")[1:]:
        name, _, text = piece.partition(" -->\n")
        if name in PARTS:
            found[name] = text.strip() + "\n"
    return found


def circumstances() -> str:
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; {os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}; load after the run {os.getloadavg()[0]:.1f}"
    )
