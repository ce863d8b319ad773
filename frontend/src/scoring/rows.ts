// From one answer to its line of the account and to what a failed item sets off, as the service's `scorecards.gathering`.

import type { Answer, Problem } from "./answers";
import { type Exact, ZERO, compare, decimal, isPositive, isZero } from "./exact";
import { type FormJson, type ItemJson, type SectionJson, type VetoJson, bearsPoints } from "./form";
import { type Grader, compileItem } from "./graders";
import type { Line, Reason, VetoFound } from "./result";
import { NotKnown, type Parameters } from "./scales";
import { cut, isTruthy, strip } from "./text";
import { Unfit } from "./unfit";

const MAX_REASON = 500;

/** An item made ready. */
export interface Row {
  readonly item: ItemJson;
  readonly section: SectionJson;
  readonly grade: Grader;
  readonly unanswered: Line;
  readonly tagAbsent: Line;
  readonly tags: readonly string[];
  readonly optional: boolean;
  readonly yesNo: boolean;
  readonly veto: VetoJson;
}

/** A row in one unit; `unit` "" where nothing repeats. */
export interface Cell {
  readonly row: Row;
  readonly key: string;
  readonly unit: string;
  readonly parameters: Parameters;
}

/** What one answer, or its absence, comes to. `waitsFor`: the parameter that nobody gave. */
export interface Outcome {
  readonly line: Line;
  readonly state: "graded" | "absent" | "missing" | "open";
  readonly failed: boolean;
  readonly veto: VetoFound | null;
  readonly waitsFor: string | null;
}

export const effectOf = (veto: VetoJson) => veto.effect ?? "none";

export const rowOf = (item: ItemJson, section: SectionJson): Row => {
  const available = bearsPoints(item) && item.points != null ? decimal(item.points) : null;
  const unanswered: Line = {
    code: item.code, section: section.code, rule: item.rule.shape, available, awarded: available && ZERO, lost: ZERO,
    reason: "unanswered", params: {}, vetoed: false, unit: "", bonus: item.bonus ?? false,
  };
  const tags = [...(item.tags ?? [])].sort();
  return {
    item,
    section,
    grade: compileItem(item, section.code),
    unanswered,
    tagAbsent: { ...unanswered, awarded: null, reason: "tag_absent", params: { tags: tags.join(", ") } },
    tags,
    optional: Boolean(item.bonus) || item.rule.shape === "unscored",
    yesNo: item.rule.shape === "yes_no",
    veto: item.veto ?? {},
  };
};

const isReason = (value: unknown): value is string => typeof value === "string" && strip(value) !== "";

export const refusesAbsence = (form: FormJson): boolean => (form.na_policy ?? "refuse") === "refuse";

const notApplicable = (form: FormJson, row: Row, answer: Answer): Line => {
  if (refusesAbsence(form) || !row.item.na_allowed) throw new Unfit("na_not_allowed");
  if (!isReason(answer.value)) throw new Unfit("na_without_reason");
  if (isTruthy(answer.veto)) throw new Unfit("veto_on_absent_item");
  const params = { reason: cut(answer.value, MAX_REASON) };
  return { ...row.unanswered, awarded: null, reason: "not_applicable", params };
};

/** What is wrong with answering the section as a whole like this; "" nothing. */
export const faultOfAbsence = (form: FormJson, section: SectionJson, answer: Answer): string => {
  if (answer.kind !== "not_applicable") return "section_takes_absence";
  if (!section.na_allowed || refusesAbsence(form)) return "na_not_allowed";
  if (!isReason(answer.value)) return "na_without_reason";
  return isTruthy(answer.veto) ? "veto_on_absent_item" : "";
};

const checkFlag = (row: Row, answer: Answer): void => {
  if (answer.veto === false) return;
  if (answer.veto !== true) throw new Unfit("not_a_flag");
  if (effectOf(row.veto) === "none" || row.item.rule.shape === "veto_only") throw new Unfit("item_has_no_veto");
};

const canLose = (line: Line): boolean => {
  if (!line.available) return false;
  return line.bonus ? line.awarded !== null && !isZero(line.awarded) : compare(line.lost, line.available) < 0;
};

const zeroed = (line: Line, reason: Reason, item: string): Line => {
  const lost: Exact = line.bonus ? ZERO : (line.available ?? ZERO);
  return { ...line, awarded: ZERO, lost, reason, params: { item }, vetoed: true };
};

const hasFailed = (line: Line): boolean => isPositive(line.lost) || line.vetoed || line.reason === "failed";

const consequences = (form: FormJson, { row, unit }: Cell, graded: Line, flagged: boolean): Outcome => {
  const effect = effectOf(row.veto);
  const { code } = row.item;
  let line = graded;
  let failed = isPositive(line.lost) || line.reason === "failed" || line.reason === "found";
  let veto: VetoFound | null = null;
  if (effect !== "none" && (flagged || (failed && (row.veto.on_loss || line.reason === "found")))) {
    veto = { item: code, effect, label: row.veto.label ?? "", unit };
    if (effect === "item_zero" && canLose(line)) {
      line = zeroed(line, "veto_item", code);
      failed = true;
    }
    failed ||= flagged;
  }
  if (failed && form.mode === "pass_rate" && !hasFailed(line)) line = { ...line, vetoed: true };
  return { line, state: "graded", failed, veto, waitsFor: null };
};

const plainOutcome = (line: Line, state: Outcome["state"], waitsFor: string | null = null): Outcome => ({
  line, state, failed: false, veto: null, waitsFor,
});

/** A line of a repeating part carries its unit. */
const placed = (outcome: Outcome, { unit }: Cell): Outcome =>
  unit ? { ...outcome, line: { ...outcome.line, unit } } : outcome;

export const openOutcome = (cell: Cell): Outcome => {
  const { optional, unanswered } = cell.row;
  return placed(plainOutcome(unanswered, optional ? "open" : "missing"), cell);
};

export const absentOutcome = (cell: Cell, reason: string): Outcome => {
  const params = { reason: cut(reason, MAX_REASON) };
  const line: Line = { ...cell.row.unanswered, awarded: null, reason: "section_absent", params };
  return placed(plainOutcome(line, "absent"), cell);
};

/** `answer` undefined: none. `tags` null: every item applies. A refused answer gives its Problem. */
export const take = (
  form: FormJson, cell: Cell, answer: Answer | undefined, tags: ReadonlySet<string> | null,
): Outcome | Problem => {
  const { row } = cell;
  if (!answer) {
    const lacksTag = tags !== null && row.tags.some((tag) => !tags.has(tag));
    return lacksTag ? placed(plainOutcome(row.tagAbsent, "absent"), cell) : openOutcome(cell);
  }
  try {
    if (answer.kind === "not_applicable") {
      return placed(plainOutcome(notApplicable(form, row, answer), "absent"), cell);
    }
    const line = row.grade(answer, cell.parameters);
    checkFlag(row, answer);
    return placed(consequences(form, cell, line, answer.veto === true), cell);
  } catch (error) {
    if (error instanceof NotKnown) return placed(waiting(form, row, error.parameter), cell);
    if (error instanceof Unfit) return { path: cell.key, code: error.code, params: error.params };
    throw error;
  }
};

const waiting = (form: FormJson, row: Row, parameter: string): Outcome => {
  const label = form.parameters?.find(({ name }) => name === parameter)?.label ?? "";
  const line: Line = { ...row.unanswered, reason: "parameter_missing", params: { parameter, label } };
  return plainOutcome(line, "missing", parameter);
};

/** The line after its section was zeroed by the veto of `item`. */
export const sectionZeroed = (form: FormJson, line: Line, item: string): Line => {
  if (line.reason === "unanswered" || line.reason === "parameter_missing") return line;
  if (form.mode === "pass_rate" && line.rule === "yes_no" && line.reason === "passed") {
    return { ...line, reason: "veto_section", params: { item }, vetoed: true };
  }
  return line.available && line.awarded && canLose(line) ? zeroed(line, "veto_section", item) : line;
};

