// When to send: at the start, when the network or the page comes back, every minute, after finalising, and by hand.
// One tab at a time (Web Locks); failures wait longer and longer, up to five minutes; a refused token stops everything
// but keeps everything.

import { Refused, Unreachable, call, ping } from "./api";
import { isUnsentRecord, learn, purgeRecords, records } from "./day/records";
import { fetchSchoolDay, sendRecord } from "./day/sending";
import { nowText } from "./ids";
import { NeedsAttention, adopt, send, type Device, type Held } from "./sending";
import { STRICT, deviceId } from "./store";
import type { FormRow, Receipt, Submission, Task, Tasks } from "./types";
import { isUnsent, type Work } from "./work";

declare const APP_VERSION: string;

const STEADY_MS = 5_000;
const EVERY_MS = 60_000;
const DAY_MS = 86_400_000;
const FETCH_EVERY_MS = 10 * 60_000;
const LONGEST_WAIT_S = 300;

export interface Status {
  running: boolean;
  online: boolean | null;
  needs_sign_in: boolean;
  error: string;
  next_at: number;
  /** The service's clock less ours, milliseconds; null before the first ping. */
  offset: number | null;
}

export const hasWork = (one: Submission): boolean =>
  one.state !== "sent" && one.state !== "purged" && (one.finalised || one.changes !== one.sent_changes);

export class Sync {
  status: Status = { running: false, online: null, needs_sign_in: false, error: "", next_at: 0, offset: null };
  private failures = 0;
  private fetched = 0;
  private again: { manual: boolean } | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly onChange: (status: Status) => void;

  constructor(
    private readonly work: Work,
    onChange: (status: Status) => void,
  ) {
    this.onChange = onChange;
  }

  start(): void {
    window.addEventListener("online", this.woken);
    document.addEventListener("visibilitychange", this.seen);
    this.timer = setInterval(() => void this.trigger(), EVERY_MS);
    void this.trigger({ fetch: true });
  }

  stop(): void {
    window.removeEventListener("online", this.woken);
    document.removeEventListener("visibilitychange", this.seen);
    clearInterval(this.timer);
  }

  private readonly woken = (): void => {
    this.status.next_at = 0;
    void this.trigger({ fetch: true });
  };

  private readonly seen = (): void => {
    if (document.visibilityState === "visible") void this.trigger();
  };

  /** Only one tab may send or take a submission back. */
  async locked<R>(work: () => Promise<R>): Promise<R> {
    return "locks" in navigator ? navigator.locks.request(`houqin-fill-${this.work.person.key}`, work) : work();
  }

  async trigger({ manual = false, fetch = false }: { manual?: boolean; fetch?: boolean } = {}): Promise<void> {
    if (!this.work.person.token) {
      this.set({ needs_sign_in: true });
      return;
    }
    if (this.status.running) {
      this.again = { manual: manual || (this.again?.manual ?? false) };
      return;
    }
    if (!manual && Date.now() < this.status.next_at) return;
    this.set({ running: true });
    try {
      await this.locked(() => this.once(manual, fetch || manual || Date.now() - this.fetched > FETCH_EVERY_MS));
    } finally {
      this.set({ running: false });
    }
    const { again } = this;
    this.again = null;
    if (again) await this.trigger(again);
  }

  private set(part: Partial<Status>): void {
    this.status = { ...this.status, ...part };
    this.onChange(this.status);
  }

  private async once(manual: boolean, fetch: boolean): Promise<void> {
    const token = this.work.person.token;
    const waiting = (await this.work.submissions()).filter((one) => hasWork(one) && (manual || one.state !== "needs_attention"));
    const made = (await records(this.work)).filter((one) => isUnsentRecord(one) && (manual || one.state !== "needs_attention"));
    if (!token || (!fetch && waiting.length === 0 && made.length === 0)) return;
    try {
      const offset = await ping();
      this.set({ online: true, offset, error: "" });
      const label = navigator.userAgent.slice(0, 100);
      const device: Device = { id: await deviceId(), label, app: APP_VERSION };
      let failed: unknown = null;
      for (const submission of waiting) {
        try {
          await this.sendOne(token, submission, device, offset);
        } catch (error) {
          if (error instanceof Unreachable || isRefusedToken(error)) throw error;
          failed ??= error; // this one waits; the others need not
        }
      }
      for (const row of made) {
        try {
          await sendRecord(this.work, token, row, device, offset);
        } catch (error) {
          await learn(this.work, row.id, (kept) => void (kept.last_error = error instanceof Unreachable ? "unreachable" : error instanceof Error ? error.message : String(error)));
          if (error instanceof Unreachable || isRefusedToken(error)) throw error;
          failed ??= error;
        }
      }
      if (fetch || made.length > 0) await this.fetch(token, fetch);
      await this.work.purge(Date.now() + offset);
      await purgeRecords(this.work, Date.now() + offset);
      if (failed) throw failed;
      this.failures = 0;
      this.set({ next_at: 0, needs_sign_in: false });
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    if (isRefusedToken(error)) {
      this.set({ needs_sign_in: true, error: error.message });
      return;
    }
    const seconds = Math.min(LONGEST_WAIT_S, 2 ** Math.min(this.failures + 1, 9)) * (0.5 + Math.random() / 2);
    const asked = error instanceof Refused ? (error.problem.retry_after ?? 0) : 0;
    this.failures += 1;
    this.set({
      online: error instanceof Unreachable ? false : this.status.online,
      error: error instanceof Unreachable ? "" : error instanceof Error ? error.message : String(error),
      next_at: Date.now() + 1000 * Math.max(seconds, asked),
    });
    window.setTimeout(() => void this.trigger(), 1000 * Math.max(seconds, asked) + 50);
  }

  private async sendOne(token: string, submission: Submission, device: Device, offset: number): Promise<void> {
    try {
      await this.work.edit(submission.id, (row) => {
        row.last_try_at = nowText();
        // Kept as it is while it is about the same, so that the same content sent again is the same to the last byte.
        if (Math.abs(row.clock_offset_ms - offset) > STEADY_MS) row.clock_offset_ms = offset;
        if (row.state === "needs_attention") row.state = row.finalised ? "finalised" : "open";
      });
      await send(this.work, token, submission.id, device);
      await this.work.edit(submission.id, (row) => {
        row.last_error = "";
        row.problem = "";
        row.problem_keys = [];
      });
    } catch (error) {
      await this.work.edit(submission.id, (row) => {
        if (error instanceof NeedsAttention) {
          row.state = "needs_attention";
          row.problem = error.code;
          row.problem_keys = error.keys;
          row.last_error = error.message;
          // Filling goes on where answers are missing; anything else is mended without touching what was signed.
          if (error.code === "unanswered") row.finalised = false;
        } else {
          row.last_error = error instanceof Unreachable ? "unreachable" : error instanceof Error ? error.message : String(error);
        }
      });
      if (!(error instanceof NeedsAttention)) throw error;
    }
  }

  /** Somebody in a school gets its day, anew after every record: what is done there is done here. */
  private async fetch(token: string, asked: boolean): Promise<void> {
    if (this.work.person.school_id === undefined) return asked ? this.fetchTasks(token) : undefined;
    await fetchSchoolDay(this.work, token);
    this.fetched = Date.now();
  }

  private async fetchTasks(token: string): Promise<void> {
    const given = await call<Tasks>(token, "GET", "/fill/tasks");
    const versions = new Set(given.tasks.map((task) => task.form_version_id));
    for (const one of await this.work.submissions()) if (isUnsent(one)) versions.add(one.form_version_id);
    // A version never changes, but its phrases do: they are fetched again once a day.
    const kept = new Map((await this.work.store.run((db) => db.getAll("forms"))).map((one) => [one.id, one]));
    const forms: FormRow[] = [];
    for (const version of versions) {
      if (Date.now() - (kept.get(version)?.kept_at ?? 0) < DAY_MS) continue;
      try {
        forms.push({ ...(await call<FormRow>(token, "GET", `/fill/forms/${version}`)), kept_at: Date.now() });
      } catch (error) {
        if (!kept.has(version) || !(error instanceof Refused) || isRefusedToken(error)) throw error;
      }
    }
    await this.keepTasks(given.tasks, forms);
    for (const task of given.tasks) if (task.submission_id) await this.goOn(token, task, task.submission_id);
    this.fetched = Date.now();
    this.work.tell({ kind: "tasks" });
  }

  /** A visit that the service no longer lists stays here as long as work on it is not receipted and purged. */
  private async keepTasks(tasks: Task[], forms: FormRow[]): Promise<void> {
    await this.work.store.run(async (db) => {
      const transaction = db.transaction(["tasks", "forms", "submissions"], "readwrite", STRICT);
      const held = (await transaction.objectStore("submissions").getAll()).filter((one) => one.state !== "purged");
      const listed = new Set(tasks.map((task) => task.inspection_id));
      for (const id of await transaction.objectStore("tasks").getAllKeys()) {
        if (!listed.has(id) && !held.some((one) => one.inspection_id === id)) void transaction.objectStore("tasks").delete(id);
      }
      for (const task of tasks) void transaction.objectStore("tasks").put(task);
      for (const form of forms) void transaction.objectStore("forms").put(form);
      await transaction.done;
    });
  }

  /** Finished on another phone of this person. */
  private async closed(id: string, receipt: Receipt): Promise<void> {
    await this.work.edit(id, (row) => {
      row.state = "sent";
      row.finalised = true;
      row.receipt = receipt;
      row.sent_at = nowText();
    });
  }

  /** The service knows a submission of this person that this phone does not, or sent one back to be mended. */
  private async goOn(token: string, task: Task, id: string): Promise<void> {
    const here = (await this.work.submissions()).find((one) => one.inspection_id === task.inspection_id);
    const returned = here && (here.state === "sent" || here.state === "purged") && here.receipt && task.return_reason;
    if (here && !returned) return;
    const held = await call<Held>(token, "GET", `/fill/submissions/${id}`);
    if (!here) {
      const begun = await this.work.begin({ ...task, submission_id: id }, null);
      await adopt(this.work, begun.id, held.submission, held.rev, false);
      if (held.state === "finalised" && held.receipt) await this.closed(begun.id, held.receipt);
    } else if (held.state === "draft") {
      await this.work.edit(here.id, (row) => {
        row.state = "open";
        row.finalised = false;
        row.receipt = null;
      });
      await adopt(this.work, here.id, held.submission, held.rev, false);
    }
  }
}

const isRefusedToken = (error: unknown): error is Refused => error instanceof Refused && error.problem.status === 401;
