"""Every operation of the OpenAPI description, with generated input, as each role: no 5xx, no undocumented answer."""

import itertools
import json
from datetime import timedelta

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from bureau.roles import Role

EXAMPLES = 8  # per operation
TURNS = 4  # the roles take turns: each example is sent as every fourth, so each role sends EXAMPLES / TURNS


@pytest.fixture(scope="module")
def fuzzed(admin_url, worker_id, tmp_path_factory):
    """An application on a database of its own (what is created here stays there), and a token per role."""
    import wsgi
    from kernel.config import load_config
    from kernel.database import db, now
    from kernel.database.scope import IDENTITY, use_scope
    from kernel.identity.loading import digest
    from kernel.identity.models import ApiToken
    from tests.support import database
    from tests.support import world as builder

    with database.cloned(admin_url, f"fuzz_{worker_id}") as name:
        config = load_config(
            {
                "HOUQIN_ENVIRONMENT": "test",
                "DATABASE_URL": database.url_of(admin_url, name, user="houqin_app"),
                "SECRET_KEY": "fuzz-only-" + "x" * 32,
                "HOUQIN_FILES_DIR": str(tmp_path_factory.mktemp("fuzz-files")),
            }
        )
        app = wsgi.create_app(config)
        tokens = {}
        with app.app_context():
            world = builder.build()
            session = db.session()
            use_scope(session, IDENTITY)
            for role in Role:
                person = world.person(role)
                actor = person.actor
                tokens[role] = f"hq_{role}_{'x' * 40}"
                session.add(
                    ApiToken(
                        account_id=person.account_id, token_hash=digest(tokens[role]), name="fuzz", scopes=["*"],
                        bureau_id=actor.bureau_id, school_id=actor.school_id, level=actor.level,
                        supplier_id=actor.supplier_id,
                        zone_id=world.zones["a-east"] if actor.level == "zone" else None,
                        expires_at=now() + timedelta(days=1),
                    )
                )  # fmt: skip
            session.commit()
            db.session.remove()
        yield app, tokens
        with app.app_context():
            db.engine.dispose()


CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance]
SETTINGS = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)  # fmt: skip


def try_operation(operation, tokens):
    """Send generated cases, the roles taking turns; raises on the first answer that is not as described."""
    roles = list(Role)
    turns = itertools.cycle([roles[start::TURNS] for start in range(TURNS)])

    @SETTINGS
    @given(case=operation.as_strategy())
    def answers_as_described(case):
        for role in next(turns):
            response = case.call(headers={"Authorization": f"Bearer {tokens[role]}"})
            case.validate_response(response, checks=CHECKS)

    answers_as_described()


def test_no_operation_fails_for_any_role(fuzzed):
    app, tokens = fuzzed
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tried, failures = 0, []
    for result in schema.get_all_operations():
        operation = result.ok()
        tried += 1
        try:
            try_operation(operation, tokens)
        except Exception as error:
            failures.append(f"{operation.label}: {str(error)[:600]}")
    assert tried > 20, "the description names hardly any operation"
    assert failures == []


BROKEN_BODIES = [b"", b"{", b"[]", b"null", b"\xff\xfe", b'"text"', b"1e400", b'{"a": "\\u0000"}', b"[" * 2000, b"NaN"]


@pytest.mark.parametrize("body", BROKEN_BODIES)
def test_a_broken_body_is_a_clear_refusal_everywhere(fuzzed, body):
    app, tokens = fuzzed
    client = app.test_client()
    zero = "00000000-0000-7000-8000-000000000000"
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/"):
            continue
        path = rule.build(dict.fromkeys(rule.arguments, None) | _values(rule, zero))[1]
        for method in rule.methods & {"POST", "PUT", "PATCH"}:
            response = client.open(
                path, method=method, data=body, content_type="application/json",
                headers={"Authorization": f"Bearer {tokens[Role.BUREAU_ADMIN]}"},
            )  # fmt: skip
            assert response.status_code < 500, (method, path, response.get_data(as_text=True)[:300])
            if response.status_code >= 400:
                assert response.mimetype == "application/problem+json"
                assert json.loads(response.data)["status"] == response.status_code


def _values(rule, zero):
    from uuid import UUID

    from werkzeug.routing import IntegerConverter, UUIDConverter

    return {
        name: UUID(zero)
        if isinstance(converter, UUIDConverter)
        else 1
        if isinstance(converter, IntegerConverter)
        else "x"
        for name, converter in rule._converters.items()
    }
