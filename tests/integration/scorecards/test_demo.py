"""The demo's forms: published ones to plan with, and one that shows what waiting for a person looks like."""

from dataclasses import dataclass
from typing import Any

from kernel.actor import system_actor
from scorecards import examples, service
from scorecards.demo import CANTEEN_PHRASES, demo


@dataclass
class Context:
    person: Any

    def actor(self) -> Any:
        return self.person


def test_examples_are_published_and_one_draft_waits(app, session, acting, world):
    actor = acting(system_actor(world.bureaus["a"]))
    for _turn in range(2):  # the second finds everything there
        demo(app, Context(actor))
    assert {title for _version, title in service.published_versions(actor)} == {
        examples.load(name).title for name in examples.names()
    }
    listed = service.list_templates(actor).items
    (waiting,) = [one.draft for one in listed if one.draft]
    questions = service.open_questions(waiting)
    assert questions.undecided
    assert questions.unconfirmed
    assert questions.errors
    assert len(listed) == len(examples.names()) + 1
    kept = [one for listed_one in listed for one in service.phrases_of(actor, listed_one.template.id).values()]
    assert sum(len(rows) for rows in kept) == len(CANTEEN_PHRASES)
    assert all(phrase["answer"] == {"met": False} for rows in kept for phrase in rows)
