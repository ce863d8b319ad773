"""The pages: the canteen plans, families read without signing in, the bureau looks on."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest

from kernel.database import new_id
from school.canteen.service import dishes, menus, publishing
from tests.support import weeks
from tests.support.weeks import NEXT

DISH = {
    "code": "D900", "name": "香菇滑鸡", "kind": "meat", "style": "cooked", "portion": "scaled", "is_active": "true",
    "ingredients-0-name": "鸡腿肉", "ingredients-0-net_grams": "25", "ingredients-1-name": "鲜香菇",
    "ingredients-1-net_grams": "15",
}  # fmt: skip


@pytest.fixture
def public(world):
    return f"/public/menus/a/{'a1'}"


def version_of(cook, menu):
    return str(menus.get_menu(cook, cook.school_id, menu.id, for_update=True).version)


def sheet(headings, *rows):
    book = openpyxl.Workbook()
    book.active.append(headings)
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return target


def test_a_dish_is_made_by_form_with_its_figures(client_as, cook):
    client = client_as("canteen_manager")
    assert client.get("/dishes/new").status_code == 200
    made = client.post("/dishes/new", data={"id": str(new_id()), **DISH})
    assert made.status_code == 302
    text = client.get(made.location).get_data(as_text=True)
    assert "62.5%" in text  # 25 of 40 g
    assert "没有价格" in text or "未关联目录" in text
    edit = client.get(f"{made.location}/edit").get_data(as_text=True)
    assert 'value="鸡腿肉"' in edit
    changed = {**DISH, "version": "1", "id": str(new_id()), "name": "香菇炖鸡"}
    assert client.post(f"{made.location}/edit", data=changed).status_code == 302
    assert client.post(f"{made.location}/edit", data=changed).status_code == 409
    assert client_as("teacher").get("/dishes/new").status_code == 403


def test_a_dish_without_grams_comes_back_with_the_message_at_its_field(client_as, cook):
    data = {"id": str(new_id()), **DISH, "ingredients-1-net_grams": "", "ingredients-2-item": "没有的物品"}
    page = client_as("canteen_manager").post("/dishes/new", data=data)
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert "请填写每人净重。" in text
    assert "目录中没有这项物品" in text


def test_a_week_is_begun_and_edited_with_the_checks_following(client_as, cook):
    client = client_as("canteen_manager")
    begun = client.post("/menus", data={"id": str(new_id()), "monday": NEXT.isoformat()})
    assert begun.status_code == 302
    menu = menus.live_menu(cook, cook.school_id, NEXT)
    known = weeks.lunch_dishes(cook)
    address = f"/menus/{menu.id}"
    place = {"on_day": NEXT.isoformat(), "meal": "lunch"}
    hits = client.get(f"{address}/pick", query_string={**place, "q": "青椒"}).get_data(as_text=True)
    assert "青椒肉片" in hits
    data = {**place, "version": version_of(cook, menu), "dish_id": str(known["青椒肉片"])}
    part = client.post(f"{address}/dishes", data=data, headers={"HX-Request": "true"})
    assert part.status_code == 200
    text = part.get_data(as_text=True)
    assert "青椒肉片" in text
    assert "荤菜 1 个，应不少于 2 个" in text
    # Every form of the part that came back holds the version that stands now, the proposer's and the discard's too.
    assert set(re.findall(r'name="version" value="(\d+)"', text)) == {version_of(cook, menu)}
    stale = client.post(f"{address}/dishes", data=data, headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "已被他人修改" in stale
    page = client.post(f"{address}/dishes", data={**data, "version": version_of(cook, menu), "from_meal": "1"})
    assert page.location.startswith(f"{address}/meal?")
    assert client.get(page.location).status_code == 200
    assert client_as("teacher").post(f"{address}/dishes", data=data).status_code == 403


def test_a_second_menu_of_a_week_opens_the_first(client_as, cook, menu):
    made = client_as("canteen_manager").post("/menus", data={"id": str(new_id()), "monday": NEXT.isoformat()})
    assert made.location == f"/menus/{menu.id}"


def test_publication_reaches_families_with_allergens_and_nutrition(client_as, cook, menu, public):
    client = client_as("canteen_manager")
    family = client_as(None)
    week = {"week": NEXT.isoformat()}
    assert "还没有公布菜谱" in family.get(public, query_string=week).get_data(as_text=True)
    done = client.post(f"/menus/{menu.id}/publication", data={"version": version_of(cook, menu)})
    assert done.status_code == 302
    text = family.get(public, query_string=week).get_data(as_text=True)
    for words in ("宫保鸡丁", "花生", "公布时间", "蛋白质", "一周平均营养"):
        assert words in text
    assert "¥" not in text
    assert client.get(f"/menus/{menu.id}/public").location.endswith(f"week={NEXT.isoformat()}")
    assert client.get(f"/menus/{menu.id}/print").status_code == 200


def test_a_refused_publication_says_why_and_changes_nothing(client_as, cook, public):
    menu, _known = weeks.filled(cook, of=(weeks.RICE, weeks.GREEN_BEANS))
    page = client_as("canteen_manager").post(
        f"/menus/{menu.id}/publication", data={"version": version_of(cook, menu)}
    )  # fmt: skip
    assert page.status_code == 422
    assert "第45号令" in page.get_data(as_text=True)
    assert menus.get_menu(cook, cook.school_id, menu.id).state == "draft"
    assert "四季豆" not in client_as(None).get(public, query_string={"week": NEXT.isoformat()}).get_data(as_text=True)


def test_a_change_shows_on_the_public_page_with_its_reason(client_as, cook, menu, public):
    menu = publishing.publish(cook, menu.id, menu.version)
    fish = weeks.dish(cook, ("红烧鱼块", "meat", [("草鱼", "40")]))
    client = client_as("canteen_manager")
    place = {"on_day": NEXT.isoformat(), "meal": "lunch"}
    form = client.get(f"/menus/{menu.id}/amendment", query_string=place).get_data(as_text=True)
    assert "红烧鱼块" in form
    data = {**place, "version": version_of(cook, menu), "dish_ids": [str(fish.id)], "reason": "鸡肉没有到货"}
    assert client.post(f"/menus/{menu.id}/amendment", data={**data, "reason": ""}).status_code == 422
    assert client.post(f"/menus/{menu.id}/amendment", data=data).status_code == 302
    text = client_as(None).get(public, query_string={"week": NEXT.isoformat()}).get_data(as_text=True)
    assert "鸡肉没有到货" in text
    assert "改为红烧鱼块" in text


def test_a_withdrawn_week_says_so_to_families(client_as, cook, menu, public):
    menu = publishing.publish(cook, menu.id, menu.version)
    data = {"version": version_of(cook, menu), "reason": "停课两天"}
    assert client_as("principal").post(f"/menus/{menu.id}/withdrawal", data=data).status_code == 302
    text = client_as(None).get(public, query_string={"week": NEXT.isoformat()}).get_data(as_text=True)
    assert "已撤回" in text
    assert "停课两天" in text
    assert "宫保鸡丁" not in text


def test_another_bureaus_address_finds_nothing(client_as, cook, menu):
    publishing.publish(cook, menu.id, menu.version)
    assert client_as(None).get("/public/menus/b/a1").status_code == 404
    assert client_as(None).get("/public/menus/a/nobody").status_code == 404


def test_the_bureau_sees_who_has_not_published_and_what_fails(client_as, cook, menu):
    publishing.publish(cook, menu.id, menu.version)
    officer = client_as("canteen_officer")
    text = officer.get("/oversight/menus", query_string={"week": NEXT.isoformat()}).get_data(as_text=True)
    assert "演示第二小学" in text
    assert "未公布" in text
    missing = officer.get("/oversight/menus", query_string={"week": NEXT.isoformat(), "show": "missing"})
    assert "演示第一小学</a>" not in missing.get_data(as_text=True)
    failed = officer.get("/oversight/menus", query_string={"week": NEXT.isoformat(), "show": "failed"})
    assert "能量" in failed.get_data(as_text=True)
    shown = officer.get(f"/schools/{cook.school_id}/menus/{menu.id}")
    assert shown.status_code == 200
    assert "智能排菜" not in shown.get_data(as_text=True)
    assert client_as("zone_supervisor", "a-west").get(f"/schools/{cook.school_id}/menus/{menu.id}").status_code == 404
    west = client_as("zone_supervisor", "a-west").get("/oversight/menus").get_data(as_text=True)
    assert "演示第三初级中学" in west
    assert "演示第一小学" not in west


def test_a_draft_is_the_schools_own(client_as, cook, menu):
    assert client_as("canteen_officer").get(f"/schools/{cook.school_id}/menus/{menu.id}").status_code == 404


def test_recommended_dishes_are_kept_by_the_bureau_and_copied_by_schools(client_as, world, acting):
    officer = acting(world.actor("canteen_officer"))
    original = weeks.recommended_dish(officer, weeks.CHICKEN, code="T1")
    keeper = client_as("canteen_officer")
    assert keeper.get(f"/recommended-dishes/{original.id}/edit").status_code == 200
    started = keeper.post("/recommended-dishes/start")
    assert started.status_code == 302
    assert keeper.get("/recommended-dishes?q=红烧").status_code == 200
    school = client_as("canteen_manager")
    assert school.get("/recommended-dishes/new").status_code == 403
    assert school.post("/recommended-dishes/copy", data={}).status_code == 422
    copied = school.post("/recommended-dishes/copy", data={"dish_ids": [str(original.id)]})
    assert copied.status_code == 302
    again = school.post("/recommended-dishes/copy", data={"dish_ids": [str(original.id)]})
    assert again.status_code == 302
    cook = acting(world.actor("canteen_manager"))
    found = dishes.search_dishes(cook, cook.school_id, "宫保鸡丁")
    assert len(found) == 1
    acting(officer)
    changed = weeks.values("宫保鸡丁", "meat", [("鸡胸肉", "60")], code="T1")
    weeks.recommended.save_recommended(officer, original.id, original.version, **changed)
    page = client_as("canteen_manager").get("/dishes").get_data(as_text=True)
    assert "推荐有更新" in page
    taken = client_as("canteen_manager").post(f"/dishes/{found[0].id}/take-over", data={"version": "1"})
    assert taken.status_code == 302
    acting(cook)
    assert [str(one.net_grams) for one in dishes.get_dish(cook, cook.school_id, found[0].id).lines] == ["60.000"]


def test_a_dish_set_aside_is_not_offered(client_as, cook):
    found = weeks.dish(cook)
    client = client_as("canteen_manager")
    assert client.post(f"/dishes/{found.id}/state", data={"version": "1", "is_active": "false"}).status_code == 302
    assert "青椒肉片" not in client.get("/dishes").get_data(as_text=True)
    assert "青椒肉片" in client.get("/dishes?with_inactive=1").get_data(as_text=True)


def test_dishes_go_out_and_come_back_as_a_sheet(client_as, cook):
    weeks.lunch_dishes(cook)
    client = client_as("canteen_manager")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/dishes/export.xlsx").data))
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    loaded = client.post("/dishes/import", data={"file": (file, "菜品.xlsx")}, content_type="multipart/form-data")
    assert loaded.status_code == 302
    assert len(dishes.all_dishes(cook, cook.school_id)) == len(weeks.LUNCH)
    assert client.get("/dishes/template.xlsx").status_code == 200


def test_a_wrong_sheet_of_dishes_changes_nothing_and_marks_its_cells(client_as, cook):
    headings = ["编码", "菜名", "类型", "食材", "每人净重(克)", "目录编码", "适用餐次"]
    file = sheet(
        headings, ["X1", "怪菜", "荤菜", "猪肉丝", 30, "没有", "下午"], ["X2", "好菜", "素菜", "菠菜", 80, "", ""]
    )
    page = client_as("canteen_manager").post(
        "/dishes/import", data={"file": (file, "x.xlsx")}, content_type="multipart/form-data"
    )  # fmt: skip
    assert page.status_code == 422
    text = page.get_data(as_text=True)
    assert "目录中没有这项物品" in text
    assert "不认识“下午”" in text
    assert "data:application" in text
    assert dishes.all_dishes(cook, cook.school_id) == []


def test_a_week_comes_in_as_a_sheet(client_as, cook):
    weeks.lunch_dishes(cook)
    menu = weeks.draft(cook)
    client = client_as("canteen_manager")
    day = NEXT + timedelta(days=2)
    file = sheet(["日期", "餐次", "菜品"], [day, "午餐", "米饭"], [day, "午餐", "宫保鸡丁"])
    data = {"file": (file, "周.xlsx"), "version": version_of(cook, menu)}
    assert client.post(f"/menus/{menu.id}/import", data=data, content_type="multipart/form-data").status_code == 302
    grid = menus.grid_of(cook, menu)
    assert [one.dish_name for one in grid.dishes[grid.meal_at(day, "lunch").id]] == ["米饭", "宫保鸡丁"]
    wrong = sheet(["日期", "餐次", "菜品"], [day + timedelta(weeks=1), "午餐", "没有的菜"])
    data = {"file": (wrong, "周.xlsx"), "version": version_of(cook, menu)}
    page = client.post(f"/menus/{menu.id}/import", data=data, content_type="multipart/form-data")
    assert page.status_code == 422
    assert "日期不在这一周内" in page.get_data(as_text=True)
    assert client.get(f"/menus/{menu.id}/export.xlsx").status_code == 200


def test_the_list_offers_the_weeks_to_come(client_as, cook, menu):
    text = client_as("canteen_manager").get("/menus").get_data(as_text=True)
    assert "第三周" in text
    assert "继续编制" in text
    assert "编制其他周的菜谱" not in client_as("teacher").get("/menus").get_data(as_text=True)
