"""People over REST: the same services as the pages."""

from typing import Any
from uuid import UUID

from bureau.people import schemas, service
from bureau.people.permissions import Permission
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blueprint = ApiBlueprint("people", __name__, description="People, their roles, their access")


@blueprint.route("/people", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.PeopleQuery, location="query")
@blueprint.response(200, schemas.PersonList)
def list_people(query: dict[str, Any]) -> Any:
    """By name. A school's head finds the school's own people."""
    filters = service.PeopleFilters(query["text"], query["role"], query["school_id"], query["state"])
    page = service.list_people(current_actor(), filters, query["cursor"], query["limit"])
    return {"items": [_shown(view) for view in page.items], "next_cursor": page.next_cursor}


@blueprint.route("/people", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.arguments(schemas.PersonIn)
@blueprint.response(201, schemas.AddedPersonOut)
def add_person(data: dict[str, Any]) -> Any:
    """Somebody known by this mobile number gets the role, and no second account."""
    actor = current_actor()
    added = service.add_person(actor, data.pop("id"), **data)
    view = service.get_person(actor, added.person.id)
    return {**_shown(view), "one_time_password": added.one_time_password}


@blueprint.route("/people/<uuid:person_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.PersonOut)
def get_person(person_id: UUID) -> Any:
    return _shown(service.get_person(current_actor(), person_id))


@blueprint.route("/people/<uuid:person_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(schemas.PersonEdit)
@blueprint.response(200, schemas.PersonOut)
def put_person(data: dict[str, Any], person_id: UUID) -> Any:
    """`If-Match` carries the version that was seen."""
    actor = current_actor()
    service.edit_person(actor, person_id, seen_version(), **data)
    return _shown(service.get_person(actor, person_id))


@blueprint.route("/people/<uuid:person_id>/roles/<uuid:membership_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(schemas.RoleIn)
@blueprint.response(200, schemas.PersonOut)
def put_role(data: dict[str, Any], person_id: UUID, membership_id: UUID) -> Any:
    """The id is made by the client: sent twice, the role is given once."""
    actor = current_actor()
    service.give_role(actor, person_id, membership_id, **data)
    return _shown(service.get_person(actor, person_id))


@blueprint.route("/people/<uuid:person_id>/roles/<uuid:membership_id>", methods=["DELETE"])
@access(Permission.MANAGE)
@blueprint.response(204)
def end_role(person_id: UUID, membership_id: UUID) -> None:
    """Takes effect with the person's next request. `If-Match` carries the role's version."""
    service.end_role(current_actor(), person_id, membership_id, seen_version())


@blueprint.route("/people/<uuid:person_id>/suspension", methods=["PUT"])
@access(Permission.SUSPEND)
@blueprint.response(200, schemas.PersonOut)
def suspend(person_id: UUID) -> Any:
    """Closes the bureau and its schools to the person, at once."""
    actor = current_actor()
    service.suspend_person(actor, person_id, seen_version())
    return _shown(service.get_person(actor, person_id))


@blueprint.route("/people/<uuid:person_id>/suspension", methods=["DELETE"])
@access(Permission.SUSPEND)
@blueprint.response(200, schemas.PersonOut)
def reopen(person_id: UUID) -> Any:
    actor = current_actor()
    service.reopen_person(actor, person_id, seen_version())
    return _shown(service.get_person(actor, person_id))


@blueprint.route("/people/<uuid:person_id>/one-time-password", methods=["POST"])
@access(Permission.MANAGE)
@blueprint.arguments(schemas.ResetForm)
@blueprint.response(201, schemas.OneTimePasswordOut)
def reset_password(data: dict[str, Any], person_id: UUID) -> Any:
    """Ends every sign-in and token of the account. Given this once."""
    one_time = service.reset_password(current_actor(), person_id, **data)
    return {"one_time_password": one_time}


@blueprint.route("/second-factor-roles", methods=["GET"])
@access(Permission.SECOND_FACTOR)
@blueprint.response(200, schemas.SecondFactorOut)
def get_second_factor_roles() -> Any:
    roles, version = service.second_factor_roles(current_actor())
    return {"roles": roles, "version": version}


@blueprint.route("/second-factor-roles", methods=["PUT"])
@access(Permission.SECOND_FACTOR)
@blueprint.arguments(schemas.SecondFactorRoles)
@blueprint.response(200, schemas.SecondFactorOut)
def put_second_factor_roles(data: dict[str, Any]) -> Any:
    bureau = service.set_second_factor_roles(current_actor(), data["roles"], seen_version())
    return {"roles": bureau.settings["second_factor_roles"], "version": bureau.version}


def _shown(view: service.PersonView) -> dict[str, Any]:
    roles = []
    for one in view.roles:
        held = one.membership
        roles.append(
            {
                "id": held.id,
                "role": held.role,
                "level": held.level,
                "zone_id": held.zone_id,
                "school_id": held.school_id,
                "supplier_id": held.supplier_id,
                "place": one.place,
                "valid_from": held.valid_from,
                "valid_until": held.valid_until,
                "ended_at": held.ended_at,
                "standing": str(one.standing),
                "version": held.version,
            }
        )
    person, account = view.person, view.account
    return {
        "id": person.id,
        "display_name": person.display_name,
        "username": account.username,
        "mobile": account.mobile,
        "email": account.email,
        "state": person.state,
        "roles": roles,
        "version": person.version,
    }
