"""Red lines in the demo district: one just found, one under control, one that waits for the bureau's check, one closed."""

from flask import Flask

from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.demo.pictures import demo_photo
from bureau.hazards.models import Hazard
from bureau.hazards.service import finding, handling
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope

# (what, where, the steps taken: event and words)
HAZARDS = (
    ("宿舍安全出口夜间上锁", "二号宿舍楼一层", ()),
    ("电动自行车电池在楼道充电", "教学楼北侧楼梯间", (("control", "电池已移出，楼道封闭巡查"),)),
    ("食堂燃气报警器失效", "食堂操作间", (("control", "停用燃气灶，改用电灶"), ("remove", "报警器已更换并调试"))),
    (
        "围墙倾斜开裂",
        "操场东侧",
        (("control", "拉警戒线并设专人看守"), ("remove", "围墙已拆除重建"), ("close", "现场核实，同意销号")),
    ),
)


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    system = demo.actor()
    use_scope(session, system.scope)
    officer = demo.officer("bureau-safety", Role.SAFETY_OFFICER)
    codes = [school.code for school in demo.district.schools if school.is_boarding] or list(demo.schools)
    for (text, place, steps), code in zip(HAZARDS, codes, strict=False):
        use_scope(session, system.scope)
        hazard = finding.report(
            officer, id=new_id(), school_id=demo.schools[code], text=f"{MARK}：{text}", place=place,
            photos=[demo_photo(text, demo.rng)],
        )  # fmt: skip
        for event, words in steps:
            _step(demo, officer, hazard, event, words)
        session.commit()


def _step(demo: DemoContext, officer: Actor, hazard: Hazard, event: str, words: str) -> None:
    session = db.session()
    if event in handling.BY_SCHOOL:
        head = Actor(
            demo.accounts["school-principal"], f"{MARK}校长", "school", demo.bureau_id, school_id=hazard.school_id,
            roles=frozenset({Role.PRINCIPAL}),
        )  # fmt: skip
        use_scope(session, head.scope)
        handling.act(
            head, hazard.school_id, hazard.id, event, words, hazard.version, photos=[demo_photo(words, demo.rng)]
        )
    else:
        use_scope(session, officer.scope)
        handling.act(officer, hazard.school_id, hazard.id, event, words, hazard.version)
