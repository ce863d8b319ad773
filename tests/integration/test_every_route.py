"""Generated over the URL map: nobody reaches a route that was not meant for them, whatever id they type."""

import re

import pytest

from bureau.roles import LEVEL_OF, Role
from kernel.access import MEMBER, PUBLIC, SIGNED_IN
from kernel.database.scope import Scope, use_scope
from tests.support.samples import all_samples

GENERAL = {PUBLIC, SIGNED_IN, MEMBER}
REFUSED = {400, 403, 404, 405, 409, 413, 415, 422, 428}


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_view_declares_its_access(app):
    undeclared = [
        rule.rule for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "__access__")
    ]
    assert undeclared == []


def test_every_declared_permission_is_in_the_table(app):
    known = set(app.extensions["houqin.access"].names()) | GENERAL
    unknown = {
        (rule.rule, app.view_functions[rule.endpoint].__access__)
        for rule in rules(app)
        if app.view_functions[rule.endpoint].__access__ not in known
    }
    assert unknown == set()


def test_every_permission_in_the_table_is_used(app):
    """A permission that no route and no code asks for is either forgotten protection or dead text."""
    from pathlib import Path

    used = {app.view_functions[rule.endpoint].__access__ for rule in rules(app)}
    root = Path(app.root_path)
    source = "".join(
        path.read_text()
        for folder in ("platform", "tenants", "templates")
        for path in (root / folder).rglob("*")
        if path.suffix in (".py", ".html") and path.name != "permissions.py"
    )
    unused = [
        name
        for name in app.extensions["houqin.access"].names()
        if name not in used and name not in GENERAL and name not in source and _member_name(name) not in source
    ]
    assert unused == []


def _member_name(name):
    """`Permission.EDIT_SCHOOL` is how code names it; found by looking the value up in the declaring enum."""
    import gc
    from enum import EnumMeta

    for candidate in gc.get_objects():
        if isinstance(candidate, EnumMeta) and candidate.__name__ == "Permission":
            for member in candidate:
                if str(member) == name:
                    return f"Permission.{member.name}"
    return name


def test_no_route_is_public_by_accident(app):
    """The full list of what needs no sign-in. Adding to it is a decision, so it is written down here."""
    public = {rule.endpoint for rule in rules(app) if app.view_functions[rule.endpoint].__access__ == PUBLIC}
    assert public <= {
        "openapi", "shell.set_language", "health.healthz", "health.readyz", "metrics.metrics", "healthz", "readyz",
        "metrics", "identity.sign_in", "api_identity.create_token", "draws.public_draw", "draws.public_document",
        "api_fill.ping", "fill_shell.shell", "fill_shell.manifest", "fill_shell.worker", "papers.verify",
        "surveys.ask", "surveys.answer", "bids.verify", "bids.hash_list", "awards.verify", "public_prices.today", "public_prices.book",
        "public_prices.task", "public_prices.report", "public_suppliers.register", "public_suppliers.send",
        "public_suppliers.confirm_page", "public_suppliers.confirm", "public_suppliers.resend",
        "public_suppliers.certificates", "api_ocds.list_processes", "api_ocds.get_release_package",
        "api_ocds.get_record", "procurement_portal.index", "procurement_portal.tender", "procurement_portal.notice",
        "procurement_portal.agreement_list", "procurement_portal.agreement", "public_menus.week", "duties.feed", "public_committees.draw",
        "public_committees.document", "canteen_books.public_statements", "canteen_books.public_statement",
    }  # fmt: skip


def path_of(rule, values):
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda match: str(values[match.group(1)]), rule.rule)


@pytest.fixture
def ids(session, world):
    """place → parameter → value."""
    made = {}
    for place in ("a1", "a2", "b1"):
        made[place] = {}
        for name, sample in all_samples().items():
            session.commit()
            use_scope(session(), Scope("houqin_bureau", bureau_id=world.bureaus[place[0]]))
            made[place][name] = sample.make(world, place)
    session.commit()
    return made


def test_every_route_parameter_has_a_sample(app):
    samples = all_samples()
    without = {(rule.rule, argument) for rule in rules(app) for argument in rule.arguments if argument not in samples}
    assert without == set()


def test_anonymous_reaches_public_routes_only(app, client_as, ids):
    client = client_as(None)
    for rule in rules(app):
        if app.view_functions[rule.endpoint].__access__ == PUBLIC:
            continue
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            response = client.open(path_of(rule, ids["a1"]), method=method)
            if rule.rule.startswith("/api/"):
                assert response.status_code == 401, (method, rule.rule, response.status_code)
            else:
                assert response.status_code == 302, (method, rule.rule, response.status_code)
                assert "/sign-in" in response.location, (method, rule.rule)


def foreign_places(level, rule, samples):
    """Whose ids this level must not reach. A sibling's (another school's, a competitor's) counts only where such a
    tenant owns something in the path."""
    owners = {samples[argument].owner for argument in rule.arguments}
    if level in ("school", "supplier") and level in owners:
        return ["a2", "b1"]
    return ["b1"] if owners - {"none"} else []


def test_no_role_reaches_another_tenants_record(app, client_as, world, ids):
    """All roles in one test: the records are dear to make, and no refusal changes them. A permission that the role
    lacks is refused before the path is read, so that one of its routes stands for all."""
    samples = all_samples()
    for role in Role:
        client, lacking = client_as(role), set()
        for rule in rules(app):
            permission = app.view_functions[rule.endpoint].__access__
            if not rule.arguments or permission == PUBLIC or permission in lacking:
                continue
            if not may(app, world, role, permission):
                lacking.add(permission)
            for place in foreign_places(LEVEL_OF[role], rule, samples):
                for method in sorted(rule.methods - {"OPTIONS", "HEAD"}):
                    response = client.open(path_of(rule, ids[place]), method=method)
                    asked = (role, method, rule.rule, place, response.status_code)
                    if method == "GET":
                        assert response.status_code in (403, 404), asked
                    else:
                        assert response.status_code in REFUSED, asked


def may(app, world, role, permission):
    return permission in GENERAL or app.extensions["houqin.access"].allows(world.actor(role), permission)


# Routes that open only for a tender in a certain state, or for ids that belong together. Their packages' own tests
# open them, by the right people and by nobody else.
OPENED_BY_THEIR_OWN_TESTS = {
    "/bidding/<uuid:tender_id>/record",
    "/openings/<uuid:tender_id>/record",
    "/openings/<uuid:tender_id>/package.zip",
    "/api/v1/tenders/<uuid:tender_id>/opening",
    "/api/v1/tenders/<uuid:tender_id>/opening/seat",
    "/public/tenders/<int:bureau_id>/<uuid:tender_id>/bids.json",
    "/api/v1/bids/<uuid:bid_id>/submissions/<uuid:bid_submission_id>/ciphertext",
    "/simulation/tenders/<uuid:tender_id>/template.xlsx",
    "/simulation/tenders/<uuid:tender_id>/reports/<uuid:simulation_id>",
    "/public/procurement/<bureau_code>/agreements/<uuid:agreement_id>",
}


def test_every_record_route_opens_for_somebody_with_an_own_id(app, client_as, world, ids):
    """Else the test above would pass on a sample that matches nothing."""
    assert {rule.rule for rule in rules(app)} >= OPENED_BY_THEIR_OWN_TESTS
    closed, clients = [], {role: client_as(role) for role in Role}
    for rule in rules(app):
        if not rule.arguments or "GET" not in rule.methods or rule.rule in OPENED_BY_THEIR_OWN_TESTS:
            continue
        answers = {}
        for role, client in clients.items():
            if not may(app, world, role, app.view_functions[rule.endpoint].__access__):
                continue
            answers[role] = client.get(path_of(rule, ids["a1"])).status_code
            if answers[role] in (200, 302, 304):
                break
        else:
            closed.append((rule.rule, answers))
    assert [rule for rule, _answers in closed] == [], closed


@pytest.mark.parametrize("role", [None, *Role])
def test_no_page_without_an_id_fails(app, client_as, role):
    client = client_as(role)
    for rule in rules(app):
        if rule.arguments or "GET" not in rule.methods:
            continue
        response = client.get(rule.rule)
        assert response.status_code < 500, (role, rule.rule, response.status_code)
