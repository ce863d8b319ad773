// Sends one record as docs/fill-protocol.md says: pictures first where the service lacks them, then the record; the answer
// must name the very content that lies here, or it is no acknowledgement.

import { Refused, call } from "../api";
import type { Device } from "../sending";
import type { Work } from "../work";
import { CONFIRMATION, contentOf, digestOf, keepSchoolDay, learn, record, schoolDay } from "./records";
import type { Acknowledgement, RecordRow, SchoolDay, Standing } from "./types";

const ROUNDS = 3;
const FINAL = [400, 403, 404, 409, 413, 415, 422]; // asking again would be answered the same

/** Raises Refused (401 of one's own token, or a passing fault) and Unreachable; everything else is written down. */
export const sendRecord = async (work: Work, token: string, row: RecordRow, device: Device, offset: number): Promise<void> => {
  if (row.as && !row.as.token) return;
  if (row.kind === CONFIRMATION && !(await isCounted(work, row))) return; // its receipt goes first
  for (let round = 0; round < ROUNDS; round++) {
    try {
      const where = row.kind === CONFIRMATION ? "confirmations" : "records";
      const given = await call<Acknowledgement>(row.as?.token ?? token, "PUT", `/fill/${where}/${row.id}`, {
        json: { ...contentOf(row), clock_offset_ms: offset, device },
      });
      await acknowledged(work, row, given);
      return;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const missing = error.problem.body["missing"];
      if (Array.isArray(missing) && missing.length > 0) {
        if (!(await uploaded(work, token, row, missing as string[]))) return;
      } else if (error.problem.status === 401 && row.as) {
        return attention(work, row.id, "second_ended");
      } else if (FINAL.includes(error.problem.status)) {
        return refused(work, row.id, error);
      } else throw error;
    }
  }
};

const isCounted = async (work: Work, row: RecordRow): Promise<boolean> => {
  const receipt = await record(work, row.about);
  return !receipt || receipt.state === "sent";
};

const attention = (work: Work, id: string, problem: string): Promise<void> =>
  learn(work, id, (row) => {
    row.state = "needs_attention";
    row.problem = problem;
  });

const acknowledged = async (work: Work, row: RecordRow, given: Acknowledgement): Promise<void> => {
  if (given.id !== row.id || given.hash !== (await digestOf(row))) return attention(work, row.id, "receipt_differs");
  await learn(work, row.id, (kept) => {
    kept.state = "sent";
    kept.acknowledgement = given;
    kept.problem = "";
    kept.errors = {};
    kept.last_error = "";
    if (kept.as) kept.as.token = null; // it was kept for this one word
  });
};

const refused = (work: Work, id: string, error: Refused): Promise<void> => {
  const { body, detail, title } = error.problem;
  return learn(work, id, (row) => {
    row.state = "needs_attention";
    row.problem = body["standing"] ? "overtaken" : "refused";
    row.errors = (body["errors"] as Record<string, string[]> | undefined) ?? {};
    row.standing = (body["standing"] as Standing | undefined) ?? null;
    const citation = typeof body["citation"] === "string" ? `（${body["citation"]}）` : "";
    row.last_error = `${detail || Object.values(row.errors).flat().join("；") || title}${citation}`;
  });
};

/** False: a picture is not on this phone any more, or the service will not have it; a person is told. */
const uploaded = async (work: Work, token: string, row: RecordRow, missing: string[]): Promise<boolean> => {
  for (const sha256 of missing) {
    const bytes = await work.bytesOf(sha256);
    if (!bytes) {
      await attention(work, row.id, "photo_lost");
      return false;
    }
    try {
      await call(token, "PUT", `/fill/record-blobs/${sha256}`, { bytes, mime: "image/jpeg", timeout: 120_000 });
    } catch (error) {
      if (!(error instanceof Refused) || ![413, 415, 422].includes(error.problem.status)) throw error;
      await refused(work, row.id, error);
      await attention(work, row.id, "photo_refused");
      return false;
    }
  }
  return true;
};

export const fetchSchoolDay = async (work: Work, token: string): Promise<void> => {
  const kept = await schoolDay(work);
  const headers: Record<string, string> = kept ? { "If-None-Match": `"${kept.digest}"` } : {};
  const given = await call<SchoolDay | undefined>(token, "GET", "/fill/school-day", { headers });
  if (given) await keepSchoolDay(work, given);
  else work.tell({ kind: "records" });
};
