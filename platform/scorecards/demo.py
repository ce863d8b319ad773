"""The demo bureau's forms: the examples published, one draft that waits for its officer, and phrases for the canteens."""

from importlib.resources import files
from typing import Any

from flask import Flask

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from scorecards import examples, service
from scorecards.importing import read_yaml
from scorecards.models import FormVersion
from scorecards.phrase_answers import FAILED
from scorecards.service import phrases

# (words of the item, what inspectors write, the article); the deduction is the item's own.
CANTEEN_PHRASES = (
    ("健康证", "有从业人员的健康证明已过期", "《食品安全法》第四十五条"),
    ("健康证", "新进人员未取得健康证明即上岗", "《食品安全法》第四十五条"),
    ("场所清洁", "操作间地面有积水、油污", "《食品安全法》第三十三条"),
    ("供货者资质", "部分原料没有进货查验记录", "《食品安全法》第五十三条"),
    ("供货者资质", "供货者的许可证复印件已过期", "《食品安全法》第五十三条"),
    ("标识合规", "库房内有超过保质期的食品", "《食品安全法》第五十四条"),
    ("分开盛放", "生熟食品混放在同一冰柜", "《食品安全法》第三十三条"),
)


def demo(app: Flask, demo: Any) -> None:
    """`demo` gives the bureau's actor."""
    session = db.session()
    actor = demo.actor()
    use_scope(session, actor.scope)
    for name in examples.names():
        form = examples.load(name)
        if service.find_same(actor, form) is None:
            draft = service.import_form(actor, form, source_name=f"{name}.yaml")
            service.publish(actor, draft.id, draft.version)
            if name == "canteen_01":
                _keep_phrases(actor, draft)
    imported = read_yaml(files("scorecards").joinpath("demo_form.yaml").read_bytes())
    assert imported.form is not None
    if service.find_same(actor, imported.form) is None:
        service.import_form(actor, imported.form, imported.findings, source_name="demo_form.yaml")
    session.commit()


def _keep_phrases(actor: Actor, version: FormVersion) -> None:
    for item in service.form_of(version).items():
        for words, text, basis in CANTEEN_PHRASES:
            if words in item.text:
                values = phrases.PhraseValues(item.code, text, basis, FAILED[0])
                phrases.save_phrase(actor, version.template_id, new_id(), values)
