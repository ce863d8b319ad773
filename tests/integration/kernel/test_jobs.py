"""Jobs: queued with the transaction, run in the bureau's scope, seen only by who started them."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import ProgrammingError

from kernel.errors import NotFound, RuleBroken
from kernel.jobs import runner, service


@pytest.fixture
def queued(owner_url, session):
    """Jobs that this test's transaction has queued; read on its own connection, with the owner's eyes."""

    def count() -> int:
        session.execute(text("RESET ROLE"))
        session.execute(text("SET LOCAL ROLE houqin_jobs"))
        return session.execute(text("SELECT count(*) FROM procrastinate_jobs")).scalar_one()

    return count


def test_a_job_is_queued_with_its_transaction(session, acting, world, queued):
    actor = acting(world.actor("bureau_admin"))
    service.start(actor, "demo.task", "演示任务")
    session.commit()
    assert queued() == 1


def test_a_rollback_leaves_no_job(session, acting, world, queued):
    actor = acting(world.actor("bureau_admin"))
    service.start(actor, "demo.task", "演示任务")
    session.rollback()
    assert queued() == 0


def test_a_tenant_cannot_read_the_queue(session, acting, world):
    acting(world.actor("principal"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM procrastinate_jobs"))


def test_only_its_starter_sees_a_job(session, acting, world):
    actor = acting(world.actor("bureau_admin"))
    run = service.start(actor, "demo.task", "演示任务")
    session.commit()
    assert service.get_run(actor, run.id).state == "queued"
    other = acting(world.actor("canteen_officer"))
    with pytest.raises(NotFound):
        service.get_run(other, run.id)


def test_pages_show_ones_own_jobs(session, acting, world, client_as):
    actor = acting(world.actor("bureau_admin"))
    run = service.start(actor, "demo.task", "演示任务")
    session.commit()
    client = client_as("bureau_admin")
    assert "演示任务" in client.get("/jobs/").get_data(as_text=True)
    assert client.get(f"/jobs/{run.id}").status_code == 200
    assert client_as("bureau_admin", "b").get(f"/jobs/{run.id}").status_code == 404


@pytest.fixture
def committed(app, world, owner_url):
    """The runner opens transactions of its own, so what it works on is committed for real and removed afterwards."""
    from kernel.database import db
    from kernel.database.scope import use_scope

    actor = world.actor("bureau_admin")
    with app.app_context():
        use_scope(db.session(), actor.scope)
        run = service.start(actor, "demo.task", "演示任务")
        db.session.commit()
        run_id = run.id
        db.session.remove()
    yield actor, run_id
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM job_runs"))
        connection.execute(text("DELETE FROM procrastinate_jobs"))
    engine.dispose()


def state_of(app, actor, run_id):
    from kernel.database import db
    from kernel.database.scope import use_scope

    with app.app_context():
        use_scope(db.session(), actor.scope)
        run = service.get_run(actor, run_id)
        found = (run.state, run.progress, run.message, run.result)
        db.session.rollback()
        return found


def perform(app, committed, monkeypatch, task):
    actor, run_id = committed
    monkeypatch.setattr(runner, "tasks_of", lambda app: {"demo.task": task})
    runner.run_with_progress(app, actor.bureau_id, str(run_id), "demo.task", {})
    return state_of(app, actor, run_id)


def test_a_job_reports_its_progress_and_result(app, committed, monkeypatch):
    seen = []

    def task(bureau_id, progress):
        progress.report(40, "演示进度")
        seen.append(state_of(app, *committed)[:3])
        return {"result": {"rows": 3}}

    assert perform(app, committed, monkeypatch, task) == ("done", 100, "", {"rows": 3})
    assert seen == [("running", 40, "演示进度")]


def test_a_refused_job_says_why(app, committed, monkeypatch):
    def task(bureau_id, progress):
        raise RuleBroken("demo", "演示规则不允许")

    assert perform(app, committed, monkeypatch, task)[:3] == ("failed", 0, "演示规则不允许")


def test_a_broken_job_is_marked_and_raised(app, committed, monkeypatch):
    def task(bureau_id, progress):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        perform(app, committed, monkeypatch, task)
    assert state_of(app, *committed)[0] == "failed"
