"""Document numbers: counted per school, kind and year, without a gap and without a twin, whoever else is counting."""

import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from kernel.database.scope import Scope
from kernel.numbering.service import next_number, next_numbers


@pytest.fixture
def engine(runtime_url, world):
    made = create_engine(runtime_url)
    yield made
    with made.begin() as connection:
        for code in ("a", "b"):
            connection.execute(text(Scope("houqin_bureau", world.bureaus[code]).statements()))
            connection.execute(text("UPDATE document_counters SET last = 0 WHERE kind = 'TST'"))
    made.dispose()


def take(engine, scope, school_id, *, year=2026, kind="TST", then="commit"):
    with Session(engine) as session:
        session.execute(text(scope.statements()))
        number = next_number(session, scope.bureau_id, school_id, kind, year)
        getattr(session, then)()
        return number


def test_each_school_kind_and_year_counts_for_itself(session, acting, world):
    actor = acting(world.actor("storekeeper", "a1"))
    numbers = [next_number(session(), actor.bureau_id, actor.school_id, kind, year) for kind, year in
               (("SH", 2026), ("SH", 2026), ("CK", 2026), ("SH", 2027))]  # fmt: skip
    assert numbers == ["SH2026-000001", "SH2026-000002", "CK2026-000001", "SH2027-000001"]
    other = acting(world.actor("storekeeper", "a2"))
    assert next_number(session(), other.bureau_id, other.school_id, "SH", 2026) == "SH2026-000001"
    bureau = acting(world.actor("bureau_admin"))
    assert next_number(session(), bureau.bureau_id, None, "SH", 2026) == "SH2026-000001"


def test_documents_written_together_take_their_numbers_at_once(session, acting, world):
    actor = acting(world.actor("storekeeper", "a1"))
    whose = (session(), actor.bureau_id, actor.school_id, "SF", 2026)
    first = int(next_number(*whose)[-6:])
    assert next_numbers(*whose, 3) == [f"SF2026-{first + step:06d}" for step in (1, 2, 3)]
    assert next_number(*whose) == f"SF2026-{first + 4:06d}"


def test_a_rolled_back_document_gives_its_number_back(engine, world):
    school = world.schools["a1"]
    scope = Scope("houqin_school", world.bureaus["a"], school)
    first = take(engine, scope, school)
    assert take(engine, scope, school, then="rollback") == f"TST2026-{int(first[-6:]) + 1:06d}"
    assert take(engine, scope, school) == f"TST2026-{int(first[-6:]) + 1:06d}"


def test_twenty_at_once_get_twenty_numbers_in_a_row(engine, world):
    school = world.schools["a2"]
    scope = Scope("houqin_school", world.bureaus["a"], school)
    taken, lock = [], threading.Lock()

    def work(index):
        # Every third one changes its mind: its number must not be lost.
        number = take(engine, scope, school, then="rollback" if index % 3 == 0 else "commit")
        if index % 3:
            with lock:
                taken.append(int(number[-6:]))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(1, 21))
