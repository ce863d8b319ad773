from datetime import date

from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import text

from bureau.demo.context import DemoContext
from bureau.demo.terms import TERMS
from bureau.schools import service
from bureau.schools.commands import bureaus
from bureau.schools.demo import demo
from kernel.database.scope import use_scope


def test_the_demo_district_comes_in_through_the_services_and_again_changes_nothing(app, session):
    context = DemoContext(today=date(2026, 11, 20))
    demo(app, context)
    again = DemoContext(today=date(2026, 11, 20))
    demo(app, again)
    assert (again.bureau_id, again.zones, again.schools) == (context.bureau_id, context.zones, context.schools)
    actor = context.actor()
    session.commit()
    use_scope(session(), actor.scope)
    schools = service.all_schools(actor)
    assert len(schools) == len(context.schools) == 66
    assert sum(school.is_boarding for school in schools) == 45
    assert 38_000 < sum(school.enrolment for school in schools) < 42_000
    assert all(school.zone_id in context.zones.values() for school in schools)
    assert all("演示" in school.name for school in schools)
    assert [school.code for school in schools if service.warnings_of(school)] == []
    assert len(service.list_terms(actor)) == len(TERMS)
    assert service.current_term(actor, date(2026, 11, 20)).name.endswith("2026—2027学年第一学期")


def test_a_bureau_is_opened_from_the_command_line(app, session):
    run = lambda *arguments: CliRunner().invoke(  # noqa: E731
        bureaus, arguments, obj=ScriptInfo(create_app=lambda: app), catch_exceptions=False
    )
    first = run("create", "ys-2", "演示丙区教育局")
    assert first.exit_code == 0
    assert run("create", "ys-2", "演示丙区教育局").output == first.output
    assert "ys-2 演示丙区教育局" in run("list").output
    assert run("create", "ys-2", "演示另名").exit_code == 1
    assert run("create", "坏 代码", "演示").exit_code == 1
    session.execute(text("SELECT 1"))
