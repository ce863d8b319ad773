"""The phone draws the same rooms, windows and pupils as the service."""

import json
import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from bureau.draws.chance import sample
from tests.support.typescript import NODE, bundle

VECTORS = json.loads((Path(__file__).parents[3] / "support" / "samples.json").read_text(encoding="utf-8"))
ASK = """
import {{ sample }} from {script};
const rows = JSON.parse(process.argv[1]);
const drawn = [];
for (const row of rows) drawn.push(await sample(row.seed, row.visit, row.what, row.population, row.k));
process.stdout.write(JSON.stringify(drawn));
"""


@pytest.fixture(scope="module")
def drawn_there(tmp_path_factory):
    script = bundle("frontend/src/draws/sample.ts", tmp_path_factory.mktemp("sample") / "sample.mjs")

    def ask(rows):
        code = ASK.format(script=json.dumps(str(script)))
        done = subprocess.run(
            [str(NODE), "--input-type=module", "-e", code, json.dumps(rows)],
            capture_output=True, text=True, encoding="utf-8", timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def test_the_shared_examples(drawn_there):
    assert drawn_there(VECTORS) == [vector["drawn"] for vector in VECTORS]


def test_two_hundred_other_visits(drawn_there):
    rows = [
        {
            "seed": f"{number:02x}" * 32, "visit": str(UUID(int=number)), "what": ("rooms", "windows", "学生")[number % 3],
            "population": number % 30 if number % 2 else number * number,
            "k": max(0, number % 30 - 2) if number % 2 else number % 17,
        }
        for number in range(200)
    ]  # fmt: skip
    here = [sample(row["seed"], row["visit"], row["what"], row["population"], row["k"]) for row in rows]
    assert drawn_there(rows) == here
