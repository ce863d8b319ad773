"""Many requests at the same moment, on connections of their own and with real commits."""

import threading

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import ProgrammingError

from bureau.fill.commands import verify
from bureau.fill.models import FillFile, FillReceipt, FillSubmission
from bureau.fill.service.receipts import broken_links
from bureau.inspections.models import InspectionAnswer, InspectionPhoto, InspectionResult
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.audit.models import AuditEntry
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.files.models import Attachment
from tests.support import database, inspections
from tests.support import world as builder
from tests.support.phones import Phone


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    """An application on a database of its own: (app, world, phone(place) → a phone on a fresh visit there)."""
    import wsgi
    from kernel.config import load_config

    with database.cloned(admin_url, f"fill_{worker_id}") as name:
        app = wsgi.create_app(
            load_config(
                {
                    "HOUQIN_ENVIRONMENT": "test",
                    "DATABASE_URL": database.url_of(admin_url, name, user="houqin_app"),
                    "SECRET_KEY": "fill-only-" + "x" * 32,
                    "HOUQIN_FILES_DIR": str(tmp_path_factory.mktemp("fill-files")),
                    "HOUQIN_POOL_SIZE": "20",
                }
            )
        )
        with app.app_context():
            world = builder.build()
            system = system_actor(world.bureaus["a"])
            use_scope(db.session(), system.scope)
            version = inspections.published(system)
            db.session.commit()

            def phone(place="a1"):
                use_scope(db.session(), system.scope)
                visit = inspections.make_visit(world, place, inspections.make_plan(system, version))
                perfect = inspections.perfect_answers(visit)
                db.session.commit()
                made = Phone(app.test_client(), world.person(Role.INSPECTOR), visit)
                for key, answer in perfect.items():
                    made.answer(key, answer)
                use_scope(db.session(), system.scope)
                return made

            yield app, world, phone
            db.session.remove()
            db.engine.dispose()


def at_once(*calls):
    """The answers, in the order of the calls; all begin together."""
    barrier = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(place, call):
        barrier.wait()
        answers[place] = call()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def call(app, phone, method, path, **options):
    """A request on a client of its own: a test client serves one thread."""
    headers = {"Authorization": f"Bearer {phone.token}", **options.pop("headers", {})}
    return lambda: app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **options)


def count(model, *where):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def test_the_first_document_twice_at_once_is_one_submission(city):
    app, _world, phone = city
    made = phone()
    put = call(app, made, "PUT", f"/fill/submissions/{made.uuid}", json=made.body(), headers={"If-None-Match": "*"})
    answers = at_once(put, put, put)
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert count(FillSubmission, FillSubmission.id == made.uuid) == 1
    assert count(InspectionAnswer, InspectionAnswer.inspection_id == made.visit.id) == len(made.answers)


def test_of_two_edits_of_one_revision_one_is_told_to_look_first(city):
    app, _world, phone = city
    made = phone()
    made.put()
    path = f"/fill/submissions/{made.uuid}"
    edits = [
        call(app, made, "PUT", path, json=made.body() | {"remark": word}, headers={"If-Match": '"1"'})
        for word in ("甲", "乙")
    ]
    answers = at_once(*edits)
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    assert made.show().json["rev"] == 2


def test_the_same_photo_twice_at_once_is_one_attachment(city):
    app, _world, phone = city
    made = phone()
    found = made.photo("1")
    made.put()
    put = call(
        app, made, "PUT", f"/fill/blobs/{found}?school_id={made.visit.school_id}", data=made.blobs[found],
        content_type="image/jpeg",
    )  # fmt: skip
    assert sorted(answer.status_code for answer in at_once(put, put, put)) == [200, 200, 201]
    assert count(Attachment, Attachment.sha256 == found) == 1
    assert count(InspectionPhoto, InspectionPhoto.sha256 == found) == 1
    assert count(FillFile, FillFile.attachment_id.is_(None)) == 0


def finished(phone):
    made = phone()
    made.sign()
    made.put()
    made.upload()
    return made


def test_finalising_twice_at_once_gives_one_receipt(city):
    app, _world, phone = city
    made = finished(phone)
    body = {"manifest_sha256": made.manifest(), "rev": made.rev}
    close = call(app, made, "POST", f"/fill/submissions/{made.uuid}/finalisation", json=body)
    first, second, third = at_once(close, close, close)
    assert first.status_code == 200, first.json
    assert first.json == second.json == third.json
    assert count(FillReceipt, FillReceipt.submission_id == made.uuid) == 1
    assert count(InspectionResult, InspectionResult.id == made.visit.id) == 1


def test_receipts_form_one_chain_without_a_gap_however_many_finish_at_once(city):
    app, world, phone = city
    phones = [finished(phone) for _ in range(10)]
    calls = [
        call(
            app, made, "POST", f"/fill/submissions/{made.uuid}/finalisation",
            json={"manifest_sha256": made.manifest(), "rev": made.rev},
        )
        for made in phones
    ]  # fmt: skip
    answers = at_once(*calls)
    assert [answer.status_code for answer in answers] == [200] * 10
    db.session.rollback()
    sequence = db.session.scalars(select(FillReceipt.seq).order_by(FillReceipt.seq)).all()
    assert sequence == list(range(1, len(sequence) + 1))
    assert broken_links(system_actor(world.bureaus["a"])) == []
    noted = db.session.scalars(select(AuditEntry.changes).where(AuditEntry.action == "bureau:inspection:fill")).all()
    hashes = {change["new"]["hash"] for changes in noted for change in changes if change["table"] == "fill_receipts"}
    assert hashes >= {answer.json["hash"] for answer in answers}


def test_a_receipt_can_be_neither_changed_nor_taken_back(city):
    _app, _world, phone = city
    finished(phone).finalise()
    for statement in ("UPDATE fill_receipts SET seq = 9", "DELETE FROM fill_receipts"):
        db.session.rollback()
        with pytest.raises(ProgrammingError):
            db.session.execute(text(statement))
    db.session.rollback()


def test_a_visit_that_another_request_holds_is_asked_for_again(city):
    app, _world, phone = city
    made = phone()
    with app.app_context():
        db.session.rollback()
    holder = db.engine.connect()
    try:
        holder.execute(text(system_actor(made.visit.bureau_id).scope.statements()))
        holder.execute(text("SELECT 1 FROM inspections WHERE id = :id FOR UPDATE"), {"id": made.visit.id})
        busy = made.put()
        assert (busy.status_code, busy.headers["Retry-After"]) == (423, "2")
    finally:
        holder.rollback()
        holder.close()
    assert made.put().status_code == 201


def test_the_command_names_a_receipt_that_was_altered(city, admin_url, worker_id):
    app, _world, phone = city
    finished(phone).finalise()
    runner = app.test_cli_runner()
    assert runner.invoke(verify).exit_code == 0
    db.session.rollback()
    owner = create_engine(database.url_of(admin_url, db.engine.url.database))
    with owner.begin() as connection:
        connection.execute(text("UPDATE fill_receipts SET document = document || '{\"rev\": 9}' WHERE seq = 1"))
    told = runner.invoke(verify)
    with owner.begin() as connection:
        connection.execute(text("UPDATE fill_receipts SET document = document || '{\"rev\": 1}' WHERE seq = 1"))
    owner.dispose()
    assert (told.exit_code, "a: receipt 1 does not hold" in told.output) == (1, True)
