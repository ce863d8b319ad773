"""Notices between the bureau's procurement officers and a company's people."""

from uuid import UUID

from bureau.roles import Role
from kernel.actor import Actor
from kernel.identity import holders
from kernel.notices import service as notices


def people_of(actor: Actor, supplier_id: UUID) -> list[UUID]:
    return holders.of_supplier(actor.bureau_id, supplier_id)


def officers(actor: Actor) -> list[UUID]:
    return holders.at_bureau(actor.bureau_id, (Role.PROCUREMENT_OFFICER,))


def tell_company(actor: Actor, supplier_id: UUID, kind: str, title: str, body: str = "", url: str = "/company") -> int:
    people = people_of(actor, supplier_id)
    return notices.notify(actor, people, kind, title, body=body, url=url, by_mail=True)


def tell_officers(
    actor: Actor, supplier_id: UUID, kind: str, title: str, body: str = "", url: str | None = None
) -> int:
    return notices.notify(actor, officers(actor), kind, title, body=body, url=url or f"/suppliers/{supplier_id}")
