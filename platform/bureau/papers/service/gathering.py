"""What a paper says, drawn from what is recorded: plain data in which every figure names the record it comes from."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.fill.models import FillSubmission
from bureau.fill.service.showing import signatures_of
from bureau.inspections.models import Inspection, InspectionPlan, InspectionResult
from bureau.inspections.revision_models import InspectionPublication
from bureau.inspections.service import planning, reading, results
from bureau.inspections.service.answering import photos_of
from bureau.inspections.service.visits import get_inspection
from bureau.inspections.views.compare import peer_group_name
from bureau.papers.documents.words import chinese_day
from bureau.rectifications.models import Rectification
from bureau.rectifications.service.reading import of_visit
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import content
from kernel.identity.models import Bureau, Person
from kernel.web.dates import SHANGHAI, today
from scorecards import service as forms
from scorecards.form import decimal_text

MOST_PROBLEMS = 10
CHEAPEST_POINTS = Decimal(5)

Gathered = tuple[dict[str, Any], dict[str, bytes]]


def issuer_of(actor: Actor) -> str:
    bureau = db.session.get(Bureau, actor.bureau_id)
    return bureau.name if bureau else ""


def _visit(actor: Actor, school_id: int, inspection_id: UUID) -> tuple[Inspection, InspectionResult, School]:
    visit = get_inspection(actor, school_id, inspection_id)
    result = db.session.get(InspectionResult, (actor.bureau_id, school_id, inspection_id))
    if result is None:
        raise RuleBroken("not_submitted", _("检查还没有提交，不能出具文书。"))
    school = db.session.get(School, (actor.bureau_id, school_id))
    if school is None:  # pragma: no cover - the foreign key does not allow it
        raise NotFound(_("没有这所学校。"))
    return visit, result, school


def _require_told(visit: Inspection) -> None:
    if visit.released_at is None:
        raise RuleBroken("not_released", _("检查结果还没有告知学校，不能出具这份文书。"))


def _plan(actor: Actor, visit: Inspection) -> InspectionPlan:
    return planning.get_plan(actor, visit.plan_id)


def points(value: Any) -> str:
    return "" if value is None else decimal_text(Decimal(str(value)))


def lost_lines(result: InspectionResult) -> list[dict[str, Any]]:
    """Items on which something was lost, most first: {key, no, text, found, lost, available}."""
    rows = []
    for section in result.account.get("sections_account", ()):
        for line in section["lines"]:
            lost = Decimal(str(line.get("lost") or 0))
            if lost > 0 or line.get("reason") in ("failed", "found"):
                unit = line.get("unit")
                rows.append(
                    {
                        "key": line["code"] + (f"@{unit}" if unit else ""),
                        "no": line.get("no", ""),
                        "text": line["text"] + (f"（{unit}）" if unit else ""),
                        "found": line.get("remark", ""),
                        "lost": points(lost) if lost else "不合格",
                        "amount": lost,
                    }
                )
    rows.sort(key=lambda row: -row["amount"])
    return [{**row, "amount": points(row["amount"])} for row in rows]


def outcome_words(result: Any) -> str:
    parts = []
    if result.score is not None:
        parts.append(f"{points(result.score)} 分")
    if result.verdict or result.band:
        parts.append(f"“{result.verdict or result.band}”")
    return "，".join(parts)


def _visited_on(visit: Inspection) -> date:
    at = visit.started_at or visit.submitted_at
    return at.astimezone(SHANGHAI).date() if at else visit.scheduled_on


def record_data(actor: Actor, school_id: int, inspection_id: UUID) -> Gathered:
    visit, result, school = _visit(actor, school_id, inspection_id)
    plan = _plan(actor, visit)
    signatures = signatures_of(visit)
    names = reading.inspectors_of(actor, [visit]).get(visit.id, [])
    pictures: dict[str, bytes] = {}
    for file in signatures:
        attachment = db.session.get(Attachment, (actor.bureau_id, file.attachment_id))
        if attachment is not None:
            pictures[_signer(actor, file.signer)] = content(attachment)
    reasons = db.session.scalars(
        select(FillSubmission.document["unsigned_reason"].astext).where(
            FillSubmission.bureau_id == visit.bureau_id,
            FillSubmission.school_id == visit.school_id,
            FillSubmission.inspection_id == visit.id,
        )
    )
    data = {
        "issuer": issuer_of(actor),
        "school": school.name,
        "plan": plan.title,
        "form": result.account.get("form_title", ""),
        "visited_on": chinese_day(_visited_on(visit)),
        "inspectors": names,
        "met_by": visit.met_by,
        "remark": visit.remark,
        "outcome": outcome_words(result) if visit.released_at else "",
        "lost": lost_lines(result),
        "photos": sum(len(group) for group in photos_of(visit).values()),
        "unsigned_reason": "；".join(dict.fromkeys(reason for reason in reasons if reason)),
    }
    return data, pictures


def _signer(actor: Actor, signer: str) -> str:
    kind, _colon, person_id = signer.partition(":")
    if kind == "school":
        return "学校负责人"
    person = db.session.get(Person, (actor.bureau_id, UUID(person_id)))
    return f"检查员 {person.display_name if person else ''}".strip()


def notice_data(actor: Actor, school_id: int, inspection_id: UUID) -> Gathered:
    visit, result, school = _visit(actor, school_id, inspection_id)
    _require_told(visit)
    rows: Mapping[str, Rectification] = of_visit(actor, school_id, inspection_id)
    open_rows = sorted(
        (row for row in rows.values() if row.state != "withdrawn"), key=lambda row: (row.due_on, row.item_no)
    )
    if not open_rows:
        raise RuleBroken("nothing_to_rectify", _("这次检查没有需要整改的项目。"))
    data = {
        "issuer": issuer_of(actor),
        "school": school.name,
        "plan": _plan(actor, visit).title,
        "visited_on": chinese_day(_visited_on(visit)),
        "day": today().isoformat(),
        "appeal_until": chinese_day(result.appeal_until) if result.appeal_until else "",
        "items": [
            {
                "id": str(row.id), "no": row.item_no, "text": row.item_text, "found": row.found or "—",
                "due_on": chinese_day(row.due_on),
            }
            for row in open_rows
        ],
    }  # fmt: skip
    return data, {}


def letter_data(actor: Actor, school_id: int, inspection_id: UUID) -> Gathered:
    visit, result, school = _visit(actor, school_id, inspection_id)
    _require_told(visit)
    lost = lost_lines(result)
    published = db.session.get(InspectionPublication, (actor.bureau_id, school_id, inspection_id))
    place = ""
    if published is not None and published.rank is not None:
        group = peer_group_name(published.stage, published.is_boarding)
        place = f"在 {published.of} 所同类学校（{group}）中列第 {published.rank} 名。"
    data = {
        "issuer": issuer_of(actor),
        "school": school.name,
        "plan": _plan(actor, visit).title,
        "visited_on": chinese_day(_visited_on(visit)),
        "day": today().isoformat(),
        "outcome": outcome_words(result),
        "place": place,
        "lost": lost,
        "cheapest": _cheapest(lost),
        "good": _good(result),
    }
    return data, {}


def _cheapest(lost: list[dict[str, Any]]) -> str:
    """The fewest items that bring back five points: few things to do, much to gain."""
    named, gained = [], Decimal(0)
    for row in lost:
        if gained >= CHEAPEST_POINTS or not Decimal(row["amount"]):
            break
        gained += Decimal(row["amount"])
        named.append(row["text"])
    if not named:
        return ""
    return f"{'；'.join(named)}，合计 {points(gained)} 分"


def _good(result: InspectionResult) -> str:
    """Sections in which nothing was lost."""
    full = []
    for section in result.account.get("sections_account", ()):
        lines = [line for line in section["lines"] if line.get("available")]
        if lines and not any(Decimal(str(line.get("lost") or 0)) for line in lines):
            full.append(section["title"])
    return "、".join(full)


def bulletin_data(actor: Actor, plan_id: UUID) -> Gathered:
    plan = planning.get_plan(actor, plan_id)
    if plan.published_at is None:
        raise RuleBroken("not_published", _("结果还没有公布，不能出具通报。请先在检查计划中公布结果。"))
    published = list(
        db.session.scalars(
            select(InspectionPublication).where(
                InspectionPublication.bureau_id == actor.bureau_id, InspectionPublication.plan_id == plan_id
            )
        )
    )
    ids = {row.id for row in published}
    places = [place for place in results.ranking(actor, plan_id) if place.inspection_id in ids]
    percents = [place.percent for place in places if place.percent is not None]
    bands = Counter(row.verdict or row.band or "未评级" for row in published)
    lost = results.lost_items(actor, plan_id, MOST_PROBLEMS)
    items = list(forms.form_of(forms.get_version(actor, plan.form_version_id)).items())
    ever_lost = {row.code for row in results.lost_items(actor, plan_id, len(items))}
    full = [item.text for item in items if item.points and item.code not in ever_lost]
    counts = Counter(
        db.session.scalars(
            select(Rectification.state).where(
                Rectification.bureau_id == actor.bureau_id, Rectification.plan_id == plan_id
            )
        )
    )
    counts.pop("withdrawn", None)
    groups: dict[tuple[str, bool], list[dict[str, str]]] = {}
    for place in places:
        groups.setdefault((place.stage, place.is_boarding), []).append(
            {
                "id": str(place.inspection_id), "school_id": str(place.school_id), "rank": str(place.rank),
                "school": place.school_name, "score": points(place.score),
                "band": place.verdict or place.band or "—",
            }
        )  # fmt: skip
    data = {
        "issuer": issuer_of(actor),
        "plan": plan.title,
        "day": today().isoformat(),
        "data_until": chinese_day(today()),
        "overall": _overall(plan, len(published), percents),
        "bands": [
            {"label": label, "count": str(count), "share": _percent(count, len(published))}
            for label, count in bands.most_common()
        ],
        "good": f"各校均未失分的项目：{'；'.join(full[:8])}。" if full else "",
        "problems": [
            {
                "code": row.code, "text": row.text,
                "words": f"{row.times} 所学校失分，占已检查学校的 {_percent(row.times, row.visits)}。",
            }
            for row in lost
        ],
        "groups": [{"name": peer_group_name(*key), "rows": rows} for key, rows in sorted(groups.items())],
        "rectification": _rectification_words(counts),
    }  # fmt: skip
    return data, {}


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "0%"


def _overall(plan: InspectionPlan, count: int, percents: list[Decimal]) -> str:
    span = f"{chinese_day(plan.starts_on)}至{chinese_day(plan.ends_on)}"
    words = f"{span}，我局对 {count} 所学校进行了检查。"
    if percents:
        mean = (sum(percents, Decimal(0)) / len(percents)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        words += f"平均得分率 {mean}%，最高 {points(max(percents))}%，最低 {points(min(percents))}%。"
    return words


def _rectification_words(counts: Mapping[str, int]) -> str:
    total = sum(counts.values())
    if not total:
        return "各学校要对照检查内容举一反三，巩固成果。"
    done = counts.get("closed", 0) + counts.get("accepted", 0)
    return (
        f"本次检查共下达整改 {total} 项，已完成 {done} 项，其余 {total - done} 项须在规定期限内完成，"
        "并在系统中逐项报送。"
    )
