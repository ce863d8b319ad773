"""A form as somebody hands it in: by name and bytes, whatever the bytes are."""

from scorecards.finding import Finding
from scorecards.importing import Imported, read_data, read_yaml
from scorecards.plain_yaml import Unreadable, read_plain_json


def read_upload(name: str, data: bytes) -> Imported:
    """JSON by its suffix, else YAML. Never raises on bad input."""
    if not name.lower().endswith(".json"):
        return read_yaml(data)
    try:
        return read_data(read_plain_json(data))
    except Unreadable as error:
        return Imported(None, [Finding("error", error.code, "form", error.params)], {})
