"""What a bidder states of itself in its bid: whom to ask, who answers for the company and the work, from where the bond
was paid. Which of it is asked for is the tender's to say; what is missing is judged at the qualification review."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

MOST_TEXT = 200
BOND_FORMS = ("transfer", "guarantee")
Kind = Literal["text", "phone", "email", "id_tail", "account", "bond_form"]


@dataclass(frozen=True, slots=True)
class Field:
    code: str
    kind: Kind = "text"
    required: bool = True


# A guarantee is issued by a bank or a guarantor and paid from no account of the bidder's.
GROUPS: Mapping[str, tuple[Field, ...]] = {
    "contact": (
        Field("contact_name"), Field("contact_mobile", "phone"), Field("contact_email", "email", required=False),
        Field("address"),
    ),
    "legal": (Field("legal_representative"), Field("legal_mobile", "phone", required=False)),
    # Two people of one name are told apart by the last four characters of their identity cards.
    "manager": (Field("manager_name"), Field("manager_mobile", "phone"), Field("manager_id_tail", "id_tail")),
    "bond": (
        Field("bond_form", "bond_form"), Field("bond_payer"), Field("bond_bank"),
        Field("bond_account", "account", required=False),
    ),
}  # fmt: skip
CHOSEN = ("legal", "manager")  # what a tender may leave out; a contact is always asked for, an account with any bond


def asked(bid_bond_fen: int, chosen: Collection[str] | None = None) -> tuple[str, ...]:
    """Groups in their order. `chosen`: those of CHOSEN that the tender asks for, None where nobody said."""
    wanted = {"contact", *(CHOSEN if chosen is None else chosen)}
    if bid_bond_fen > 0:
        wanted.add("bond")
    return tuple(group for group in GROUPS if group in wanted)


def missing(groups: Sequence[str], declared: Mapping[str, str]) -> list[str]:
    """Codes of fields that were asked for and left empty."""
    found = [
        field.code
        for group in groups
        for field in GROUPS[group]
        if field.required and not declared.get(field.code, "").strip()
    ]
    if "bond" in groups and declared.get("bond_form") == "transfer" and not declared.get("bond_account", "").strip():
        found.append("bond_account")
    return found


def texts(package: Mapping[str, Any]) -> dict[str, str]:
    """Of a package of any format: what is stated under a known code."""
    given = package.get("declarations")
    if not isinstance(given, Mapping):
        return {}
    codes = {field.code for fields in GROUPS.values() for field in fields}
    return {name: value.strip() for name, value in given.items() if name in codes and isinstance(value, str)}


def well_formed(declarations: Any) -> bool:
    """For the formats since houqin-bid-2: names with texts, none of them long."""
    return isinstance(declarations, dict) and all(
        isinstance(value, str) and len(value) <= MOST_TEXT for value in declarations.values()
    )
