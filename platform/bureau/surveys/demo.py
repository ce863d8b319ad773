"""A satisfaction survey of the demo district: a form of our own words, links for three schools, made-up answers."""

import random
from datetime import timedelta
from decimal import Decimal

from flask import Flask

from bureau.demo import MARK, SEED
from bureau.demo.context import DemoContext
from bureau.surveys import rules
from bureau.surveys.models import Survey
from bureau.surveys.service import answering, keeping
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from scorecards import service as forms
from scorecards.form import Entry, Form, Item, Levels, Section

QUESTIONS = ("饭菜的味道", "饭菜的温度", "品种和搭配", "份量", "就餐环境和卫生", "工作人员的态度")
CHOICES = (("5", "非常满意"), ("4", "满意"), ("3", "一般"), ("2", "不满意"), ("1", "非常不满意"))
COMMENTS = ("希望多一些蔬菜", "汤有时候不够热", "整体很好", "排队时间有点长", "")
SCHOOLS, ANSWERS = 3, 24


def satisfaction_form() -> Form:
    """六题五档，满分 30 分。"""
    levels = Levels(tuple(Entry(code, label, Decimal(code)) for code, label in CHOICES))
    items = tuple(
        Item(code=str(number), no=str(number), text=f"您对{question}是否满意", rule=levels, points=Decimal(5))
        for number, question in enumerate(QUESTIONS, start=1)
    )
    section = Section(code="1", title="食堂满意度", items=items)
    return Form(title="食堂满意度问卷（示例）", kind="canteen", sections=(section,), total=Decimal(30))


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    actor = demo.actor()
    use_scope(session, actor.scope)
    draft = forms.import_form(actor, satisfaction_form())
    version = forms.publish(actor, draft.id, draft.version)
    rng = random.Random(f"surveys:{SEED}")
    schools = [demo.schools[school.code] for school in demo.district.schools[:SCHOOLS]]
    surveys = keeping.open_surveys(
        actor, title=f"{MARK}·食堂满意度", form_version_id=version.id, school_ids=schools,
        first=demo.today - timedelta(days=3), last=demo.today + timedelta(days=11), batch=new_id(),
    )  # fmt: skip
    for survey in surveys[:-1]:
        for number in range(ANSWERS):
            _answer(survey, number, rng)
    session.commit()


def _answer(survey: Survey, number: int, rng: random.Random) -> None:
    opened_at = now() - timedelta(seconds=rng.randint(20, 90))
    answering.answer(
        survey.bureau_id, survey.school_id, survey.code,
        ticket=rules.make_ticket(survey.key, opened_at, f"demo-{number}"),
        answers={str(one): {"level": rng.choice("5554443321")} for one in range(1, len(QUESTIONS) + 1)},
        comment=rng.choice(COMMENTS), address=f"10.1.0.{number}",
    )  # fmt: skip
