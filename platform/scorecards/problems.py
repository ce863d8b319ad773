"""What is wrong with data handed in, place by place; the wording is in `scorecards.labels`."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kernel.errors import Invalid


class Problem(NamedTuple):
    """`path`: dotted place ("sections.0.items.2.points") or item code; `code` with `params`: what is wrong."""

    path: str
    code: str
    params: Mapping[str, Any] = {}


class ProblemsFound(Invalid):
    """`fields` carries the bare codes; whoever shows them turns `problems` into words."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        fields: dict[str, list[str]] = {}
        for problem in self.problems:
            fields.setdefault(problem.path, []).append(problem.code)
        super().__init__(fields, "; ".join(f"{problem.path}: {problem.code}" for problem in self.problems[:20]))


class FormInvalid(ProblemsFound):
    """The data is not a form of this schema."""


class AnswersInvalid(ProblemsFound):
    """Answers that the form's rules cannot score; `path` is the item code."""
