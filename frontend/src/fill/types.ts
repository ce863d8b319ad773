// What the service hands out (docs/fill-protocol.md) and what lies on the phone's disk.

import type { FormJson } from "./form";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type AnswerJson = { [key: string]: Json };

export interface Place {
  latitude: number;
  longitude: number;
  accuracy: number;
}

export interface Unit {
  code: string;
  label: string;
  parameters?: Record<string, number>;
}

/** Units by section code; "" is the whole form. */
export type Units = Record<string, Unit[]>;

export interface Inspector {
  person_id: string;
  name: string;
  is_lead: boolean;
  sections: string[] | null;
}

export interface ServedAnswer {
  answer: AnswerJson | null;
  remark: string;
  digest: string;
  by: string;
  by_name: string;
  at: string;
}

export interface Task {
  inspection_id: string;
  school_id: number;
  school: {
    name: string;
    address: string;
    stage: string;
    place: { latitude: number; longitude: number } | null;
  };
  tags: string[];
  parameters: Record<string, number>;
  plan: { id: string; title: string; kind: string };
  form_version_id: string;
  scheduled_on: string;
  state: string;
  return_reason: string | null;
  inspectors: Inspector[];
  mandatory: string[];
  previous: { visited_on: string; answers: Record<string, { answer: AnswerJson | null; remark: string; lost: string | number | null }> } | null;
  answers: Record<string, ServedAnswer>;
  units: Units;
  sample: unknown;
  submission_id: string | null;
}

export interface Tasks {
  server_time: string;
  person: { id: string; name: string };
  bureau: { id: number; name: string };
  tasks: Task[];
}

export interface Phrase {
  text: string;
  answer?: AnswerJson | null;
}

export interface FormRow {
  id: string;
  digest: string;
  number: number;
  title: string;
  form: FormJson;
  phrases: unknown;
  /** By item: how it is scored, in words. */
  words?: Record<string, string[]>;
  kept_at?: number;
}

export type State = "open" | "finalised" | "sent" | "purged" | "needs_attention";

export interface Receipt {
  submission_id: string;
  rev: number;
  seq: number;
  prev: string;
  hash: string;
  server_time: string;
  manifest_sha256: string;
  attachments: string[];
  visit_state: string;
  score: { score: string | null; maximum: string | null; band: string | null; verdict: string | null } | null;
  score_differs: boolean;
  signature: string;
}

export interface ClientScore {
  score: string | null;
  maximum: string | null;
  band: string | null;
  verdict: string | null;
  digest: string;
}

/** One inspector's work on one visit. `changes` counts what was written here, `sent_changes` what the service has. */
export interface Submission {
  id: string;
  inspection_id: string;
  school_id: number;
  form_version_id: string;
  state: State;
  /** Whether the inspector closed it; stays true in needs_attention, so that mending goes on from there. */
  finalised: boolean;
  problem: string;
  problem_keys: string[];
  rev: number | null;
  changes: number;
  sent_changes: number;
  started_at: string;
  clock_offset_ms: number;
  finalised_at: string | null;
  place: Place | null;
  parameters: Record<string, number>;
  units: Units;
  sample_checked: Record<string, boolean>;
  met_by: string;
  remark: string;
  refusal: string;
  client_score: ClientScore | null;
  last_error: string;
  last_try_at: string | null;
  receipt: Receipt | null;
  sent_at: string | null;
}

/** One row per answer. `base`: digest of the service's answer that this one replaces. */
export interface AnswerRow {
  submission: string;
  key: string;
  answer: AnswerJson | null;
  remark: string;
  at: string;
  base: string | null;
  theirs: ServedAnswer | null;
}

/** `remote`: taken on another device of this person; its bytes are not here. */
export interface AttachmentRow {
  id: string;
  submission: string;
  sha256: string;
  size: number;
  mime: string;
  key: string;
  purpose: "photo" | "signature";
  signer: string;
  taken_at: string;
  place: Place | null;
  uploaded: boolean;
  /** A small picture for the list; the evidence is the blob. */
  thumb: ArrayBuffer | null;
  remote: boolean;
}

export interface BlobRow {
  sha256: string;
  bytes: ArrayBuffer;
  mime: string;
}

/** Who uses this phone; `token` null: signed out, their work stays. */
export interface Identity {
  key: string;
  bureau_id: number;
  bureau_name: string;
  person_id: string;
  person_name: string;
  token: string | null;
  token_id: string | null;
  expires_at: string | null;
  last_used_at: string;
  /** Of somebody who works in a school: its day is on this phone instead of visits. */
  school_id?: number;
}
