import io

import pytest

from bureau.roles import Role
from kernel.database import new_id
from tests.support.follow_up import accepted, rectification_of, replied, told_visit
from tests.support.pictures import jpeg


@pytest.fixture
def visit(session, world):
    return told_visit(world)


def test_a_school_photographs_replies_and_the_desk_accepts(visit, world, client_as):
    one = rectification_of(world, visit)
    before = one.before_photos[0]
    school = client_as(Role.CANTEEN_MANAGER)
    assert "整改" in school.get("/rectifications/").get_data(as_text=True)
    camera = school.get(f"/rectifications/{one.id}/camera?before={before}").get_data(as_text=True)
    assert "data-camera-ghost" in camera
    assert school.get(f"/rectifications/{one.id}/camera?before={new_id()}").status_code == 404
    data = {"id": str(new_id()), "before_id": before, "photo": (io.BytesIO(jpeg("after")), "p.jpg")}
    sent = school.post(f"/rectifications/{one.id}/photos", data=data, content_type="multipart/form-data")
    assert sent.status_code == 303
    refused = school.post(
        f"/rectifications/{one.id}/photos", data={"id": str(new_id())}, headers={"X-Requested-With": "fetch"}
    )
    assert (refused.status_code, refused.mimetype) == (422, "text/plain")
    page = school.get(f"/rectifications/{one.id}").get_data(as_text=True)
    assert before in page
    assert "移除" in page
    reply = {"id": str(new_id()), "version": one.version, "text": "演示：已修好", "cost": "120.50"}
    assert school.post(f"/rectifications/{one.id}/reply", data=reply).status_code == 302
    assert "¥120.50" in school.get(f"/rectifications/{one.id}").get_data(as_text=True)
    officer = client_as(Role.CANTEEN_OFFICER)
    one = rectification_of(world, visit)
    path = f"/rectifications/schools/{one.school_id}/{one.id}"
    assert "演示：已修好" in officer.get(path).get_data(as_text=True)
    assert officer.post(f"{path}/acceptance", data={"version": one.version - 1}).status_code == 409
    assert officer.post(f"{path}/acceptance", data={"version": one.version}).status_code == 302
    assert rectification_of(world, visit).state == "accepted"


def test_the_board_filters_exports_and_accepts_many(visit, world, client_as):
    for item in ("1", "3"):
        replied(world, visit, item)
    officer = client_as(Role.CANTEEN_OFFICER)
    for query in ("", "?state=replied", "?tone=red", "?severity=urgent&kind=canteen", "?zone_id=1", "?state="):
        assert officer.get(f"/rectifications/board{query}").status_code == 200, query
    sheet = officer.get("/rectifications/board.xlsx?state=replied")
    assert sheet.status_code == 200
    assert sheet.data[:2] == b"PK"
    rows = [rectification_of(world, visit, item) for item in ("1", "3")]
    chosen = [f"{one.school_id}:{one.id}:{one.version}" for one in rows]
    assert officer.post("/rectifications/acceptance", data={"chosen": chosen}).status_code == 302
    assert {rectification_of(world, visit, item).state for item in ("1", "3")} == {"accepted"}
    assert officer.post("/rectifications/acceptance", data={"chosen": ["rubbish"]}).status_code == 302


def test_drawing_and_looking_again(visit, world, client_as):
    accepted(world, visit)
    officer = client_as(Role.CANTEEN_OFFICER)
    path = f"/rectifications/plans/{visit.plan_id}/draws"
    assert officer.get(path).status_code == 200
    assert officer.post(path, data={"id": str(new_id()), "public_value": "演示07", "share": "100"}).status_code == 302
    assert "演示07" in officer.get(path).get_data(as_text=True)
    one = rectification_of(world, visit)
    assert one.state == "recheck"
    inspector = client_as(Role.INSPECTOR)
    review = f"/rectifications/schools/{one.school_id}/{one.id}"
    assert "回头看结果" in inspector.get(review).get_data(as_text=True)
    bare = inspector.post(f"{review}/recheck", data={"version": one.version, "fixed": "no"})
    assert bare.status_code == 422
    data = {"version": one.version, "fixed": "no", "remark": "演示：仍漏水", "photo": (io.BytesIO(jpeg("z")), "z.jpg")}
    done = inspector.post(f"{review}/recheck", data=data, content_type="multipart/form-data")
    assert done.status_code == 302
    assert rectification_of(world, visit).state == "unresolved"


@pytest.mark.parametrize(
    ("role", "reads", "checks"),
    [
        (Role.BUREAU_ADMIN, True, True), (Role.SAFETY_OFFICER, True, True), (Role.DISCIPLINE_SUPERVISOR, True, False),
        (Role.ZONE_SUPERVISOR, True, False), (Role.INSPECTOR, True, False), (Role.PRINCIPAL, False, False),
        (Role.SUPPLIER_USER, False, False),
    ],
)  # fmt: skip
def test_who_reads_and_who_checks(visit, world, client_as, role, reads, checks):
    one = replied(world, visit)
    path = f"/rectifications/schools/{one.school_id}/{one.id}"
    client = client_as(role)
    assert (client.get(path).status_code == 200) is reads
    assert (client.post(f"{path}/acceptance", data={"version": one.version}).status_code == 302) is checks


def test_the_landing_page_lists_what_waits(visit, world, client_as):
    school = client_as(Role.PRINCIPAL).get("/").get_data(as_text=True)
    assert "整改：1" in school
    assert "核对检查结果" in school
    replied(world, visit)
    assert "待审核的整改：1 项" in client_as(Role.CANTEEN_OFFICER).get("/").get_data(as_text=True)


def test_the_api_does_the_same(visit, world, client_as):
    one = rectification_of(world, visit, "3")
    school = client_as(Role.PRINCIPAL)
    listed = school.get("/api/v1/rectifications").json["items"]
    assert {row["item_code"] for row in listed} == {"1", "3", "5"}
    path = f"/api/v1/rectifications/{one.id}"
    photo = school.put(
        f"{path}/photos/{new_id()}",
        data={"photo": (io.BytesIO(jpeg("q")), "q.jpg")},
        content_type="multipart/form-data",
    )
    assert photo.status_code == 200
    reply = school.put(
        f"{path}/replies/{new_id()}", json={"text": "演示", "cost_fen": 100}, headers={"If-Match": f'"{one.version}"'}
    )
    assert (reply.status_code, reply.json["number"]) == (200, 1)
    officer = client_as(Role.BUREAU_ADMIN)
    one = rectification_of(world, visit, "3")
    accepted_one = officer.post(
        f"/api/v1/schools/{one.school_id}/rectifications/{one.id}/acceptance",
        json={},
        headers={"If-Match": f'"{one.version}"'},
    )
    assert (accepted_one.status_code, accepted_one.json["state"]) == (200, "accepted")
