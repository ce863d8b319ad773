"""The lock file is of this pyproject.toml and names no host (docs/adr/0002-lock-file-without-hosts.md)."""

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", text)[0].lower().replace("_", "-") for text in requirements}


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = read("pyproject.toml")
    (own,) = (package for package in read("uv.lock")["package"] if package["name"] == project["project"]["name"])
    hint = "pyproject.toml changed: run make lock"
    assert {item["name"] for item in own["metadata"]["requires-dist"]} == names(project["project"]["dependencies"]), (
        hint
    )
    locked = {group: {item["name"] for item in items} for group, items in own["metadata"]["requires-dev"].items()}
    assert locked == {group: names(items) for group, items in project["dependency-groups"].items()}, hint


def test_lock_files_name_no_host() -> None:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://([^/\"]+)", text)) == {"python-index.invalid", "python-files.invalid"}
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text(encoding="utf-8")
