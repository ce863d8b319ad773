// Sends one submission as docs/fill-protocol.md says, and writes down what the service answered. The phone's disk is the
// truth until the receipt: nothing is deleted here, and a file that is missing stops the sending instead of being left out.

import { Refused, call } from "./api";
import { answerDigest, manifestDigest } from "./digest";
import { nowText } from "./ids";
import { STRICT } from "./store";
import type { AnswerJson, AnswerRow, AttachmentRow, Place, Receipt, ServedAnswer, Submission, Units } from "./types";
import type { Work } from "./work";

const MOST_ROUNDS = 4; // the inspector may go on while we send

export interface Device {
  id: string;
  label: string;
  app: string;
}

/** A body that the service was sent. */
export interface Document {
  device?: { id?: string } | null;
  started_at?: string;
  place?: Place | null;
  parameters?: Record<string, number>;
  units?: Units;
  met_by?: string;
  remark?: string;
  unsigned_reason?: string;
  answers?: Record<string, { answer: AnswerJson | null; remark: string; at?: string }>;
  attachments?: Omit<AttachmentRow, "id" | "submission" | "uploaded" | "remote" | "thumb">[];
}

/** What the service holds of a submission. */
export interface Held {
  rev: number;
  state: string;
  submission: Document;
  receipt: Receipt | null;
}

interface Kept {
  rev: number;
  missing: string[];
  conflicts: { key: string; mine: { answer: AnswerJson | null; remark: string }; theirs: ServedAnswer }[];
  answers: Record<string, { digest: string }>;
}

/** A person has to look at it; `code` names the words in the messages. */
export class NeedsAttention extends Error {
  constructor(
    readonly code: string,
    detail = "",
    readonly keys: string[] = [],
  ) {
    super(detail);
  }
}

interface Whole {
  submission: Submission;
  answers: AnswerRow[];
  attachments: AttachmentRow[];
}

const load = (work: Work, id: string): Promise<Whole> =>
  work.store.run(async (db) => {
    const transaction = db.transaction(["submissions", "answers", "attachments"]);
    const [submission, answers, attachments] = await Promise.all([
      transaction.objectStore("submissions").get(id),
      transaction.objectStore("answers").index("submission").getAll(id),
      transaction.objectStore("attachments").index("submission").getAll(id),
    ]);
    if (!submission) throw new NeedsAttention("lost");
    return { submission, answers, attachments };
  });

const bodyOf = ({ submission, answers, attachments }: Whole, device: Device): Record<string, unknown> => ({
  inspection_id: submission.inspection_id,
  school_id: submission.school_id,
  form_version_id: submission.form_version_id,
  device,
  started_at: submission.started_at,
  clock_offset_ms: submission.clock_offset_ms,
  place: submission.place,
  parameters: submission.parameters,
  units: submission.units,
  answers: Object.fromEntries(answers.map(({ key, answer, remark, at, base }) => [key, { answer, remark, at, base }])),
  attachments: attachments.map(({ sha256, size, mime, key, purpose, signer, taken_at, place }) => ({
    sha256, size, mime, key, purpose, signer, taken_at, place,
  })),
  met_by: submission.met_by,
  remark: submission.remark,
  unsigned_reason: submission.refusal,
  client_score: submission.client_score,
});

/** Sends until the service has everything; true when a receipt came. Raises Refused, Unreachable, NeedsAttention. */
export const send = async (work: Work, token: string, id: string, device: Device): Promise<boolean> => {
  let stale = 0;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const whole = await load(work, id);
    const { submission } = whole;
    if (submission.state === "sent" || submission.state === "purged") return true;
    // This person answered otherwise on another device: sending now would decide it, and that is theirs to do.
    if (whole.answers.some((row) => row.theirs?.by === work.person.person_id)) return false;
    // What the service has whole is not sent again: after a lost receipt only the receipt is asked for.
    if (submission.rev === null || submission.changes !== submission.sent_changes) {
      try {
        const kept = await put(token, whole, device);
        await remember(work, whole, kept);
        await upload(work, token, whole, kept.missing);
        await work.edit(id, (row) => {
          row.sent_changes = submission.changes;
        });
      } catch (error) {
        if (!(error instanceof Refused) || stale++ > 2) throw explained(error);
        id = await caughtUp(work, token, id, device, error);
        continue;
      }
    }
    const now = await load(work, id);
    if (now.submission.changes !== now.submission.sent_changes) continue; // the inspector went on meanwhile: once more
    if (!now.submission.finalised || now.answers.some((row) => row.theirs)) return false;
    if (await close(work, token, now)) return true;
  }
  return false;
};

const put = (token: string, whole: Whole, device: Device): Promise<Kept> => {
  const { id, rev } = whole.submission;
  const headers: Record<string, string> = rev === null ? { "If-None-Match": "*" } : { "If-Match": `"${rev}"` };
  return call<Kept>(token, "PUT", `/fill/submissions/${id}`, { json: bodyOf(whole, device), headers });
};

const explained = (error: unknown): unknown => {
  if (!(error instanceof Refused)) return error;
  const { status, detail, body } = error.problem;
  if (status === 409) return new NeedsAttention("closed_by_service", detail);
  if (status === 422 || status === 400) return new NeedsAttention("refused", detail || faults(body["errors"]));
  if (status === 404) return new NeedsAttention("not_found", detail);
  return error;
};

const faults = (errors: unknown): string =>
  errors && typeof errors === "object"
    ? Object.entries(errors as Record<string, unknown>).map(([path, words]) => `${path}: ${[words].flat().join("；")}`).join("\n")
    : "";

/** After a PUT: the revision, and for each answer that went what the service holds now. */
const remember = async (work: Work, sent: Whole, kept: Kept): Promise<void> => {
  const conflicts = new Map(kept.conflicts.map((one) => [one.key, one]));
  await work.store.run(async (db) => {
    const transaction = db.transaction(["submissions", "answers"], "readwrite", STRICT);
    const store = transaction.objectStore("answers");
    const submission = await transaction.objectStore("submissions").get(sent.submission.id);
    for (const before of sent.answers) {
      const row = await store.get([before.submission, before.key]);
      if (!row) continue;
      const conflict = conflicts.get(before.key);
      if (conflict) {
        // Settled here while it was under way: then the next round sends the decision.
        if (row.base !== conflict.theirs.digest) await store.put({ ...row, theirs: conflict.theirs });
        continue;
      }
      const digest = kept.answers[before.key]?.digest;
      if (digest && (row.base !== digest || row.theirs)) await store.put({ ...row, base: digest, theirs: null });
    }
    if (submission) {
      submission.rev = kept.rev;
      await transaction.objectStore("submissions").put(submission);
    }
    await transaction.done;
  });
  work.tell({ kind: "submission", submission: sent.submission.id });
  for (const key of conflicts.keys()) work.tell({ kind: "answer", submission: sent.submission.id, key });
};

const upload = async (work: Work, token: string, { submission, attachments }: Whole, missing: string[]): Promise<void> => {
  const wanted = new Set(missing);
  for (const row of attachments) {
    if (!wanted.has(row.sha256)) {
      if (!row.uploaded) await uploaded(work, row.sha256);
      continue;
    }
    const bytes = await work.bytesOf(row.sha256);
    if (!bytes) throw new NeedsAttention(row.remote ? "photo_elsewhere" : "photo_lost", row.sha256.slice(0, 12), [row.key]);
    try {
      await call(token, "PUT", `/fill/blobs/${row.sha256}?school_id=${submission.school_id}`, { bytes, mime: row.mime, timeout: 120_000 });
    } catch (error) {
      if (error instanceof Refused && [413, 415, 422].includes(error.problem.status)) {
        throw new NeedsAttention("photo_refused", error.message, [row.key]);
      }
      throw error;
    }
    wanted.delete(row.sha256);
    await uploaded(work, row.sha256);
  }
};

const uploaded = (work: Work, sha256: string): Promise<void> =>
  work.store.run(async (db) => {
    const transaction = db.transaction("attachments", "readwrite");
    for (const row of await transaction.store.index("sha256").getAll(sha256)) await transaction.store.put({ ...row, uploaded: true });
    await transaction.done;
  });

/** Asks for the receipt and compares it with what is here. False: something is still to be sent. */
const close = async (work: Work, token: string, whole: Whole): Promise<boolean> => {
  const { submission, attachments } = whole;
  const mine = [...new Set(attachments.map((row) => row.sha256))].sort();
  const manifest = await manifestDigest(mine);
  let receipt: Receipt;
  try {
    receipt = await call<Receipt>(token, "POST", `/fill/submissions/${submission.id}/finalisation`, {
      json: { manifest_sha256: manifest, rev: submission.rev },
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { status, body, detail } = error.problem;
    if (status === 409 || status === 412) {
      const { missing } = body;
      const known = Array.isArray(missing) && missing.length > 0;
      if (known) await upload(work, token, whole, missing as string[]);
      if (known || status === 412 || Array.isArray(body["conflicts"])) {
        // The next round asks again; where it is not the files, the whole is sent and the service says what differs.
        if (!known) await work.edit(submission.id, (row) => void (row.sent_changes = -1));
        return false;
      }
      throw new NeedsAttention("closed_by_service", detail);
    }
    if (status === 422) {
      const unanswered = body["unanswered"];
      const keys = Array.isArray(unanswered) ? unanswered.filter((key): key is string => typeof key === "string") : [];
      throw new NeedsAttention(keys.length ? "unanswered" : "refused", detail || faults(body["errors"]), keys);
    }
    throw error;
  }
  const confirmed = new Set(receipt.attachments);
  if (receipt.manifest_sha256 !== manifest || receipt.submission_id !== submission.id || mine.some((hash) => !confirmed.has(hash))) {
    throw new NeedsAttention("receipt_differs");
  }
  await work.edit(submission.id, (row) => {
    row.state = "sent";
    row.receipt = receipt;
    row.sent_at = nowText();
    row.problem = "";
    row.problem_keys = [];
    row.last_error = "";
  });
  return true;
};

// ---- the same person on another device, and replies that were lost ----

/** After a refused PUT: takes over what the service holds, if that was the reason; the id to go on with. */
const caughtUp = async (work: Work, token: string, id: string, device: Device, error: Refused): Promise<string> => {
  const { status, body } = error.problem;
  const other = body["submission_id"];
  if (status === 409 && typeof other === "string" && other !== id) {
    await rename(work, id, other); // begun on two devices before either of them was online
    const held = await call<Held>(token, "GET", `/fill/submissions/${other}`);
    await adopt(work, other, held.submission, held.rev, false);
    return other;
  }
  if (status !== 412) throw explained(error);
  if (body["rev"] === 0) {
    await work.edit(id, (row) => void (row.rev = null)); // the service does not have it: a restored backup
    return id;
  }
  const held = await call<Held>(token, "GET", `/fill/submissions/${id}`);
  await adopt(work, id, held.submission, held.rev, held.submission.device?.id === device.id);
  return id;
};

const rename = (work: Work, from: string, to: string): Promise<void> =>
  work.store.run(async (db) => {
    const transaction = db.transaction(["submissions", "answers", "attachments"], "readwrite", STRICT);
    const submission = await transaction.objectStore("submissions").get(from);
    for (const row of await transaction.objectStore("answers").index("submission").getAll(from)) {
      void transaction.objectStore("answers").delete([from, row.key]);
      void transaction.objectStore("answers").put({ ...row, submission: to });
    }
    for (const row of await transaction.objectStore("attachments").index("submission").getAll(from)) {
      void transaction.objectStore("attachments").put({ ...row, submission: to });
    }
    if (submission) {
      void transaction.objectStore("submissions").delete(from);
      void transaction.objectStore("submissions").put({ ...submission, id: to, rev: null });
    }
    await transaction.done;
  });

/** Takes over what the service holds. `own`: this phone wrote it (its reply was lost), so nothing in it is news. */
export const adopt = async (work: Work, id: string, held: Document, rev: number, own: boolean): Promise<void> => {
  const digests = new Map<string, string>();
  for (const [key, { answer, remark }] of Object.entries(held.answers ?? {})) digests.set(key, await answerDigest(answer, remark));
  const mine = new Map<string, string>();
  const { answers } = await load(work, id);
  for (const row of answers) mine.set(row.key, await answerDigest(row.answer, row.remark));
  await work.store.run(async (db) => {
    const transaction = db.transaction(["submissions", "answers", "attachments"], "readwrite", STRICT);
    const store = transaction.objectStore("answers");
    const submission = await transaction.objectStore("submissions").get(id);
    for (const [key, { answer, remark, at }] of Object.entries(held.answers ?? {})) {
      const digest = digests.get(key) ?? "";
      const row = await store.get([id, key]);
      if (!row) {
        if (!own) await store.put({ submission: id, key, answer, remark, at: at ?? nowText(), base: digest, theirs: null });
      } else if (own || mine.get(key) === digest) {
        await store.put({ ...row, base: digest });
      } else if (digest === row.base) {
        continue; // changed here alone
      } else if (mine.get(key) === row.base) {
        await store.put({ ...row, answer, remark, base: digest, theirs: null }); // not touched here since it was sent
      } else {
        const theirs = { answer, remark, digest, by: work.person.person_id, by_name: work.person.person_name, at: at ?? "" };
        await store.put({ ...row, theirs });
      }
    }
    const rows = await transaction.objectStore("attachments").index("submission").getAll(id);
    if (!own) {
      for (const one of held.attachments ?? []) {
        if (rows.some((row) => row.sha256 === one.sha256)) continue;
        await transaction.objectStore("attachments").put({ ...one, id: `${id}:${one.sha256}`, submission: id, uploaded: true, remote: true, thumb: null });
      }
    }
    if (submission) {
      submission.rev = rev;
      if (!own && submission.changes === 0) {
        submission.started_at = held.started_at ?? submission.started_at;
        submission.parameters = held.parameters ?? submission.parameters;
        submission.units = held.units ?? submission.units;
        submission.met_by = held.met_by ?? submission.met_by;
        submission.remark = held.remark ?? submission.remark;
        submission.refusal = held.unsigned_reason ?? submission.refusal;
      }
      await transaction.objectStore("submissions").put(submission);
    }
    await transaction.done;
  });
  work.tell({ kind: "submission", submission: id });
};
