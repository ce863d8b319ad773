"""`houqin forms import`: a form from a file into a bureau."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy import select

import wsgi
from kernel import logs
from kernel.cli import build_cli
from kernel.config import load_config
from kernel.database import db
from kernel.database.scope import Scope, use_scope
from scorecards.form_json import to_json
from scorecards.models import FormTemplate, FormVersion
from tests.integration.scorecards.conftest import open_form, sound_form
from tests.support import database


@pytest.fixture(scope="module")
def runtime(admin_url, worker_id):
    name = f"houqin_forms_{worker_id}"
    database.clone(admin_url, name)
    return database.url_of(admin_url, name, user="houqin_app")


@pytest.fixture
def houqin(runtime, monkeypatch):
    monkeypatch.setenv("HOUQIN_ENVIRONMENT", "test")
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setenv("DATABASE_URL", runtime)
    monkeypatch.setattr(logs, "configure", lambda level: None)  # the runner's own handlers must stay

    def run(*arguments):
        command = build_cli(wsgi.create_app, wsgi.modules())
        return CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False)

    return run


@pytest.fixture
def district(houqin):
    assert houqin("bureaus", "create", "d1", "演示区教育局").exit_code == 0


@pytest.fixture
def file(tmp_path: Path):
    def write(form, name="form.yaml"):
        path = tmp_path / name
        path.write_text(yaml.safe_dump(to_json(form), allow_unicode=True), "utf-8")
        return path

    return write


@pytest.fixture
def versions(runtime):
    def read(title):
        config = {"HOUQIN_ENVIRONMENT": "test", "SECRET_KEY": "x" * 40, "DATABASE_URL": runtime}
        with wsgi.create_app(load_config(config)).app_context():
            use_scope(db.session(), Scope("houqin_bureau", bureau_id=1))
            query = select(FormVersion).join(FormTemplate, FormTemplate.id == FormVersion.template_id)
            found = list(db.session.scalars(query.where(FormTemplate.title == title).order_by(FormVersion.number)))
            db.session.remove()
            db.engine.dispose()
        return found

    return read


def test_imported_published_and_not_twice(houqin, district, file, versions):
    path = file(sound_form(title="命令导入"))
    first = houqin("forms", "import", path, "--bureau", "d1")
    assert first.exit_code == 0, first.output
    assert "draft v1 3 items 命令导入" in first.stdout
    second = houqin("forms", "import", path, "--bureau", "d1", "--publish")
    assert second.exit_code == 0, second.output
    assert "published v1" in second.stdout
    (version,) = versions("命令导入")
    assert (version.state, version.source_name) == ("published", "form.yaml")
    assert second.stdout.split()[0] == str(version.id)


def test_a_title_and_a_next_version(houqin, district, file, versions):
    path = file(sound_form())
    assert houqin("forms", "import", path, "--bureau", "d1", "--title", "另起的名").exit_code == 0
    (first,) = versions("另起的名")
    changed = file(sound_form(title="另起的名", places=2), "二.yaml")
    assert houqin("forms", "import", changed, "--bureau", "d1", "--template", first.template_id).exit_code == 0
    assert [version.number for version in versions("另起的名")] == [1, 2]


def test_a_form_with_errors_needs_to_be_asked_for(houqin, district, file, versions):
    path = file(open_form().__class__(**{**_values(open_form()), "title": "有错的表"}))
    refused = houqin("forms", "import", path, "--bureau", "d1")
    assert refused.exit_code == 1
    assert "total_sum" in refused.stdout
    assert "--draft" in refused.stderr
    assert versions("有错的表") == []
    taken = houqin("forms", "import", path, "--bureau", "d1", "--draft")
    assert taken.exit_code == 1
    (version,) = versions("有错的表")
    assert version.state == "draft"


def _values(form):
    return {name: getattr(form, name) for name in form.__dataclass_fields__}


def test_a_form_with_open_questions_is_not_published(houqin, district, file, versions):
    form = sound_form(title="待确认的表")
    section = form.sections[0]
    item = section.items[0].__class__(**{**_values(section.items[0]), "review": "confirm"})
    section = section.__class__(**{**_values(section), "items": (item, *section.items[1:])})
    path = file(form.__class__(**{**_values(form), "sections": (section,)}))
    refused = houqin("forms", "import", path, "--bureau", "d1", "--publish")
    assert refused.exit_code == 1
    assert "还没有人确认" in refused.stderr
    assert versions("待确认的表") == []


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x00", b"- 1", json.dumps({"schema": 9}).encode()])
def test_no_form_at_all(houqin, district, tmp_path, content):
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    for more in ((), ("--draft",)):
        result = houqin("forms", "import", path, "--bureau", "d1", *more)
        assert result.exit_code == 1
        assert "not imported" in result.stderr


def test_wrong_usage(houqin, district, file, tmp_path):
    path = file(sound_form())
    assert houqin("forms", "import", tmp_path / "missing.yaml", "--bureau", "d1").exit_code == 1
    assert houqin("forms", "import", path).exit_code == 2
    assert houqin("forms", "import", path, "--bureau", "d1", "--publish", "--draft").exit_code == 2
    assert houqin("forms", "import", path, "--bureau", "d1", "--title", " ").exit_code == 2
    unknown = houqin("forms", "import", path, "--bureau", "nowhere")
    assert unknown.exit_code == 1
    assert "no bureau has the code nowhere" in unknown.stderr
