// Which answers a submission has room for: an item has a cell, in a repeating part one per unit, and a section that is
// answered "not applicable" as a whole takes none of its items' answers.

import type { Answer, Problem } from "./answers";
import { absenceKey } from "./arithmetic";
import { type Unit, splitKey, unitsIn } from "./context";
import type { FormJson, SectionJson } from "./form";
import { type Cell, type Row, faultOfAbsence } from "./rows";
import type { Parameters } from "./scales";
import { cut } from "./text";

export interface SectionRows {
  readonly section: SectionJson;
  readonly rows: readonly Row[];
}

/** The cells in the account's order. `absences`: cell → the reason given for its whole section. */
export interface Layout {
  readonly cells: readonly Cell[];
  readonly places: ReadonlyMap<string, number>;
  readonly absences: ReadonlyMap<Cell, string>;
  readonly absentSections: ReadonlySet<string>;
  readonly units: ReadonlyMap<string, readonly Unit[]>;
  readonly problems: readonly Problem[];
}

export const keyOf = (code: string, unit: string): string => (unit ? `${code}@${unit}` : code);

const NAME_LENGTH = 100;

export class Planner {
  private readonly codes: ReadonlySet<string>;
  /** An item of a section's code comes first. */
  private readonly sectionOf: ReadonlyMap<string, SectionJson>;

  constructor(
    private readonly form: FormJson,
    private readonly sections: readonly SectionRows[],
  ) {
    const rows = sections.flatMap((one) => one.rows);
    this.codes = new Set(rows.map(({ item }) => item.code));
    this.sectionOf = new Map([
      ...sections.map(({ section }): [string, SectionJson] => [section.code, section]),
      ...rows.map(({ item, section }): [string, SectionJson] => [item.code, section]),
    ]);
  }

  /** `given`: the units that are known beforehand; those of other repeating parts are the ones that the answers name. */
  plan(
    answers: ReadonlyMap<string, Answer>, given: ReadonlyMap<string, readonly Unit[]>, parameters: Parameters,
  ): Layout {
    const cells: Cell[] = [];
    const absences = new Map<Cell, string>();
    const absentSections = new Set<string>();
    const units = new Map(given);
    const problems: Problem[] = [];
    const taken = new Set<string>();

    const unitsOf = (place: string, names: ReadonlySet<string>): readonly Unit[] => {
      const known = units.get(place) ?? unitsIn(answers.keys(), names, problems);
      units.set(place, known);
      return known;
    };
    const absenceOf = (section: SectionJson, unit: string): Answer | undefined =>
      this.codes.has(section.code) ? undefined : answers.get(keyOf(section.code, unit));
    const takeSection = ({ section, rows }: SectionRows, unit: string, values: Parameters): void => {
      const absence = absenceOf(section, unit);
      if (absence) {
        const key = keyOf(section.code, unit);
        taken.add(key);
        const code = faultOfAbsence(this.form, section, absence);
        if (code) problems.push({ path: key, code, params: {} });
        absentSections.add(absenceKey(section.code, unit));
      }
      for (const row of rows) {
        const cell: Cell = { row, key: keyOf(row.item.code, unit), unit, parameters: values };
        cells.push(cell);
        if (absence) absences.set(cell, String(absence.value));
        else taken.add(cell.key);
      }
    };
    const withUnit = (unit: Unit): Parameters => new Map([...parameters, ...unit.parameters]);

    if (this.form.repeat) {
      const names = new Set([...this.codes, ...this.sections.map(({ section }) => section.code)]);
      for (const unit of unitsOf("", names)) {
        for (const one of this.sections) takeSection(one, unit.code, withUnit(unit));
      }
    } else {
      for (const one of this.sections) {
        const { section, rows } = one;
        if (!section.repeat || absenceOf(section, "")) {
          takeSection(one, "", parameters);
          continue;
        }
        const names = new Set(rows.map(({ item }) => item.code));
        for (const unit of unitsOf(section.code, names)) takeSection(one, unit.code, withUnit(unit));
      }
    }
    for (const key of answers.keys()) if (!taken.has(key)) problems.push(this.stray(key, absentSections));
    const places = new Map(cells.flatMap((cell, place) => (absences.has(cell) ? [] : [[cell.key, place]])));
    return { cells, places, absences, absentSections, units, problems };
  }

  /** Why there is no place for the answer. */
  private stray(key: string, absent: ReadonlySet<string>): Problem {
    const path = cut(key, NAME_LENGTH);
    const [name, unit] = splitKey(path);
    const problem = (code: string, params: Problem["params"] = {}): Problem => ({ path, code, params });
    const section = this.sectionOf.get(name);
    if (!section) return problem("unknown_item");
    if (absent.has(absenceKey(section.code, unit ?? "")) || absent.has(absenceKey(section.code, ""))) {
      return problem("in_absent_section");
    }
    const repeats = this.form.repeat || (section.repeat && this.codes.has(name));
    if (!repeats) return problem(unit === undefined ? "unknown_item" : "no_units_here");
    return unit === undefined ? problem("unit_required") : problem("unknown_unit", { unit });
  }
}
