// The last rescue: what was not sent, as a file that a person can hand in. Works signed out and without a network.

import { isUnsentRecord } from "./day/records";
import { zip } from "./zip";
import { storeOf } from "./store";
import type { AttachmentRow, Identity } from "./types";
import { isUnsent } from "./work";

const encoder = new TextEncoder();

interface Rescued {
  files: [string, Uint8Array<ArrayBuffer>][];
  count: number;
}

const rescued = async (person: Identity): Promise<Rescued> =>
  storeOf(person.key).run(async (db) => {
    const submissions = (await db.getAll("submissions")).filter(isUnsent);
    const files: Rescued["files"] = [];
    for (const submission of submissions) {
      const [answers, attachments, task] = await Promise.all([
        db.getAllFromIndex("answers", "submission", submission.id),
        db.getAllFromIndex("attachments", "submission", submission.id),
        db.get("tasks", submission.inspection_id),
      ]);
      const lost: string[] = [];
      for (const { sha256, mime } of attachments) {
        const blob = await db.get("blobs", sha256);
        if (blob) files.push([`${submission.id}/${sha256}.${mime === "image/png" ? "png" : "jpg"}`, new Uint8Array(blob.bytes)]);
        else lost.push(sha256);
      }
      const document = {
        person: { bureau_id: person.bureau_id, person_id: person.person_id, person_name: person.person_name },
        school: task?.school.name ?? "", plan: task?.plan.title ?? "", submission, answers,
        attachments: attachments.map(withoutThumb), not_on_this_phone: lost,
      };
      files.push([`${submission.id}/submission.json`, encoder.encode(JSON.stringify(document, null, 1))]);
    }
    const made = (await db.getAll("records")).filter(isUnsentRecord);
    for (const { draft, as, ...row } of made) {
      void draft;
      for (const { sha256 } of row.files) {
        const blob = await db.get("blobs", sha256);
        if (blob) files.push([`records/${row.id}/${sha256}.jpg`, new Uint8Array(blob.bytes)]);
      }
      // A second person's token stays here: it is their word, not a file's.
      const document = { person: { bureau_id: person.bureau_id, person_id: person.person_id, person_name: person.person_name }, record: row, said_by: as?.name ?? null };
      files.push([`records/${row.id}/record.json`, encoder.encode(JSON.stringify(document, null, 1))]);
    }
    return { files, count: submissions.length + made.length };
  });

const withoutThumb = ({ thumb, ...row }: AttachmentRow): Omit<AttachmentRow, "thumb"> => {
  void thumb;
  return row;
};

const base64 = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
};

export const unsentCount = async (person: Identity): Promise<number> =>
  storeOf(person.key).run(async (db) => (await db.getAll("submissions")).filter(isUnsent).length + (await db.getAll("records")).filter(isUnsentRecord).length);

/** A .zip; where the memory does not reach for it, or it fails otherwise, one .json with everything in it. */
export const exportUnsent = async (person: Identity): Promise<{ blob: Blob; name: string; count: number }> => {
  const { files, count } = await rescued(person);
  const now = new Date();
  const name = `houqin-${person.person_name}-${now.toISOString().slice(0, 16).replace(/[-:T]/g, "")}`;
  try {
    return { blob: zip(files, now), name: `${name}.zip`, count };
  } catch {
    const whole = Object.fromEntries(files.map(([path, bytes]) => [path, base64(bytes)]));
    return { blob: new Blob([JSON.stringify(whole)], { type: "application/json" }), name: `${name}.json`, count };
  }
};
