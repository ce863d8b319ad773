"""Which figure holds here and today, and the overrides of bureau and school."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.policy.labels import DIRECTIONS, value_text
from kernel.policy.models import FigureOverride, NationalFigure
from kernel.policy.rules import (
    Effective,
    Figure,
    Level,
    Value,
    refusal_reason,
    resolve,
    value_from_json,
    value_to_json,
)
from kernel.web.dates import today


class UnknownFigure(LookupError):
    """A key that no row has: a slip in the code that asks, not in anybody's input."""


def effective(bureau_id: int, key: str, *, school_id: int | None = None, on: date | None = None) -> Effective:
    """The figure that holds for a bureau, or for one of its schools, on a day (default: today in Shanghai).

    Runs in the session's scope, which must be the bureau's or that school's.
    """
    rows = [_national(row) for row in db.session.scalars(select(NationalFigure).where(NationalFigure.key == key))]
    rows += _overrides(bureau_id, [school_id] if school_id is not None else [], key)
    found = resolve(rows, on or today())
    if found is None:
        raise UnknownFigure(key)
    return found


def effective_figures(
    bureau_id: int, keys: Sequence[str], *, school_id: int | None = None, on: date | None = None
) -> dict[str, Effective]:
    """Several figures as they hold for a bureau, or for one of its schools, in two queries."""
    rows: dict[str, list[Figure]] = {key: [] for key in keys}
    # Plain rows: figures are read with every record that is kept, and nobody changes them here.
    nation: Any = db.session.execute(select(*NationalFigure.__table__.columns).where(NationalFigure.key.in_(keys)))
    for row in nation:
        rows[row.key].append(_national(row))
    place = FigureOverride.school_id.is_(None)
    local: Any = db.session.execute(
        select(*FigureOverride.__table__.columns).where(
            FigureOverride.bureau_id == bureau_id, FigureOverride.key.in_(keys),
            place if school_id is None else or_(place, FigureOverride.school_id == school_id),
        )
    )  # fmt: skip
    for override in local:
        rows[override.key].append(_local(override))
    found = {key: resolve(figures, on or today()) for key, figures in rows.items()}
    for key, one in found.items():
        if one is None:
            raise UnknownFigure(key)
    return {key: one for key, one in found.items() if one is not None}


def effective_numbers(bureau_id: int, keys: Sequence[str], *, on: date | None = None) -> dict[str, Decimal]:
    """Several numbers as they hold for a bureau, in two queries."""
    return {key: one.number for key, one in effective_figures(bureau_id, keys, on=on).items()}


def number(actor: Actor, key: str, *, on: date | None = None) -> Decimal:
    """The effective number for the actor's own school or bureau."""
    return effective(actor.bureau_id, key, school_id=actor.school_id, on=on).number


@dataclass(frozen=True, slots=True)
class Row:
    """One key with everything known of it. `figures`: all rows, newest first within their level."""

    key: str
    title: str
    unit: str
    effective: Effective | None
    figures: Sequence[Figure]
    overrides: Sequence[FigureOverride]
    direction: str | None

    @property
    def national(self) -> Figure | None:
        return next((figure for figure in self.figures if figure.level == "national"), None)


def list_figures(actor: Actor, on: date | None = None) -> list[Row]:
    """Every figure as it holds for the actor's bureau or school, in the order of the keys."""
    nation: dict[str, list[Figure]] = {}
    for row in db.session.scalars(select(NationalFigure).order_by(NationalFigure.key)):
        nation.setdefault(row.key, []).append(_national(row))
    local: dict[str, list[FigureOverride]] = {}
    for override in _override_rows(actor):
        local.setdefault(override.key, []).append(override)
    return [_row(key, nation[key], local.get(key, []), on or today()) for key in nation]


def get_figure(actor: Actor, key: str, on: date | None = None) -> Row:
    nation = [_national(row) for row in db.session.scalars(select(NationalFigure).where(NationalFigure.key == key))]
    if not nation:
        raise NotFound(_("没有这项标准。"))
    return _row(key, nation, _override_rows(actor, key), on or today())


def get_override(actor: Actor, override_id: UUID) -> FigureOverride:
    """One of the actor's own level: a bureau does not write its schools' figures, nor a school its bureau's."""
    override = db.session.scalar(
        select(FigureOverride).where(
            FigureOverride.bureau_id == actor.bureau_id, FigureOverride.id == override_id, _is_own(actor)
        )
    )
    if override is None:
        raise NotFound(_("没有这项地方标准。"))
    return override


def save_override(
    actor: Actor,
    override_id: UUID,
    seen_version: int | None,
    *,
    key: str,
    value: Value,
    citation: str,
    valid_from: date,
    valid_to: date | None,
) -> FigureOverride:
    """Create a row of the actor's level under the client's id, or change one (`seen_version` then being the one seen).

    What was in force once stays as it was: of a row that began already only its end can be moved.
    """
    row = get_figure(actor, key)
    values: dict[str, Any] = {
        "key": key, "value": value_to_json(value), "citation": citation, "valid_from": valid_from, "valid_to": valid_to,
    }  # fmt: skip
    _check_span(valid_from, valid_to)
    override = db.session.scalar(
        select(FigureOverride).where(FigureOverride.bureau_id == actor.bureau_id, FigureOverride.id == override_id)
    )
    if override is None:
        override = FigureOverride(
            bureau_id=actor.bureau_id, id=override_id, school_id=actor.school_id, created_by=actor.account_id, **values
        )
        _check_against(actor, row, override, value)
        db.session.add(override)
    else:
        override = get_override(actor, override_id)
        if seen_version is None:
            if {name: getattr(override, name) for name in values} != values:
                raise Conflict(_("同一编号的地方标准已存在且内容不同。"), _state(override))
            return override
        require_version(override, seen_version, _state(override))
        began = override.valid_from <= today()
        if began and any(getattr(override, name) != values[name] for name in values if name != "valid_to"):
            raise Invalid({"_form": [_("这项标准已经生效，只能修改截止日期；如需调整，请设截止日期后另立一项。")]})
        if began and valid_to is not None and valid_to <= today() and valid_to != override.valid_to:
            raise Invalid({"valid_to": [_("截止日期不能早于今天。")]})
        with db.session.no_autoflush:
            for name, given in values.items():
                setattr(override, name, given)
            _check_against(actor, row, override, value)
    flush(db.session(), {"pk_figure_overrides": Conflict(_("同一编号的地方标准已存在且内容不同。"))})
    return override


def _check_span(valid_from: date, valid_to: date | None) -> None:
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid({"valid_to": [_("截止日期应晚于开始日期。")]})


def _check_against(actor: Actor, row: Row, override: FigureOverride, value: Value) -> None:
    """Same kind of value, no contradiction with a row of the same day, and not looser than what stands above at any
    moment of the span (where a side is prescribed)."""
    for other in row.overrides:
        same_level = other.school_id == override.school_id
        if same_level and other.id != override.id and other.valid_from == override.valid_from:
            raise Invalid({"valid_from": [_("同一天起已有另一项规定，请修改那一项或换一个日期。")]})
    level: Level = "bureau" if override.school_id is None else "school"
    figure = _local(override)
    above = [
        upper for upper in row.figures if upper.level != level and (upper.level == "national" or level == "school")
    ]
    starts = {override.valid_from, *(upper.valid_from for upper in above if figure.holds_on(upper.valid_from))}
    for day in sorted(starts):
        upper = resolve(above, day)
        if upper is None:
            continue
        reason = refusal_reason(upper.figure, figure, upper.chain[0].stricter)
        if reason == "not_comparable" or type(value) is not type(upper.figure.value):
            raise Invalid({"value": [_("请填写与上级标准相同形式的内容。")]})
        if reason == "looser":
            raise RuleBroken(
                "figure_looser",
                _(
                    "上级标准为 %(value)s，%(direction)s。",
                    value=value_text(upper.figure.value, row.unit),
                    direction=DIRECTIONS[upper.chain[0].stricter],
                ),
                upper.figure.citation,
            )


def _row(key: str, nation: Sequence[Figure], overrides: Sequence[FigureOverride], on: date) -> Row:
    figures = sorted(nation, key=lambda figure: figure.valid_from, reverse=True)
    figures += [_local(override) for override in overrides]
    newest = figures[0]
    return Row(key, newest.title, newest.unit, resolve(figures, on), figures, overrides, newest.stricter)


def _is_own(actor: Actor) -> Any:
    if actor.level == "school":
        return FigureOverride.school_id == actor.own_school_id()
    return FigureOverride.school_id.is_(None)


def _override_rows(actor: Actor, key: str | None = None) -> list[FigureOverride]:
    """What binds the actor's place: the bureau's rows, and at a school its own."""
    return _query_overrides(actor.bureau_id, [actor.school_id] if actor.school_id is not None else [], key)


def _query_overrides(bureau_id: int, school_ids: Iterable[int], key: str | None) -> list[FigureOverride]:
    schools = list(school_ids)
    place = FigureOverride.school_id.is_(None)
    query = select(FigureOverride).where(
        FigureOverride.bureau_id == bureau_id,
        or_(place, FigureOverride.school_id.in_(schools)) if schools else place,
    )
    if key is not None:
        query = query.where(FigureOverride.key == key)
    return list(
        db.session.scalars(query.order_by(FigureOverride.key, FigureOverride.valid_from.desc(), FigureOverride.id))
    )


def _overrides(bureau_id: int, school_ids: Iterable[int], key: str) -> list[Figure]:
    return [_local(override) for override in _query_overrides(bureau_id, school_ids, key)]


def _national(row: NationalFigure) -> Figure:
    return Figure(
        row.key, value_from_json(row.value), row.unit, row.title, row.citation, row.certainty,  # type: ignore[arg-type]
        row.valid_from, row.valid_to, "national", row.stricter,  # type: ignore[arg-type]
    )  # fmt: skip


def _local(row: FigureOverride) -> Figure:
    return Figure(
        key=row.key,
        value=value_from_json(row.value),
        citation=row.citation,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        level="bureau" if row.school_id is None else "school",
    )


def _state(override: FigureOverride) -> Mapping[str, Any]:
    return {
        "version": override.version,
        "value": value_text(value_from_json(override.value)),
        "citation": override.citation,
        "valid_from": override.valid_from.isoformat(),
        "valid_to": override.valid_to.isoformat() if override.valid_to else None,
    }
