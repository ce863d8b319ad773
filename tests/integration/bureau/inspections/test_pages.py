"""The pages, through a browser that lints them."""

from io import BytesIO

import pytest

from bureau.inspections.service import answering, visits
from bureau.roles import Role
from kernel.database import new_id
from kernel.sheets import Column, SheetSpec, read_xlsx
from tests.support import inspections
from tests.support.pictures import jpeg
from tests.unit.scorecards.forms import every_shape

HTMX = {"HX-Request": "true"}
# A perfect visit as the page's fields, item by item in the form's order.
PERFECT = {
    "i0-met": "yes", "i1-judged": "15", "i2-count": "0", "i3-none": "1", "i4-times-1": "1", "i4-times-2": "1",
    "i5-level": "1", "i6-found": "no",
}  # fmt: skip


@pytest.fixture
def filler(client_as):
    return client_as(Role.INSPECTOR)


def answers(scene):
    scene.as_inspector()
    return {code: row.answer for code, row in answering.answers_of(scene.visit).items() if row.answer is not None}


def test_a_touch_saves_one_item_and_answers_its_state_the_progress_and_the_score(scene, filler):
    answer = filler.post(f"{scene.fill_path}/items/0", data={"i0-met": "yes", "i0-remark": " 好 "}, headers=HTMX)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "已保存" in text
    assert 'id="progress-0" hx-swap-oob="true">1/7<' in text
    assert "<strong>20</strong> / 100" in text
    assert "还有 6 项未填" in text
    assert answers(scene) == {"1": {"met": True}}
    assert answering.answers_of(scene.visit)["1"].remark == "好"


def test_a_refused_touch_says_why_and_keeps_what_was_stored(scene, filler):
    filler.post(f"{scene.fill_path}/items/1", data={"i1-judged": "7"})
    answer = filler.post(f"{scene.fill_path}/items/1", data={"i1-judged": "15.5"}, headers=HTMX)
    assert answer.status_code == 422
    assert "应在 0 到 15 分之间" in answer.get_data(as_text=True)
    assert answers(scene) == {"2": {"judged": "7"}}


@pytest.mark.parametrize("path", ["/items/7", "/items/999999", "/sections/1/met"])
def test_places_beyond_the_form_are_not_found(scene, filler, path):
    assert filler.post(scene.fill_path + path).status_code == 404


def test_section_met_fills_what_is_open_and_leaves_the_exceptions(scene, filler):
    filler.post(f"{scene.fill_path}/items/0", data={"i0-met": "no"})
    answer = filler.post(f"{scene.fill_path}/sections/0/met", data={"i1-judged": "3"}, headers=HTMX)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert text.lstrip().startswith('<section class="fill-section" id="section-0"')
    assert "全部填完" in text
    stored = answers(scene)
    assert (stored["1"], stored["2"], stored["3"]) == ({"met": False}, {"judged": "3"}, {"count": 0})
    assert len(stored) == 7


def test_section_met_fills_an_item_that_has_only_a_remark(scene, filler):
    filler.post(f"{scene.fill_path}/items/0", data={"i0-remark": "看过"})
    text = filler.post(f"{scene.fill_path}/sections/0/met", headers=HTMX).get_data(as_text=True)
    assert "未填</span>" not in text
    assert len(answers(scene)) == 7


def test_section_met_saves_nothing_while_something_is_refused(scene, filler):
    answer = filler.post(f"{scene.fill_path}/sections/0/met", data={"i1-judged": "99"}, headers=HTMX)
    assert answer.status_code == 422
    assert 'value="99"' in answer.get_data(as_text=True)
    assert answers(scene) == {}


def test_the_whole_page_works_without_a_script(scene, filler, client_as):
    page = filler.get(scene.fill_path).get_data(as_text=True)
    for name in PERFECT:
        assert f'name="{name}"' in page, name
    data = {**PERFECT, "i0-met": "no", "i0-remark": "漏水", "photo-0": (BytesIO(jpeg("a")), "a.jpg")}
    answer = filler.post(scene.fill_path, data=data, content_type="multipart/form-data")
    assert (answer.status_code, answer.location) == (302, f"{scene.fill_path}/submit")
    review = filler.get(answer.location).get_data(as_text=True)
    assert "没有填写" not in review
    assert ">80<" in review
    done = filler.post(answer.location, data={"met_by": "张老师", "remark": "请整改"})
    assert (done.status_code, done.location) == (302, scene.visit_path)
    assert "已告知学校" in filler.get(done.location).get_data(as_text=True)
    # Sent once more after a lost reply: the same result, no complaint.
    assert filler.post(f"{scene.fill_path}/submit", data={"met_by": "张老师"}).status_code == 302
    shown = client_as(Role.PRINCIPAL).get(f"/inspections/results/{scene.visit.id}").get_data(as_text=True)
    assert "漏水" in shown
    assert "张老师" in shown
    assert "/thumbnail" in shown


def test_a_refused_page_is_shown_again_as_typed(scene, filler):
    answer = filler.post(scene.fill_path, data={**PERFECT, "i1-judged": "99", "i0-remark": "记下了"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#item-1"' in text
    assert 'value="99"' in text
    assert "记下了" in text
    assert answers(scene) == {}


def test_an_open_item_is_named_before_submission_and_refused_at_it(scene, filler):
    filler.post(scene.fill_path, data={"i0-met": "yes"})
    review = filler.get(f"{scene.fill_path}/submit").get_data(as_text=True)
    assert "还有 6 项没有填写" in review
    assert f'href="{scene.fill_path}#item-6"' in review
    assert "确认提交" not in review
    refused = filler.post(f"{scene.fill_path}/submit", data={"met_by": ""})
    assert refused.status_code == 422
    assert "还有 6 项没有填写" in refused.get_data(as_text=True)


def test_a_photo_is_added_shown_and_removed(scene, filler):
    photo_id = new_id()
    data = {"id": str(photo_id), "position": "0", "photo": (BytesIO(jpeg("a")), "现场.jpg")}
    answer = filler.post(f"{scene.fill_path}/photos", data=data, content_type="multipart/form-data", headers=HTMX)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f"{scene.fill_path}/photos/{photo_id}/remove" in text
    scene.as_inspector()
    attachment_id = answering.photos_of(scene.visit)["1"][0].attachment_id
    picture = filler.get(f"/files/{attachment_id}/thumbnail")
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    picture.headers["Content-Disposition"].encode("latin-1")
    removed = filler.post(f"{scene.fill_path}/photos/{photo_id}/remove", headers=HTMX)
    assert (removed.status_code, removed.data) == (200, b"")
    assert filler.post(f"{scene.fill_path}/photos/{photo_id}/remove").status_code == 404


@pytest.mark.parametrize(
    ("position", "content", "status"), [("0", b"<html>", 422), ("99", None, 404), ("x", None, 422), ("-1", None, 422)]
)
def test_a_photo_that_cannot_be_kept_is_refused_in_words(scene, filler, position, content, status):
    data = {"id": str(new_id()), "position": position, "photo": (BytesIO(content or jpeg("a")), "a.jpg")}
    answer = filler.post(f"{scene.fill_path}/photos", data=data, content_type="multipart/form-data", headers=HTMX)
    assert answer.status_code == status
    if status == 422:
        assert answer.mimetype == "text/plain"
        assert answer.get_data(as_text=True).strip()


def test_submitted_visits_open_as_a_result_and_not_to_fill(scene, world, filler):
    scene.as_inspector()
    inspections.submit(world, scene.visit)
    assert filler.get(scene.fill_path).location == scene.visit_path
    assert filler.get(f"{scene.fill_path}/submit").location == scene.visit_path
    assert filler.post(f"{scene.fill_path}/items/0", data={"i0-met": "no"}).status_code == 422


def test_an_officer_reads_the_visit_and_finds_no_page_to_fill(scene, client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    assert client.get(scene.visit_path).status_code == 200
    assert client.get(scene.fill_path).status_code == 403


def test_the_bureau_plans_assigns_sends_back_and_releases(session, world, client_as, acting):
    officer, filler = client_as(Role.CANTEEN_OFFICER), client_as(Role.INSPECTOR)
    version = inspections.published(acting(world.actor(Role.CANTEEN_OFFICER)), every_shape())
    second = inspections.more_inspectors(world)[0]
    plan_id = new_id()
    plan = {"id": str(plan_id), "title": "演示秋季检查", "form_version_id": str(version.id), "note": "看现场"}
    plan |= {"starts_on": "2026-09-01", "ends_on": "2036-12-31"}
    session.commit()
    assert officer.post("/inspections/plans/new", data={**plan, "title": ""}).status_code == 422
    created = officer.post("/inspections/plans/new", data=plan)
    assert (created.status_code, created.location) == (302, f"/inspections/plans/{plan_id}/schools")
    assign = f"/inspections/plans/{plan_id}/assign"
    page = officer.get(f"{assign}?stage=primary&is_boarding=1").get_data(as_text=True)
    assert "演示第一小学" in page
    assert "演示第二小学" not in page
    assignment = {
        "stage": "primary", "is_boarding": "1", "zone_id": "", "all_filtered": "1",
        "lead_id": str(world.person(Role.INSPECTOR).account_id), "scheduled_on": "2026-12-01",
        "member_ids": [str(second)],
    }  # fmt: skip
    nobody = officer.post(assign, data={key: value for key, value in assignment.items() if key != "all_filtered"})
    assert nobody.status_code == 422
    assert "请至少选择一所学校" in nobody.get_data(as_text=True)
    assert officer.post(assign, data={**assignment, "member_ids": []}).status_code == 422
    assert officer.post(assign, data=assignment).status_code == 302
    visit = visits.my_visits(acting(world.actor(Role.INSPECTOR)))[0][0]
    assert visit.school_id == world.schools["a1"]
    fill, shown = (f"/inspections/{part}/{visit.school_id}/{visit.id}" for part in ("fill", "visits"))
    filler.post(fill, data=PERFECT)
    filler.post(f"{fill}/submit", data={"met_by": "", "remark": ""})
    page = officer.get(shown).get_data(as_text=True)
    version_field = page.split('name="version" value="', 1)[1].split('"', 1)[0]
    assert officer.post(f"{shown}/return", data={"version": version_field, "reason": " "}).status_code == 422
    assert officer.post(f"{shown}/return", data={"version": version_field, "reason": "缺照片"}).status_code == 302
    assert officer.post(f"{shown}/release", data={"version": version_field}).status_code == 409
    filler.post(f"{fill}/submit", data={"met_by": "", "remark": ""})
    page = officer.get(shown).get_data(as_text=True)
    assert "缺照片" in page
    version_field = page.split('name="version" value="', 1)[1].split('"', 1)[0]
    school = client_as(Role.PRINCIPAL)
    assert school.get(f"/inspections/results/{visit.id}").status_code == 404
    assert officer.post(f"{shown}/release", data={"version": version_field}).status_code == 302
    assert school.get(f"/inspections/results/{visit.id}").status_code == 200
    assert client_as(Role.PRINCIPAL, "a2").get(f"/inspections/results/{visit.id}").status_code == 404
    assert "演示秋季检查" in school.get("/").get_data(as_text=True)
    assert "演示第一小学" in officer.get(f"/inspections/plans/{plan_id}/ranking").get_data(as_text=True)
    assert officer.get(f"/inspections/plans/{plan_id}/lost-items").status_code == 200
    assert officer.get(f"/inspections/plans/{plan_id}?state=released").status_code == 200
    assert officer.get(f"/inspections/plans/{plan_id}?state=nonsense").status_code == 200


def test_a_visit_is_cancelled_with_a_reason(scene, client_as):
    client = client_as(Role.CANTEEN_OFFICER)
    data = {"version": str(scene.visit.version), "reason": ""}
    refused = client.post(f"{scene.visit_path}/cancel", data=data)
    assert refused.status_code == 422
    assert client.post(f"{scene.visit_path}/cancel", data={**data, "reason": "停电"}).status_code == 302
    assert "停电" in client.get(scene.visit_path).get_data(as_text=True)


@pytest.mark.parametrize("order", ["", "?order=lost", "?order=nonsense"])
def test_a_result_can_be_read_lost_points_first(session, world, client_as, order):
    visit = inspections.released_visit(world)
    page = client_as(Role.LOGISTICS_DIRECTOR).get(f"/inspections/results/{visit.id}{order}")
    text = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "检查内容1" in text
    assert ("检查内容2" in text) is (order != "?order=lost")


def test_the_ranking_goes_out_as_a_sheet(session, world, client_as):
    visit = inspections.released_visit(world)
    answer = client_as(Role.BUREAU_ADMIN).get(f"/inspections/plans/{visit.plan_id}/ranking.xlsx")
    assert answer.status_code == 200
    answer.headers["Content-Disposition"].encode("latin-1")
    spec = SheetSpec("排名", (Column("school", "学校"), Column("rank", "名次", kind="integer")))
    parsed = read_xlsx(spec, answer.data)
    assert [row.values for row in parsed.rows] == [{"school": "演示第一小学", "rank": 1}]


def test_due_and_search_show_each_what_is_theirs(held_scene, world, client_as):
    scene = held_scene
    filler, officer, school = client_as(Role.INSPECTOR), client_as(Role.CANTEEN_OFFICER), client_as(Role.PRINCIPAL)
    assert scene.fill_path in filler.get("/").get_data(as_text=True)
    assert scene.visit_path in filler.get("/search?q=第一小").get_data(as_text=True)
    assert scene.visit_path not in officer.get("/").get_data(as_text=True)
    scene.as_inspector()
    inspections.submit(world, scene.visit)
    scene.as_officer()
    home = client_as(Role.CANTEEN_OFFICER).get("/").get_data(as_text=True)
    assert scene.visit_path in home
    assert scene.fill_path not in filler.get("/").get_data(as_text=True)
    assert str(scene.visit.id) not in school.get("/").get_data(as_text=True)
    assert str(scene.visit.id) not in school.get("/search?q=第一小").get_data(as_text=True)
    assert scene.visit_path not in client_as(Role.BUREAU_ADMIN, "b").get("/search?q=第一小").get_data(as_text=True)


def test_the_zone_reads_its_own_visits_only(scene, client_as):
    assert client_as(Role.ZONE_SUPERVISOR, "a-east").get(scene.visit_path).status_code == 200
    assert client_as(Role.ZONE_SUPERVISOR, "a-west").get(scene.visit_path).status_code == 404
    assert client_as(Role.ZONE_SUPERVISOR, "a-east").post(f"{scene.visit_path}/cancel").status_code == 403
