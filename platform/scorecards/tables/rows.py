"""Goes down the rows of one form's table and finds its chapters and lines."""

import re
from decimal import Decimal

from scorecards.tables import footnotes, words
from scorecards.tables.chapters import MOST_TITLE, Chapter, Group, Table, close_groups, said_of_heading
from scorecards.tables.columns import Columns, Header, is_heading
from scorecards.tables.grid import Cell, Grid, Row, beginning, filled, span, text_at
from scorecards.tables.parts import Line, Part

_NA_COLUMN = re.compile(r"不适用|合理缺项|^缺项")


class Reader:
    """Goes down the rows below one heading after the other."""

    def __init__(self, grid: Grid, table: Table) -> None:
        self.grid = grid
        self.table = table
        self.columns = Columns()
        self.section: Chapter | None = None
        self.heading: Chapter | None = None
        self.level_cells: list[Cell | None] = []
        self.line: Line | None = None
        self.footer = False
        self.group: dict[Cell, Group] = {}
        self.levels_are_sections = True

    def read(self, columns: Columns, rows: range) -> None:
        """`rows` below the heading; rows that repeat it are left out."""
        self.columns = columns
        self.footer = False
        self.line = None
        self.level_cells = [None] * len(columns.levels)
        self.levels_are_sections = not self._levels_name_items(rows)
        for at in rows:
            row = self.grid.rows[at]
            if filled(row) and not is_heading(row):
                self._row(at, row)

    def _levels_name_items(self, rows: range) -> bool:
        """Whether the outermost level has a cell for nearly every row: then it names items, not sections."""
        if not self.columns.levels:
            return False
        place = self.columns.levels[0]
        data = [at for at in rows if text_at(self.grid.rows[at], self.columns.text or 0)]
        cells = {self.grid.rows[at][place] for at in data if place < len(self.grid.rows[at])}
        named = [cell for cell in cells if cell.text]
        numbered = sum(1 for cell in named if words.numbered(cell.text).rank in (0, 1, 2))
        with_points = sum(1 for cell in named if words.heading_points(cell.text)[1] is not None)
        return len(data) > 3 and len(named) * 4 > len(data) * 3 and not (numbered + with_points) * 2 > len(named)

    # --- what a row is --------------------------------------------------------------------------------------------

    def _row(self, at: int, row: Row) -> None:
        own = beginning(row, at)
        cells = filled(row)
        if not own:
            return
        if len(cells) == 1:
            self._solo(row, cells[0])
            return
        first = re.sub(r"\s", "", words.plain(own[0].text))
        if words.SUM.fullmatch(first) and not self._has_text(row, own[0]):
            self._sum(first, row, own)
        elif words.SIGNED.match(first) and not self._figure(row):
            return
        elif self.footer or (words.NOTE.match(first) and not self._figure(row)):
            self.table.notes.append(" ".join(cell.text for cell in own))
        elif heading := self._heading_with_points(row, own):
            self.open(*heading)
        else:
            self._item(at, row)

    def _has_text(self, row: Row, but: Cell) -> bool:
        text = self.columns.text
        if text is None or text >= len(row) or not row[text].text or row[text] == but:
            return False
        return words.points_of(row[text].text) is None

    def _figure(self, row: Row) -> Decimal | None:
        return None if self.columns.points is None else words.points_of(text_at(row, self.columns.points))

    def _heading_with_points(self, row: Row, own: list[Cell]) -> tuple[str, Decimal | None, int | None] | None:
        """ "一、食堂管理 | | 20 |": a heading whose points stand in their column."""
        points = self._figure(row)
        others = [cell for cell in own if self.columns.points is None or cell != row[self.columns.points]]
        if len(own) != len(filled(row)):
            return None
        if len(others) == 2 and re.fullmatch(r"[一二三四五六七八九十]{1,3}[、.]?", others[0].text):
            others = [Cell(f"{others[0].text.rstrip('、.')}、{others[1].text}", others[0].row, others[0].column)]
        elif len(others) == 2 and others[1].column not in (self.columns.text, *self.columns.rules):
            return None
        if len(others) != 1 or points is None:
            return None
        found = words.numbered(others[0].text)
        wide = span(row, others[0]) * 2 >= len(row) or span(row, others[0]) > 2
        if (found.rank is not None and found.rank <= 2) or (wide and len(others[0].text) <= 40):
            return others[0].text, points, found.rank
        return None

    def _solo(self, row: Row, cell: Cell) -> None:
        text = cell.text
        plain = re.sub(r"\s", "", words.plain(text))
        bands, _ = footnotes.read_bands(text, None)
        # "总分100分，80分及以上为合格" begins like a sum and is a remark.
        if not bands and words.SUM.fullmatch(plain) and len(plain) <= 30:
            figure = words.points_of(re.sub(r"^\D+", "", plain)) or footnotes.read_total(plain)
            if figure is not None:
                self._summed(plain, figure)
            self.line = None
            return
        if words.SIGNED.match(plain):
            return
        if bands or words.NOTE.match(plain) or footnotes.read_legend(text):
            self.table.notes.append(text)
            self.footer = self.footer or bool(self.table.sections)
            return
        if footnotes.is_veto_heading(text):
            self.open(text, None, words.numbered(text).rank)
            self.footer = False
            return
        whole = span(row, cell) == len(row) or cell.column not in (self.columns.text, *self.columns.rules)
        found = words.numbered(text)
        if self._lists_red_lines(found.rank) and not self._ends_veto(found.rank, text):
            self._veto_line(cell)
        elif self.footer or len(plain) > 80 or plain.endswith(("。", ";", "；")):
            self.table.notes.append(text)
        elif whole and cell.column == self.columns.no and span(row, cell) == 1 and len(row) > 1:
            return  # a printed number with nothing beside it
        elif whole and cell.column in self.columns.levels and span(row, cell) == 1 and len(row) > 2:
            self._enter_level(self.columns.levels.index(cell.column), cell)
        elif whole or (found.rank is not None and found.rank <= 2):
            self.open(text, None, found.rank)
        else:
            self._item(cell.row, row)

    def _lists_red_lines(self, rank: int | None) -> bool:
        """Below "有下列情形之一的…" the lines that follow are its red lines; in a veto part of the table, remarks are not."""
        if self.section is None or not self.section.is_veto or self.footer:
            return False
        listed = bool(re.search(r"下列|以下|之一", self.section.text))
        return listed or (rank in (3, 4, 5, 6) and all(line.points_cell is None for line in self.section.lines))

    def _ends_veto(self, rank: int | None, text: str) -> bool:
        return (rank in (0, 1) and self.section is not None and self.section.rank in (0, 1)) or (
            words.heading_points(text)[1] is not None
        )

    # --- sections -------------------------------------------------------------------------------------------------

    def open(self, text: str, points: Decimal | None, rank: int | None) -> Chapter:
        title, printed = words.heading_points(words.one_line(text))
        mark, (title,) = words.marks_of(title)
        is_veto = footnotes.is_veto_heading(text) or (mark != "" and footnotes.is_veto_heading(title))
        parent = self.heading if rank is not None and self.heading and self.heading.rank is not None else None
        while parent is not None and rank is not None and (parent.rank is None or parent.rank >= rank):
            parent = parent.parent
        section = Chapter(
            title=(title.rstrip("：:") or text)[:MOST_TITLE],
            text=text,
            points=points if points is not None else printed,
            is_veto=is_veto,
            veto_rule=text if is_veto else "",
            parent=parent,
            rank=rank,
            said=said_of_heading(text, printed),
        )
        self._put(section)
        self.heading = section
        self.level_cells = [None] * len(self.columns.levels)
        self.line = None
        return section

    def _put(self, section: Chapter) -> None:
        self.section = section
        self.table.sections.append(section)

    def _current(self) -> Chapter:
        if self.section is None:
            self._put(Chapter(title=""))
        assert self.section is not None
        return self.section

    def _enter_level(self, depth: int, cell: Cell) -> None:
        """A new cell of a level column; the levels below it begin anew."""
        before = self.level_cells[depth]
        if before is not None and (before == cell or before.text == cell.text):
            return
        self.level_cells[depth] = cell
        for lower in range(depth + 1, len(self.level_cells)):
            self.level_cells[lower] = None
        if depth == 0 and self.levels_are_sections and (self.heading is None or not self.heading.lines):
            self._open_level(cell)
        self.line = None if depth < len(self.level_cells) else self.line

    def _open_level(self, cell: Cell) -> None:
        title, printed = words.heading_points(words.one_line(cell.text))
        _, (title,) = words.marks_of(title)
        held = self.heading
        same = next((one for one in self.table.sections if one.title == title and title), None)
        if (
            held is not None
            and not held.lines
            and held in self.table.sections
            and held.points is None
            and not held.is_veto
        ):
            title = f"{held.title} {title}"[:MOST_TITLE]
        if same is not None and held is None:
            self.section = same
            return
        is_veto = footnotes.is_veto_heading(cell.text) or (held is not None and held.is_veto)
        self._put(
            Chapter(
                title=title[:MOST_TITLE], points=printed, is_veto=is_veto,
                veto_rule=cell.text if is_veto else "", said=said_of_heading(cell.text, printed),
            )
        )  # fmt: skip

    def _sum(self, first: str, row: Row, own: list[Cell]) -> None:
        figure = self._figure(row)
        if figure is None:
            figure = next((found for cell in own[1:] if (found := words.points_of(cell.text)) is not None), None)
        if figure is None:
            figure = footnotes.read_total(first)
        if figure is not None:
            self._summed(first, figure)
        self.line = None

    def _summed(self, what: str, figure: Decimal) -> None:
        if what.startswith("小计") and self.section is not None and not self._closes_all(figure):
            if self.section.points is None:
                self.section.points = figure
            elif self.section.points != figure:
                params = {"printed": figure, "points": self.section.points}
                self.section.said.append(("warning", "subtotal_differs", params))
        else:
            self.table.sums.append((what, figure))
            self.footer = True

    def _closes_all(self, figure: Decimal) -> bool:
        """A 小计 that adds up several sections is a total."""
        lines = [line.points or Decimal(0) for section in self.table.sections for line in section.lines]
        own = [line.points or Decimal(0) for line in self.section.lines] if self.section else []
        return sum(lines, Decimal(0)) == figure != sum(own, Decimal(0))

    # --- items ----------------------------------------------------------------------------------------------------

    def _item(self, at: int, row: Row) -> None:
        columns = self.columns
        for depth, place in enumerate(columns.levels):
            if place < len(row) and row[place].text:
                self._enter_level(depth, row[place])
                self._level_points(depth, place, row)
        text_cell = self._cell(row, columns.text)
        points_cell = self._cell(row, columns.points)
        no = words.plain(text_at(row, columns.no)) if columns.no is not None else ""
        rules = [
            cell._replace(text=words.graded(columns.labels[place], cell.text))
            for place in columns.rules
            if (cell := self._cell(row, place)) is not None
        ]
        rules = [cell for cell in rules if text_cell is None or cell[1:] != text_cell[1:]]
        line = self._continued(at, row, text_cell, points_cell, no, rules)
        if line is None:
            if text_cell is None and not rules:
                if not no and points_cell is None:
                    return
                self._current().said.append(("warning", "row_without_text", {"row": at + 1}))
                return
            line = self._new_line(row, text_cell, points_cell, no, rules)
        elif text_cell is not None and (not line.parts or line.parts[-1].cell != text_cell):
            line.parts.append(Part(text_cell.text, [], text_cell, no))
        line.na_allowed = line.na_allowed or self._offers_na(row)
        part = line.parts[-1]
        for cell in rules:
            if cell not in part.rules:
                part.rules.append(cell)
        for places, kept in ((columns.methods, line.methods), (columns.notes, line.notes)):
            for place in places:
                value = words.one_line(text_at(row, place))
                if value and value not in kept:
                    kept.append(value)

    def _offers_na(self, row: Row) -> bool:
        """A column 不适用, or "□不适用" among the boxes to tick."""
        place = next((at for at, label in enumerate(self.columns.labels) if _NA_COLUMN.search(label)), None)
        boxed = any(re.search(r"[□☐○]\s*(?:不适用|合理缺项|缺项)", cell.text) for cell in filled(row))
        return boxed or place is not None

    def _cell(self, row: Row, place: int | None) -> Cell | None:
        return row[place] if place is not None and place < len(row) and row[place].text else None

    def _level_points(self, depth: int, place: int, row: Row) -> None:
        cell = row[place]
        beside = dict(self.columns.level_points).get(place)
        figure = words.points_of(text_at(row, beside)) if beside is not None else None
        if figure is None:
            figure = words.heading_points(cell.text)[1]
        if figure is None:
            return
        if depth == 0 and self.levels_are_sections:
            section = self._current()
            section.points = figure if section.points is None else section.points
        elif cell not in self.group:
            self.group[cell] = Group(words.heading_points(words.one_line(cell.text))[0], figure)
            self._current().groups.append(self.group[cell])

    def _continued(
        self, at: int, row: Row, text: Cell | None, points: Cell | None, no: str, rules: list[Cell]
    ) -> Line | None:
        """The item above, where this row goes on with it."""
        line = self.line
        if line is None or line not in self._current().lines:
            return None
        reaches = text is not None and text.row < at and line.text_cell == text
        shared = points is not None and points.row < at and line.points_cell == points
        if reaches and (shared or points is None):
            return line
        if shared:
            return line
        if points is None and not self._stands_alone(text, no, rules) and self.columns.points is not None:
            return line
        return None

    def _stands_alone(self, text: Cell | None, no: str, rules: list[Cell]) -> bool:
        """A row without points that is an item of its own nevertheless."""
        if text is None:
            return False
        said = " ".join([text.text, *(cell.text for cell in rules)])
        if no or "否决" in said or words.bracketed_points(said):
            return True
        if self.columns.no is not None and self.line is not None and self.line.no:
            return False
        return bool(rules)

    def _new_line(self, row: Row, text: Cell | None, points: Cell | None, no: str, rules: list[Cell]) -> Line:
        figure = words.points_of(points.text) if points is not None else None
        line = Line(no=no, points=figure, points_cell=points, text_cell=text, prefix=self._prefix())
        if points is not None and figure is None and not re.fullmatch(r"[-—/／\\无*★]+", points.text.strip()):
            line.said.append(("warning", "points_unreadable", {"text": points.text[:40]}))
        same_text = text is not None and self.line is not None and self.line.text_cell == text
        if text is None:
            line.parts.append(Part(rules[0].text, [], rules[0], no))
        elif same_text and rules:
            # The same requirement in several rows with points of their own: the rule tells them apart.
            line.parts.append(Part(f"{text.text}：{words.one_line(rules[0].text)}", [], text, no))
        else:
            line.parts.append(Part(text.text, [], text, no))
        section = self._current()
        if section.is_veto and figure is not None and not footnotes.is_veto_heading(section.title):
            section.is_veto = False
        section.lines.append(line)
        self.line = line
        for place in self.columns.levels:
            if place < len(row) and row[place] in self.group:
                self.group[row[place]].lines.append(line)
        return line

    def _veto_line(self, cell: Cell) -> None:
        found = words.numbered(cell.text)
        line = Line(no=found.number, points=None, points_cell=None, text_cell=cell)
        line.parts.append(Part(found.rest or cell.text, [], cell, found.number))
        self._current().lines.append(line)
        self.line = line

    def _prefix(self) -> str:
        """The headings between section and item, short ones only: "B1 组织领导：…"."""
        from_level = 1 if self.levels_are_sections and (self.heading is None or self.heading is not self.section) else 0
        titles = []
        for cell in self.level_cells[from_level:]:
            if cell is not None:
                title = words.heading_points(words.one_line(cell.text))[0]
                if title and len(title) <= 60:
                    titles.append(title)
        return "／".join(titles)


def read_rows(grid: Grid, found: list[tuple[Header, Columns, range]], first: str = "") -> Table:
    """`found`: the headings of one form with their columns, and the rows below each. `first`: the title of the first
    section where it stands above the table."""
    table = Table()
    reader = Reader(grid, table)
    if first:
        reader.open(first, None, words.numbered(first).rank)
    for _, columns, rows in found:
        reader.read(columns, rows)
    close_groups(table)
    return table
