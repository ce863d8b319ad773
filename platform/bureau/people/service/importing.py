"""Staff from a spreadsheet: all rows or none. A row is one role of one person; several rows may be the same person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError
from sqlalchemy import insert, or_, select
from sqlalchemy.exc import IntegrityError

from bureau.people import labels, rules
from bureau.people.schemas import email_address
from bureau.roles import LABELS, Role
from bureau.schools import service as schools
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import constraint_of, flush
from kernel.errors import Conflict
from kernel.identity import passwords
from kernel.identity.models import Account, Membership, Person
from kernel.identity.rules import is_username, normalise_name
from kernel.identity.service import events
from kernel.identity.service.accounts import drawn_username
from kernel.identity.totp import new_one_time_password
from kernel.sheets import Column, Parsed, Problem, Row, SheetSpec
from kernel.web.dates import today


def _given_here(actor: Actor) -> list[Role]:
    """A supplier's people join their company one by one, so a sheet names no company."""
    return [role for role in rules.grantable_roles(actor.level, actor.roles) if rules.level_of(role) != "supplier"]


def sheet_for(actor: Actor) -> SheetSpec:
    """The columns that this actor may fill: a school's head has no place to name and fewer roles to give."""
    roles = {str(role): LABELS[role] for role in _given_here(actor)}
    place = Column(
        "place", labels.FIELD["place"], most=100, width=28, example="演示中心小学",
        help=_l("学校岗位填学校全名或代码，片区岗位填片区名称或代码，局内岗位留空。"),
        aliases=("学校", "单位", "片区"),
    )  # fmt: skip
    columns = [
        Column("display_name", labels.FIELD["display_name"], required=True, most=50, width=14, example="演示王芳"),
        Column("mobile", labels.FIELD["mobile"], required=True, kind="mobile", width=16, example="13800000000"),
        Column("role", labels.FIELD["role"], required=True, kind="choice", choices=roles, width=16, example="司务长"),
        place,
        Column(
            "username", labels.FIELD["username"], kind="code", most=40, width=18, example="wangfang",
            help=_l("可不填，不填时自动生成；手机号也能登录。"),
        ),
        Column("email", labels.FIELD["email"], most=200, width=24),
        Column("valid_from", labels.FIELD["valid_from"], kind="date", width=16, help=_l("不填即从今天起。")),
        Column("valid_until", labels.FIELD["valid_until"], kind="date", width=16, help=_l("不填即长期。")),
    ]  # fmt: skip
    if actor.level == "school":
        columns.remove(place)
    return SheetSpec(name=_l("人员"), columns=columns)


RESULT = SheetSpec(
    name=_l("导入结果"),
    columns=[
        Column("display_name", labels.FIELD["display_name"], width=14),
        Column("mobile", labels.FIELD["mobile"], kind="code", width=16),
        Column("username", labels.FIELD["username"], kind="code", width=18),
        Column("role", labels.FIELD["role"], width=16),
        Column("place", labels.FIELD["place"], width=28),
        Column("one_time_password", _l("一次性口令"), kind="code", width=20),
        Column("remark", _l("说明"), width=40),
    ],
)


@dataclass(slots=True)
class ImportResult:
    """`problems` not empty: nothing was written. `rows`: for the result sheet, with the one-time passwords."""

    problems: list[Problem] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    people: int = 0
    new_accounts: int = 0


@dataclass(slots=True)
class _Known:
    """What the database holds already of the people in the sheet."""

    accounts: dict[str, Account]  # by mobile
    usernames: set[str]
    people: dict[UUID, Person]
    live: dict[tuple[UUID, str, int | None, int | None], Membership]


@dataclass(slots=True)
class _Planned:
    row: Row
    level: str
    school_id: int | None
    zone_id: int | None
    valid_from: date

    @property
    def key(self) -> tuple[str, str, int | None, int | None]:
        return (self.row.values["mobile"], self.row.values["role"], self.school_id, self.zone_id)


def import_people(actor: Actor, parsed: Parsed) -> ImportResult:
    """Writes nothing unless every row is right. The caller has made sure that the cells are (`parsed.is_whole`)."""
    known = _load_known(actor, parsed)
    planned, problems = _plan(actor, parsed, known)
    if problems:
        return ImportResult(problems=problems)
    return _write(actor, planned, known)


def problems_of(actor: Actor, parsed: Parsed) -> list[Problem]:
    """What would keep these rows from being imported."""
    return _plan(actor, parsed, _load_known(actor, parsed))[1]


def _load_known(actor: Actor, parsed: Parsed) -> _Known:
    session = db.session()
    mobiles = {row.values["mobile"] for row in parsed.rows}
    names = {normalise_name(row.values["username"]) for row in parsed.rows if row.values["username"]}
    with within(session, IDENTITY):
        found = session.scalars(
            select(Account).where(or_(Account.mobile.in_(mobiles), Account.username.in_(names)))
        ).all()
        ids = [account.id for account in found]
        people = session.scalars(select(Person).where(Person.bureau_id == actor.bureau_id, Person.id.in_(ids))).all()
        live = session.scalars(
            select(Membership).where(
                Membership.bureau_id == actor.bureau_id, Membership.person_id.in_(ids), Membership.ended_at.is_(None)
            )
        ).all()
    return _Known(
        accounts={account.mobile: account for account in found if account.mobile},
        usernames={account.username for account in found},
        people={person.id: person for person in people},
        live={(one.person_id, one.role, one.school_id, one.zone_id): one for one in live},
    )


class _Places:
    """School or zone by name or code, as a bureau's clerk writes them."""

    def __init__(self, actor: Actor) -> None:
        self.own = actor.school_id if actor.level == "school" else None
        self.names: dict[int, str] = {}
        self.schools: dict[str, int] = {}
        self.zones: dict[str, int] = {}
        for school in schools.all_schools(actor):
            self.names[school.id] = school.name
            if school.state == "active":
                self.schools[school.code.casefold()] = self.schools[school.name.casefold()] = school.id
        if self.own is None:
            for zone in schools.zones(actor):
                self.zones[zone.code.casefold()] = self.zones[zone.name.casefold()] = zone.id

    def find(self, level: str, text: str | None) -> tuple[int | None, int | None] | str:
        """(school_id, zone_id), or what is wrong."""
        if self.own is not None:
            return self.own, None
        if level not in ("school", "zone"):
            return (None, None) if text is None else _("这个岗位不属于学校或片区，请留空。")
        if text is None:
            return _("请填写学校。") if level == "school" else _("请填写片区。")
        found = (self.schools if level == "school" else self.zones).get(text.casefold())
        if found is None:
            return _("没有名称或代码为“%(text)s”的在用学校或片区。", text=text)
        return (found, None) if level == "school" else (None, found)


def _plan(actor: Actor, parsed: Parsed, known: _Known) -> tuple[list[_Planned], list[Problem]]:
    places = _Places(actor)
    planned: list[_Planned] = []
    problems: list[Problem] = []
    first_row: dict[Any, int] = {}
    names: dict[str, str] = {}
    usernames: dict[str, str] = {}
    for row in parsed.rows:
        values = row.values
        found: list[tuple[str | None, str]] = []
        level = rules.level_of(values["role"])
        place = places.find(level, values.get("place"))
        if isinstance(place, str):
            found.append(("place", place))
            place = (None, None)
        plan = _Planned(row, level, place[0], place[1], values["valid_from"] or today())
        other = first_row.setdefault(plan.key, row.number)
        if other != row.number and not found:
            found.append((None, _("与第 %(row)s 行是同一人的同一岗位。", row=other)))
        if not rules.same_name(names.setdefault(values["mobile"], values["display_name"]), values["display_name"]):
            found.append(("display_name", _("同一手机号在表中有两个姓名。")))
        until = values["valid_until"]
        if until is not None and until < max(plan.valid_from, today()):
            found.append(("valid_until", _("截止日期不能早于开始日期，也不能早于今天。")))
        found += _account_problems(values, known, usernames)
        found += _known_problems(plan, known)
        problems += [Problem("said", row.number, key, text=text) for key, text in found]
        planned.append(plan)
    return planned, problems


def _account_problems(
    values: Mapping[str, Any], known: _Known, usernames: dict[str, str]
) -> list[tuple[str | None, str]]:
    found: list[tuple[str | None, str]] = []
    if values["email"]:
        try:
            email_address(values["email"])
        except ValidationError as error:
            found.append(("email", str(error.messages[0])))
    if values["username"] and values["mobile"] not in known.accounts:
        name = normalise_name(values["username"])
        if not is_username(name):
            found.append(("username", _("以字母或汉字开头，3 到 40 个字符。")))
        elif name in known.usernames or usernames.setdefault(name, values["mobile"]) != values["mobile"]:
            found.append(("username", _("用户名已被使用，请换一个。")))
    return found


def _known_problems(plan: _Planned, known: _Known) -> list[tuple[str | None, str]]:
    values = plan.row.values
    account = known.accounts.get(values["mobile"])
    if account is None:
        return []
    person = known.people.get(account.id)
    recorded = [account.display_name] + ([person.display_name] if person else [])
    if not any(rules.same_name(name, values["display_name"]) for name in recorded):
        return [("display_name", _("这个手机号已登记在另一个姓名下，请核对姓名和手机号。"))]
    if account.state != "active" or (person is not None and person.state != "active"):
        return [("mobile", _("此人已停用，请先恢复再导入。"))]
    former = known.live.get((account.id, values["role"], plan.school_id, plan.zone_id))
    if former is not None and (former.valid_until is None or former.valid_until >= today()):
        return [("role", _("此人已有这个岗位。"))]
    return []


def _write(actor: Actor, planned: list[_Planned], known: _Known) -> ImportResult:
    session = db.session()
    holders = {mobile: (account.id, account.username) for mobile, account in known.accounts.items()}
    one_time: dict[str, str] = {}
    new_accounts: list[dict[str, Any]] = []
    moment = now()
    for plan in planned:
        values = plan.row.values
        mobile = values["mobile"]
        if mobile in holders:
            continue
        one_time[mobile] = new_one_time_password()
        username = normalise_name(values["username"]) if values["username"] else drawn_username()
        holders[mobile] = (new_id(), username)
        new_accounts.append(
            {
                "id": holders[mobile][0],
                "username": username,
                "mobile": mobile,
                "email": values["email"],
                "display_name": values["display_name"],
                "password_hash": passwords.hash_random_password(one_time[mobile]),
                "must_change_password": True,
            }
        )
    taken = Conflict(_("手机号、用户名或岗位刚被他人登记，请重新检查后再导入。"))
    with within(session, IDENTITY):
        if new_accounts:
            _insert_accounts(new_accounts, taken)
        for plan in planned:
            account_id = holders[plan.row.values["mobile"]][0]
            if account_id not in known.people:
                name = plan.row.values["display_name"]
                known.people[account_id] = person = Person(
                    bureau_id=actor.bureau_id, id=account_id, display_name=name, search_name=name.lower()
                )
                session.add(person)
        flush(session, {"pk_people": taken})
    for plan in planned:
        account_id = holders[plan.row.values["mobile"]][0]
        former = known.live.get((account_id, plan.row.values["role"], plan.school_id, plan.zone_id))
        if former is not None:
            former.ended_at = moment
    session.flush()
    for plan in planned:
        session.add(
            Membership(
                bureau_id=actor.bureau_id, id=new_id(), level=plan.level, role=plan.row.values["role"],
                person_id=holders[plan.row.values["mobile"]][0], school_id=plan.school_id, zone_id=plan.zone_id,
                valid_from=plan.valid_from, valid_until=plan.row.values["valid_until"],
            )
        )  # fmt: skip
    flush(session, {"uq_memberships_live": taken})
    events.log.info("people:imported", extra={"rows": len(planned), "new_accounts": len(one_time)})
    usernames = {mobile: username for mobile, (_id, username) in holders.items()}
    return ImportResult(
        rows=_result_rows(actor, planned, usernames, one_time),
        people=len({plan.row.values["mobile"] for plan in planned}),
        new_accounts=len(one_time),
    )


def _insert_accounts(rows: list[dict[str, Any]], taken: Conflict) -> None:
    try:
        db.session.execute(insert(Account), rows)
    except IntegrityError as error:
        if constraint_of(error) in ("uq_accounts_mobile", "uq_accounts_username"):
            raise taken from error
        raise


def _result_rows(
    actor: Actor, planned: list[_Planned], usernames: dict[str, str], one_time: dict[str, str]
) -> list[dict[str, Any]]:
    school_names = schools.school_names(actor, [plan.school_id for plan in planned])
    zone_names = schools.zone_names(actor) if actor.level == "bureau" else {}
    rows = []
    for plan in planned:
        values = plan.row.values
        password = one_time.get(values["mobile"])
        rows.append(
            {
                "display_name": values["display_name"],
                "mobile": values["mobile"],
                "username": usernames[values["mobile"]],
                "role": str(LABELS[values["role"]]),
                "place": school_names.get(plan.school_id or 0) or zone_names.get(plan.zone_id or 0) or "",
                "one_time_password": password or "",
                "remark": _("新账号，首次登录时须修改口令。") if password else _("已有账号，沿用原口令。"),
            }
        )
    return rows
