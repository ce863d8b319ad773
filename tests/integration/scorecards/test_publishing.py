"""Published means: seen by a person, without errors, and from then on as it is."""

import pytest
from sqlalchemy import text

from kernel.actor import system_actor
from kernel.database import new_id
from kernel.database.scope import use_scope
from kernel.errors import RuleBroken
from scorecards import service
from tests.integration.scorecards.conftest import id_of, open_form, sound_form
from tests.unit.scorecards.forms import D


def publish(client, version_id, seen=1):
    return client.post(f"/forms/versions/{version_id}/publish", data={"version": seen})


def test_a_sound_draft_is_published_once(client_as, draft, stored, world):
    version_id = draft()
    client = client_as("canteen_officer")
    assert publish(client, version_id).status_code == 302
    version = stored(version_id)
    assert version.state == "published"
    assert version.published_by == world.actor("canteen_officer").account_id
    first = version.published_at
    assert publish(client, version_id).status_code == 302  # a second click
    assert stored(version_id).published_at == first
    page = client.get(f"/forms/versions/{version_id}").get_data(as_text=True)
    assert f"/forms/versions/{version_id}/items/1" not in page
    assert f"/forms/versions/{version_id}/copy" in page


def test_the_refusal_names_what_is_open(client_as, draft, stored):
    version_id = draft(open_form())
    client = client_as("bureau_admin")
    undecided = publish(client, version_id)
    assert undecided.status_code == 422
    assert "不能发布：第 2 条的计分规则还没有人确定" in undecided.get_data(as_text=True)
    values = {"no": "2", "text": "乙", "points": "3", "shape": "judged", "version": 1}
    assert client.post(f"/forms/versions/{version_id}/items/2", data=values).status_code == 302
    unconfirmed = publish(client, version_id, 2)
    assert unconfirmed.status_code == 422
    assert "不能发布：第 1 条的计分规则还没有人确认" in unconfirmed.get_data(as_text=True)
    assert client.post(f"/forms/versions/{version_id}/items/1/confirm", data={"version": 2}).status_code == 302
    erroneous = publish(client, version_id, 3)
    assert erroneous.status_code == 422
    assert "全部条目分值合计 8 分，总分 10 分" in erroneous.get_data(as_text=True)
    assert stored(version_id).state == "draft"


def test_nobody_publishes_what_they_have_not_seen(client_as, draft, stored):
    version_id = draft()
    client = client_as("bureau_admin")
    changed = {"no": "1", "text": "新内容", "points": "5", "shape": "all_or_nothing", "version": 1}
    client.post(f"/forms/versions/{version_id}/items/1", data=changed)
    assert publish(client, version_id).status_code == 409
    assert stored(version_id).state == "draft"


CHANGES = {
    "items/1": {"no": "1", "text": "x", "points": "5", "shape": "all_or_nothing"},
    "sections/1": {"title": "x"},
    "settings": {"title": "x", "kind": "canteen", "mode": "sum", "na_policy": "refuse", "places": "1"},
    "settle": {"code": "x", "where": "form"},
}


@pytest.mark.parametrize("path", CHANGES)
def test_no_page_changes_a_published_version(client_as, published, stored, path):
    version_id = published()
    before = stored(version_id)
    answer = client_as("bureau_admin").post(
        f"/forms/versions/{version_id}/{path}", data={**CHANGES[path], "version": before.version}
    )
    assert answer.status_code == 422
    assert "已发布的版本不能修改" in answer.get_data(as_text=True)
    after = stored(version_id)
    assert (after.form, after.digest, after.version) == (before.form, before.digest, before.version)


def test_no_service_changes_a_published_version(published, acting, world):
    version_id = published()
    actor = acting(system_actor(world.bureaus["a"]))
    for change in (
        lambda: service.edit_draft(actor, version_id, sound_form(total=D(11)), 2),
        lambda: service.edit_document(actor, version_id, {}, 2),
        lambda: service.edit_item(actor, version_id, "1", {}, 2),
        lambda: service.edit_section(actor, version_id, "1", title="x", points=None, note="", seen=2),
        lambda: service.edit_settings(actor, version_id, {}, 2),
        lambda: service.settle_finding(actor, version_id, "x", "form", 2),
    ):
        with pytest.raises(RuleBroken, match="已发布"):
            change()


@pytest.mark.parametrize(
    "change",
    [
        "form = '{}'",
        "digest = 'x'",
        "state = 'draft', published_at = NULL",
        "published_at = now()",
        "findings = '[]'",
        "number = 9",
    ],
)
def test_no_statement_of_the_bureau_changes_a_published_version(session, published, draft, stored, world, change):
    version_id, open_one = published(), draft()
    use_scope(session(), system_actor(world.bureaus["a"]).scope)
    role = session.execute(text("SELECT current_user")).scalar()
    assert role == "houqin_bureau"
    statement = text(f"UPDATE form_versions SET {change} WHERE id = :id")
    assert session.execute(statement, {"id": version_id}).rowcount == 0
    # The same statement does reach a draft: it is the state that protects, not a missing right.
    assert (
        session.execute(text("UPDATE form_versions SET source_name = 'y' WHERE id = :id"), {"id": open_one}).rowcount
        == 1
    )


def test_no_statement_of_the_bureau_deletes_a_version(session, published, world):
    from sqlalchemy.exc import ProgrammingError

    version_id = published()
    use_scope(session(), system_actor(world.bureaus["a"]).scope)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("DELETE FROM form_versions WHERE id = :id"), {"id": version_id})
    session.rollback()


@pytest.mark.parametrize("level", ["zone", "school"])
def test_zones_and_schools_write_no_form(session, draft, world, level):
    from sqlalchemy.exc import ProgrammingError

    version_id = draft()
    actor = world.actor("zone_supervisor") if level == "zone" else world.actor("principal")
    use_scope(session(), actor.scope)
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("UPDATE form_versions SET source_name = 'x' WHERE id = :id"), {"id": version_id})
    session.rollback()


def test_a_school_s_scope_shows_published_versions_only(session, draft, published, world):
    draft()
    shown = published()
    use_scope(session(), world.actor("principal").scope)
    assert session.execute(text("SELECT id FROM form_versions")).scalars().all() == [shown]


def test_the_next_version_begins_as_a_copy(client_as, published, stored, stored_template):
    first = published()
    client = client_as("bureau_admin")
    key = str(new_id())
    second = id_of(client.post(f"/forms/versions/{first}/copy", data={"id": key}))
    again = id_of(client.post(f"/forms/versions/{first}/copy", data={"id": key}))
    assert second == again == key
    draft = stored(second)
    assert (draft.number, draft.state, draft.form) == (2, "draft", stored(first).form)
    sent = {"version": 1, "title": "演示食堂评分表（二）", "kind": "canteen", "total": "10", "mode": "sum", "na_policy": "refuse",
            "places": "1", "bands-0-label": "全部", "bands-0-minimum": "0"}  # fmt: skip
    assert client.post(f"/forms/versions/{second}/settings", data=sent).status_code == 302
    assert stored_template(draft.template_id).title == "演示食堂评分表"
    assert publish(client, second, 2).status_code == 302
    assert stored_template(draft.template_id).title == "演示食堂评分表（二）"
    assert stored(first).form["title"] == "演示食堂评分表"


def test_what_may_be_planned_with(acting, published, draft, stored, world):
    draft()
    shown, retired = published(), published(sound_form(title="停用的"))
    actor = acting(system_actor(world.bureaus["a"]))
    template_id = stored(retired).template_id
    service.retire_template(actor, template_id, service.get_template(actor, template_id).version)
    assert [version.id for version, _title in service.published_versions(actor)] == [shown]
    assert service.published_versions(actor, "safety") == []


def test_retired_and_in_use_again(client_as, published, stored, stored_template):
    version_id = published()
    template_id = stored(version_id).template_id
    client = client_as("bureau_admin")
    seen = stored_template(template_id).version
    assert client.post(f"/forms/{template_id}/retire", data={"version": seen}).status_code == 302
    assert stored_template(template_id).state == "retired"
    assert "演示食堂评分表" not in client.get("/forms").get_data(as_text=True)
    assert "演示食堂评分表" in client.get("/forms?state=retired").get_data(as_text=True)
    assert client.post(f"/forms/{template_id}/retire", data={"version": seen}).status_code == 302  # a second click
    assert client.post(f"/forms/{template_id}/reactivate", data={"version": seen}).status_code == 409
    assert client.post(f"/forms/{template_id}/reactivate", data={"version": seen + 1}).status_code == 302
    assert stored_template(template_id).state == "active"


def test_a_retired_form_publishes_no_version(client_as, draft, stored, stored_template):
    version_id = draft()
    template = stored_template(stored(version_id).template_id)
    client = client_as("bureau_admin")
    client.post(f"/forms/{template.id}/retire", data={"version": template.version})
    refused = publish(client, version_id)
    assert refused.status_code == 422
    assert "已停用" in refused.get_data(as_text=True)


def test_every_step_is_audited(session, client_as, draft, world, stored):
    version_id = draft()
    publish(client_as("canteen_officer"), version_id)
    session.commit()
    use_scope(session(), system_actor(world.bureaus["a"]).scope)
    rows = session.execute(
        text("SELECT actor_id, action, changes FROM audit_entries WHERE action = 'bureau:form:manage'")
    ).all()
    changed = [(row.actor_id, change) for row in rows for change in row.changes if change["table"] == "form_versions"]
    assert [(who, change["new"]["state"]) for who, change in changed] == [
        (world.actor("canteen_officer").account_id, "published")
    ]
