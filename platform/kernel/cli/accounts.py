"""`houqin accounts`: the first account of a new deployment, and a way back in. Who may is whoever may run commands."""

from uuid import UUID

import click
from sqlalchemy import select, text

from kernel.cli.support import Failure, Tools, print_json
from kernel.database import db
from kernel.database.scope import IDENTITY, OPERATOR, use_scope
from kernel.identity.models import Bureau, Membership, Person
from kernel.identity.rules import normalise_name
from kernel.web.dates import today

PLACES = {"zone": text("SELECT id FROM zones WHERE bureau_id = :bureau_id AND code = :code"),
          "school": text("SELECT id FROM schools WHERE bureau_id = :bureau_id AND code = :code")}  # fmt: skip


@click.group()
def accounts() -> None:
    """Accounts of people."""


@accounts.command("create")
@click.option("--name", required=True, help="The person's name, as shown.")
@click.option("--username", help="Letters, digits, . _ - @; drawn when left out.")
@click.option("--mobile", help="Mobile number, which also signs in.")
@click.option("--email")
@click.option("--role", required=True, help="Such as bureau_admin; see docs/glossary.md.")
@click.option("--bureau", "bureau_code", required=True, metavar="CODE", help="The bureau in which the role is held.")
@click.option("--new-bureau", metavar="NAME", help="Create the bureau CODE under this name first.")
@click.option("--zone", "zone_code", metavar="CODE", help="For a role held in a zone.")
@click.option("--school", "school_code", metavar="CODE", help="For a role held in a school.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def create(
    tools: Tools, name: str, username: str | None, mobile: str | None, email: str | None, role: str, bureau_code: str,
    new_bureau: str | None, zone_code: str | None, school_code: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Make an account with one role; prints its one-time password, to be changed at the first sign-in."""
    from kernel.identity import labels
    from kernel.identity.service.accounts import create_account

    if zone_code and school_code:
        raise click.UsageError("a role is held in a zone or in a school: give one of --zone and --school")
    app = tools.app()
    known = labels.known_roles()
    if known and role not in known:
        raise click.UsageError(f"no role is named {role}; there are {', '.join(sorted(known))}")
    with app.test_request_context():
        session = db.session()
        bureau_id = _bureau(bureau_code, new_bureau)
        use_scope(session, IDENTITY)
        level = "zone" if zone_code else "school" if school_code else "bureau"
        place = _place(level, bureau_id, zone_code or school_code)
        made = create_account(session, display_name=name, username=username, mobile=mobile, email=email)
        _enrol(bureau_id, made.account.id, name, level, role, place)
        answer = {"username": made.account.username, "one_time_password": made.one_time_password, "role": role}
        session.commit()
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{answer['username']}  {answer['one_time_password']}")


@accounts.command("reset-password")
@click.argument("username")
@click.option("--clear-second-factor", is_flag=True, help="Also forget the second factor, for a lost telephone.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def reset(tools: Tools, username: str, clear_second_factor: bool, as_json: bool) -> None:
    """Give an account a new one-time password and end all its sign-ins and tokens."""
    from kernel.identity.service.accounts import find_account, reset_password

    with tools.app().test_request_context():
        session = db.session()
        use_scope(session, IDENTITY)
        account = find_account(session, username)
        if account is None:
            raise Failure(f"no account has the user name or mobile number {normalise_name(username)!r}")
        name = account.username
        password = reset_password(session, account.id, clear_second_factor=clear_second_factor)
        session.commit()
    if as_json:
        print_json({"username": name, "one_time_password": password})
    else:
        click.echo(f"{name}  {password}")


def _bureau(code: str, new_name: str | None) -> int:
    session = db.session()
    use_scope(session, OPERATOR)
    bureau = session.scalar(select(Bureau).where(Bureau.code == code))
    if new_name is not None:
        if bureau is not None:
            raise Failure(f"the bureau {code} exists already ({bureau.name}): leave --new-bureau out")
        bureau = Bureau(code=code, name=new_name)
        session.add(bureau)
        session.flush()
    if bureau is None:
        raise Failure(f"no bureau has the code {code}: create it with --new-bureau NAME")
    return bureau.id


def _place(level: str, bureau_id: int, code: str | None) -> int | None:
    if level == "bureau":
        return None
    found = db.session.execute(PLACES[level], {"bureau_id": bureau_id, "code": code}).scalar_one_or_none()
    if found is None:
        raise Failure(f"this bureau has no {level} with the code {code}")
    return int(found)


def _enrol(bureau_id: int, account_id: UUID, name: str, level: str, role: str, place: int | None) -> None:
    session = db.session()
    session.add(Person(bureau_id=bureau_id, id=account_id, display_name=name, search_name=name.lower()))
    session.flush()
    membership = Membership(bureau_id=bureau_id, person_id=account_id, level=level, role=role, valid_from=today())
    membership.zone_id = place if level == "zone" else None
    membership.school_id = place if level == "school" else None
    session.add(membership)
    session.flush()
