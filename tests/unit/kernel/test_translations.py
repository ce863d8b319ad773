"""The check itself on small projects made for the test, then on this one."""

import gettext
from pathlib import Path

import pytest

from kernel.web import translations


def make(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def kinds(root: Path) -> list[tuple[str, str]]:
    return [(problem.kind, problem.text) for problem in translations.missing(root)]


PYTHON = """
from flask_babel import gettext as _, lazy_gettext as _l, ngettext, pgettext
LABEL = _l("学校")
def f(n):
    _("保存了 %(count)s 条", count=n)
    ngettext("%(num)s 张照片", "%(num)s 张照片", n)
    return pgettext("餐次", "早")
"""
PAGE = '<p>{{ _("学校") }}</p>{# 注释 #}{{ f({"a": _("标题")}) }}'
ENGLISH = """
msgid "学校"
msgstr "School"
msgid "保存了 %(count)s 条"
msgstr "%(count)s saved"
msgid "%(num)s 张照片"
msgid_plural "%(num)s 张照片"
msgstr[0] "One photo"
msgstr[1] "%(num)s photos"
msgctxt "餐次"
msgid "早"
msgstr "Breakfast"
msgid "标题"
msgstr "Title"
"""


def test_every_way_of_wrapping_is_found(tmp_path: Path) -> None:
    make(tmp_path, {"platform/a.py": PYTHON, "templates/b.html": PAGE})
    assert set(translations.extract(tmp_path)) == {
        (None, "学校"),
        (None, "保存了 %(count)s 条"),
        (None, "%(num)s 张照片"),
        ("餐次", "早"),
        (None, "标题"),
    }
    assert translations.extract(tmp_path)[None, "学校"].places == ("platform/a.py:3", "templates/b.html:1")


def test_whole_translation_has_no_problem(tmp_path: Path) -> None:
    make(tmp_path, {"platform/a.py": PYTHON, "templates/b.html": PAGE, "translations/en/a.po": ENGLISH})
    assert kinds(tmp_path) == []


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ('msgstr "School"', 'msgstr ""', "untranslated"),
        ('msgstr "School"', 'msgstr "学校 School"', "chinese"),
        ('msgstr "%(count)s saved"', 'msgstr "%(number)s saved"', "placeholders"),
        ('msgstr "%(count)s saved"', 'msgstr "Saved"', "placeholders"),
        ('msgstr[1] "%(num)s photos"', 'msgstr[1] "photos"', "placeholders"),
        ('msgstr[1] "%(num)s photos"', 'msgstr[1] ""', "untranslated"),
        ('msgctxt "餐次"', 'msgctxt "其他"', "untranslated"),
        ('msgid "学校"', '#, fuzzy\nmsgid "学校"', "untranslated"),
    ],
)
def test_each_flaw_is_named(tmp_path: Path, before: str, after: str, kind: str) -> None:
    assert before in ENGLISH
    make(tmp_path, {"platform/a.py": PYTHON, "templates/b.html": PAGE})
    make(tmp_path, {"translations/en/a.po": ENGLISH.replace(before, after)})
    assert [found for found, _ in kinds(tmp_path)] == [kind]


def test_bare_chinese_in_a_template_is_found_with_its_line(tmp_path: Path) -> None:
    make(tmp_path, {"templates/b.html": '{# 注释\n两行 #}\n<p>学校</p>\n<button lang="zh-CN">中文</button>'})
    assert [str(problem) for problem in translations.missing(tmp_path)] == ["templates/b.html:3: bare: <p>学校</p>"]


def test_modules_may_repeat_but_not_contradict_each_other(tmp_path: Path) -> None:
    make(tmp_path, {
        "platform/a.py": '_("学校")',
        "translations/en/a.po": 'msgid "学校"\nmsgstr "School"\n',
        "translations/en/b.po": 'msgid "学校"\nmsgstr "School"\n',
    })  # fmt: skip
    assert kinds(tmp_path) == []
    make(tmp_path, {"translations/en/b.po": 'msgid "学校"\nmsgstr "College"\n'})
    assert [kind for kind, _ in kinds(tmp_path)] == ["conflict"]
    catalog, _ = translations.merge(tmp_path)
    assert catalog["学校"].string == "School"


def test_compiling_goes_on_past_a_broken_file(tmp_path: Path) -> None:
    make(tmp_path, {
        "translations/en/a.po": 'msgid "学校"\nmsgstr "School"\n',
        "translations/en/b.po": '<<<<<<< HEAD\nmsgid "坏"\n',
    })  # fmt: skip
    target, problems = translations.compile_catalog(tmp_path)
    assert [problem.kind for problem in problems] == ["unreadable"]
    assert target == tmp_path / "var/translations/en/LC_MESSAGES/messages.mo"
    with target.open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("学校") == "School"


def test_plural_forms_reach_the_compiled_file(tmp_path: Path) -> None:
    make(tmp_path, {"translations/en/a.po": ENGLISH})
    target, _ = translations.compile_catalog(tmp_path)
    with target.open("rb") as stream:
        english = gettext.GNUTranslations(stream)
    assert english.ngettext("%(num)s 张照片", "%(num)s 张照片", 1) == "One photo"
    assert english.ngettext("%(num)s 张照片", "%(num)s 张照片", 2) == "%(num)s photos"
    assert english.pgettext("餐次", "早") == "Breakfast"


def test_entries_to_fill_are_those_of_the_files_named(tmp_path: Path) -> None:
    make(tmp_path, {"platform/a.py": '_("甲")', "platform/b.py": '_("乙 \\"引\\"")'})
    assert translations.entries_to_fill(tmp_path, ["platform/b"]) == (
        '#: platform/b.py:1\nmsgid "乙 \\"引\\""\nmsgstr ""\n'
    )


def test_this_project_is_whole_in_english() -> None:
    assert [str(problem) for problem in translations.missing()] == []
