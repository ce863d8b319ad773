// One open form: the answers in memory, the disk behind them, the live score. The screens ask it; it never waits for the
// network. A tap changes memory at once and is written to the disk in the same turn; what could not be written stays in
// memory, is marked, and is tried again with the next tap.

import { t } from "./messages";
import {
  type Context, type Slot, applies, codeOf, isNotApplicable, keyOf, openKeys, ownSections, perfectAnswer, slotsOf, unitsOf,
} from "./model";
import type { FormJson, SectionJson } from "./form";
import { LiveScore } from "./score";
import { isQuota } from "./store";
import type { AnswerJson, AnswerRow, AttachmentRow, ServedAnswer, Submission, Task, Unit } from "./types";
import { Closed, type Change, type Visit, type Work, isEditable } from "./work";

export type Part = { kind: "key"; key: string } | { kind: "visit" } | { kind: "failed"; words: string };

export const saveWords = (error: unknown): string =>
  error instanceof Closed ? t("closed_meanwhile") : isQuota(error) ? t("disk_full") : `${t("not_saved")} ${error instanceof Error ? error.message : ""}`;

export class Filling {
  readonly form: FormJson;
  readonly own: Set<string>;
  readonly score: LiveScore;
  /** Key → when it was tapped (milliseconds of performance.now). */
  readonly unsaved = new Map<string, number>();
  private writing = false;
  private readonly listeners = new Set<(part: Part) => void>();
  private readonly openBySection = new Map<string, string[]>();
  private readonly sectionOf = new Map<string, string>();
  private readonly stop: () => void;

  constructor(
    readonly work: Work,
    readonly visit: Visit,
  ) {
    this.form = visit.form.form;
    for (const section of this.form.sections) for (const item of section.items ?? []) this.sectionOf.set(item.code, section.code);
    this.own = ownSections(this.form, visit.task.inspectors, work.person.person_id);
    this.score = new LiveScore(
      this.form,
      () => this.allAnswers(),
      () => ({ tags: this.task.tags, parameters: this.submission.parameters, units: this.submission.units }),
    );
    this.stop = work.listen((change, mine) => void this.hear(change, mine));
  }

  get task(): Task {
    return this.visit.task;
  }

  get submission(): Submission {
    return this.visit.submission;
  }

  get context(): Context {
    return { form: this.form, units: this.submission.units, tags: this.task.tags };
  }

  get editable(): boolean {
    return isEditable(this.submission);
  }

  listen(listener: (part: Part) => void): void {
    this.listeners.add(listener);
  }

  close(): void {
    this.stop();
    this.listeners.clear();
  }

  private tell(part: Part): void {
    for (const listener of [...this.listeners]) listener(part);
  }

  // ---- reading ----

  served(key: string): ServedAnswer | undefined {
    return this.task.answers[key];
  }

  row(key: string): AnswerRow | undefined {
    return this.visit.answers.get(key);
  }

  readonly answer = (key: string): AnswerJson | null => {
    const row = this.row(key);
    return row ? row.answer : (this.served(key)?.answer ?? null);
  };

  remark(key: string): string {
    return this.row(key)?.remark ?? this.served(key)?.remark ?? "";
  }

  /** Name of whoever else answered, where this person has not. */
  otherName(key: string): string {
    const served = this.served(key);
    return !this.row(key) && served && served.by !== this.work.person.person_id ? served.by_name : "";
  }

  photos(key: string): AttachmentRow[] {
    return this.visit.attachments.filter((one) => one.purpose === "photo" && one.key === key);
  }

  signature(signer: string): AttachmentRow | undefined {
    return this.visit.attachments.find((one) => one.purpose === "signature" && one.signer === signer);
  }

  allAnswers(): Record<string, AnswerJson> {
    const all: Record<string, AnswerJson> = {};
    for (const [key, { answer }] of Object.entries(this.task.answers)) if (answer) all[key] = answer;
    for (const [key, { answer }] of this.visit.answers) {
      if (answer) all[key] = answer;
      else delete all[key];
    }
    return all;
  }

  /** Of one section; kept until an answer of it, the units or the tags change. */
  openIn(section: SectionJson): string[] {
    let open = this.openBySection.get(section.code);
    if (!open) this.openBySection.set(section.code, (open = openKeys(this.context, section, this.answer)));
    return open;
  }

  open(): string[] {
    return this.form.sections.filter((one) => this.own.has(one.code)).flatMap((one) => this.openIn(one));
  }

  private changed(key: string): void {
    const code = codeOf(key);
    this.score.set(key, this.answer(key));
    this.openBySection.delete(this.sectionOf.get(code) ?? code);
  }

  private changedAll(): void {
    this.score.reset();
    this.openBySection.clear();
  }

  sectionIsAbsent(section: SectionJson, unit: Unit | null): boolean {
    return isNotApplicable(this.answer(section.code)) || (unit !== null && isNotApplicable(this.answer(keyOf(section.code, unit))));
  }

  previous(key: string): { visited_on: string; answer: AnswerJson | null; remark: string; lost: string | number | null } | null {
    const { previous } = this.task;
    const found = previous?.answers[key] ?? previous?.answers[codeOf(key)];
    return previous && found ? { visited_on: previous.visited_on, ...found } : null;
  }

  isMandatory(key: string): boolean {
    return this.task.mandatory.includes(key) || this.task.mandatory.includes(codeOf(key));
  }

  conflicts(): AnswerRow[] {
    return [...this.visit.answers.values()].filter((row) => row.theirs);
  }

  // ---- writing ----

  set(key: string, answer: AnswerJson | null, remark?: string): void {
    this.setMany([{ key, answer, remark: remark ?? this.remark(key) }]);
  }

  private setMany(given: { key: string; answer: AnswerJson | null; remark: string }[]): void {
    if (!this.editable) return this.tell({ kind: "failed", words: t("closed_meanwhile") });
    const at = performance.now();
    for (const { key, answer, remark } of given) {
      const before = this.row(key);
      this.visit.answers.set(key, {
        submission: this.submission.id, key, answer, remark, at: new Date().toISOString(),
        base: before ? before.base : (this.served(key)?.digest ?? null), theirs: before?.theirs ?? null,
      });
      this.changed(key);
      this.unsaved.set(key, Math.min(at, this.unsaved.get(key) ?? at));
    }
    void this.write();
    for (const { key } of given) this.tell({ kind: "key", key });
  }

  /** One transaction at a time: what is tapped while the disk works goes together in the next one, so that fast fingers
   * wait for two turns of the disk at most. What failed stays unsaved and goes along with the next tap. */
  private async write(): Promise<void> {
    if (this.writing) return;
    this.writing = true;
    try {
      let left = [...this.unsaved.keys()];
      while (left.length > 0) {
        const rows = left.map((key) => ({ key, answer: this.answer(key), remark: this.remark(key), served: this.served(key) }));
        await this.work.saveAnswers(this.submission.id, rows);
        const end = performance.now();
        for (const { key, answer, remark } of rows) {
          const now = this.row(key);
          if (now?.answer !== answer || now.remark !== remark) continue; // tapped again meanwhile: it goes once more
          performance.measure("fill-save", { start: this.unsaved.get(key) ?? end, end });
          this.unsaved.delete(key);
          this.tell({ kind: "key", key });
        }
        left = [...this.unsaved.keys()];
      }
    } catch (error) {
      this.tell({ kind: "failed", words: saveWords(error) });
    } finally {
      this.writing = false;
    }
  }

  /** "All right, then the exceptions": what is open, except what failed last time and what only a person can count. */
  allRight(section: SectionJson, unit: Unit | null): number {
    const given = slotsOf(this.context, section, unit)
      .filter(({ key, item }) => !this.answer(key) && applies(item, this.task.tags) && !this.isMandatory(key))
      .flatMap(({ key, item }: Slot) => {
        const answer = perfectAnswer(item);
        return answer ? [{ key, answer, remark: this.remark(key) }] : [];
      });
    if (given.length > 0) this.setMany(given);
    return given.length;
  }

  async change(edit: (submission: Submission) => void): Promise<void> {
    try {
      this.visit.submission = await this.work.change(this.submission.id, edit);
      this.changedAll();
      this.tell({ kind: "visit" });
    } catch (error) {
      this.tell({ kind: "failed", words: saveWords(error) });
    }
  }

  units(section: SectionJson): Unit[] | null {
    return unitsOf(this.context, section);
  }

  async attach(row: AttachmentRow, bytes: ArrayBuffer): Promise<boolean> {
    const added = await this.work.attach(row, bytes);
    if (added) await this.reload();
    this.tell({ kind: "key", key: row.key });
    return added;
  }

  async detach(row: AttachmentRow): Promise<void> {
    await this.work.detach(row);
    await this.reload();
    this.tell({ kind: "key", key: row.key });
  }

  // ---- other tabs, and what sending brought ----

  private async reload(): Promise<void> {
    const fresh = await this.work.visit(this.task.inspection_id);
    if (!fresh) return;
    this.visit.submission = fresh.submission;
    this.visit.attachments = fresh.attachments;
    this.visit.task = fresh.task;
    for (const [key, row] of fresh.answers) if (!this.unsaved.has(key)) this.visit.answers.set(key, row);
  }

  private async hear(change: Change, mine: boolean): Promise<void> {
    if (change.kind === "answer" && change.submission === this.submission.id) {
      if (mine && !this.row(change.key)?.theirs && !this.awaited(change.key)) return;
      await this.reload();
      this.changed(change.key);
      this.tell({ kind: "key", key: change.key });
    } else if (change.kind === "tasks" || (change.kind === "submission" && change.submission === this.submission.id)) {
      const before = JSON.stringify([this.submission.units, this.submission.parameters, this.submission.state, this.submission.rev]);
      await this.reload();
      const after = JSON.stringify([this.submission.units, this.submission.parameters, this.submission.state, this.submission.rev]);
      if (before === after && change.kind !== "tasks") return;
      this.changedAll();
      this.tell({ kind: "visit" });
    }
  }

  /** A conflict was just written by the sending of this very tab. */
  private awaited(key: string): boolean {
    return !this.unsaved.has(key) && this.row(key) === undefined;
  }
}
