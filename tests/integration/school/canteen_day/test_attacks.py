"""What a cook would try who wants the page green without the work: too early, made up, corrected away."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bureau.roles import Role
from kernel.database import clock_at, new_id, now
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import today
from school.canteen_day import kinds
from school.canteen_day.service import samples
from tests.support.canteen_day import ATE, SAMPLE, TASTED, add_person, add_refrigerator, at, cook, keep


def test_a_held_sample_is_not_corrected_free(session, world, acting):
    """The correction would be another record, which nobody holds."""
    kept = keep(cook(world), kinds.SAMPLE, **SAMPLE)
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    samples.hold(officer, kept.school_id, kept.on_day, "lunch", "疑似食源性疾病")
    actor = cook(world)
    with pytest.raises(RuleBroken, match="疑似食源性疾病"):
        keep(actor, kinds.SAMPLE, **{**SAMPLE, "grams": 160}, corrects_id=kept.id, correction_reason="重称")
    samples.give_free(actor, actor.school_id, kept.on_day, "lunch")
    keep(actor, kinds.SAMPLE, **{**SAMPLE, "grams": 160}, corrects_id=kept.id, correction_reason="重称")


def test_a_corrected_hour_brings_no_disposal_nearer(session, world):
    actor = cook(world)
    kept = keep(actor, kinds.SAMPLE, **SAMPLE)
    earlier = keep(
        actor, kinds.SAMPLE, now() - timedelta(hours=60), **SAMPLE, corrects_id=kept.id, correction_reason="时间填错"
    )
    assert earlier.dispose_not_before == kept.dispose_not_before
    with pytest.raises(RuleBroken):
        samples.dispose(actor, earlier.id, earlier.version)
    later = keep(
        actor, kinds.SAMPLE, kept.happened_at + timedelta(minutes=4), **SAMPLE, corrects_id=earlier.id,
        correction_reason="时间填错",
    )  # fmt: skip
    assert later.dispose_not_before > kept.dispose_not_before


@pytest.mark.parametrize("kind", [kinds.TASTING, kinds.SAMPLE, kinds.STAFF_CHECK, kinds.REFRIGERATOR])
@pytest.mark.parametrize(
    "when", [datetime(1901, 1, 1, tzinfo=UTC), datetime(2199, 1, 1, tzinfo=UTC), None], ids=["1901", "2199", "tomorrow"]
)
def test_no_record_of_another_age(session, world, kind, when):
    actor = cook(world)
    values = {
        kinds.TASTING.code: TASTED, kinds.SAMPLE.code: SAMPLE,
        kinds.STAFF_CHECK.code: {"staff_id": add_person(actor, "演示甲").id},
        kinds.REFRIGERATOR.code: {"refrigerator_id": add_refrigerator(actor).id, "celsius": Decimal(4)},
    }[kind.code]  # fmt: skip
    with pytest.raises(Invalid) as refused:
        keep(actor, kind, when or now() + timedelta(days=1), **values)
    assert set(refused.value.fields) == {"happened_at"}


def test_a_record_of_last_week_tells_that_it_was_written_now(session, world, client_as):
    actor = cook(world)
    kept = keep(actor, kinds.TASTING, at(12, days=-7), **TASTED)
    session.commit()
    page = client_as(Role.CANTEEN_OFFICER).get(f"/schools/{actor.school_id}/canteen-day/records/tasting/{kept.id}")
    assert "补记" in page.get_data(as_text=True)


def test_two_tabs_correct_a_record_once(session, world):
    actor = cook(world)
    kept = keep(actor, kinds.TASTING, **TASTED)
    keep(actor, kinds.TASTING, **TASTED, note="一", corrects_id=kept.id, correction_reason="补充")
    with pytest.raises(Conflict):
        keep(actor, kinds.TASTING, **TASTED, note="二", corrects_id=kept.id, correction_reason="补充")


def test_another_schools_record_is_not_corrected(session, world):
    kept = keep(cook(world), kinds.TASTING, **TASTED)
    with pytest.raises(Invalid):
        keep(cook(world, "a2"), kinds.TASTING, **TASTED, corrects_id=kept.id, correction_reason="抹去")


def test_a_sample_that_is_too_light_says_that_it_does_not_count(session, world, client_as):
    actor = cook(world)
    short = keep(actor, kinds.SAMPLE, **{**SAMPLE, "grams": 100})
    session.commit()
    client = client_as(Role.CANTEEN_MANAGER)
    for path in (f"/canteen-day/records/food_sample/{short.id}", "/canteen-day"):
        assert "不计入留样" in client.get(path).get_data(as_text=True), path


ODD = ("\x00", "1e30", "NaN", "-1", "Infinity", "９９９９９９９９９９", "🍚" * 3000, "' OR 1=1 --", "[]", "0" * 50)


@pytest.mark.parametrize("code", kinds.KINDS)
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_input_is_answered_at_its_field(session, world, client_as, code, odd):
    actor = cook(world)
    add_person(actor, "演示甲")
    add_refrigerator(actor)
    session.commit()
    client = client_as(Role.PRINCIPAL)
    names = [*kinds.KINDS[code].takes().fields, "rows-0-id", "duration", "kilograms", "status", "typed", "seen"]
    data = dict.fromkeys(names, odd) | {f"rows-0-{name}": odd for name in names}
    data |= {"meal": "lunch", "day": today().isoformat()}
    for changes in (
        {},
        {"rows-0-id": str(new_id())},
        {"happened_at": odd},
        {"happened_at": "", "rows-0-id": str(new_id())},
    ):
        answer = client.post(f"/canteen-day/enter/{code}", data={**data, **changes})
        assert answer.status_code < 500, answer.get_data(as_text=True)[:500]
    for happened in ("1901-01-01T00:00", "2199-12-31T23:59"):
        answer = client.post(
            f"/canteen-day/enter/{code}", data={**data, "happened_at": happened, "rows-0-id": str(new_id())}
        )
        assert answer.status_code < 500
    assert client.post(f"/canteen-day/enter/{code}", data={}).status_code < 500


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31", "2026-02-30", "0", "9" * 40])
def test_no_day_of_an_address_breaks_a_page(session, world, client_as, day):
    school = world.schools["a1"]
    cook(world)
    session.commit()
    client, officer = client_as(Role.PRINCIPAL), client_as(Role.CANTEEN_OFFICER)
    for code in kinds.KINDS:
        assert client.get(f"/canteen-day/enter/{code}", query_string={"day": day}).status_code < 500, code
    for path in ("", "/food-samples", "/food-samples/labels", "/roster", "/export", "/records/tasting", "/findings"):
        assert client.get(f"/canteen-day{path}", query_string={"day": day, "from_day": day}).status_code < 500, path
    for path in (f"/schools/{school}/canteen-day", "/oversight/canteen-day"):
        assert officer.get(path, query_string={"day": day}).status_code < 500, path


def test_a_clock_past_midnight_keeps_a_record_in_its_own_shanghai_day(session, world):
    actor = cook(world)
    with clock_at(at(0, 3)):
        kept = keep(actor, kinds.TASTING, at(23, 58, days=-1), **{**TASTED, "meal": "night_snack"})
        assert kept.on_day == today() - timedelta(days=1)
        assert keep(actor, kinds.ACCOMPANYING, **ATE).on_day == today()
