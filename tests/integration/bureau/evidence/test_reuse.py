from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.evidence import service
from bureau.evidence.models import PhotoMatch, PhotoPrint
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import now
from kernel.errors import Invalid, NotFound
from kernel.files.service import store
from tests.support.pictures import kitchen
from tests.support.samples.evidence import make_match


@pytest.fixture
def kept(session, world, acting):
    """`kept(seed, purpose, place, days_ago)` → an attachment of that age."""
    system = acting(system_actor(world.bureaus["a"]))

    def keep(seed, purpose="inspection_photo", place="a1", days_ago=0, quality=80):
        made = store(
            system, kitchen(seed, quality=quality), name="x.jpg", purpose=purpose, school_id=world.schools[place]
        )
        made.created_at = now() - timedelta(days=days_ago)
        session.flush()
        return made

    keep.system = system
    return keep


def matches(session):
    return {(row.later_id, row.earlier_id) for row in session.scalars(select(PhotoMatch))}


def test_an_old_photo_of_another_school_is_found(kept, session):
    old = kept(1, "rectification_photo", "a2", days_ago=200)
    kept(2, days_ago=100)
    new = kept(1, "rectification_photo", "a1", quality=55)
    assert service.print_new(kept.system) == 3
    assert matches(session) == {(new.id, old.id)}
    assert service.print_new(kept.system) == 0


def test_an_honest_proof_matches_nothing(kept, session):
    kept(1, days_ago=10)
    kept(2, "rectification_photo")
    service.print_new(kept.system)
    assert matches(session) == set()


def test_only_proof_is_held_against_what_is_older(kept, session):
    kept(1, "inspection_photo", "a2", days_ago=10)
    kept(1, "inspection_photo", "a1")
    kept(1, "certificate", "a1")
    service.print_new(kept.system)
    assert matches(session) == set()
    assert len(session.scalars(select(PhotoPrint)).all()) == 2


def test_two_shots_of_one_moment_are_no_reuse(kept, session):
    kept(1, "rectification_photo")
    kept(1, "rectification_photo", quality=60)
    service.print_new(kept.system)
    assert matches(session) == set()


def test_the_own_before_photo_handed_in_again_is_found(kept, session):
    before = kept(1, "inspection_photo", "a1", days_ago=5)
    after = kept(1, "rectification_photo", "a1", quality=75)
    service.print_new(kept.system)
    assert matches(session) == {(after.id, before.id)}


def test_other_bureaus_photos_are_never_compared(kept, session, world, acting):
    other = acting(system_actor(world.bureaus["b"]))
    old = store(other, kitchen(1), name="x.jpg", purpose="rectification_photo", school_id=world.schools["b1"])
    old.created_at = now() - timedelta(days=9)
    session.flush()
    service.print_new(other)
    acting(kept.system)
    kept(1, "rectification_photo")
    service.print_new(kept.system)
    assert matches(session) == set()


def test_a_match_is_looked_at_once(session, world, acting, client_as):
    acting(system_actor(world.bureaus["a"]))
    match = make_match(world)
    client = client_as(Role.CANTEEN_OFFICER)
    page = client.get("/evidence/photo-matches").text
    assert str(match.later_id) in page
    assert client.post(f"/evidence/photo-matches/{match.id}", data={"note": ""}).status_code == 422
    assert client.post(f"/evidence/photo-matches/{match.id}", data={"note": "确为旧照片，已退回"}).status_code == 302
    assert str(match.later_id) not in client.get("/evidence/photo-matches").text
    assert "确为旧照片" in client.get("/evidence/photo-matches?looked=1").text
    for role in (Role.INSPECTOR, Role.PRINCIPAL, Role.SUPPLIER_USER):
        assert client_as(role).get("/evidence/photo-matches").status_code == 403


def test_service_refuses_what_is_not_there(kept):
    with pytest.raises(NotFound):
        service.look_at(kept.system, kept(3).id, "x")


def test_a_conclusion_needs_words(session, world, acting):
    system = acting(system_actor(world.bureaus["a"]))
    match = make_match(world)
    with pytest.raises(Invalid):
        service.look_at(system, match.id, " ")
