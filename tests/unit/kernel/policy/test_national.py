import re
from decimal import Decimal

import yaml

from kernel.policy.national import SOURCE, national_figures
from kernel.policy.rules import Figure

FIGURES = {figure.key: figure for figure in national_figures()}


def test_the_figures_that_the_modules_ask_for_are_there():
    expected = {
        "canteen.sample.weight": (125, "克", "higher", "confirmed"),
        "canteen.sample.hours": (48, "小时", "higher", "confirmed"),
        "canteen.cooking.core_celsius": (70, "℃", "higher", "confirmed"),
        "canteen.frozen.most_celsius": (-12, "℃", "lower", "weak"),
        "canteen.hot_hold.least_celsius": (60, "℃", "higher", "weak"),
        "canteen.safety_officer.training_hours": (40, "小时", "higher", "to_confirm"),
        "dormitory.boarders_per_supervisor": (150, "人", "lower", "to_confirm"),
        "fire.drills.months": (1, "个月", "lower", "confirmed"),
        "assets.threshold_fen": (100000, "分", None, "confirmed"),
        "menu.published.days_before": (7, "天", "higher", "to_confirm"),
        "tender.bid_period.days": (20, "天", "higher", "confirmed"),
    }
    for key, (number, unit, stricter, certainty) in expected.items():
        figure = FIGURES[key]
        assert (figure.number, figure.unit, figure.stricter, figure.certainty) == (number, unit, stricter, certainty)
    assert len(FIGURES) >= 40
    assert len(FIGURES) == len(national_figures())


def test_every_row_is_complete_and_typed():
    for figure in national_figures():
        assert isinstance(figure, Figure)
        assert figure.title
        assert figure.citation
        assert re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)+", figure.key)
        assert figure.stricter in (None, "higher", "lower")
        assert figure.stricter is None or isinstance(figure.value, Decimal)
        assert figure.valid_to is None or figure.valid_from < figure.valid_to


def test_what_was_not_read_in_a_source_says_so():
    for rows in yaml.safe_load(SOURCE.read_text()).values():
        for key, row in rows.items():
            if row["mark"] == "K":
                assert "待确认" in row["citation"], key
            assert FIGURES[key].certainty != "confirmed" or row["mark"] == "V"


def test_sources_are_named_not_linked():
    """Copies of regulations lie on mirrors that change hands; the name and article stay true."""
    assert not re.search(r"https?:|www\.|\.(com|cn|net)\b", SOURCE.read_text())
