"""The configuration: read from the environment once, checked as a whole, never looked up again."""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

Environment = Literal["production", "demo", "test"]
T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
MIB = 1024 * 1024
SECRET_CHARACTERS = 32
LOCALES = ("zh_CN", "en")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class ConfigError(ValueError):
    """Everything that is wrong with the configuration, each with what to do about it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Sizes are bytes, times are what their names say. Fields with secrets stay out of the representation."""

    environment: Environment
    database_url: str = field(repr=False)
    database_owner_url: str | None = field(default=None, repr=False)
    secret_key: str = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    var_dir: Path = ROOT / "var"
    files_dir: Path = ROOT / "var" / "files"
    default_locale: str = "zh_CN"
    timezone: str = "Asia/Shanghai"
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "houqin@localhost"
    max_request_bytes: int = 20 * MIB
    max_form_bytes: int = 2 * MIB
    behind_tls: bool = False
    trusted_proxies: int = 0
    metrics_token: str | None = field(default=None, repr=False)
    log_level: str = "INFO"
    pool_size: int = 5
    pool_overflow: int = 5
    session_hours: int = 12

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


class _Reader:
    """Reads named values and collects what is wrong instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str = "") -> str:
        return self.environ.get(name, "").strip() or default

    def parsed(self, name: str, default: T, parse: Callable[[str], T], expected: str) -> T:
        value = self.text(name)
        if not value:
            return default
        try:
            return parse(value)
        except (ValueError, KeyError, OSError):
            # The value is not repeated: it may be a secret that was put under the wrong name.
            self.problems.append(f"{name} is not {expected}")
            return default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        def parse(value: str) -> int:
            number = int(value)
            if not low <= number <= high:
                raise ValueError
            return number

        return self.parsed(name, default, parse, f"a whole number from {low} to {high}")

    def flag(self, name: str, default: bool) -> bool:
        words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        return self.parsed(name, default, lambda value: words[value.lower()], "1 or 0")

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        return self.parsed(name, default, lambda value: choices[choices.index(value)], "one of " + ", ".join(choices))

    def database(self, name: str) -> str | None:
        return self.parsed(
            name, None, _database_url, "a PostgreSQL address such as postgresql://user:password@host/houqin"
        )


def load_config(environ: Mapping[str, str]) -> Config:
    """Raises ConfigError that names every problem. Unset or empty variables take the defaults of `Config`."""
    read = _Reader(environ)
    environment = read.choice("HOUQIN_ENVIRONMENT", "production", ("production", "demo", "test"))
    production = environment == "production"
    database_url = read.database("DATABASE_URL")
    if not read.text("DATABASE_URL"):
        read.problems.append(
            "DATABASE_URL is not set: give the runtime role's address, postgresql://houqin_app:password@host/houqin"
            " (to try the service without one, run make demo)"
        )
    base_url = read.parsed("HOUQIN_BASE_URL", "", _base_url, "an address such as https://houqin.example.cn")
    if not base_url:
        base_url = "http://127.0.0.1:8000"
        if production and not read.text("HOUQIN_BASE_URL"):
            read.problems.append("HOUQIN_BASE_URL is not set: give the address that users type, it stands in mails")
    var_dir = read.parsed("HOUQIN_VAR_DIR", ROOT / "var", _absolute, "an absolute path")
    config = Config(
        environment=environment,  # type: ignore[arg-type]
        database_url=database_url or "",
        database_owner_url=read.database("DATABASE_OWNER_URL"),
        secret_key=_secret_key(read, production, var_dir),
        base_url=base_url,
        var_dir=var_dir,
        files_dir=read.parsed("HOUQIN_FILES_DIR", var_dir / "files", _absolute, "an absolute path"),
        default_locale=read.choice("HOUQIN_DEFAULT_LOCALE", "zh_CN", LOCALES),
        timezone=read.parsed("HOUQIN_TIMEZONE", "Asia/Shanghai", lambda name: ZoneInfo(name).key, "a known time zone"),
        smtp_url=read.parsed("HOUQIN_SMTP_URL", None, _smtp_url, "an address such as smtps://user:password@host:465"),
        mail_from=read.text("HOUQIN_MAIL_FROM", f"houqin@{urlsplit(base_url).hostname or 'localhost'}"),
        max_request_bytes=read.number("HOUQIN_MAX_REQUEST_BYTES", 20 * MIB, MIB, 500 * MIB),
        max_form_bytes=read.number("HOUQIN_MAX_FORM_BYTES", 2 * MIB, 64 * 1024, 20 * MIB),
        behind_tls=read.flag("HOUQIN_BEHIND_TLS", base_url.startswith("https://")),
        trusted_proxies=read.number("HOUQIN_TRUSTED_PROXIES", 0, 0, 5),
        metrics_token=read.parsed("HOUQIN_METRICS_TOKEN", None, _token, "a token of 16 characters or more, no spaces"),
        log_level=read.choice("HOUQIN_LOG_LEVEL", "INFO", LOG_LEVELS),
        pool_size=read.number("HOUQIN_POOL_SIZE", 5, 1, 100),
        pool_overflow=read.number("HOUQIN_POOL_OVERFLOW", 5, 0, 100),
        session_hours=read.number("HOUQIN_SESSION_HOURS", 12, 1, 24 * 30),
    )
    if production and not config.behind_tls and not _is_local(config.base_url):
        read.problems.append(
            "HOUQIN_BASE_URL is not https: passwords would cross the network in the clear; put TLS in front"
            " (deploy/nginx.conf) and give the https address"
        )
    if read.problems:
        raise ConfigError(read.problems)
    return config


def _secret_key(read: _Reader, production: bool, var_dir: Path) -> str:
    secret = read.text("SECRET_KEY")
    if secret or production:
        if len(secret) < SECRET_CHARACTERS:
            how = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            state = "shorter than 32 characters" if secret else "not set"
            read.problems.append(f"SECRET_KEY is {state}: make one with {how} and keep it")
        return secret
    return _kept_secret(var_dir / "secret-key")


def _kept_secret(path: Path) -> str:
    """The demo's and the tests' own secret; kept, so that a restart does not sign everybody out."""
    try:
        kept = path.read_text(encoding="ascii").strip()
        if len(kept) >= SECRET_CHARACTERS:
            return kept
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(48)
    path.touch(mode=0o600)
    path.write_text(made + "\n", encoding="ascii")
    return made


def _database_url(value: str) -> str:
    try:
        url = make_url(value)
    except ArgumentError as error:
        raise ValueError from error
    if url.get_backend_name() not in ("postgresql", "postgres") or not url.database:
        raise ValueError
    if url.drivername not in ("postgresql", "postgresql+psycopg2"):
        raise ValueError
    # Named, because SQLAlchemy would take whichever driver is installed.
    return url.set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


def libpq_url(url: str) -> str:
    """The address as PostgreSQL's own programs read it."""
    return url.replace("postgresql+psycopg2://", "postgresql://", 1)


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError
    return value.rstrip("/")


def _smtp_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or (parts.port or 1) < 1:
        raise ValueError
    return value


def _absolute(value: str) -> Path:
    path = Path(value)
    if not path.is_absolute():
        raise ValueError
    return path


def _token(value: str) -> str:
    if re.fullmatch(r"[!-~]{16,}", value) is None:
        raise ValueError
    return value


def _is_local(base_url: str) -> bool:
    return urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")
