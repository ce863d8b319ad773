"""Findings as they are kept beside a version.

What the doctor says is said anew at every change. What the import said (a line it could not read, a remark of the
source) is known only once: it is marked `origin: import` and stays until the place it names is changed, or until
somebody says that it is settled.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scorecards import doctor
from scorecards.finding import Finding, sorted_findings
from scorecards.form import Form

Kept = dict[str, Any]


def as_finding(kept: Mapping[str, Any]) -> Finding:
    return Finding(kept["severity"], kept["code"], kept["where"], kept["params"])


def of_import(kept: Mapping[str, Any]) -> bool:
    return kept.get("origin") == "import"


def first_kept(form: Form, said: Sequence[Finding]) -> list[Kept]:
    """For a new draft: `said` by the import, and what the doctor has to say."""
    examined = doctor.check(form)
    return _kept([finding for finding in said if finding not in examined], examined)


def kept_after(form: Form, before: Iterable[Kept], changed: set[str]) -> list[Kept]:
    """After a change at the places `changed`."""
    still = [as_finding(one) for one in before if of_import(one) and one["where"] not in changed]
    return _kept(still, doctor.check(form))


def _kept(imported: Sequence[Finding], examined: Sequence[Finding]) -> list[Kept]:
    merged = sorted_findings([*imported, *(finding for finding in examined if finding not in imported)])
    return [
        {**finding.to_json(), "origin": "import"} if finding in imported else finding.to_json() for finding in merged
    ]
