"""Excel in and out: declare the columns once; template, reading, errors in the same sheet and export follow.

SPEC = SheetSpec(_l("物品目录"), (Column("code", _l("编码"), required=True, kind="code"), …))
template_xlsx(SPEC)                      → bytes to download
parsed = read_xlsx(SPEC, data)           → rows, problems; never raises for what the file holds
errors_xlsx(SPEC, parsed, more_problems) → the same sheet with the wrong cells marked
export_xlsx(SPEC, rows)                  → bytes to download
"""

from kernel.sheets.labels import message, placed_message, require_whole
from kernel.sheets.reading import read_xlsx
from kernel.sheets.spec import MOST_ROWS, Column, Grid, Parsed, Problem, Row, SheetSpec
from kernel.sheets.writing import errors_xlsx, export_xlsx, template_xlsx

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

__all__ = [
    "MEDIA_TYPE",
    "MOST_ROWS",
    "Column",
    "Grid",
    "Parsed",
    "Problem",
    "Row",
    "SheetSpec",
    "errors_xlsx",
    "export_xlsx",
    "message",
    "placed_message",
    "read_xlsx",
    "require_whole",
    "template_xlsx",
]
