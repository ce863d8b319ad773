"""Pages and API of prices: from the officer's desk to the phone, and what anybody sees."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest

from bureau.prices.models import PriceBook, PriceReport
from bureau.prices.service import books, surveyors
from kernel.database import new_id
from kernel.web.dates import today
from tests.support.pictures import jpeg
from tests.support.prices import fill, in_force, make_sources, open_round, surveyed


@pytest.fixture
def publicised(acting, drafter, approver, reporter, stocked):
    one = open_round(drafter, reporter, [stocked.rice])
    fill(one, {stocked.rice: [500, 520, 545]})
    acting(drafter)
    book = surveyed(drafter, one, approver)
    return books.publicise(approver, book.id, book.version)


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_from_the_desk_to_a_publicised_book(session, world, client_as, acting, drafter, stocked):
    sources = make_sources(acting(drafter), 3)
    session.commit()
    desk = client_as("procurement_officer")
    data = {
        "id": str(new_id()), "title": "第 3 周询价", "series": "general", "cycle": "weekly", "method": "average",
        "first_day": today().isoformat(), "last_day": today().isoformat(), "item_ids": [str(stocked.rice)],
        "source_ids": [str(one.id) for one in sources],
    }  # fmt: skip
    made = desk.post("/prices/surveys/new", data=data)
    assert made.status_code == 302, made.get_data(as_text=True)
    people = made.location
    survey = people.removesuffix("/people")
    teacher = client_as("teacher")
    person_id = str(world.person("teacher").account_id)
    added = desk.post(people, data={"id": str(new_id()), "person_id": person_id, "kind": "teacher", "name": ""})
    assert added.status_code == 302, added.get_data(as_text=True)
    assert desk.post(f"{survey}/moves", data={"event": "open", "version": "1"}).status_code == 302
    task = f"/prices/reporting/{survey.rsplit('/', 1)[1]}"
    assert "第 3 周询价" in teacher.get("/prices/reporting").get_data(as_text=True)
    for number, price in enumerate(("5.00", "5.20", "5.45")):
        page = teacher.get(f"{task}?source={sources[number].id}").get_data(as_text=True)
        assert 'inputmode="decimal"' in page
        assert 'capture="environment"' in page
        sent = {
            "id": hidden(page, "id"), "source_id": str(sources[number].id), "item_id": hidden(page, "item_id"),
            "price": price, "unit": "kg", "photo": (io.BytesIO(jpeg(price)), "价签.jpg"), "latitude": "32.1",
            "longitude": "118.8", "accuracy_m": "15", "seen_at": "",
        }  # fmt: skip
        answer = teacher.post(task, data=sent, content_type="multipart/form-data")
        assert answer.status_code == 302, answer.get_data(as_text=True)
        assert "这里的物品都报完了" in teacher.get(answer.location).get_data(as_text=True)
    assert desk.post(f"{survey}/moves", data={"event": "close", "version": "2"}).status_code == 302
    supervisor = client_as("discipline_supervisor")
    assert supervisor.post(f"{survey}/signature", data={"version": "3"}).status_code == 302
    made = desk.post(
        "/prices/books/new", data={"id": str(new_id()), "title": "第 3 周", "survey_id": survey.rsplit("/", 1)[1]}
    )
    book = made.location
    assert desk.post(f"{book}/lines", data={"version": "1"}).status_code == 302
    assert "¥5.22" in desk.get(book).get_data(as_text=True)
    refused = desk.post(f"{book}/publicity", data={"version": "2"})
    assert refused.status_code == 422
    assert "起草人不能审批" in refused.get_data(as_text=True)
    assert client_as("bureau_admin").post(f"{book}/publicity", data={"version": "2"}).status_code == 302
    assert "¥5.22" in client_as("storekeeper").get(book).get_data(as_text=True)


def test_a_form_without_photo_comes_back_with_what_was_typed(client_as, acting, drafter, reporter, stocked):
    one = open_round(drafter, reporter, [stocked.rice])
    client = client_as("teacher")
    sent = {
        "id": str(new_id()), "source_id": str(one.sources[0].id), "item_id": str(stocked.rice), "price": "5.31",
        "unit": "kg",
    }  # fmt: skip
    answer = client.post(f"/prices/reporting/{one.survey.id}", data=sent)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="5.31"' in text
    assert "请拍下价签" in text
    assert hidden(text, "id") == sent["id"]


def test_a_parent_reports_by_link(session, client_as, acting, drafter, reporter, stocked):
    one = open_round(drafter, reporter, [stocked.rice])
    parent = surveyors.invite(drafter, one.survey.id, new_id(), name="三（2）班家长", kind="parent")
    path = f"/public/price-surveys/{drafter.bureau_id}/{surveyors.code_of(one.survey, parent.id)}"
    anybody = client_as(None)
    assert "三（2）班家长" in anybody.get(path).get_data(as_text=True)
    report_id = new_id()

    def sent(price="5.30"):
        return {
            "id": str(report_id), "source_id": str(one.sources[0].id), "item_id": str(stocked.rice), "unit": "kg",
            "price": price, "photo": (io.BytesIO(jpeg("p")), "p.jpg"),
        }  # fmt: skip

    for _ in range(2):
        assert anybody.post(path, data=sent(), content_type="multipart/form-data").status_code == 302
    assert anybody.post(path, data=sent("9.99"), content_type="multipart/form-data").status_code == 409
    assert anybody.get(path[:-24] + "a" * 24).status_code == 404
    acting(drafter)
    assert session.get(PriceReport, (drafter.bureau_id, report_id)).price_fen == 530


def test_anybody_sees_todays_prices_and_nobody_sees_drafts(
    session, client_as, acting, drafter, approver, reporter, stocked, publicised
):
    anybody = client_as(None)
    path = f"/public/prices/{drafter.bureau_id}"
    text = anybody.get(path).get_data(as_text=True)
    assert "还没有生效的价格册" in text
    assert publicised.number in text
    acting(drafter)
    held = in_force(drafter, approver, reporter, {stocked.pork: [2800, 2810, 2820]}, mark="鲜", series="fresh")
    one = open_round(drafter, reporter, [stocked.rice], mark="草")
    draft = books.draft(drafter, new_id(), title="未公示的草稿", survey_id=one.survey.id)
    session.commit()
    text = anybody.get(path).get_data(as_text=True)
    assert "¥28.10" in text
    assert "演示鲜市场1 28.00" in text
    assert draft.number not in text
    assert anybody.get(f"{path}/{held.number}").status_code == 200
    assert anybody.get(f"{path}/{draft.number}").status_code == 404
    assert anybody.get("/public/prices/999999").status_code == 404
    assert "演示teacher" not in text


def test_an_objection_and_its_answer(session, client_as, acting, approver, publicised, stocked):
    path = f"/prices/books/{publicised.id}"
    school = client_as("canteen_manager")
    assert "提出异议" in school.get(path).get_data(as_text=True)
    sent = {"id": str(new_id()), "item_id": str(stocked.rice), "text": "价格偏高"}
    assert school.post(f"{path}/objections", data=sent).status_code == 302
    assert "价格偏高" in school.get(path).get_data(as_text=True)
    assert "价格偏高" not in client_as("canteen_manager", "a2").get(path).get_data(as_text=True)
    desk = client_as("bureau_admin")
    assert "价格偏高" in desk.get(path).get_data(as_text=True)
    answer = {"version": "1", "decision": "rejected", "text": "三处来源均有照片"}
    assert desk.post(f"{path}/objections/{sent['id']}/answer", data=answer).status_code == 302
    assert "三处来源均有照片" in school.get(path).get_data(as_text=True)
    assert school.post(f"{path}/objections/{sent['id']}/answer", data=answer).status_code == 403
    acting(approver)
    session.expire_all()
    assert session.get(PriceBook, (publicised.bureau_id, publicised.id)).begins_on == today() + timedelta(days=7)


def test_a_book_goes_to_excel(client_as, publicised):
    file = client_as("storekeeper").get(f"/prices/books/{publicised.id}/export")
    rows = list(openpyxl.load_workbook(io.BytesIO(file.data)).active.iter_rows(values_only=True))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["名称"], row["参考价（元）"], row["来源数"]) == ("粳米", 5.22, 3)
    assert row["各来源价格（元）"] == "演示市场1 5.00；演示市场2 5.20；演示市场3 5.45"


def test_the_api_gives_the_price_of_a_day(client_as, acting, drafter, approver, reporter, stocked):
    in_force(drafter, approver, reporter, {stocked.rice: [500, 510, 520]})
    school = client_as("accountant")
    found = school.get(f"/api/v1/prices?item_id={stocked.rice}").json
    assert (found["price_fen"], found["unit"]) == (510, "kg")
    assert school.get(f"/api/v1/prices?item_id={stocked.rice}&on=2020-01-01").status_code == 404
    assert school.get("/api/v1/price-surveys").status_code == 403
    assert len(school.get(f"/api/v1/price-books/{found['book_id']}").json["lines"]) == 1


def test_a_report_over_the_api_is_one_however_often_it_is_sent(client_as, acting, drafter, reporter, stocked):
    one = open_round(drafter, reporter, [stocked.rice], count=5)
    client = client_as("teacher")
    path = f"/api/v1/price-surveys/{one.survey.id}/reports/{new_id()}"
    body = {"source_id": str(one.sources[4].id), "item_id": str(stocked.rice), "unit": "袋", "price": "128.00"}
    for _ in range(2):
        assert client.put(path, json=body).json["price_fen"] == 12_800
    assert client.put(path, json={**body, "price": "129.00"}).status_code == 409
    another = f"/api/v1/price-surveys/{one.survey.id}/reports/{new_id()}"
    assert client.put(another, json={**body, "unit": "箩"}).status_code == 422
    assert client_as("accountant").put(path, json=body).status_code == 404


@pytest.mark.parametrize("role", ["storekeeper", "supplier_user", "inspector"])
def test_surveys_are_the_bureaus_work(client_as, role):
    assert client_as(role).get("/prices/surveys").status_code == 403
    assert client_as(role).get("/prices/surveys/new").status_code == 403
