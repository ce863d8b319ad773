import dataclasses
import hashlib
import io

import pytest
from docx import Document
from sqlalchemy import select

from bureau.inspections.service import results, revising, visits
from bureau.papers.models import Paper
from bureau.papers.service import issuing
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from tests.support.inspections import make_plan, make_visit, more_inspectors, released_visit, submit
from tests.support.samples.papers import make_paper


@pytest.fixture
def visit(session, world, acting):
    acting(system_actor(world.bureaus["a"]))
    return released_visit(world)


def test_issued_twice_it_is_one_paper(visit, world):
    system = system_actor(world.bureaus["a"])
    one = issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    again = issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    assert one.id == again.id
    assert one.number.startswith("JC")
    other = issuing.issue_for_visit(system, "letter", visit.school_id, visit.id)
    assert other.number.startswith("GZ")


def test_the_file_is_the_one_whose_hash_is_kept(visit, world):
    system = system_actor(world.bureaus["a"])
    paper = issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    data = issuing.file_of(system, paper)
    assert hashlib.sha256(data).hexdigest() == paper.sha256
    text = "\n".join(
        cell.text for table in Document(io.BytesIO(data)).tables for row in table.rows for cell in row.cells
    )
    for row in paper.data["lost"]:
        assert row["text"] in text


def test_nothing_is_issued_before_its_time(session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    plan = make_plan(system, releases_on_submit=False)
    visit = make_visit(world, "a1", plan)
    with pytest.raises(RuleBroken):
        issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    submit(world, visit, {"1": {"met": False}})
    for kind in ("notice", "letter"):
        with pytest.raises(RuleBroken):
            issuing.issue_for_visit(system, kind, visit.school_id, visit.id)
    record = issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    assert record.data["outcome"] == ""  # not told yet: no score on paper either
    with pytest.raises(RuleBroken):
        issuing.issue_bulletin(system, plan.id)
    assert session.scalars(select(Paper)).all() == [record]
    results.release(system, visit.school_id, visit.id, visit.version)
    notice = issuing.issue_for_visit(system, "notice", visit.school_id, visit.id)
    assert notice.data["items"]


def test_withdrawn_it_stays_and_another_may_follow(visit, world, acting):
    officer = acting(world.actor(Role.CANTEEN_OFFICER))
    paper = issuing.issue_for_visit(officer, "letter", visit.school_id, visit.id)
    with pytest.raises(Invalid):
        issuing.withdraw(officer, paper.id, " ", paper.version)
    with pytest.raises(Conflict):
        issuing.withdraw(officer, paper.id, "x", 99)
    issuing.withdraw(officer, paper.id, "分数改判", paper.version)
    following = issuing.issue_for_visit(officer, "letter", visit.school_id, visit.id)
    assert following.number != paper.number
    assert issuing.public_paper(paper.bureau_id, paper.code)["state"] == "withdrawn"
    assert issuing.public_paper(paper.bureau_id, following.code)["state"] == "issued"


def test_anybody_may_verify_and_learns_nothing_else(visit, world, client_as):
    paper = issuing.issue_for_visit(system_actor(world.bureaus["a"]), "letter", visit.school_id, visit.id)
    page = client_as(None).get(f"/public/papers/{paper.bureau_id}/{paper.code}")
    assert page.status_code == 200
    assert paper.number in page.text
    assert paper.sha256 in page.text
    for row in paper.data["lost"]:
        assert row["text"] not in page.text
    assert paper.data["outcome"] not in page.text
    assert client_as(None).get(f"/public/papers/{paper.bureau_id}/guess").status_code == 404
    assert client_as(None).get(f"/public/papers/{world.bureaus['b']}/{paper.code}").status_code == 404


def test_a_school_reads_its_own_and_issues_none(visit, world, client_as):
    paper = issuing.issue_for_visit(system_actor(world.bureaus["a"]), "record", visit.school_id, visit.id)
    own = client_as(Role.PRINCIPAL)
    assert own.get(f"/papers/{paper.id}").status_code == 200
    answer = own.get(f"/papers/{paper.id}/file.docx")
    assert hashlib.sha256(answer.data).hexdigest() == paper.sha256
    assert client_as(Role.PRINCIPAL, "a2").get(f"/papers/{paper.id}").status_code == 404
    assert client_as(Role.PRINCIPAL, "a2").get(f"/papers/{paper.id}/file.docx").status_code == 404
    assert client_as(Role.ZONE_SUPERVISOR, "a-west").get(f"/papers/{paper.id}").status_code == 404
    assert own.post(f"/papers/{paper.id}/withdrawal", data={"reason": "x", "version": 1}).status_code == 403
    assert own.post(f"/papers/visits/{visit.school_id}/{visit.id}/record").status_code == 403


def test_letters_for_every_school_that_was_told(session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    plan = make_plan(system)
    for place in ("a1", "a2"):
        submit(world, make_visit(world, place, plan))
    make_visit(world, "a3", plan)
    assert issuing.issue_letters(system, plan.id) == 2
    assert issuing.issue_letters(system, plan.id) == 2
    assert len(session.scalars(select(Paper).where(Paper.kind == "letter")).all()) == 2


def test_papers_are_chinese_whoever_issues_them(visit, client_as, session):
    client = client_as(Role.CANTEEN_OFFICER)
    client.get("/?lang=en")
    client.post(
        f"/papers/visits/{visit.school_id}/{visit.id}", data={"kind": "letter"}, headers={"Accept-Language": "en"}
    )
    paper = session.scalars(select(Paper)).one()
    assert "分" in paper.data["outcome"]


def test_pages(visit, world, client_as):
    paper = make_paper(world, "a2")
    client = client_as(Role.CANTEEN_OFFICER)
    for path in ("/papers", "/papers?kind=record", f"/papers/{paper.id}", f"/papers/plans/{paper.plan_id}"):
        assert client.get(path).status_code == 200, path
    assert "出具整改通知书" in client.get(f"/inspections/visits/{visit.school_id}/{visit.id}").text


def test_an_unknown_kind_is_not_found(visit, world):
    with pytest.raises(NotFound):
        issuing.issue_for_visit(system_actor(world.bureaus["a"]), "bulletin", visit.school_id, visit.id)


def test_a_school_has_the_record_only_once_it_was_told(session, world, acting, client_as):
    system = acting(system_actor(world.bureaus["a"]))
    visit = make_visit(world, "a1", make_plan(system, releases_on_submit=False))
    submit(world, visit, {"1": {"met": False}})
    record = issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    own = client_as(Role.PRINCIPAL)
    assert own.get(f"/papers/{record.id}").status_code == 404
    assert own.get(f"/papers/{record.id}/file.docx").status_code == 404
    assert own.get("/api/v1/papers").json["items"] == []
    acting(system)
    results.release(system, visit.school_id, visit.id, visit.version)
    session.flush()
    assert own.get(f"/papers/{record.id}").status_code == 200


def test_an_inspector_reads_the_papers_of_their_own_visits(visit, world, client_as, acting):
    paper = issuing.issue_for_visit(system_actor(world.bureaus["a"]), "letter", visit.school_id, visit.id)
    acting(system_actor(world.bureaus["a"]))
    more_inspectors(world, Role.COMMITTEE_EXPERT)
    assert client_as(Role.INSPECTOR).get(f"/papers/{paper.id}").status_code == 200
    stranger = world.actor(Role.INSPECTOR)
    assert issuing.list_papers(stranger).items == [paper]
    elsewhere = dataclasses.replace(stranger, account_id=world.person(Role.COMMITTEE_EXPERT).account_id)
    assert issuing.list_papers(elsewhere).items == []
    with pytest.raises(NotFound):
        issuing.get_paper(elsewhere, paper.id)


def test_a_visit_handed_in_again_has_another_record(session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    visit = make_visit(world, "a1", make_plan(system, releases_on_submit=False))
    submit(world, visit, {"1": {"met": False}})
    first = issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    results.send_back(system, visit.school_id, visit.id, "照片不清", visit.version)
    submit(world, visit, {"1": {"met": True}})
    second = issuing.issue_for_visit(system, "record", visit.school_id, visit.id)
    assert second.id != first.id
    assert (first.state, second.data["lost"]) == ("withdrawn", [])
    assert issuing.issue_for_visit(system, "record", visit.school_id, visit.id).id == second.id


def test_a_changed_result_withdraws_what_it_contradicts(visit, world, acting, session):
    """The letter and the notice name the old score; the record is what was signed at the door and stays."""
    system = acting(system_actor(world.bureaus["a"]))
    papers = {kind: issuing.issue_for_visit(system, kind, visit.school_id, visit.id) for kind in ("record", "letter")}
    result = results.get_result(system, visit.school_id, visit.id)
    lost = result.account["sections_account"][0]["lines"]
    changed = {line["code"]: {"met": True} for line in lost if line["rule"] == "all_or_nothing" and line["lost"] != "0"}
    assert changed
    visit = visits.get_inspection(system, visit.school_id, visit.id, lock=True)
    revision = revising.revise(system, visit, result, changed, cause="appeal", reason="改判")
    assert papers["letter"].state == "withdrawn"
    assert f"第 {revision.number} 版" in papers["letter"].withdrawn_reason
    assert papers["record"].state == "issued"
    following = issuing.issue_for_visit(system, "letter", visit.school_id, visit.id)
    assert following.id != papers["letter"].id
    assert following.data["outcome"] != papers["letter"].data["outcome"]
