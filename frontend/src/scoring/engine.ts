// The service's `scorecards.engine` for the phone: the same score, the same account, the same complaints. What differs
// is how often things are worked out: a sheet keeps the line of every answer, so that a tap grades one item anew and
// then only adds up.

import { type Answer, AnswersInvalid, type Problem, isProblem, readAnswer } from "./answers";
import {
  type Exact, ZERO, add, compare, decimal, integer, isPositive, isZero, max, min, multiply, ratio, roundHalfUp,
  subtract, sum,
} from "./exact";
import { type BandJson, type FormJson, type ItemJson, type VetoJson, bearsPoints } from "./form";
import { EXPECTED, type Grader, compileItem } from "./graders";
import type { Line, Result, SectionTotal, Tally, VetoFound } from "./result";
import { cut, isTruthy, strip } from "./text";
import { Unfit } from "./unfit";
import { judge } from "./verdicts";

const BEYOND_ITEM: ReadonlySet<string> = new Set(["section_zero", "form_zero", "band_cap", "verdict"]);

/** What the school has and is: an unanswered item that needs another tag does not apply; without `tags` all apply. */
export interface Context {
  readonly tags?: readonly string[] | null;
}

/** An item made ready. */
interface Row {
  readonly item: ItemJson;
  readonly section: string;
  readonly grade: Grader;
  readonly points: Exact;
  readonly unanswered: Line;
  readonly tagAbsent: Line;
  readonly yesNo: boolean;
  readonly veto: VetoJson;
}

/** What one answer, or its absence, comes to. */
interface Outcome {
  readonly row: Row;
  readonly line: Line;
  readonly state: "graded" | "absent" | "missing" | "open";
  readonly failed: boolean;
  readonly veto: VetoFound | null;
}

const outcome = (row: Row, line: Line, state: Outcome["state"]): Outcome => ({
  row, line, state, failed: false, veto: null,
});

const rowOf = (item: ItemJson, section: string): Row => {
  const available = bearsPoints(item) && item.points != null ? decimal(item.points) : null;
  const unanswered: Line = {
    code: item.code, section, rule: item.rule.shape, available, awarded: available && ZERO, lost: ZERO,
    reason: "unanswered", params: {}, vetoed: false, unit: "", bonus: item.bonus ?? false,
  };
  const tags = [...(item.tags ?? [])].sort().join(", ");
  return {
    item,
    section,
    grade: compileItem(item, section),
    points: available ?? ZERO,
    unanswered,
    tagAbsent: { ...unanswered, awarded: null, reason: "tag_absent", params: { tags } },
    yesNo: item.rule.shape === "yes_no",
    veto: item.veto ?? {},
  };
};

const notApplicable = (form: FormJson, row: Row, answer: Answer): Line => {
  if ((form.na_policy ?? "refuse") === "refuse" || !row.item.na_allowed) throw new Unfit("na_not_allowed");
  if (typeof answer.value !== "string" || !strip(answer.value)) throw new Unfit("na_without_reason");
  if (isTruthy(answer.veto)) throw new Unfit("veto_on_absent_item");
  return { ...row.unanswered, awarded: null, reason: "not_applicable", params: { reason: cut(answer.value, 500) } };
};

const effectOf = (veto: VetoJson) => veto.effect ?? "none";

const checkFlag = (row: Row, answer: Answer): void => {
  if (answer.veto === false) return;
  if (answer.veto !== true) throw new Unfit("not_a_flag");
  if (effectOf(row.veto) === "none" || row.item.rule.shape === "veto_only") throw new Unfit("item_has_no_veto");
};

const consequences = (row: Row, graded: Line, flagged: boolean): Outcome => {
  const effect = effectOf(row.veto);
  let line = graded;
  let failed = isPositive(line.lost) || line.reason === "failed" || line.reason === "found";
  const triggered = flagged || (failed && (row.veto.on_loss || line.reason === "found"));
  if (effect === "none" || !triggered) return { row, line, state: "graded", failed, veto: null };
  if (effect === "item_zero" && line.available && compare(line.lost, line.available) < 0) {
    const params = { item: row.item.code };
    line = { ...line, awarded: ZERO, lost: line.available, reason: "veto_item", params, vetoed: true };
    failed = true;
  }
  const veto = { item: row.item.code, effect, label: row.veto.label ?? "", unit: "" };
  return { row, line, state: "graded", failed: failed || flagged, veto };
};

const sectionZero = (line: Line, zeroed: ReadonlyMap<string, string>): Line => {
  const item = zeroed.get(line.section);
  if (item === undefined || !line.available || !line.awarded) return line;
  if (line.reason === "unanswered" || compare(line.lost, line.available) === 0) return line;
  return { ...line, awarded: ZERO, lost: line.available, reason: "veto_section", params: { item }, vetoed: true };
};

const sample = (minimum: number | null | undefined, applicable: number): number =>
  minimum == null ? applicable : Math.min(minimum, applicable);

/** A form made ready to score many submissions; the form is one that the service has published. */
export class Scorer {
  readonly base: Exact;
  private readonly rows: readonly Row[];
  private readonly byCode: ReadonlyMap<string, Row>;
  private readonly hasScore: boolean;
  private readonly bands: readonly BandJson[];

  constructor(readonly form: FormJson) {
    this.rows = form.sections.flatMap((section) => (section.items ?? []).map((item) => rowOf(item, section.code)));
    this.byCode = new Map(this.rows.map((row) => [row.item.code, row]));
    this.base = form.total == null ? sum(this.rows.map((row) => row.points)) : decimal(form.total);
    const scoring = this.rows.some((row) => bearsPoints(row.item));
    const bears = form.mode === "deduct" || this.rows.some((row) => isPositive(row.points));
    this.hasScore = scoring && isPositive(this.base) && bears;
    this.bands = [...(form.bands ?? [])].sort((a, b) => compare(decimal(b.min), decimal(a.min)));
  }

  /** AnswersInvalid with every unfit answer. */
  score(answers: Readonly<Record<string, unknown>>, context: Context = {}): Result {
    const sheet = this.open(answers, context);
    const { problems } = sheet;
    if (problems.length > 0) throw new AnswersInvalid(problems);
    return sheet.result();
  }

  /** A sheet to be filled: keeps each answer's line. */
  open(answers: Readonly<Record<string, unknown>> = {}, context: Context = {}): Sheet {
    return new Sheet(this, this.rows, answers, context);
  }

  expectedOf(code: string): Row | undefined {
    return this.byCode.get(code);
  }

  /** The line of one answer by itself; AnswersInvalid where it cannot be read or taken. */
  scoreItem(code: string, raw: unknown): Line {
    const row = this.byCode.get(code);
    if (!row) throw new AnswersInvalid([{ path: cut(code, 60), code: "unknown_item", params: {} }]);
    const done = this.take(row, raw, null);
    if (isProblem(done)) throw new AnswersInvalid([done]);
    return done.line;
  }

  take(row: Row, raw: unknown, tags: ReadonlySet<string> | null): Outcome | Refusal {
    if (raw === undefined) {
      const absent = tags !== null && row.item.tags?.some((tag) => !tags.has(tag));
      if (absent) return outcome(row, row.tagAbsent, "absent");
      return outcome(row, row.unanswered, row.item.rule.shape === "unscored" ? "open" : "missing");
    }
    const path = row.item.code;
    const answer = readAnswer(EXPECTED[row.item.rule.shape], raw);
    if (isProblem(answer)) return { ...answer, path, unreadable: true };
    try {
      if (answer.kind === "not_applicable") return outcome(row, notApplicable(this.form, row, answer), "absent");
      const line = row.grade(answer, new Map());
      checkFlag(row, answer);
      return consequences(row, line, answer.veto === true);
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      return { path, code: error.code, params: error.params, unreadable: false };
    }
  }

  total(outcomes: readonly Outcome[]): Result {
    const vetoes = outcomes.flatMap(({ veto }) => (veto ? [veto] : []));
    const before = this.exact(outcomes, outcomes.map(({ line }) => line));
    const zeroed = new Map<string, string>();
    for (const { row, veto } of outcomes) {
      if (veto?.effect === "section_zero" && !zeroed.has(row.section)) zeroed.set(row.section, row.item.code);
    }
    const lines = outcomes.map(({ line }) => (zeroed.size ? sectionZero(line, zeroed) : line));
    let exact = zeroed.size ? this.exact(outcomes, lines) : before;
    if (exact && vetoes.some(({ effect }) => effect === "form_zero")) exact = ZERO;
    const tally = this.tally(outcomes);
    const missing = this.missing(outcomes, tally);
    const complete = missing.length === 0;
    const places = this.form.places ?? 1;
    const score = exact && roundHalfUp(exact, places);
    const [verdict, problem] = complete ? this.verdict(vetoes, tally) : [null, null];
    return {
      score,
      maximum: this.hasScore ? this.base : null,
      percent: this.percent(exact, tally),
      complete,
      missing,
      band: complete ? this.band(score, vetoes) : null,
      verdict,
      verdict_problem: problem,
      account: lines,
      sections: this.sectionTotals(lines),
      vetoes,
      key_failures: outcomes.filter(({ row, failed }) => row.item.key && failed).map(({ row }) => row.item.code),
      tally,
      score_before_veto: before && roundHalfUp(before, places),
      units: [], limits: [], band_withheld: false, bonus: null, bonus_maximum: null, missing_units: {},
      missing_parameters: [], steps: [],
    };
  }

  private exact(outcomes: readonly Outcome[], lines: readonly Line[]): Exact | null {
    if (!this.hasScore || outcomes.every(({ state }) => state === "absent" || state === "open")) return null;
    const pointsOf = (state: Outcome["state"]): Exact =>
      sum(outcomes.filter((one) => one.state === state).map(({ row }) => row.points));
    const absent = pointsOf("absent");
    const atStake = subtract(this.base, absent);
    const earned =
      this.form.mode === "deduct"
        ? subtract(subtract(atStake, pointsOf("missing")), sum(lines.map(({ lost }) => lost)))
        : sum(lines.flatMap(({ awarded }) => (awarded ? [awarded] : [])));
    const some = max(earned, ZERO);
    if (this.form.na_policy === "full") return min(add(some, absent), this.base);
    if (!isPositive(atStake)) return null;
    if (isZero(absent)) return min(some, this.base);
    return ratio(multiply(min(some, atStake), this.base), atStake);
  }

  /** Of the maximum; for a form without points the pass rate of its general items. */
  private percent(exact: Exact | null, tally: Tally | null): Exact | null {
    const places = this.form.places ?? 1;
    if (exact) return roundHalfUp(ratio(multiply(exact, integer(100)), this.base), places);
    if (!tally?.general_checked) return null;
    const passed = tally.general_checked - tally.general_failed;
    return roundHalfUp(ratio(integer(100 * passed), integer(tally.general_checked)), places);
  }

  /** Where a verdict table asks for a sample only, unanswered yes/no items are missing while it is short. */
  private missing(outcomes: readonly Outcome[], tally: Tally | null): string[] {
    const missing = outcomes.filter(({ state }) => state === "missing").map(({ row }) => row);
    const codes = (rows: readonly Row[]): string[] => rows.map(({ item }) => item.code);
    const verdicts = this.form.verdicts;
    if (!verdicts || (verdicts.min_key == null && verdicts.min_general == null)) return codes(missing);
    const applicable = (key: boolean): number =>
      outcomes.filter(({ row, state }) => row.yesNo && Boolean(row.item.key) === key && state !== "absent").length;
    const enoughKey = (tally?.key_checked ?? 0) >= sample(verdicts.min_key, applicable(true));
    const enoughGeneral = (tally?.general_checked ?? 0) >= sample(verdicts.min_general, applicable(false));
    return codes(missing.filter(({ yesNo, item }) => !yesNo || !(item.key ? enoughKey : enoughGeneral)));
  }

  private tally(outcomes: readonly Outcome[]): Tally | null {
    const yesNo = outcomes.filter(({ row }) => row.yesNo);
    if (yesNo.length === 0) return null;
    const checked = yesNo.filter(({ state }) => state === "graded");
    const number = (key: boolean, failing: boolean): number =>
      checked.filter(({ row, failed }) => Boolean(row.item.key) === key && (failed || !failing)).length;
    return {
      key_checked: number(true, false), key_failed: number(true, true),
      general_checked: number(false, false), general_failed: number(false, true),
    };
  }

  /** By the rounded score; a band reaches up to the next one's minimum, so 89.95 (shown as 90.0) has one. */
  private band(score: Exact | null, vetoes: readonly VetoFound[]): string | null {
    if (!score) return null;
    const place = this.bands.findIndex((band) => compare(score, decimal(band.min)) >= 0);
    if (place < 0) return null;
    const limits = vetoes.filter(({ effect }) => effect === "band_cap").map(({ label }) => label);
    const lowest = this.bands.reduce((low, band, index) => (limits.includes(band.label) ? Math.max(low, index) : low), place);
    return this.bands[lowest]?.label ?? null;
  }

  private verdict(vetoes: readonly VetoFound[], tally: Tally | null): [string | null, string | null] {
    const decided = vetoes.find(({ effect }) => effect === "verdict");
    if (decided) return [decided.label, null];
    if (!this.form.verdicts) return [null, null];
    const count = vetoes.filter(({ effect }) => BEYOND_ITEM.has(effect)).length;
    const nothing: Tally = { key_checked: 0, key_failed: 0, general_checked: 0, general_failed: 0 };
    const [label, ...more] = judge(this.form.verdicts, { tally: tally ?? nothing, vetoes: count, score: null, keyFailures: 0 });
    if (label === undefined) return [null, "hole"];
    return more.length ? [null, "overlap"] : [label, null];
  }

  private sectionTotals(lines: readonly Line[]): SectionTotal[] {
    return this.form.sections.map(({ code }) => {
      const applying = lines.filter(
        ({ section, reason }) => section === code && reason !== "not_applicable" && reason !== "tag_absent",
      );
      const scored = applying.filter(({ available, awarded }) => available && awarded);
      return {
        code,
        available: sum(scored.map(({ available }) => available ?? ZERO)),
        awarded: sum(scored.map(({ awarded }) => awarded ?? ZERO)),
        lost: sum(applying.map(({ lost }) => lost)),
      };
    });
  }
}

interface Refusal extends Problem {
  readonly unreadable: boolean;
}

/** One submission while it is being filled. */
export class Sheet {
  private readonly tags: ReadonlySet<string> | null;
  private readonly places = new Map<string, number>();
  private readonly outcomes: Outcome[] = [];
  private readonly refusals = new Map<string, Refusal>();

  constructor(
    private readonly scorer: Scorer,
    rows: readonly Row[],
    answers: Readonly<Record<string, unknown>>,
    context: Context,
  ) {
    this.tags = context.tags ? new Set(context.tags) : null;
    rows.forEach((row, place) => {
      this.places.set(row.item.code, place);
      this.outcomes.push(outcome(row, row.unanswered, "missing"));
      this.set(row.item.code, answers[row.item.code]);
    });
    for (const [code, raw] of Object.entries(answers)) if (!this.places.has(code)) this.set(code, raw);
  }

  /** Takes an answer, `undefined` takes it back; gives the item's line, or what is wrong with the answer. */
  set(code: string, raw: unknown): Line | Problem {
    const place = this.places.get(code);
    const row = this.scorer.expectedOf(code);
    if (place === undefined || !row) {
      const problem = { path: cut(code, 60), code: "unknown_item", params: {}, unreadable: true };
      if (raw === undefined) this.refusals.delete(code);
      else this.refusals.set(code, problem);
      return problem;
    }
    const done = this.scorer.take(row, raw, this.tags);
    if (isProblem(done)) {
      this.refusals.set(code, done);
      // Until it is mended the item counts as not answered.
      this.outcomes[place] = outcome(row, row.unanswered, "missing");
      return done;
    }
    this.refusals.delete(code);
    this.outcomes[place] = done;
    return done.line;
  }

  /** As the service lists them: what cannot be read first, and only once all can be read what does not fit. */
  get problems(): Problem[] {
    const all = [...this.refusals.values()];
    const unreadable = all.filter((one) => one.unreadable);
    return (unreadable.length ? unreadable : all).map(({ path, code, params }) => ({ path, code, params }));
  }

  result(): Result {
    return this.scorer.total(this.outcomes);
  }
}
