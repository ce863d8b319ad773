// From the account's lines to the exact score, as the service's `scorecards.arithmetic`: parts that repeat, are absent as
// a whole, add, or are rated. docs/form-schema.md §5 says the same in words.

import type { Unit } from "./context";
import {
  type Exact, ONE, ZERO, add, compare, decimal, integer, isPositive, isZero, max, min, multiply, ratio, roundHalfUp,
  subtract, sum, times,
} from "./exact";
import { type FormJson, type ItemJson, type NaShareJson, type RepeatJson, type SectionJson, bearsPoints } from "./form";
import type { Line, Reason, SectionTotal, Step, UnitTotal } from "./result";

const ABSENT: ReadonlySet<Reason> = new Set<Reason>(["not_applicable", "tag_absent", "section_absent"]);
const OPEN: ReadonlySet<Reason> = new Set<Reason>(["unanswered", "parameter_missing"]);
const READING_PLACES = 4;
const HUNDRED = integer(100);

const forReading = (value: Exact): Exact => roundHalfUp(value, READING_PLACES);
const notBelowZero = (value: Exact): Exact => max(value, ZERO);
const percentOf = (share: NaShareJson): Exact => ratio(decimal(share.percent), HUNDRED);
const shareOf = (share: NaShareJson) => share.of ?? "points";

/** A unit's code → the item whose veto takes all of it; "" where the form does not repeat. */
export type Zeroed = ReadonlyMap<string, string>;

export interface Outcome {
  /** null: nothing applies; else the bonus is in it. */
  exact: Exact | null;
  bonus: Exact;
  readonly units: UnitTotal[];
  readonly sections: Map<string, SectionTotal>;
  readonly steps: Step[];
}

/** The lines of one section in one unit. `lost` counts what is open and knows the cap. */
interface Block {
  absent: Exact;
  lost: Exact;
  applies: boolean;
}

/** What one form's worth of lines adds up to. */
interface Sums {
  points: Exact;
  absent: Exact;
  lost: Exact;
  readonly rest: { readonly section: SectionJson; readonly share: NaShareJson; readonly points: Exact }[];
  factor: Exact;
}

interface Worth {
  readonly exact: Exact | null;
  readonly bonus: Exact;
  readonly available: Exact;
  readonly lost: Exact;
}

const newOutcome = (): Outcome => ({ exact: null, bonus: ZERO, units: [], sections: new Map(), steps: [] });

const grouped = <Row>(rows: Iterable<Row>, keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
};

const mean = (values: readonly Exact[]): Exact => ratio(sum(values), integer(values.length));
const least = (values: readonly Exact[]): Exact => values.reduce(min);
const greatest = (values: readonly Exact[]): Exact => values.reduce(max);
const lacking = (repeat: RepeatJson, units: readonly Unit[]): number =>
  Math.max((repeat.minimum_units ?? 1) - units.length, 0);
const aggregateOf = (repeat: RepeatJson) => repeat.aggregate ?? "mean";

export const absenceKey = (section: string, unit: string): string => `${section}@${unit}`;

export class Arithmetic {
  readonly bonusMaximum: Exact;
  private readonly mode: NonNullable<FormJson["mode"]>;
  private readonly bonusCap: Exact | null;
  private readonly points: ReadonlyMap<string, Exact>;
  private readonly caps: ReadonlyMap<string, Exact>;

  constructor(
    private readonly form: FormJson,
    private readonly base: Exact,
  ) {
    this.mode = form.mode ?? "sum";
    this.bonusCap = form.bonus_cap == null ? null : decimal(form.bonus_cap);
    this.points = new Map(
      form.sections.map(({ code, items }) => [code, sum((items ?? []).map((item) => this.stake(item)))]),
    );
    this.caps = new Map(form.sections.flatMap(({ code, cap }) => (cap == null ? [] : [[code, decimal(cap)]])));
    const bonuses = form.sections.flatMap(({ items }) => (items ?? []).filter(({ bonus }) => bonus));
    this.bonusMaximum = this.atMostBonus(sum(bonuses.map(({ points }) => (points == null ? ZERO : decimal(points)))));
  }

  /** `absent`: absenceKey of each section that was answered "not applicable" as a whole. */
  outcome(
    lines: readonly Line[], units: ReadonlyMap<string, readonly Unit[]>, absent: ReadonlySet<string>, zero: Zeroed,
  ): Outcome {
    const out = newOutcome();
    const { repeat } = this.form;
    if (repeat) this.repeatedForm(repeat, lines, units.get("") ?? [], absent, zero, out);
    else {
      const { exact, bonus } = this.one(lines, units, absent, "", out);
      out.exact = exact;
      out.bonus = bonus;
      this.zero(zero, "", out);
    }
    return out;
  }

  private atMostBonus(earned: Exact): Exact {
    return this.bonusCap ? min(earned, this.bonusCap) : earned;
  }

  private stake(item: ItemJson): Exact {
    if (item.bonus) return ZERO;
    const { shape } = item.rule;
    if (this.mode === "pass_rate") return shape === "veto_only" || shape === "unscored" ? ZERO : ONE;
    return bearsPoints(item) && item.points != null ? decimal(item.points) : ZERO;
  }

  private zero(zero: Zeroed, unit: string, out: Outcome): void {
    const item = zero.get(unit);
    if (item === undefined || !out.exact) return;
    out.exact = ZERO;
    out.bonus = ZERO;
    out.steps.push({ step: "zero", params: { item }, section: "", unit });
  }

  private repeatedForm(
    repeat: RepeatJson, lines: readonly Line[], units: readonly Unit[], absent: ReadonlySet<string>, zero: Zeroed,
    out: Outcome,
  ): void {
    const byUnit = grouped(lines, ({ unit }) => unit);
    const rows = units.map((unit) => {
      const one = newOutcome();
      const worth = this.one(byUnit.get(unit.code) ?? [], new Map(), absent, unit.code, one);
      one.exact = worth.exact;
      this.zero(zero, unit.code, one);
      out.steps.push(...one.steps);
      return { unit, worth, score: one.exact };
    });
    const scores = rows.flatMap(({ score }) => (score ? [score] : []));
    for (let count = lacking(repeat, units); count > 0; count -= 1) scores.push(ZERO);
    if (scores.length === 0) return;
    const aggregate = aggregateOf(repeat);
    const exact = this.scoreOfUnits(aggregate, scores);
    out.exact = exact;
    let worstTaken = false;
    for (const { unit, worth, score } of rows) {
      let counted = score !== null;
      if (aggregate === "minimum") {
        counted = score !== null && !worstTaken && compare(score, exact) === 0;
        worstTaken ||= counted;
      }
      out.units.push(this.unitTotal("", unit, worth.available, worth.lost, score, counted));
    }
    const params = { aggregate, count: scores.length, points: forReading(exact) };
    out.steps.push({ step: "units", params, section: "", unit: "" });
  }

  private scoreOfUnits(aggregate: string, scores: readonly Exact[]): Exact {
    if (aggregate === "mean") return mean(scores);
    if (aggregate === "minimum") return least(scores);
    const lost = subtract(times(this.base, scores.length), sum(scores));
    return notBelowZero(subtract(this.base, lost));
  }

  private unitTotal(
    section: string, unit: Unit, available: Exact, lost: Exact, score: Exact | null, counted: boolean,
  ): UnitTotal {
    return {
      section, unit: unit.code, label: unit.label, available, awarded: notBelowZero(subtract(available, lost)), lost,
      score: score && roundHalfUp(notBelowZero(score), this.form.places ?? 1), counted,
    };
  }

  /** One form's worth: the score with its bonus, the bonus alone, and for a unit what was at stake and lost. */
  private one(
    lines: readonly Line[], units: ReadonlyMap<string, readonly Unit[]>, absent: ReadonlySet<string>, unit: string,
    out: Outcome,
  ): Worth {
    const bySection = grouped(lines, ({ section }) => section);
    const sums: Sums = { points: ZERO, absent: ZERO, lost: ZERO, rest: [], factor: ONE };
    let applies = false;
    for (const section of this.form.sections) {
      const rows = bySection.get(section.code) ?? [];
      const points = this.points.get(section.code) ?? ZERO;
      sums.points = add(sums.points, points);
      if (absent.has(absenceKey(section.code, unit))) this.absentSection(section, points, sums, unit, out);
      else if (section.repeat) {
        const some = this.repeatedSection(section, section.repeat, points, rows, units.get(section.code) ?? [], sums, out);
        applies ||= some;
      } else {
        const block = this.block(section, rows, unit, out);
        sums.absent = add(sums.absent, block.absent);
        sums.lost = add(sums.lost, block.lost);
        applies ||= block.applies;
        if (section.cap != null && !this.form.repeat) {
          this.noteSection(section, subtract(points, block.absent), block.lost, out);
        }
      }
    }
    const bonus = this.atMostBonus(sum(lines.flatMap((line) => (line.bonus && line.awarded ? [line.awarded] : []))));
    const available = this.atStake(sums);
    let exact = applies ? this.exact(sums, unit, out) : null;
    if (exact && !isZero(bonus)) {
      exact = add(exact, bonus);
      out.steps.push({ step: "bonus", params: { points: bonus, cap: this.bonusCap }, section: "", unit });
    }
    return { exact, bonus: exact ? bonus : ZERO, available, lost: forReading(sums.lost) };
  }

  private atStake(sums: Sums): Exact {
    const whole = this.mode === "pass_rate" ? sums.points : this.base;
    return notBelowZero(subtract(whole, sum([sums.absent, ...sums.rest.map(({ points }) => points)])));
  }

  private exact(sums: Sums, unit: string, out: Outcome): Exact | null {
    const whole = this.mode === "pass_rate" ? sums.points : this.base;
    const away = sum([sums.absent, ...sums.rest.map(({ points }) => points)]);
    let stake = subtract(whole, away);
    const start = this.mode === "sum" ? subtract(sums.points, away) : stake;
    let earned = notBelowZero(subtract(start, sums.lost));
    if (isPositive(stake)) {
      const rate = ratio(min(earned, stake), stake);
      for (const { section, share, points } of sums.rest) {
        const credit = multiply(multiply(points, percentOf(share)), rate);
        this.noteCredit(section, share, credit, unit, out);
        earned = add(earned, credit);
        stake = add(stake, points);
      }
    }
    const score = this.scoreOf(earned, stake, whole, unit, out);
    return score && multiply(score, sums.factor);
  }

  private scoreOf(earned: Exact, stake: Exact, whole: Exact, unit: string, out: Outcome): Exact | null {
    if (this.form.na_policy === "full") {
      const kept = add(earned, subtract(whole, stake));
      return isPositive(whole) ? ratio(multiply(min(kept, whole), this.base), whole) : null;
    }
    if (!isPositive(stake)) return null;
    const part = min(earned, stake);
    const exact = ratio(multiply(part, this.base), stake);
    if (compare(stake, this.base) !== 0 || this.mode === "pass_rate") {
      const params = { earned: forReading(part), at_stake: forReading(stake), points: forReading(exact) };
      out.steps.push({ step: "renormalised", params, section: "", unit });
    }
    return exact;
  }

  private absentSection(section: SectionJson, points: Exact, sums: Sums, unit: string, out: Outcome): void {
    const share = section.na_share;
    if (!share) sums.absent = add(sums.absent, points);
    else if (shareOf(share) === "points") {
      const credit = multiply(points, percentOf(share));
      sums.lost = add(sums.lost, subtract(points, credit));
      this.noteCredit(section, share, credit, unit, out);
    } else if (shareOf(share) === "rest") sums.rest.push({ section, share, points });
    else {
      sums.absent = add(sums.absent, points);
      sums.factor = multiply(sums.factor, percentOf(share));
      const params = { percent: decimal(share.percent) };
      out.steps.push({ step: "section_share", params, section: section.code, unit });
    }
  }

  private noteCredit(section: SectionJson, share: NaShareJson, credit: Exact, unit: string, out: Outcome): void {
    const params = { percent: decimal(share.percent), of: shareOf(share), points: forReading(credit) };
    out.steps.push({ step: "section_credit", params, section: section.code, unit });
  }

  /** What the line has at stake, and what it loses of it by its own rule. */
  private weight(line: Line): [Exact, Exact] {
    if (this.mode === "pass_rate") {
      if (line.rule === "veto_only" || line.rule === "unscored") return [ZERO, ZERO];
      return [ONE, isPositive(line.lost) || line.vetoed || line.reason === "failed" ? ONE : ZERO];
    }
    if (!line.available && this.mode === "sum") return [ZERO, ZERO];
    return [line.available ?? ZERO, line.lost];
  }

  private block(section: SectionJson, lines: readonly Line[], unit: string, out: Outcome): Block {
    const absent: Exact[] = [];
    const lost: Exact[] = [];
    let applies = false;
    for (const line of lines) {
      if (line.bonus) continue;
      const [points, loss] = this.weight(line);
      if (ABSENT.has(line.reason)) absent.push(points);
      else if (OPEN.has(line.reason)) {
        lost.push(points);
        applies ||= line.rule !== "unscored";
      } else {
        lost.push(loss);
        applies = true;
      }
    }
    const block = { absent: sum(absent), lost: sum(lost), applies };
    const cap = this.caps.get(section.code);
    if (cap && compare(block.lost, cap) > 0) {
      out.steps.push({ step: "section_capped", params: { lost: block.lost, cap }, section: section.code, unit });
      block.lost = cap;
    }
    return block;
  }

  private repeatedSection(
    section: SectionJson, repeat: RepeatJson, points: Exact, lines: readonly Line[], units: readonly Unit[], sums: Sums,
    out: Outcome,
  ): boolean {
    const byUnit = grouped(lines, ({ unit }) => unit);
    const blocks = units.map((unit) => {
      const block = this.block(section, byUnit.get(unit.code) ?? [], unit.code, out);
      return { unit, block, loss: this.loss(points, block) };
    });
    const losses = blocks.flatMap(({ block, loss }) => (block.applies ? [loss] : []));
    for (let count = lacking(repeat, units); count > 0; count -= 1) losses.push(points);
    const aggregate = aggregateOf(repeat);
    let lost = ZERO;
    if (losses.length > 0) {
      lost = this.together(aggregate, losses, points);
      sums.lost = add(sums.lost, lost);
      this.noteSection(section, points, lost, out);
      const params = { aggregate, count: losses.length, points: forReading(subtract(points, lost)) };
      out.steps.push({ step: "units", params, section: section.code, unit: "" });
    } else sums.absent = add(sums.absent, points);
    let worstTaken = false;
    for (const { unit, block, loss } of blocks) {
      let counted = block.applies;
      if (aggregate === "minimum") {
        counted = counted && !worstTaken && compare(loss, lost) === 0;
        worstTaken ||= counted;
      }
      const score = block.applies ? subtract(points, loss) : null;
      out.units.push(this.unitTotal(section.code, unit, subtract(points, block.absent), block.lost, score, counted));
    }
    return losses.length > 0;
  }

  /** The unit's loss, as if all of the section applied to it. */
  private loss(points: Exact, { absent, lost }: Block): Exact {
    if (this.form.na_policy === "full" || isZero(absent) || compare(points, absent) <= 0) return lost;
    return ratio(multiply(lost, points), subtract(points, absent));
  }

  private together(aggregate: string, losses: readonly Exact[], points: Exact): Exact {
    if (aggregate === "mean") return mean(losses);
    if (aggregate === "minimum") return greatest(losses);
    const total = sum(losses);
    return this.mode === "deduct" ? total : min(total, points);
  }

  private noteSection(section: SectionJson, available: Exact, lost: Exact, out: Outcome): void {
    if (this.mode === "pass_rate") return;
    const awarded = forReading(notBelowZero(subtract(available, lost)));
    out.sections.set(section.code, { code: section.code, available, awarded, lost: forReading(lost) });
  }
}
