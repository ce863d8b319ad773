// One person's work on this phone: what the screens and the sending read and write. Each function is one transaction;
// the other tabs hear of it through a BroadcastChannel.

import { newId, nowText } from "./ids";
import { STRICT, storeOf, type Store } from "./store";
import type {
  AnswerJson, AnswerRow, AttachmentRow, FormRow, Identity, Place, ServedAnswer, Submission, Task, Units,
} from "./types";

const KEPT_DAYS = 7;
const DAY_MS = 86_400_000;

/** The visit was closed meanwhile (here, in another tab, or by the service): nothing is written. */
export class Closed extends Error {}

export interface Visit {
  task: Task;
  form: FormRow;
  submission: Submission;
  answers: Map<string, AnswerRow>;
  attachments: AttachmentRow[];
}

export interface Listed {
  task: Task;
  submission: Submission | null;
  form: boolean;
  conflicts: number;
}

export type Change = { kind: "answer"; submission: string; key: string } | { kind: "submission"; submission: string } | { kind: "tasks" } | { kind: "records" };

export const isEditable = (submission: Submission): boolean =>
  !submission.finalised && (submission.state === "open" || submission.state === "needs_attention");

export const isUnsent = (submission: Submission): boolean =>
  submission.state !== "sent" && submission.state !== "purged" && (submission.changes > 0 || submission.finalised);

export class Work {
  readonly store: Store;
  private readonly channel: BroadcastChannel | null;
  private readonly listeners = new Set<(change: Change, mine: boolean) => void>();

  constructor(readonly person: Identity) {
    this.store = storeOf(person.key);
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(`houqin-fill-${person.key}`) : null;
    if (this.channel) this.channel.onmessage = (event) => this.hear(event.data as Change, false);
  }

  listen(listener: (change: Change, mine: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private hear(change: Change, mine: boolean): void {
    for (const listener of [...this.listeners]) listener(change, mine);
  }

  tell(change: Change): void {
    this.channel?.postMessage(change);
    this.hear(change, true);
  }

  close(): void {
    this.channel?.close();
    this.listeners.clear();
  }

  // ---- reading ----

  async list(): Promise<Listed[]> {
    return this.store.run(async (db) => {
      const transaction = db.transaction(["tasks", "submissions", "forms", "answers"]);
      const [tasks, submissions, forms, answers] = await Promise.all([
        transaction.objectStore("tasks").getAll(),
        transaction.objectStore("submissions").getAll(),
        transaction.objectStore("forms").getAllKeys(),
        transaction.objectStore("answers").getAll(),
      ]);
      const conflicts = new Map<string, number>();
      for (const row of answers) if (row.theirs) conflicts.set(row.submission, (conflicts.get(row.submission) ?? 0) + 1);
      return tasks
        .map((task) => {
          const submission = submissions.find((one) => one.inspection_id === task.inspection_id) ?? null;
          const version = submission?.form_version_id ?? task.form_version_id;
          return { task, submission, form: forms.includes(version), conflicts: submission ? (conflicts.get(submission.id) ?? 0) : 0 };
        })
        .sort((one, other) => one.task.scheduled_on.localeCompare(other.task.scheduled_on) || one.task.school.name.localeCompare(other.task.school.name));
    });
  }

  async visit(inspectionId: string): Promise<Visit | null> {
    return this.store.run(async (db) => {
      const transaction = db.transaction(["tasks", "submissions", "forms", "answers", "attachments"]);
      const task = await transaction.objectStore("tasks").get(inspectionId);
      const submission = await transaction.objectStore("submissions").index("inspection").get(inspectionId);
      if (!task || !submission) return null;
      const [form, answers, attachments] = await Promise.all([
        transaction.objectStore("forms").get(submission.form_version_id),
        transaction.objectStore("answers").index("submission").getAll(submission.id),
        transaction.objectStore("attachments").index("submission").getAll(submission.id),
      ]);
      if (!form) return null;
      return { task, form, submission, answers: new Map(answers.map((row) => [row.key, row])), attachments };
    });
  }

  submissions(): Promise<Submission[]> {
    return this.store.run((db) => db.getAll("submissions"));
  }

  bytesOf(sha256: string): Promise<ArrayBuffer | null> {
    return this.store.run(async (db) => (await db.get("blobs", sha256))?.bytes ?? null);
  }

  // ---- beginning ----

  /** Makes this person's submission of the visit, once: a second tab finds the first one's. */
  async begin(task: Task, place: Place | null): Promise<Submission> {
    const made = await this.store.run(async (db) => {
      const transaction = db.transaction("submissions", "readwrite", STRICT);
      const known = await transaction.store.index("inspection").get(task.inspection_id);
      if (known) return known;
      const submission: Submission = {
        id: task.submission_id ?? newId(),
        inspection_id: task.inspection_id,
        school_id: task.school_id,
        form_version_id: task.form_version_id,
        state: "open",
        finalised: false,
        problem: "",
        problem_keys: [],
        rev: null,
        changes: 0,
        sent_changes: 0,
        started_at: nowText(),
        clock_offset_ms: 0,
        finalised_at: null,
        place,
        parameters: { ...task.parameters },
        units: structuredClone(task.units ?? {}),
        sample_checked: {},
        met_by: "",
        remark: "",
        refusal: "",
        client_score: null,
        last_error: "",
        last_try_at: null,
        receipt: null,
        sent_at: null,
      };
      await transaction.store.put(submission);
      await transaction.done;
      return submission;
    });
    this.tell({ kind: "submission", submission: made.id });
    return made;
  }

  // ---- answering ----

  async saveAnswer(submissionId: string, key: string, answer: AnswerJson | null, remark: string, served?: ServedAnswer): Promise<AnswerRow> {
    const [row] = await this.saveAnswers(submissionId, [{ key, answer, remark, served }]);
    return row as AnswerRow;
  }

  async saveAnswers(
    submissionId: string,
    given: { key: string; answer: AnswerJson | null; remark: string; served?: ServedAnswer | undefined }[],
  ): Promise<AnswerRow[]> {
    const rows = await this.store.run(async (db) => {
      const transaction = db.transaction(["answers", "submissions"], "readwrite", STRICT);
      const submission = await transaction.objectStore("submissions").get(submissionId);
      if (!submission || !isEditable(submission)) {
        transaction.abort();
        await transaction.done.catch(() => undefined);
        throw new Closed();
      }
      const store = transaction.objectStore("answers");
      const at = nowText();
      const written: AnswerRow[] = [];
      for (const { key, answer, remark, served } of given) {
        const before = await store.get([submissionId, key]);
        const row: AnswerRow = {
          submission: submissionId, key, answer, remark: remark.trim(), at,
          base: before ? before.base : (served?.digest ?? null),
          theirs: before?.theirs ?? null,
        };
        void store.put(row);
        written.push(row);
      }
      void transaction.objectStore("submissions").put(touched(submission));
      await transaction.done;
      return written;
    });
    for (const row of rows) this.tell({ kind: "answer", submission: submissionId, key: row.key });
    return rows;
  }

  /** The compare screen's decision: `mine` replaces theirs, or theirs is taken over. Allowed after finalising too. */
  async settle(submissionId: string, key: string, take: "mine" | "theirs"): Promise<void> {
    await this.store.run(async (db) => {
      const transaction = db.transaction(["answers", "submissions"], "readwrite", STRICT);
      const submission = await transaction.objectStore("submissions").get(submissionId);
      const row = await transaction.objectStore("answers").get([submissionId, key]);
      if (submission && row?.theirs) {
        const { theirs } = row;
        const kept = take === "mine" ? { answer: row.answer, remark: row.remark } : { answer: theirs.answer, remark: theirs.remark };
        void transaction.objectStore("answers").put({ ...row, ...kept, base: theirs.digest, theirs: null, at: nowText() });
        void transaction.objectStore("submissions").put(touched(submission));
      }
      await transaction.done;
    });
    this.tell({ kind: "answer", submission: submissionId, key });
  }

  /** Changes what concerns the visit as a whole: units, parameters, who was met, remarks. */
  async change(submissionId: string, edit: (submission: Submission) => void): Promise<Submission> {
    const changed = await this.store.run(async (db) => {
      const transaction = db.transaction("submissions", "readwrite", STRICT);
      const submission = await transaction.store.get(submissionId);
      if (!submission || !isEditable(submission)) {
        transaction.abort();
        await transaction.done.catch(() => undefined);
        throw new Closed();
      }
      edit(submission);
      const next = touched(submission);
      void transaction.store.put(next);
      await transaction.done;
      return next;
    });
    this.tell({ kind: "submission", submission: submissionId });
    return changed;
  }

  changeUnits(submissionId: string, units: Units): Promise<Submission> {
    return this.change(submissionId, (submission) => {
      submission.units = units;
    });
  }

  /** The bytes and the row that names them in one transaction: a page that dies leaves both or neither. */
  async attach(row: AttachmentRow, bytes: ArrayBuffer): Promise<boolean> {
    const added = await this.store.run(async (db) => {
      const transaction = db.transaction(["attachments", "blobs", "submissions"], "readwrite", STRICT);
      const submission = await transaction.objectStore("submissions").get(row.submission);
      const known = await transaction.objectStore("attachments").index("submission").getAll(row.submission);
      if (!submission || !isEditable(submission)) {
        transaction.abort();
        await transaction.done.catch(() => undefined);
        throw new Closed();
      }
      if (row.purpose === "photo" && known.some((one) => one.sha256 === row.sha256)) return false;
      if (row.purpose === "signature") {
        for (const old of known) {
          if (old.purpose === "signature" && old.signer === row.signer) void transaction.objectStore("attachments").delete(old.id);
        }
      }
      void transaction.objectStore("blobs").put({ sha256: row.sha256, bytes, mime: row.mime });
      void transaction.objectStore("attachments").put(row);
      void transaction.objectStore("submissions").put(touched(submission));
      await transaction.done;
      return true;
    });
    this.tell({ kind: "answer", submission: row.submission, key: row.key });
    return added;
  }

  async detach(row: AttachmentRow): Promise<void> {
    await this.store.run(async (db) => {
      const transaction = db.transaction(["attachments", "blobs", "submissions"], "readwrite", STRICT);
      const submission = await transaction.objectStore("submissions").get(row.submission);
      if (!submission || !isEditable(submission)) {
        transaction.abort();
        await transaction.done.catch(() => undefined);
        throw new Closed();
      }
      void transaction.objectStore("attachments").delete(row.id);
      const others = await transaction.objectStore("attachments").index("sha256").getAll(row.sha256);
      if (others.every((one) => one.id === row.id)) void transaction.objectStore("blobs").delete(row.sha256);
      void transaction.objectStore("submissions").put(touched(submission));
      await transaction.done;
    });
    this.tell({ kind: "answer", submission: row.submission, key: row.key });
  }

  // ---- closing ----

  async finalise(submissionId: string, score: Submission["client_score"]): Promise<void> {
    await this.change(submissionId, (submission) => {
      submission.state = "finalised";
      submission.finalised = true;
      submission.finalised_at = nowText();
      submission.client_score = score;
      submission.problem = "";
      submission.problem_keys = [];
    });
  }

  /** Back to filling, as long as the service has not given its receipt. The caller holds the sending lock. */
  async reopen(submissionId: string): Promise<void> {
    await this.edit(submissionId, (submission) => {
      if (submission.state === "purged" || (submission.state === "sent" && submission.receipt)) return;
      submission.state = "open";
      submission.finalised = false;
      submission.finalised_at = null;
      submission.problem = "";
    });
  }

  /** What sending learned; it is not a change to be sent. */
  async edit(submissionId: string, edit: (submission: Submission) => void): Promise<Submission | null> {
    const edited = await this.store.run(async (db) => {
      const transaction = db.transaction("submissions", "readwrite", STRICT);
      const submission = await transaction.store.get(submissionId);
      if (submission) {
        edit(submission);
        void transaction.store.put(submission);
      }
      await transaction.done;
      return submission ?? null;
    });
    this.tell({ kind: "submission", submission: submissionId });
    return edited;
  }

  /** Deletes what a receipt covers, seven days after it by the service's clock. `now`: that clock, milliseconds. */
  async purge(now: number): Promise<void> {
    const due = (await this.submissions()).filter(
      ({ state, receipt }) => state === "sent" && receipt && now - Date.parse(receipt.server_time) >= KEPT_DAYS * DAY_MS,
    );
    for (const { id } of due) {
      await this.store.run(async (db) => {
        const transaction = db.transaction(["submissions", "answers", "attachments", "blobs"], "readwrite", STRICT);
        const submission = await transaction.objectStore("submissions").get(id);
        const attachments = await transaction.objectStore("attachments").index("submission").getAll(id);
        const receipted = new Set(submission?.receipt?.attachments ?? []);
        if (submission?.state === "sent" && attachments.every((one) => receipted.has(one.sha256))) {
          for (const one of attachments) {
            void transaction.objectStore("attachments").delete(one.id);
            const users = await transaction.objectStore("attachments").index("sha256").getAll(one.sha256);
            if (users.every((user) => user.submission === id)) void transaction.objectStore("blobs").delete(one.sha256);
          }
          for (const key of await transaction.objectStore("answers").index("submission").getAllKeys(id)) {
            void transaction.objectStore("answers").delete(key);
          }
          void transaction.objectStore("submissions").put({ ...submission, state: "purged" });
        }
        await transaction.done;
      });
      this.tell({ kind: "submission", submission: id });
    }
  }
}

const touched = (submission: Submission): Submission => ({ ...submission, changes: submission.changes + 1 });
