// The records of a school's day on this phone's disk. Written before anything is sent; deleted seven days after the service
// acknowledged them, and never otherwise unless a person throws away what was refused.

import { canonical, sha256Text } from "../digest";
import { nowText } from "../ids";
import { STRICT } from "../store";
import type { Json } from "../types";
import type { Work } from "../work";
import type { Draft, RecordRow, SchoolDay } from "./types";

const KEPT_MS = 7 * 86_400_000;
const DAY = "school-day";

export const CONFIRMATION = "receipt_confirmation";

export const schoolDay = (work: Work): Promise<SchoolDay | null> =>
  work.store.run(async (db) => ((await db.get("kv", DAY)) as SchoolDay | undefined) ?? null);

export const keepSchoolDay = async (work: Work, day: SchoolDay): Promise<void> => {
  await work.store.run((db) => db.put("kv", day, DAY));
  work.tell({ kind: "records" });
};

/** Oldest first: a receipt goes before the word on it. */
export const records = async (work: Work): Promise<RecordRow[]> =>
  (await work.store.run((db) => db.getAll("records"))).sort((one, other) => one.id.localeCompare(other.id));

export const record = (work: Work, id: string): Promise<RecordRow | undefined> => work.store.run((db) => db.get("records", id));

/** The record and the end of its draft in one transaction: a page that dies leaves the one or the other. */
export const keepRecord = async (work: Work, row: RecordRow): Promise<void> => {
  await work.store.run(async (db) => {
    const transaction = db.transaction(["records", "drafts"], "readwrite", STRICT);
    void transaction.objectStore("records").put(row);
    if (row.draft) void transaction.objectStore("drafts").delete(row.draft.key);
    // Who confirmed an earlier count confirmed something else.
    for (const other of await transaction.objectStore("records").getAll()) {
      if (other.kind === CONFIRMATION && other.about === row.id && other.state !== "sent") void transaction.objectStore("records").delete(other.id);
    }
    await transaction.done;
  });
  work.tell({ kind: "records" });
};

/** What sending learned. */
export const learn = async (work: Work, id: string, edit: (row: RecordRow) => void): Promise<void> => {
  await work.store.run(async (db) => {
    const transaction = db.transaction("records", "readwrite", STRICT);
    const row = await transaction.store.get(id);
    if (row) {
      edit(row);
      void transaction.store.put(row);
    }
    await transaction.done;
  });
  work.tell({ kind: "records" });
};

/** Only what the service refused, and only when a person says so. */
export const discard = async (work: Work, id: string): Promise<void> => {
  await work.store.run(async (db) => {
    const transaction = db.transaction("records", "readwrite", STRICT);
    const row = await transaction.store.get(id);
    if (row?.state === "needs_attention") {
      void transaction.store.delete(id);
      for (const other of await transaction.store.getAll()) {
        if (other.kind === CONFIRMATION && other.about === id) void transaction.store.delete(other.id);
      }
    }
    await transaction.done;
  });
  work.tell({ kind: "records" });
};

export const isUnsentRecord = (row: RecordRow): boolean => row.state !== "sent";

/** `now`: the service's clock, milliseconds. */
export const purgeRecords = async (work: Work, now: number): Promise<void> => {
  const due = (await records(work)).filter(
    (row) => row.state === "sent" && row.acknowledgement && now - Date.parse(row.acknowledgement.server_time) >= KEPT_MS,
  );
  await forgetDrafts(work);
  if (due.length === 0) return;
  await work.store.run(async (db) => {
    const transaction = db.transaction(["records", "blobs"], "readwrite", STRICT);
    const gone = new Set(due.map((row) => row.id));
    const needed = new Set((await transaction.objectStore("records").getAll()).filter((row) => !gone.has(row.id)).flatMap((row) => row.files.map((file) => file.sha256)));
    for (const row of due) {
      void transaction.objectStore("records").delete(row.id);
      for (const file of row.files) if (!needed.has(file.sha256)) void transaction.objectStore("blobs").delete(file.sha256);
    }
    await transaction.done;
  });
  work.tell({ kind: "records" });
};

/** What makes the record the same one when it is sent again; the service answers with the digest of just this. */
export const contentOf = (row: RecordRow): Record<string, Json> => ({
  kind: row.kind, school_id: row.school_id, made_at: row.made_at, body: row.body, files: row.files,
});

export const digestOf = (row: RecordRow): Promise<string> => sha256Text(canonical(contentOf(row)));

// ---- drafts ----

/** Half-filled forms of days long gone. */
const forgetDrafts = async (work: Work): Promise<void> => {
  const before = new Date(Date.now() - KEPT_MS).toISOString();
  const old = (await work.store.run((db) => db.getAll("drafts"))).filter((one) => one.at < before);
  for (const one of old) await work.store.run((db) => db.delete("drafts", one.key));
};

export const draft = (work: Work, key: string): Promise<Draft | undefined> => work.store.run((db) => db.get("drafts", key));

export const keepDraft = async (work: Work, kept: Draft): Promise<void> => {
  await work.store.run((db) => {
    const transaction = db.transaction("drafts", "readwrite", STRICT);
    void transaction.store.put({ ...kept, at: nowText() });
    return transaction.done;
  });
};

/** The bytes and the draft that names them in one transaction. */
export const keepPicture = async (work: Work, kept: Draft, sha256: string, bytes: ArrayBuffer): Promise<void> => {
  await work.store.run(async (db) => {
    const transaction = db.transaction(["drafts", "blobs"], "readwrite", STRICT);
    void transaction.objectStore("blobs").put({ sha256, bytes, mime: "image/jpeg" });
    void transaction.objectStore("drafts").put({ ...kept, at: nowText() });
    await transaction.done;
  });
};
