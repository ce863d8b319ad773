// The service's `scorecards.engine` for the phone: the same score, the same account, the same complaints.

import { Arithmetic, type Outcome as Sum, type Zeroed, absenceKey } from "./arithmetic";
import { type Exact, ZERO, compare, decimal, integer, isPositive, multiply, ratio, roundHalfUp, sum } from "./exact";
import { type BandJson, type FormJson, bearsPoints } from "./form";
import { type Layout, Planner, type SectionRows, keyOf } from "./layout";
import type { LimitReached, Line, Result, SectionTotal, Tally, VetoFound } from "./result";
import { type Cell, type Outcome, type Row, rowOf, sectionZeroed } from "./rows";
import { judge } from "./verdicts";

// The effects that reach beyond their own item; each such finding counts as a veto of the form.
const BEYOND_ITEM: ReadonlySet<string> = new Set([
  "section_zero", "form_zero", "band_cap", "verdict", "fail", "no_band",
]);
const ABSENT: ReadonlySet<string> = new Set(["not_applicable", "tag_absent", "section_absent"]);
const NO_TALLY: Tally = { key_checked: 0, key_failed: 0, general_checked: 0, general_failed: 0 };

/** A cell with what its answer came to. */
export interface Done {
  readonly cell: Cell;
  readonly outcome: Outcome;
}

type Found = VetoFound | LimitReached;

const sample = (minimum: number | null | undefined, applicable: number): number =>
  minimum == null ? applicable : Math.min(minimum, applicable);

/** A form made ready to score many submissions; the form is one that the service has published. */
export class Engine {
  readonly base: Exact;
  readonly planner: Planner;
  /** Only such a form can have units, absent sections and steps. */
  readonly inParts: boolean;
  private readonly sections: readonly SectionRows[];
  private readonly rows: readonly Row[];
  private readonly hasBonus: boolean;
  private readonly hasScore: boolean;
  private readonly arithmetic: Arithmetic;
  private readonly bands: readonly BandJson[];

  constructor(readonly form: FormJson) {
    this.sections = form.sections.map((section) => ({
      section, rows: (section.items ?? []).map((item) => rowOf(item, section)),
    }));
    this.rows = this.sections.flatMap(({ rows }) => rows);
    this.base = this.baseOf();
    this.planner = new Planner(form, this.sections);
    this.arithmetic = new Arithmetic(form, this.base);
    this.hasBonus = this.rows.some(({ item }) => item.bonus);
    this.hasScore = this.scores();
    this.inParts =
      form.mode === "pass_rate" ||
      Boolean(form.repeat) ||
      this.hasBonus ||
      form.sections.some(({ repeat, na_allowed, cap }) => repeat || na_allowed || cap != null);
    this.bands = [...(form.bands ?? [])].sort((a, b) => compare(decimal(b.min), decimal(a.min)));
  }

  private baseOf(): Exact {
    if (this.form.total != null) return decimal(this.form.total);
    if (this.form.mode === "pass_rate") return integer(100);
    const counting = this.rows.filter(({ item }) => !item.bonus);
    return sum(counting.map(({ unanswered }) => unanswered.available ?? ZERO));
  }

  /** A form whose items bear no points has no score; in deduct mode the total itself is at stake. */
  private scores(): boolean {
    const rows = this.rows.filter(({ item }) => !item.bonus);
    if (this.form.mode === "pass_rate") {
      const rated = rows.some(({ item: { rule } }) => rule.shape !== "veto_only" && rule.shape !== "unscored");
      return isPositive(this.base) && rated;
    }
    const bears = rows.some(({ unanswered }) => unanswered.available && isPositive(unanswered.available));
    const scoring = rows.some(({ item }) => bearsPoints(item));
    return scoring && isPositive(this.base) && (this.form.mode === "deduct" || bears);
  }

  /** The result of a sheet; `done` in the account's order. */
  total(done: readonly Done[], layout: Layout): Result {
    const vetoes = done.flatMap(({ outcome: { veto } }) => (veto ? [veto] : []));
    const zero = this.zeroedBy(vetoes);
    const before = this.sum(done.map(({ outcome }) => outcome.line), layout, new Map());
    const [lines, changed] = this.withZeroSections(done);
    const after = changed || zero.size > 0 ? this.sum(lines, layout, zero) : before;
    const beforeVeto = this.round(before.exact);
    const keyFailures = done.filter(({ cell, outcome }) => cell.row.item.key && outcome.failed).map(({ cell }) => cell.key);
    const limits = this.limits(done, keyFailures.length);
    this.zeroByLimit(limits, after);
    const tally = this.tally(done);
    const missing = this.missing(done, tally);
    const missingUnits = this.missingUnits(layout);
    const complete = missing.length === 0 && Object.keys(missingUnits).length === 0;
    const score = this.round(after.exact);
    const found: readonly Found[] = [...vetoes, ...limits];
    const withheld = found.some(({ effect }) => effect === "fail" || effect === "no_band");
    const [verdict, problem] = complete ? this.verdict(found, vetoes, tally, score, keyFailures.length) : [null, null];
    return {
      score,
      maximum: this.hasScore ? this.base : null,
      percent: this.percent(after.exact, tally),
      complete,
      missing,
      band: complete && !withheld ? this.band(score, found) : null,
      verdict,
      verdict_problem: problem,
      account: lines,
      sections: this.sectionTotals(lines, after),
      vetoes,
      key_failures: keyFailures,
      tally,
      score_before_veto: beforeVeto,
      units: after.units,
      limits,
      band_withheld: withheld,
      bonus: this.hasBonus && score ? after.bonus : null,
      bonus_maximum: this.hasBonus ? this.arithmetic.bonusMaximum : null,
      missing_units: missingUnits,
      missing_parameters: this.missingParameters(done),
      steps: after.steps,
    };
  }

  private round(exact: Exact | null): Exact | null {
    return exact && roundHalfUp(exact, this.form.places ?? 1);
  }

  /** By unit (one, "", where the form does not repeat) the first item whose veto takes all. */
  private zeroedBy(vetoes: readonly VetoFound[]): Zeroed {
    const zero = new Map<string, string>();
    for (const { effect, unit, item } of vetoes) {
      const place = this.form.repeat ? unit : "";
      if (effect === "form_zero" && !zero.has(place)) zero.set(place, item);
    }
    return zero;
  }

  private withZeroSections(done: readonly Done[]): [readonly Line[], boolean] {
    const zero = new Map<string, string>();
    for (const { cell, outcome } of done) {
      const place = absenceKey(cell.row.section.code, cell.unit);
      if (outcome.veto?.effect === "section_zero" && !zero.has(place)) zero.set(place, cell.row.item.code);
    }
    if (zero.size === 0) return [done.map(({ outcome }) => outcome.line), false];
    const lines = done.map(({ cell, outcome: { line } }) => {
      const item = zero.get(absenceKey(cell.row.section.code, cell.unit));
      return item === undefined ? line : sectionZeroed(this.form, line, item);
    });
    return [lines, true];
  }

  private sum(lines: readonly Line[], layout: Layout, zero: Zeroed): Sum {
    if (!this.hasScore) return { exact: null, bonus: ZERO, units: [], sections: new Map(), steps: [] };
    const outcome = this.arithmetic.outcome(lines, layout.units, layout.absentSections, zero);
    // The sum of a form without parts explains itself.
    return this.inParts ? outcome : { ...outcome, steps: [] };
  }

  /** Of the maximum; for a form without points the pass rate of its general items. */
  private percent(exact: Exact | null, tally: Tally | null): Exact | null {
    if (exact) return this.round(ratio(multiply(exact, integer(100)), this.base));
    if (!tally?.general_checked) return null;
    const passed = tally.general_checked - tally.general_failed;
    return this.round(ratio(integer(100 * passed), integer(tally.general_checked)));
  }

  /** Where a verdict table asks for a sample only, unanswered yes/no items are missing while it is short. */
  private missing(done: readonly Done[], tally: Tally | null): string[] {
    const missing = done.filter(({ outcome }) => outcome.state === "missing").map(({ cell }) => cell);
    const keys = (cells: readonly Cell[]): string[] => cells.map(({ key }) => key);
    const { verdicts } = this.form;
    if (!verdicts || (verdicts.min_key == null && verdicts.min_general == null)) return keys(missing);
    const applying = done.filter(({ cell, outcome }) => cell.row.yesNo && outcome.state !== "absent");
    const keyItems = applying.filter(({ cell }) => cell.row.item.key).length;
    const enoughKey = (tally?.key_checked ?? 0) >= sample(verdicts.min_key, keyItems);
    const enoughGeneral = (tally?.general_checked ?? 0) >= sample(verdicts.min_general, applying.length - keyItems);
    return keys(missing.filter(({ row }) => !row.yesNo || !(row.item.key ? enoughKey : enoughGeneral)));
  }

  private missingUnits(layout: Layout): Record<string, number> {
    const places = this.form.repeat
      ? [{ place: "", repeat: this.form.repeat }]
      : this.form.sections.map(({ code, repeat }) => ({ place: code, repeat }));
    return Object.fromEntries(
      places.flatMap(({ place, repeat }) => {
        if (!repeat || layout.absentSections.has(absenceKey(place, ""))) return [];
        const short = (repeat.minimum_units ?? 1) - (layout.units.get(place)?.length ?? 0);
        return short > 0 ? [[place, short]] : [];
      }),
    );
  }

  private missingParameters(done: readonly Done[]): string[] {
    const ofUnit = new Set(this.form.parameters?.filter(({ source }) => source === "unit").map(({ name }) => name));
    const names = done.flatMap(({ cell, outcome: { waitsFor } }) =>
      waitsFor === null ? [] : [ofUnit.has(waitsFor) ? keyOf(waitsFor, cell.unit) : waitsFor],
    );
    return [...new Set(names)];
  }

  private tally(done: readonly Done[]): Tally | null {
    if (!this.rows.some(({ yesNo }) => yesNo)) return null;
    const checked = done.filter(({ cell, outcome }) => cell.row.yesNo && outcome.state === "graded");
    const number = (key: boolean, failing: boolean): number =>
      checked.filter(({ cell, outcome }) => Boolean(cell.row.item.key) === key && (outcome.failed || !failing)).length;
    return {
      key_checked: number(true, false), key_failed: number(true, true),
      general_checked: number(false, false), general_failed: number(false, true),
    };
  }

  private limits(done: readonly Done[], keyFailures: number): LimitReached[] {
    return (this.form.limits ?? []).flatMap(({ at_least, effect, mark = "", label = "", note = "" }) => {
      const marked = (): number => done.filter(({ cell, outcome }) => cell.row.item.mark === mark && outcome.failed).length;
      const failed = mark ? marked() : keyFailures;
      return failed >= at_least ? [{ mark, failed, at_least, effect, label, note }] : [];
    });
  }

  private zeroByLimit(limits: readonly LimitReached[], outcome: Sum): void {
    const zero = limits.find(({ effect }) => effect === "form_zero");
    if (!zero || !outcome.exact) return;
    outcome.exact = ZERO;
    outcome.bonus = ZERO;
    const { mark, failed, at_least } = zero;
    outcome.steps.push({ step: "zero", params: { mark, failed, at_least }, section: "", unit: "" });
  }

  /** By the rounded score; a band reaches up to the next one's minimum, so 89.95 (shown as 90.0) has one. */
  private band(score: Exact | null, found: readonly Found[]): string | null {
    if (!score) return null;
    const place = this.bands.findIndex((band) => compare(score, decimal(band.min)) >= 0);
    if (place < 0) return null;
    const labels = new Set(found.filter(({ effect }) => effect === "band_cap").map(({ label }) => label));
    const lowest = this.bands.reduce((low, { label }, index) => (labels.has(label) ? Math.max(low, index) : low), place);
    return this.bands[lowest]?.label ?? null;
  }

  private verdict(
    found: readonly Found[], vetoes: readonly VetoFound[], tally: Tally | null, score: Exact | null, keyFailures: number,
  ): [string | null, string | null] {
    const decided = found.find(({ effect }) => effect === "verdict" || effect === "fail");
    if (decided) return [decided.label, null];
    if (!this.form.verdicts) return [null, null];
    const beyond = vetoes.filter(({ effect }) => BEYOND_ITEM.has(effect)).length;
    const facts = { tally: tally ?? NO_TALLY, vetoes: beyond, score, keyFailures };
    const [label, ...more] = judge(this.form.verdicts, facts);
    if (label === undefined) return [null, "hole"];
    return more.length > 0 ? [null, "overlap"] : [label, null];
  }

  private sectionTotals(lines: readonly Line[], outcome: Sum): SectionTotal[] {
    const bySection = new Map(this.form.sections.map(({ code }): [string, Line[]] => [code, []]));
    for (const line of lines) if (!ABSENT.has(line.reason) && !line.bonus) bySection.get(line.section)?.push(line);
    return [...bySection].map(([code, applying]) => {
      const scored = applying.filter(({ available, awarded }) => available && awarded);
      return (
        outcome.sections.get(code) ?? {
          code,
          available: sum(scored.map(({ available }) => available ?? ZERO)),
          awarded: sum(scored.map(({ awarded }) => awarded ?? ZERO)),
          lost: sum(applying.map(({ lost }) => lost)),
        }
      );
    });
  }
}
