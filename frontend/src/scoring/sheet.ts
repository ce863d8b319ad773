// One submission while it is being filled: a changed answer grades its own item anew and nothing else, so that a tap on a
// form of many rooms costs one addition over the lines.

import { type Answer, type AnswerKind, type Problem, isProblem, readAnswer } from "./answers";
import { type Context, type Unit, readParameters, readUnits, splitKey } from "./context";
import type { Done, Engine } from "./engine";
import type { FormJson } from "./form";
import { EXPECTED } from "./graders";
import type { Layout } from "./layout";
import type { Line, Result } from "./result";
import { type Outcome, absentOutcome, openOutcome, take } from "./rows";
import type { Parameters } from "./scales";
import { cut } from "./text";

const NAME_LENGTH = 100;
const UNKNOWN_LENGTH = 60;

/** What each key's answer is read as: by item, and by section for the whole of it. An item of the same code comes first. */
const kindsOf = (form: FormJson): ReadonlyMap<string, AnswerKind> =>
  new Map([
    ...form.sections.filter((one) => one.na_allowed).map(({ code }): [string, AnswerKind] => [code, "not_applicable"]),
    ...form.sections.flatMap(({ items }) =>
      (items ?? []).map(({ code, rule }): [string, AnswerKind] => [code, EXPECTED[rule.shape]]),
    ),
  ]);

export class Sheet {
  private readonly kinds: ReadonlyMap<string, AnswerKind>;
  private readonly tags: ReadonlySet<string> | null;
  private readonly parameters: Parameters;
  private readonly givenUnits: ReadonlyMap<string, readonly Unit[]>;
  private readonly contextProblems: Problem[] = [];
  private readonly answers = new Map<string, Answer>();
  private readonly unreadable = new Map<string, Problem>();
  private readonly unfit = new Map<string, Problem>();
  /** What each key's answer came to; it stays true as long as the answer does, wherever its cell moves. */
  private readonly graded = new Map<string, { readonly answer: Answer | undefined; readonly came: Outcome | Problem }>();
  private layout: Layout;
  private done: Done[] = [];

  constructor(
    private readonly engine: Engine,
    answers: Readonly<Record<string, unknown>>,
    context: Context,
  ) {
    const { form } = engine;
    this.kinds = kindsOf(form);
    this.tags = context.tags ? new Set(context.tags) : null;
    this.parameters = form.parameters?.length
      ? readParameters(form, context.parameters, "parameters", this.contextProblems)
      : new Map();
    this.givenUnits = engine.inParts ? readUnits(form, context.units, this.contextProblems) : new Map();
    for (const [key, raw] of Object.entries(answers)) if (raw !== undefined) this.read(key, raw);
    this.layout = this.plan();
  }

  /** Takes an answer in, `undefined` takes it back; gives the item's line, or what is wrong with the answer. Of a whole
   * section: the line of its first item. */
  set(key: string, raw: unknown): Line | Problem {
    const known = this.answers.has(key);
    this.answers.delete(key);
    this.unreadable.delete(key);
    if (raw !== undefined) this.read(key, raw);
    const place = this.layout.places.get(key);
    // Where nobody gave the units they are those of the answers, so a first or last answer may change them.
    const inPlace = place !== undefined && (known === this.answers.has(key) || this.hasGivenUnits(place));
    if (inPlace) this.grade(place);
    else this.layout = this.plan();
    return this.reply(key);
  }

  /** As the service lists them: what cannot be read, and only once all can be read what does not fit. */
  get problems(): Problem[] {
    if (this.unreadable.size > 0) return [...this.unreadable.values()];
    return [...this.contextProblems, ...this.layout.problems, ...this.unfit.values()];
  }

  /** What is refused counts as not answered. */
  result(): Result {
    return this.engine.total(this.done, this.layout);
  }

  private read(key: string, raw: unknown): void {
    const kind = this.kinds.get(key) ?? this.kinds.get(splitKey(key)[0]);
    const read = kind && readAnswer(kind, raw);
    if (!read) this.unreadable.set(key, { path: cut(key, UNKNOWN_LENGTH), code: "unknown_item", params: {} });
    else if (isProblem(read)) this.unreadable.set(key, { ...read, path: cut(key, NAME_LENGTH) });
    else this.answers.set(key, read);
  }

  private plan(): Layout {
    this.unfit.clear();
    const layout = this.engine.planner.plan(this.answers, this.givenUnits, this.parameters);
    this.done = layout.cells.map((cell) => {
      const absence = layout.absences.get(cell);
      return { cell, outcome: absence === undefined ? openOutcome(cell) : absentOutcome(cell, absence) };
    });
    for (const place of layout.places.values()) this.grade(place);
    return layout;
  }

  private grade(place: number): void {
    const cell = this.done[place]?.cell;
    if (!cell) return;
    const answer = this.answers.get(cell.key);
    const before = this.graded.get(cell.key);
    const outcome = before?.answer === answer && before ? before.came : take(this.engine.form, cell, answer, this.tags);
    this.graded.set(cell.key, { answer, came: outcome });
    if (isProblem(outcome)) this.unfit.set(cell.key, outcome);
    else this.unfit.delete(cell.key);
    this.done[place] = { cell, outcome: isProblem(outcome) ? openOutcome(cell) : outcome };
  }

  private hasGivenUnits(place: number): boolean {
    const cell = this.done[place]?.cell;
    if (!cell?.unit) return true;
    return this.givenUnits.has(this.engine.form.repeat ? "" : cell.row.section.code);
  }

  private reply(key: string): Line | Problem {
    const path = cut(key, NAME_LENGTH);
    const problem = this.unreadable.get(key) ?? this.unfit.get(key) ?? this.layout.problems.find((one) => one.path === path);
    if (problem) return problem;
    const [name, unit = ""] = splitKey(key);
    const place =
      this.layout.places.get(key) ??
      this.done.findIndex(({ cell }) => cell.row.section.code === name && cell.unit === unit);
    return this.done[place]?.outcome.line ?? { path, code: "unknown_item", params: {} };
  }
}
