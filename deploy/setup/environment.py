"""The virtual environment from uv.lock, and the lock file itself.

    environment.py sync [GROUP ...]      make .venv as locked, with these dependency groups
    environment.py lock [--upgrade]      resolve pyproject.toml anew into uv.lock

uv.lock names no host (docs/adr/0002-lock-file-without-hosts.md): where packages come from is put in here.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from common import ENVIRONMENT, PYTHON, ROOT, STATE, SetupError, main, read_stamp, run, say, write_stamp

UV_VERSION = "0.13.8"
UV_HOME = STATE / "uv"
PROJECT = STATE / "project"  # pyproject.toml and uv.lock with the hosts filled in
INDEX_PLACEHOLDER = "https://python-index.invalid/simple"
FILES_PLACEHOLDER = "https://python-files.invalid/packages"
NEEDED_BYTES = 1_500_000_000
SOURCE_ROOTS = (ROOT, ROOT / "platform", ROOT / "tenants")
NETWORK_HINT = "could not fetch packages; behind a mirror set HOUQIN_PYTHON_INDEX (see docs/operations.md)"

# Asked of the pip that comes with Python, which knows the public index and the user's own settings.
PIP_QUESTION = """
from pip._internal.models.index import PyPI
print(PyPI.simple_url)
print("https://" + PyPI.file_storage_domain + "/packages")
"""


def sync(groups: list[str]) -> None:
    lock = hashlib.sha256((ROOT / "uv.lock").read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    stamp = read_stamp("environment")
    kept = set(stamp.get("groups", ())) if stamp.get("lock") == lock else set()
    if PYTHON.exists() and stamp.get("lock") == lock and kept.issuperset(groups):
        return
    if not PYTHON.exists() and (free := shutil.disk_usage(ROOT).free) < NEEDED_BYTES:
        raise SetupError(f"{free // 1_000_000} MB free on the disk of {ROOT}, {NEEDED_BYTES // 1_000_000} MB needed")
    say("Installing the Python packages of uv.lock into .venv …")
    prepare_project()
    wanted = sorted(kept.union(groups))
    command = [str(uv()), "sync", "--frozen", "--no-install-project", "--no-default-groups", "--project", str(PROJECT)]
    for group in wanted:
        command += ["--group", group]
    run([*command, "--python", sys.executable], why=NETWORK_HINT, env=uv_settings())
    link_project()
    write_stamp("environment", {"lock": lock, "groups": wanted})


def lock(options: list[str]) -> None:
    say("Resolving pyproject.toml …")
    prepare_project()
    run([str(uv()), "lock", "--project", str(PROJECT), *options], why=NETWORK_HINT, env=uv_settings())
    index, files = sources()
    text = (PROJECT / "uv.lock").read_text(encoding="utf-8")
    text = text.replace(f'"{files}/', f'"{FILES_PLACEHOLDER}/').replace(f'"{index}"', f'"{INDEX_PLACEHOLDER}"')
    foreign = sorted(set(re.findall(r"https?://(?!python-(?:index|files)\.invalid)[^/\"]+", text)))
    if foreign:
        raise SetupError(f"the new lock file names {', '.join(foreign)}: set HOUQIN_PYTHON_FILES to where files lie")
    (ROOT / "uv.lock").write_text(text, encoding="utf-8")


def prepare_project() -> None:
    """Copies of the two files for uv, with real addresses in the place of the lock file's placeholders."""
    index, files = sources()
    PROJECT.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "pyproject.toml", PROJECT / "pyproject.toml")
    if (ROOT / "uv.lock").exists():
        text = (ROOT / "uv.lock").read_text(encoding="utf-8")
        text = text.replace(INDEX_PLACEHOLDER, index).replace(FILES_PLACEHOLDER, files)
        (PROJECT / "uv.lock").write_text(text, encoding="utf-8")


def sources() -> tuple[str, str]:
    """(index, files): from HOUQIN_PYTHON_INDEX and HOUQIN_PYTHON_FILES, else pip's settings, else pip's default.

    A mirror serves the files beside its index (…/simple, …/packages) unless HOUQIN_PYTHON_FILES says otherwise.
    """
    ensure_uv_home()
    pip = [str(UV_HOME / "bin" / "python"), "-W", "ignore"]
    asked = subprocess.run([*pip, "-c", PIP_QUESTION], capture_output=True, text=True).stdout.split()
    if len(asked) != 2:
        raise SetupError("this Python's pip is damaged: install pip anew, or name another Python with PYTHON=")
    configured = subprocess.run(
        [*pip, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True
    ).stdout.strip()
    index = os.environ.get("HOUQIN_PYTHON_INDEX") or os.environ.get("PIP_INDEX_URL") or configured or asked[0]
    index = index.rstrip("/")
    files = os.environ.get("HOUQIN_PYTHON_FILES")
    if not files:
        files = asked[1] if index == asked[0] else re.sub(r"/simple$", "", index) + "/packages"
    return index, files.rstrip("/")


def uv() -> Path:
    program = UV_HOME / "bin" / "uv"
    if read_stamp("uv").get("version") != UV_VERSION or not program.exists():
        ensure_uv_home()
        command = [str(UV_HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        own_index = os.environ.get("HOUQIN_PYTHON_INDEX")
        command += ["--index-url", own_index] if own_index else []
        run([*command, f"uv=={UV_VERSION}"], why=NETWORK_HINT)
        write_stamp("uv", {"version": UV_VERSION})
    return program


def ensure_uv_home() -> None:
    """An environment with nothing but pip and uv: the project's own must not depend on how it was made."""
    if not (UV_HOME / "bin" / "pip").exists() or not works(UV_HOME / "bin" / "python"):
        shutil.rmtree(UV_HOME, ignore_errors=True)
        hint = f"{sys.executable} could not make a virtual environment: name another Python with PYTHON="
        run([sys.executable, "-m", "venv", str(UV_HOME)], why=hint)


def works(python: Path) -> bool:
    """False when the Python that an environment was made from has been removed."""
    try:
        return subprocess.run([str(python), "-c", ""], capture_output=True).returncode == 0
    except OSError:
        return False


def uv_settings() -> dict[str, str]:
    index, _files = sources()
    settings = {
        "UV_DEFAULT_INDEX": index,
        "UV_PROJECT_ENVIRONMENT": str(ENVIRONMENT),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_CONFIG": "1",
        "UV_LINK_MODE": "copy",  # what is shared with a cache could be changed from another project
        "VIRTUAL_ENV": "",
    }
    cache = Path(os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not can_write(cache):
        settings["UV_CACHE_DIR"] = str(STATE / "cache")
    if os.environ.get("PIP_CERT") and not os.environ.get("SSL_CERT_FILE"):
        settings["SSL_CERT_FILE"] = os.environ["PIP_CERT"]
    return settings


def can_write(folder: Path) -> bool:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)


def link_project() -> None:
    """Put the source roots on the environment's path and the `houqin` command beside its Python.

    No build of the project itself: the backend would be one more download that the lock file does not pin.
    """
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run(
        [str(PYTHON), "-I", "-c", query], capture_output=True, text=True, check=True
    ).stdout.strip()
    lines = "".join(f"{root}\n" for root in SOURCE_ROOTS)
    (Path(packages) / "houqin.pth").write_text(lines, encoding="utf-8")
    command = ENVIRONMENT / "bin" / "houqin"
    # Started through the shell: a "#!" line may hold neither spaces nor long paths.
    command.write_text(
        f"""#!/bin/sh
'''exec' "{PYTHON}" "$0" "$@"
' '''
import sys

from wsgi import cli

sys.exit(cli())
""",
        encoding="utf-8",
    )
    command.chmod(0o755)


def action(arguments: list[str]) -> None:
    match arguments:
        case ["sync", *groups]:
            sync(groups)
        case ["lock", *options]:
            lock(options)
        case _:
            raise SetupError("usage: environment.py sync [GROUP ...] | lock [--upgrade]")


if __name__ == "__main__":
    main(action)
