"""Form templates and versions: imported as a draft, checked, published, from then on unchangeable."""

from scorecards.service.drafting import (
    confirm_item,
    copy_version,
    edit_document,
    edit_draft,
    edit_item,
    edit_section,
    edit_settings,
    settle_finding,
)
from scorecards.service.importing import digest_of, find_same, import_form, read_file
from scorecards.service.phrases import phrases_of
from scorecards.service.publishing import OpenQuestions, open_questions, publish, retire_template
from scorecards.service.reading import (
    Listed,
    form_of,
    get_template,
    get_version,
    list_templates,
    published_versions,
    scorer_of,
    versions_of,
)

__all__ = [
    "Listed",
    "OpenQuestions",
    "confirm_item",
    "copy_version",
    "digest_of",
    "edit_document",
    "edit_draft",
    "edit_item",
    "edit_section",
    "edit_settings",
    "find_same",
    "form_of",
    "get_template",
    "get_version",
    "import_form",
    "list_templates",
    "open_questions",
    "phrases_of",
    "publish",
    "published_versions",
    "read_file",
    "retire_template",
    "scorer_of",
    "settle_finding",
    "versions_of",
]
