"""The measurements measure what they say, and keep what they did not measure."""

from decimal import Decimal
from pathlib import Path

from benchmarks import engine, evaluation, results
from scorecards.engine import Scorer


def test_a_part_measured_again_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "results.md"
    results.put(path, "pages", "## Pages\n\nfirst")
    results.put(path, "engine", "## Engine\n\nfirst")
    results.put(path, "pages", "## Pages\n\nsecond")
    assert results.read(path) == {"pages": "## Pages\n\nsecond\n", "engine": "## Engine\n\nfirst\n"}
    # In the order of the parts, not of the runs.
    text = path.read_text(encoding="utf-8")
    assert text.index("## Engine") < text.index("## Pages")


def test_the_rescored_form_has_sixty_items_of_every_shape_and_different_answers() -> None:
    form = engine.mixed_form()
    items = list(form.items())
    assert len(items) == engine.ITEMS
    assert {type(item.rule) for item in items} == {type(rule) for rule in engine.SHAPES}
    stored = engine.stored_submissions(form, 30)
    assert len(set(stored)) == 30
    scored = list(engine.rescore(form, Scorer(form), stored))
    assert all(result.complete for result in scored)
    assert len({result.score for result in scored}) > 5


def test_the_floor_does_the_least_that_an_engine_does() -> None:
    form = engine.mixed_form()
    full, lost = '{"1.1": {"met": true}}', '{"1.1": {"met": false}}'
    assert engine.bare(form, [full, lost]) == [Decimal(120), Decimal(118)]


def test_the_floor_of_the_evaluation_comes_to_the_same_order() -> None:
    lots = evaluation.made(1, bidders=12, lots=2, items=10)
    outcomes, corrected = evaluation.ours(lots)
    assert [[place.bid for place in outcome.places] for outcome in outcomes] == evaluation.bare(lots)
    assert corrected == 4
