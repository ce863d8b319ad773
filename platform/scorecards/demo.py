"""The demo bureau's forms: the examples published, and one draft that waits for its officer."""

from importlib.resources import files
from typing import Any

from flask import Flask

from kernel.database import db
from kernel.database.scope import use_scope
from scorecards import examples, service
from scorecards.importing import read_yaml


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
    imported = read_yaml(files("scorecards").joinpath("demo_form.yaml").read_bytes())
    assert imported.form is not None
    if service.find_same(actor, imported.form) is None:
        service.import_form(actor, imported.form, imported.findings, source_name="demo_form.yaml")
    session.commit()
