import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from bureau.roles import Role
from bureau.surveys import rules
from bureau.surveys.models import Survey, SurveyAnswer
from bureau.surveys.service import answering, keeping
from kernel.actor import system_actor
from kernel.audit.capture import write_pending
from kernel.audit.models import AuditEntry
from kernel.database import new_id, now
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from scorecards.form import CountDeduction
from tests.support.inspections import published
from tests.support.samples.surveys import make_survey
from tests.unit.scorecards.forms import form, item

BEST = {"1": {"level": "1"}, "2": {"level": "1"}}
WORST = {"1": {"level": "3"}, "2": {"level": "3"}}


@pytest.fixture
def survey(session, world, acting):
    acting(system_actor(world.bureaus["a"]))
    return make_survey(world)


def send(survey, answers=BEST, *, ticket=None, address="10.0.0.1", seconds=30, **more):
    ticket = ticket or rules.make_ticket(survey.key, now() - timedelta(seconds=seconds), str(new_id()))
    return answering.answer(
        survey.bureau_id, survey.school_id, survey.code, ticket=ticket, answers=answers, address=address, **more
    )


def test_answers_are_scored_by_the_engine(survey, world):
    system = system_actor(world.bureaus["a"])
    for number in range(6):
        send(survey, BEST if number < 3 else WORST, address=f"10.0.0.{number}")
    tally = keeping.tally_of(system, survey)
    assert (tally.answers, tally.counted, tally.mean) == (6, 6, 50)
    assert tally.items["1"] == {"1": 3, "3": 3}


def test_a_page_sent_twice_counts_once(survey, session):
    ticket = rules.make_ticket(survey.key, now() - timedelta(seconds=30), "n")
    first = send(survey, ticket=ticket)
    second = send(survey, WORST, ticket=ticket)
    assert first.id == second.id
    assert second.answers == {"1": {"level": "1"}, "2": {"level": "1"}}


@pytest.mark.parametrize("ticket", ["", "x", "1.2.3"])
def test_a_forged_ticket_is_refused(survey, ticket):
    with pytest.raises(Invalid):
        answering.answer(survey.bureau_id, survey.school_id, survey.code, ticket=ticket, answers=BEST)


def test_an_old_page_is_refused(survey):
    with pytest.raises(Invalid):
        send(survey, seconds=13 * 3600)


def test_a_script_is_not_counted_and_not_told(survey):
    assert send(survey, seconds=1).doubtful == "too_fast"
    for _ in range(rules.BURST_ANSWERS):
        send(survey, address="10.9.9.9")
    assert send(survey, address="10.9.9.9").doubtful == "burst"
    assert send(survey, address="10.8.8.8").doubtful == ""


def test_never_more_than_the_limit(session, world, acting):
    acting(system_actor(world.bureaus["a"]))
    survey = make_survey(world, most=2)
    send(survey)
    send(survey, address="10.0.0.2")
    with pytest.raises(RuleBroken):
        send(survey, address="10.0.0.3")


def test_a_network_has_a_limit_a_day(survey, monkeypatch):
    monkeypatch.setattr(rules, "PER_ADDRESS_A_DAY", 3)
    for _ in range(3):
        send(survey)
    with pytest.raises(RuleBroken):
        send(survey)
    send(survey, address="10.0.0.7")


def test_closed_it_takes_nothing(survey, world, acting):
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    with pytest.raises(Conflict):
        keeping.close(officer, survey.school_id, survey.id, 99)
    keeping.close(officer, survey.school_id, survey.id, survey.version)
    with pytest.raises(RuleBroken):
        send(survey)


def test_a_school_does_not_close_the_bureaus(survey, world, acting):
    head = acting(world.actor(Role.PRINCIPAL))
    with pytest.raises(RuleBroken):
        keeping.close(head, survey.school_id, survey.id, survey.version)


@pytest.mark.parametrize(
    "answers", [{}, {"1": {"level": "1"}}, {"1": {"level": "99"}, "2": {"level": "1"}}, {"9": {"met": True}}]
)
def test_unfit_answers_name_their_question(survey, answers):
    with pytest.raises(Invalid) as refused:
        send(survey, answers)
    assert all(field.startswith("answers.") for field in refused.value.fields)


def test_only_askable_forms_become_surveys(session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    version = published(system, form(item("1", CountDeduction(Decimal(2)), 10)))
    with pytest.raises(Invalid) as refused:
        make_survey(world, form_version_id=version.id)
    assert "form_version_id" in refused.value.fields


def test_a_batch_sent_twice_opens_once(session, world, acting):
    acting(system_actor(world.bureaus["a"]))
    batch = new_id()
    one = make_survey(world, batch=batch)
    two = make_survey(world, batch=batch)
    assert one.id == two.id
    assert len(session.scalars(select(Survey)).all()) == 1


def test_a_school_opens_its_own_only(session, world, acting):
    acting(system_actor(world.bureaus["a"]))
    version = make_survey(world).form_version_id
    head = acting(world.actor(Role.PRINCIPAL))
    (own,) = keeping.open_surveys(
        head, title="x", form_version_id=version, school_ids=[world.schools["a2"]], first=today(), last=today()
    )
    assert own.school_id == world.schools["a1"]
    acting(world.actor(Role.PRINCIPAL, "a2"))
    with pytest.raises(NotFound):
        keeping.get_survey(world.actor(Role.PRINCIPAL, "a2"), own.school_id, own.id)


def test_the_public_page_from_link_to_thanks(survey, client_as, session, monkeypatch):
    monkeypatch.setattr(rules, "SECONDS_PER_QUESTION", 0)
    path = f"/public/surveys/{survey.bureau_id}/{survey.school_id}/{survey.code}"
    client = client_as(None)
    page = client.get(path)
    assert page.status_code == 200
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]
    assert client.post(path, data={"ticket": ticket, "i0-level": "1"}).status_code == 422
    done = client.post(path, data={"ticket": ticket, "i0-level": "1", "i1-level": "2", "comment": "菜再热一点"})
    assert "谢谢" in done.text
    assert client.post(path, data={"ticket": ticket, "i0-level": "3", "i1-level": "3"}).status_code == 200
    rows = session.scalars(select(SurveyAnswer)).all()
    assert [row.comment for row in rows] == ["菜再热一点"]
    assert client.get(f"{path}x").status_code == 404
    other = path.replace(f"/{survey.bureau_id}/", "/999/")
    assert client.get(other).status_code == 404


def test_pages(survey, client_as):
    for number in range(6):
        send(survey, address=f"10.0.1.{number}", comment="好")
    client = client_as(Role.CANTEEN_OFFICER)
    path = f"/surveys/{survey.school_id}/{survey.id}"
    assert "100.0%" in client.get(path).text
    assert "<svg" in client.get(f"{path}/poster").text
    assert client.get("/surveys").status_code == 200
    assert client.get("/surveys/new").status_code == 200
    assert client_as(Role.PRINCIPAL).get(path).status_code == 200
    assert client_as(Role.PRINCIPAL, "a2").get(path).status_code == 404
    assert client_as(Role.GUARD).get("/surveys").status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/public/surveys/1/1/%00x", 404),
        ("/public/surveys/99999999999/1/x", 422),
        ("/public/surveys/1/99999999999/x", 404),
        ("/public/papers/1/%00x", 404),
        ("/public/papers/99999999999/x", 422),
    ],
)
def test_an_address_that_no_record_can_have_is_refused_in_words(client_as, path, status):
    assert client_as(None).get(path).status_code == status


def test_a_comment_keeps_no_character_that_cannot_be_kept(survey):
    assert send(survey, comment="不错\x00谢谢").comment == "不错谢谢"


SECRETS = (
    "SELECT key FROM surveys", "SELECT ticket FROM survey_answers", "SELECT address_hash FROM survey_answers",
    "SELECT answered_at FROM survey_answers", "SELECT id FROM survey_answers",
)  # fmt: skip


@pytest.mark.parametrize("statement", SECRETS)
@pytest.mark.parametrize("role", ["school", "zone"])
def test_a_school_cannot_read_what_tells_who_answered(survey, world, session, statement, role):
    scope = Scope(
        f"houqin_{role}", bureau_id=survey.bureau_id, school_id=survey.school_id, school_ids=(survey.school_id,)
    )
    use_scope(session(), scope)
    with pytest.raises(ProgrammingError), session.begin_nested():
        session.execute(text(statement))


def test_the_audit_does_not_keep_the_key(survey, session):
    session.flush()
    write_pending(session())
    entries = session.scalars(select(AuditEntry).where(AuditEntry.school_id == survey.school_id)).all()
    assert any("surveys" in str(entry.changes) for entry in entries)
    assert all(survey.key not in str(entry.changes) for entry in entries)


def test_a_survey_closed_while_its_page_was_answered_takes_nothing(survey, session):
    """Closed on another connection, so that this session still holds the survey as it was."""
    session.flush()
    session.execute(
        update(Survey).where(Survey.id == survey.id).values(closed_at=now()),
        execution_options={"synchronize_session": False},
    )
    assert survey.closed_at is None
    with pytest.raises(RuleBroken):
        send(survey)
