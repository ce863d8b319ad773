"""The configuration says everything that is wrong at once, and never shows a secret."""

from pathlib import Path

import pytest

from kernel.config import Config, ConfigError, libpq_url, load_config

SECRET = "s" * 48
PRODUCTION = {
    "DATABASE_URL": "postgresql://houqin_app:hidden-word@db/houqin",
    "SECRET_KEY": SECRET,
    "HOUQIN_BASE_URL": "https://houqin.example.cn/",
}


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(environ)
    return caught.value.problems


def test_a_production_configuration_is_read() -> None:
    config = load_config(PRODUCTION)
    assert config.environment == "production"
    assert config.is_production
    assert config.database_url == "postgresql+psycopg2://houqin_app:hidden-word@db/houqin"
    assert config.base_url == "https://houqin.example.cn"
    assert config.behind_tls
    assert config.mail_from == "houqin@houqin.example.cn"
    assert config.max_request_bytes == 20 * 1024 * 1024
    assert (config.default_locale, config.timezone) == ("zh_CN", "Asia/Shanghai")
    assert config.files_dir == config.var_dir / "files"


def test_an_empty_environment_names_everything_that_is_needed() -> None:
    found = problems({})
    assert [text.split()[0] for text in found] == ["DATABASE_URL", "HOUQIN_BASE_URL", "SECRET_KEY"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://somebody@db/houqin"),
        ("DATABASE_URL", "postgresql://houqin_app@db"),
        ("DATABASE_URL", "postgresql+asyncpg://houqin_app@db/houqin"),
        ("DATABASE_URL", "not an address"),
        ("DATABASE_OWNER_URL", "sqlite:///x"),
        ("SECRET_KEY", "too-few"),
        ("HOUQIN_ENVIRONMENT", "staging"),
        ("HOUQIN_BASE_URL", "school.example.cn"),
        ("HOUQIN_BASE_URL", "https://houqin.example.cn/?a=b"),
        ("HOUQIN_VAR_DIR", "relative/path"),
        ("HOUQIN_FILES_DIR", "files"),
        ("HOUQIN_DEFAULT_LOCALE", "fr"),
        ("HOUQIN_TIMEZONE", "Asia/Nowhere"),
        ("HOUQIN_TIMEZONE", "../../etc/passwd"),
        ("HOUQIN_SMTP_URL", "http://mail"),
        ("HOUQIN_SMTP_URL", "smtp://mail:99999"),
        ("HOUQIN_MAX_REQUEST_BYTES", "20MB"),
        ("HOUQIN_MAX_REQUEST_BYTES", "1"),
        ("HOUQIN_MAX_FORM_BYTES", "-5"),
        ("HOUQIN_BEHIND_TLS", "perhaps"),
        ("HOUQIN_TRUSTED_PROXIES", "9"),
        ("HOUQIN_METRICS_TOKEN", "short"),
        ("HOUQIN_METRICS_TOKEN", "with a space in its middle"),
        ("HOUQIN_LOG_LEVEL", "LOUD"),
        ("HOUQIN_POOL_SIZE", "0"),
        ("HOUQIN_POOL_OVERFLOW", "many"),
        ("HOUQIN_SESSION_HOURS", "0"),
    ],
)
def test_a_wrong_value_is_named_but_not_repeated(name: str, value: str) -> None:
    found = problems({**PRODUCTION, name: value})
    assert any(text.startswith(name) for text in found)
    assert len(value) < 5 or not any(value in text for text in found)


def test_every_problem_is_told_at_once() -> None:
    found = problems({"DATABASE_URL": "x", "HOUQIN_POOL_SIZE": "x", "HOUQIN_TIMEZONE": "x", "SECRET_KEY": "x"})
    assert {text.split()[0] for text in found} == {
        "DATABASE_URL", "HOUQIN_POOL_SIZE", "HOUQIN_TIMEZONE", "SECRET_KEY", "HOUQIN_BASE_URL",
    }  # fmt: skip


def test_plain_http_is_refused_in_production_but_on_the_machine_itself() -> None:
    assert any("https" in text for text in problems({**PRODUCTION, "HOUQIN_BASE_URL": "http://houqin.example.cn"}))
    assert not load_config({**PRODUCTION, "HOUQIN_BASE_URL": "http://127.0.0.1:8000"}).behind_tls
    assert load_config(
        {**PRODUCTION, "HOUQIN_BASE_URL": "http://houqin.example.cn", "HOUQIN_BEHIND_TLS": "1"}
    ).behind_tls


def test_no_secret_stands_in_the_representation() -> None:
    config = load_config(
        {
            **PRODUCTION,
            "DATABASE_OWNER_URL": "postgresql://owner:other-word@db/houqin",
            "HOUQIN_SMTP_URL": "smtps://mailer:mail-word@mail:465",
            "HOUQIN_METRICS_TOKEN": "metrics-token-word",
        }
    )
    shown = repr(config)
    for secret in ("hidden-word", "other-word", "mail-word", "metrics-token-word", SECRET):
        assert secret not in shown


def test_the_demo_makes_its_secret_once(tmp_path: Path) -> None:
    environ = {"HOUQIN_ENVIRONMENT": "demo", "DATABASE_URL": "postgresql:///houqin", "HOUQIN_VAR_DIR": str(tmp_path)}
    first = load_config(environ)
    assert len(first.secret_key) >= 32
    assert load_config(environ).secret_key == first.secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    (tmp_path / "secret-key").write_text("damaged")
    assert len(load_config(environ).secret_key) >= 32


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        load_config(PRODUCTION).pool_size = 3  # type: ignore[misc]


def test_postgres_own_programs_get_their_own_form_of_the_address() -> None:
    config: Config = load_config({**PRODUCTION, "DATABASE_URL": "postgresql://houqin_app@/houqin?host=/tmp/a"})
    assert libpq_url(config.database_url).startswith("postgresql://houqin_app@/houqin?host=")
