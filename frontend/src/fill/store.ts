// The phone's disk: one IndexedDB database for each person of each bureau, and a small one that knows who uses this phone.
// Every write of an answer asks for strict durability: it has happened only when it is on the disk. The system may close a
// database behind the page's back (iOS does), so every use goes through `run`, which opens it again and tries once more.

import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Draft, RecordRow } from "./day/types";
import type { AnswerRow, AttachmentRow, BlobRow, FormRow, Identity, Submission, Task } from "./types";

const VERSION = 2; // 2: records of a school's day
const PREFIX = "houqin-fill-";

export interface Schema extends DBSchema {
  tasks: { key: string; value: Task };
  forms: { key: string; value: FormRow };
  answers: { key: [string, string]; value: AnswerRow; indexes: { submission: string } };
  attachments: { key: string; value: AttachmentRow; indexes: { submission: string; sha256: string } };
  blobs: { key: string; value: BlobRow };
  submissions: { key: string; value: Submission; indexes: { inspection: string } };
  kv: { key: string; value: unknown };
  records: { key: string; value: RecordRow };
  drafts: { key: string; value: Draft };
}

interface People extends DBSchema {
  people: { key: string; value: Identity };
  kv: { key: string; value: unknown };
}

export type Database = IDBPDatabase<Schema>;
export type StoreName = "tasks" | "forms" | "answers" | "attachments" | "blobs" | "submissions" | "kv" | "records" | "drafts";

export const STRICT = { durability: "strict" } as const;

export const isQuota = (error: unknown): boolean =>
  error instanceof DOMException && (error.name === "QuotaExceededError" || /quota|disk/i.test(error.message));

class Opened<T extends DBSchema> {
  private opening: Promise<IDBPDatabase<T>> | null = null;

  constructor(
    readonly name: string,
    private readonly upgrade: (db: IDBPDatabase<T>, from: number) => void,
  ) {}

  private open(): Promise<IDBPDatabase<T>> {
    this.opening ??= openDB<T>(this.name, VERSION, {
      upgrade: (db, from) => this.upgrade(db, from),
      // Another tab carries a newer version: let it go ahead, this one opens again when it next writes.
      blocking: (_current, _blocked, event) => {
        (event.target as IDBDatabase).close();
        this.opening = null;
      },
      terminated: () => {
        this.opening = null;
      },
    }).catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  async run<R>(work: (db: IDBPDatabase<T>) => Promise<R>): Promise<R> {
    try {
      return await work(await this.open());
    } catch (error) {
      // Only a lost connection is worth a second try; a full disk or a broken rule would fail again.
      const lost = error instanceof DOMException && ["InvalidStateError", "UnknownError", "AbortError"].includes(error.name);
      if (!lost || isQuota(error)) throw error;
      this.opening = null;
      return work(await this.open());
    }
  }

  async close(): Promise<void> {
    const opening = this.opening;
    this.opening = null;
    (await opening)?.close();
  }
}

const people = new Opened<People>("houqin-fill", (db, from) => {
  if (from > 0) return;
  db.createObjectStore("people", { keyPath: "key" });
  db.createObjectStore("kv");
});

const makeStores = (db: Database, from: number): void => {
  if (from < 1) makeFirstStores(db);
  db.createObjectStore("records", { keyPath: "id" });
  db.createObjectStore("drafts", { keyPath: "key" });
};

const makeFirstStores = (db: Database): void => {
  db.createObjectStore("tasks", { keyPath: "inspection_id" });
  db.createObjectStore("forms", { keyPath: "id" });
  db.createObjectStore("answers", { keyPath: ["submission", "key"] }).createIndex("submission", "submission");
  const attachments = db.createObjectStore("attachments", { keyPath: "id" });
  attachments.createIndex("submission", "submission");
  attachments.createIndex("sha256", "sha256");
  db.createObjectStore("blobs", { keyPath: "sha256" });
  db.createObjectStore("submissions", { keyPath: "id" }).createIndex("inspection", "inspection_id");
  db.createObjectStore("kv");
};

// ---- who uses this phone ----

/** Nobody where the browser has no database. */
export const knownPeople = (): Promise<Identity[]> => people.run((db) => db.getAll("people")).catch(() => []);

export const keepPerson = async (person: Identity): Promise<void> => {
  await people.run(async (db) => {
    const transaction = db.transaction(["people", "kv"], "readwrite", STRICT);
    void transaction.objectStore("people").put(person);
    void transaction.objectStore("kv").put(person.key, "current");
    await transaction.done;
  });
};

export const currentPerson = (): Promise<Identity | undefined> =>
  people.run(async (db) => {
    const key = await db.get("kv", "current");
    return typeof key === "string" ? db.get("people", key) : undefined;
  });

export const setPerson = async (person: Identity): Promise<void> => {
  await people.run((db) => db.put("people", person));
};

export const forgetCurrent = async (): Promise<void> => {
  await people.run((db) => db.delete("kv", "current"));
};

export const removePerson = async (key: string): Promise<void> => {
  await people.run((db) => db.delete("people", key));
};

/** A random name that this phone gave itself. */
export const deviceId = (): Promise<string> =>
  people.run(async (db) => {
    const transaction = db.transaction("kv", "readwrite");
    const known = await transaction.store.get("device");
    const id = typeof known === "string" ? known : crypto.randomUUID();
    if (id !== known) await transaction.store.put(id, "device");
    await transaction.done;
    return id;
  });

export const setting = (name: string): Promise<unknown> => people.run((db) => db.get("kv", `setting:${name}`));

export const keepSetting = async (name: string, value: unknown): Promise<void> => {
  await people.run((db) => db.put("kv", value, `setting:${name}`));
};

// ---- one person's work ----

const stores = new Map<string, Opened<Schema>>();

/** The database of one person: `<bureau>-<person>`. */
export const storeOf = (key: string): Opened<Schema> => {
  let store = stores.get(key);
  if (!store) stores.set(key, (store = new Opened<Schema>(PREFIX + key, makeStores)));
  return store;
};

export type Store = Opened<Schema>;

export const deleteStore = async (key: string): Promise<void> => {
  await storeOf(key).close();
  stores.delete(key);
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(PREFIX + key);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error ?? new Error("delete failed"));
    request.onblocked = () => resolve(); // it goes as soon as the other tab lets go
  });
};
