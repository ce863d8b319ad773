"""The OCDS 1.1.5 schema with the extensions merged in, where it lies beside the project."""

import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "ocds"
STANDARD = FOLDER / "standard-1__1__5.zip"
INSIDE = "standard-1__1__5/schema/"


def is_there() -> bool:
    return STANDARD.exists()


@cache
def schemas() -> dict[str, Any]:
    """release, package and record-package schemas; the release schema patched with each extension (RFC 7396)."""
    with zipfile.ZipFile(STANDARD) as archive:
        found = {
            name: json.loads(archive.read(f"{INSIDE}{name}-schema.json"))
            for name in ("release", "release-package", "record-package")
        }
    for path in sorted(FOLDER.glob("ext/*/*/release-schema.json")):
        found["release"] = _patched(found["release"], json.loads(path.read_text(encoding="utf-8")))
    return found


def _patched(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value)
    return result


def release_errors(release: Any) -> list[str]:
    from jsonschema import Draft4Validator, FormatChecker

    validator = Draft4Validator(schemas()["release"], format_checker=FormatChecker())
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in validator.iter_errors(release)
    ]


def unknown_fields(release: Any) -> list[str]:
    """Fields that neither the standard nor an extension knows and that do not carry our prefix."""
    return sorted(set(_unknown(release, schemas()["release"], "")))


def _unknown(value: Any, schema: Any, path: str) -> list[str]:
    schema = _resolved(schema)
    if isinstance(value, list):
        return [fault for one in value for fault in _unknown(one, schema.get("items", {}), path)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    faults = []
    for name, inner in value.items():
        if name in schema["properties"]:
            faults += _unknown(inner, schema["properties"][name], f"{path}/{name}")
        elif not name.startswith("houqin_"):
            faults.append(f"{path}/{name}")
    return faults


def _resolved(schema: Any) -> Any:
    while "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        schema = schemas()["release"]["definitions"][name]
    return schema
