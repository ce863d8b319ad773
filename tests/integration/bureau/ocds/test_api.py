import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from bureau.ocds.commands import ocds
from bureau.ocds.rules.checks import Fault, check_package
from bureau.ocds.service import publishing
from bureau.tendering.service import changing
from kernel.database import new_id
from tests.support import tenders

PACKAGE = "/api/v1/public/a/ocds/release-package"


@pytest.fixture
def two(session, world):
    """One tender with two releases, another with one; and a draft."""
    first = tenders.published(world)
    publishing.refresh(first.bureau_id, first.id)
    officer = tenders.officer(world)
    later = first.tender.bid_deadline + timedelta(days=7)
    changing.extend_bidding(officer, first.id, first.tender.version, later, "演示")
    publishing.refresh(first.bureau_id, first.id)
    second = tenders.published(world)
    publishing.refresh(second.bureau_id, second.id)
    return first, second, tenders.ready(world)


def test_anybody_fetches_a_tender_and_knows_it_again(world, two, client_as):
    client = client_as(None)
    answer = client.get(f"{PACKAGE}?tender={two[0].id}")
    assert answer.status_code == 200
    assert "public" in answer.headers["Cache-Control"]
    package = answer.get_json()
    assert [one["id"][-4:] for one in package["releases"]] == ["0001", "0002"]
    assert package["uri"].endswith(f"?tender={two[0].id}")
    assert check_package(package) == []
    again = client.get(f"{PACKAGE}?tender={two[0].id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""


def test_pages_of_releases_name_the_next(world, two, client_as):
    client = client_as(None)
    first = client.get(f"{PACKAGE}?limit=2").get_json()
    assert len(first["releases"]) == 2
    path = first["links"]["next"].split("/api/", 1)[1]
    second = client.get(f"/api/{path}").get_json()
    assert len(second["releases"]) == 1
    assert "links" not in second
    seen = [one["id"] for one in (*first["releases"], *second["releases"])]
    assert len(set(seen)) == 3
    assert client.get(f"{PACKAGE}?limit=1000").status_code == 422


def test_a_record_holds_all_releases_and_the_last_state(world, two, client_as):
    client = client_as(None)
    listed = client.get("/api/v1/public/a/ocds/processes").get_json()["items"]
    assert [one["releases"] for one in listed] == [1, 2]
    record = client.get(f"/api/v1/public/a/ocds/records/{listed[1]['ocid']}").get_json()["records"][0]
    assert len(record["releases"]) == 2
    assert record["compiledRelease"]["tender"] == record["releases"][1]["tender"]


def test_what_is_not_public_is_not_found(world, two, client_as):
    client = client_as(None)
    for path in (
        f"{PACKAGE}?tender={two[2].id}", f"{PACKAGE}?tender={new_id()}",
        f"/api/v1/public/b/ocds/release-package?tender={two[0].id}",
        "/api/v1/public/nowhere/ocds/release-package", "/api/v1/public/a/ocds/records/ocds-213czf-a-none",
    ):  # fmt: skip
        assert client.get(path).status_code == 404, path
    assert client.get("/api/v1/public/b/ocds/processes").get_json() == {"items": [], "next_cursor": None}


@pytest.fixture
def houqin(app, session):
    """`houqin("ocds", …)` within this test's transaction."""

    def invoke(*arguments):
        session.commit()
        return CliRunner().invoke(ocds, arguments, catch_exceptions=False)

    return invoke


def test_the_command_prints_what_the_world_may_know(world, two, houqin):
    told = houqin("export", "--bureau", "a")
    assert told.exit_code == 0, told.output
    package = json.loads(told.stdout)
    assert len(package["releases"]) == 3
    records = json.loads(houqin("export", "--bureau", "a", "--tender", str(two[0].id), "--records").stdout)
    assert len(records["records"][0]["releases"]) == 2


def test_the_command_appends_what_nobody_published_yet(session, world, houqin):
    made = tenders.published(world)
    told = houqin("export", "--bureau", "a", "--tender", str(made.id))
    assert len(json.loads(told.stdout)["releases"]) == 1


def test_unknown_codes_are_said_clearly(world, two, houqin):
    for arguments, words in (
        (("--bureau", "nowhere"), "there is no bureau nowhere"),
        (("--bureau", "a", "--tender", str(two[2].id)), "no published tender"),
        (("--bureau", "a", "--tender", "abc"), "is not a valid UUID"),
    ):
        told = houqin("export", *arguments)
        assert told.exit_code != 0
        assert words in told.stderr
        assert told.stdout == ""


def test_faults_stop_the_export_unless_it_is_forced(world, two, houqin, monkeypatch):
    monkeypatch.setattr("bureau.ocds.commands.check_package", lambda _package: [Fault("sum", "releases/0", "off")])
    told = houqin("export", "--bureau", "a")
    assert told.exit_code == 1
    assert told.stdout == ""
    assert "sum  releases/0: off" in told.stderr
    forced = houqin("export", "--bureau", "a", "--force")
    assert forced.exit_code == 1
    assert json.loads(forced.stdout)["releases"]


def test_a_prefix_is_set_and_shown(session, world, houqin):
    assert "example" in houqin("prefix", "--bureau", "a").stderr
    assert houqin("prefix", "--bureau", "a", "--set", "OCDS-1").exit_code == 1
    assert houqin("prefix", "--bureau", "a", "--set", "ocds-a1b2c3").stdout == "ocds-a1b2c3\n"
    assert houqin("prefix", "--bureau", "a").stdout == "ocds-a1b2c3\n"
