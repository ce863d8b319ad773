// Before the first sign-in: can this browser keep work at all? Better refused here than lost in a kitchen.

import { openDB } from "idb";

const NAME = "houqin-fill-probe";
const LEAST_BYTES = 50 * 1024 * 1024;

export interface Probe {
  /** Code of what is missing (a message "probe_…"), or "" when everything is there. */
  fault: "" | "insecure" | "no_worker" | "no_database" | "no_write" | "little_space";
  persisted: boolean;
  free: number | null;
}

const writesAndReads = async (): Promise<boolean> => {
  const db = await openDB(NAME, 1, { upgrade: (made) => void made.createObjectStore("probe") });
  try {
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    const transaction = db.transaction("probe", "readwrite", { durability: "strict" });
    await transaction.store.put(bytes.buffer, "probe");
    await transaction.done;
    const read: unknown = await db.get("probe", "probe");
    return read instanceof ArrayBuffer && new Uint8Array(read).every((byte, at) => byte === bytes[at]);
  } finally {
    db.close();
    indexedDB.deleteDatabase(NAME);
  }
};

export const probe = async (): Promise<Probe> => {
  const found: Probe = { fault: "", persisted: false, free: null };
  if (!window.isSecureContext || !("crypto" in window) || !crypto.subtle) return { ...found, fault: "insecure" };
  if (!("serviceWorker" in navigator)) return { ...found, fault: "no_worker" };
  if (!("indexedDB" in window)) return { ...found, fault: "no_database" };
  try {
    if (!(await writesAndReads())) return { ...found, fault: "no_write" };
  } catch {
    return { ...found, fault: "no_write" };
  }
  try {
    const { quota, usage } = await navigator.storage.estimate();
    if (quota !== undefined) found.free = quota - (usage ?? 0);
    found.persisted = await navigator.storage.persisted();
  } catch {
    // an old browser without the storage manager: the write above is the proof
  }
  if (found.free !== null && found.free < LEAST_BYTES) found.fault = "little_space";
  return found;
};

export const persist = async (): Promise<boolean> => {
  try {
    return await navigator.storage.persist();
  } catch {
    return false;
  }
};
