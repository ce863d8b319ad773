"""Example forms that come with the product (title "示例…"): templates to start from, never in force by themselves."""

from importlib.resources import files

from scorecards.form import Form
from scorecards.form_json import from_json
from scorecards.plain_yaml import read_plain_yaml


def names() -> list[str]:
    """E.g. "canteen_01"."""
    return sorted(
        entry.name.removesuffix(".yaml") for entry in files(__name__).iterdir() if entry.name.endswith(".yaml")
    )


def load(name: str) -> Form:
    """KeyError when there is no such example."""
    if name not in names():
        raise KeyError(name)
    return from_json(read_plain_yaml(files(__name__).joinpath(f"{name}.yaml").read_bytes()))
