"""Notices before and after a duty's time, each once; and the calendar behind a secret address."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from duties.models import DutyFeed
from duties.service import feeds, reminding
from duties.service.fulfilling import fulfil
from duties.service.generating import generate
from kernel.database import clock_at, db, new_id, now
from kernel.errors import Invalid, NotFound
from kernel.identity.models import Membership, Person
from kernel.notices.models import Notice
from tests.support.duties import FRIDAY, at
from tests.unit.duties.test_ical import components, unfolded

DAY = timedelta(days=1)


@pytest.fixture
def generated(district):
    generate(district.bureau_id)
    return district


def told(person, kind):
    rows = db.session.scalars(select(Notice).where(Notice.person_id == person.account_id, Notice.kind == kind))
    return sorted((row.title, row.body) for row in rows)


def run_at(system, *instants):
    for instant in instants:
        with clock_at(instant):
            reminding.run(system.bureau_id)


def test_reminded_once_before_it_is_due_by_role(world, generated):
    run_at(generated, at(FRIDAY, 6), at(FRIDAY, 6, 30), at(FRIDAY, 7, 15), at(FRIDAY, 7, 30), at(FRIDAY, 7, 45))
    officer = told(world.actor(Role.FOOD_SAFETY_OFFICER, "a1"), "duty_due")
    assert [body for _title, body in officer] == ["11-20 08:00 晨检"]
    manager = told(world.actor(Role.CANTEEN_MANAGER, "a1"), "duty_due")
    assert [body for _title, body in manager] == ["11-20 08:30 留样"]
    assert told(world.actor(Role.GUARD, "a1"), "duty_due") == []
    assert told(world.actor(Role.FOOD_SAFETY_OFFICER, "b1"), "duty_due") == []


def test_who_has_done_it_is_not_reminded(world, acting, generated):
    head = acting(world.actor(Role.PRINCIPAL, "a1"))
    fulfil(head, head.school_id, "morning", FRIDAY, record=("check", new_id()), at=at(FRIDAY, 6))
    acting(generated)
    run_at(generated, at(FRIDAY, 6), at(FRIDAY, 7, 30))
    assert told(world.actor(Role.FOOD_SAFETY_OFFICER, "a1"), "duty_due") == []
    assert len(told(world.actor(Role.FOOD_SAFETY_OFFICER, "a2"), "duty_due")) == 1


def test_what_comes_together_is_told_together(world, generated):
    """Lead 60 minutes: at 16:30 both the weekly check (17:00) and nothing else; a person gets one notice of it."""
    run_at(generated, at(FRIDAY, 6), at(FRIDAY, 16, 30), at(FRIDAY, 16, 45))
    bodies = [body for _title, body in told(world.actor(Role.FOOD_SAFETY_OFFICER, "a1"), "duty_due")]
    assert bodies == ["11-20 17:00 周排查"]


def test_heads_are_told_hours_later_once_and_grouped(world, generated):
    clock = [at(FRIDAY, 6), at(FRIDAY, 9, 59), at(FRIDAY, 10), at(FRIDAY, 10, 15), at(FRIDAY, 10, 30), at(FRIDAY, 12)]
    run_at(generated, *clock)
    bodies = [body for _title, body in told(world.actor(Role.PRINCIPAL, "a1"), "duty_late")]
    assert sorted(bodies) == ["11-20 08:00 晨检", "11-20 08:30 留样"]


def test_long_silence_is_told_in_one_notice(world, generated):
    run_at(generated, at(FRIDAY, 6), at(FRIDAY, 23, 30))
    ((title, body),) = told(world.actor(Role.PRINCIPAL, "a1"), "duty_late")
    assert title == "本校有 5 项任务逾期未做"
    assert len(body.splitlines()) == 5


def test_bureau_is_told_once_a_day_of_its_own_schools(world, generated):
    saturday = FRIDAY + DAY
    run_at(generated, at(FRIDAY, 6), at(saturday, 16, 45), at(saturday, 17), at(saturday, 17, 15), at(saturday, 17, 45))
    ((title, body),) = told(world.actor(Role.CANTEEN_OFFICER, "a"), "duty_neglected")
    assert title == "3 所学校有 11 项任务长时间未做"  # dinner was due less than a day ago
    assert "演示第三初级中学" in body
    ((_title, body),) = told(world.actor(Role.ZONE_SUPERVISOR, "a-east"), "duty_neglected")
    assert "演示第三初级中学" not in body
    assert "演示第一小学：4 项" in body
    assert told(world.actor(Role.PROCUREMENT_OFFICER, "a"), "duty_neglected") == []


def test_nobody_with_the_role_leaves_it_to_the_heads(world, generated):
    for row in db.session.scalars(
        select(Membership).where(
            Membership.school_id == world.schools["a1"], Membership.role == Role.FOOD_SAFETY_OFFICER
        )
    ):
        row.ended_at = now()
    db.session.flush()
    run_at(generated, at(FRIDAY, 6), at(FRIDAY, 7, 30))
    assert len(told(world.actor(Role.PRINCIPAL, "a1"), "duty_due")) == 1


# The feed.


def read(made):
    return components(
        unfolded(
            feeds.read_feed(made.feed.bureau_id, made.secret, lambda one: f"https://houqin.example/duties/{one.code}")
        )
    )


@pytest.fixture
def feed(world, acting, generated):
    return feeds.create_feed(acting(world.actor(Role.FOOD_SAFETY_OFFICER, "a1")), "演示手机")


def events(found):
    return {content["UID"][1]: content for kind, content in found if kind == "VEVENT"}


def test_feed_holds_one_s_own_duties_written_and_planned(world, feed):
    found = events(read(feed))
    school = world.schools["a1"]
    morning = found[f"morning.2026-11-20.{school}.{world.bureaus['a']}@houqin"]
    assert morning["SUMMARY"][1] == "晨检"
    assert morning["DTEND"] == ({"TZID": "Asia/Shanghai"}, "20261120T080000")
    assert morning["URL"][1] == "https://houqin.example/duties/morning"
    assert f"morning.2026-12-31.{school}.{world.bureaus['a']}@houqin" in found  # beyond what is written
    assert not any(uid.startswith(("samples", "drill")) for uid in found)


def test_feed_of_a_head_holds_all_of_the_school(world, acting, generated):
    made = feeds.create_feed(acting(world.actor(Role.PRINCIPAL, "a1")), "演示手机")
    kinds = {uid.split(".")[0] for uid in events(read(made))}
    assert kinds == {"morning", "samples", "weekly", "drill"}


def test_done_duty_is_marked_and_keeps_its_identity(world, acting, feed):
    before = set(events(read(feed)))
    head = acting(world.actor(Role.PRINCIPAL, "a1"))
    fulfil(head, head.school_id, "morning", FRIDAY, record=("check", new_id()), at=at(FRIDAY, 7))
    after = events(read(feed))
    assert set(after) == before
    done = [content for content in after.values() if "已完成" in content["SUMMARY"][1]]
    assert len(done) == 1


def test_revoked_or_wrong_address_finds_nothing(world, acting, feed):
    with pytest.raises(NotFound):
        feeds.read_feed(feed.feed.bureau_id, feed.secret + "x", str)
    with pytest.raises(NotFound):
        feeds.read_feed(world.bureaus["b"], feed.secret, str)
    feeds.revoke_feed(acting(world.actor(Role.FOOD_SAFETY_OFFICER, "a1")), feed.feed.id)
    with pytest.raises(NotFound):
        read(feed)


def test_feed_dies_with_the_person_s_place(world, acting, generated, feed):
    acting(generated)
    row = db.session.scalar(
        select(Membership).where(
            Membership.person_id == feed.feed.person_id, Membership.school_id == world.schools["a1"]
        )
    )
    row.ended_at = now()
    db.session.flush()
    with pytest.raises(NotFound):
        read(feed)


def test_feed_dies_with_the_person(world, acting, generated, feed):
    acting(generated)
    db.session.get(Person, (generated.bureau_id, feed.feed.person_id)).state = "suspended"
    db.session.flush()
    with pytest.raises(NotFound):
        read(feed)


def test_only_the_hash_is_kept(feed, acting, generated):
    acting(generated)
    row = db.session.get(DutyFeed, (generated.bureau_id, feed.feed.id))
    assert feed.secret not in row.token_hash
    assert len(feed.secret) >= 43


def test_nobody_revokes_another_s_feed(world, acting, feed):
    for role, place in ((Role.PRINCIPAL, "a1"), (Role.FOOD_SAFETY_OFFICER, "a2")):
        with pytest.raises(NotFound):
            feeds.revoke_feed(acting(world.actor(role, place)), feed.feed.id)


def test_ten_addresses_are_enough(world, acting, generated):
    actor = acting(world.actor(Role.FOOD_SAFETY_OFFICER, "a1"))
    for _ in range(10):
        feeds.create_feed(actor, "演示")
    with pytest.raises(Invalid):
        feeds.create_feed(actor, "演示")


def test_address_is_shown_once_and_read_without_signing_in(world, generated, client_as):
    client = client_as(Role.PRINCIPAL)
    page = client.post("/duties/feeds", data={"name": "演示手机"}).text
    path = page.split('value="http://127.0.0.1:8000')[1].split('"')[0]
    assert path not in client.get("/duties/feeds").text
    answer = client_as(None).get(path)
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["Cache-Control"]
    assert answer.data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert client_as(None).get(path.replace(".ics", "x.ics")).status_code == 404
