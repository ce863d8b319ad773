"""Where a command finds its database when nobody named one."""

from contextlib import nullcontext

import pytest

from kernel.cli import support


class Server:
    def url(self):
        return "postgresql://houqin_app@/houqin"

    def owner_url(self):
        return "postgresql://postgres@/houqin"


@pytest.fixture
def started(monkeypatch):
    """The folders in which a command started the demo's database."""
    found = []
    monkeypatch.setattr(support, "start", lambda folder: found.append(folder) or nullcontext(Server()))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "HOUQIN_ENVIRONMENT", "HOUQIN_VAR_DIR"):
        monkeypatch.delenv(name, raising=False)
    return found


def demo_in(folder):
    (folder / "postgres").mkdir(parents=True)
    (folder / "postgres" / "PG_VERSION").write_text("18\n")
    return folder


def tools():
    return support.Tools(lambda config: None, ())


def test_the_demo_of_the_named_folder_is_used(tmp_path, monkeypatch, started, capsys):
    here = demo_in(tmp_path / "here")
    monkeypatch.setattr(support, "ROOT", demo_in(tmp_path / "checkout" / "var").parent)
    monkeypatch.setenv("HOUQIN_VAR_DIR", str(here))
    config = tools().config()
    assert started == [here / "postgres"]
    assert (config.environment, config.var_dir) == ("demo", here)
    assert str(here) in capsys.readouterr().err


def test_the_checkouts_demo_is_used_where_no_folder_is_named(tmp_path, monkeypatch, started):
    monkeypatch.setattr(support, "ROOT", demo_in(tmp_path / "var").parent)
    tools().environ()
    assert started == [tmp_path / "var" / "postgres"]


def test_a_named_folder_without_a_demo_is_not_replaced_by_another(tmp_path, monkeypatch, started):
    monkeypatch.setattr(support, "ROOT", demo_in(tmp_path / "checkout" / "var").parent)
    monkeypatch.setenv("HOUQIN_VAR_DIR", str(tmp_path / "empty"))
    assert "DATABASE_URL" not in tools().environ()
    assert started == []


def test_a_named_database_is_used_alone(tmp_path, monkeypatch, started):
    monkeypatch.setenv("HOUQIN_VAR_DIR", str(demo_in(tmp_path)))
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/houqin")
    assert tools().environ()["DATABASE_URL"] == "postgresql://elsewhere/houqin"
    assert started == []
