// A school's day as the service hands it out (docs/fill-protocol.md, "A school's day"), and what lies on the phone's disk.

import type { Json } from "../types";

export interface Option {
  value: string;
  label: string;
  tone?: string;
  /** Members of the record that the choice stands for. */
  sets?: Record<string, Json>;
}

export interface Field {
  name: string;
  type: "choice" | "choices" | "number" | "text" | "words" | "flag" | "findings" | "photo" | "day";
  label: string;
  required?: boolean;
  unit?: string;
  scale?: number;
  whole?: boolean;
  hint?: string;
  placeholder?: string;
  default?: Value;
  options?: Option[];
  sends?: boolean;
  suggestions?: string[];
  when?: Record<string, string[]>;
  when_out?: string;
  /** Of a photo: several. */
  many?: boolean;
}

export interface FormRow {
  key: string;
  label: string;
  note: string;
  values: Record<string, Json>;
  defaults: Record<string, Value>;
  limits?: Record<string, [string | null, string | null]>;
  without?: Record<string, string[]>;
  /** Fields that this row is not asked. */
  hides?: string[];
}

export interface DayForm {
  fields: Field[];
  shared: Field[];
  rows: FormRow[];
  subject: string;
  extra: boolean;
}

export interface DayTask {
  key: string;
  kind: string;
  meal: string | null;
  meal_name: string;
  title: string;
  state: "done" | "part" | "open" | "problem";
  words: string;
  due_at: string | null;
  is_occasional: boolean;
  form: DayForm;
}

export interface Lot {
  shipment_line_id: string;
  item: string;
  specification: string;
  unit: string;
  shipped: string;
  ordered: string;
  received: string;
  tolerance: string;
  is_cold: boolean;
  most_celsius: string | null;
  limit_hint: string;
  batch_no: string;
  production_date: string | null;
  expiry_date: string | null;
  papers: { kind: string; label: string; number: string; proves: boolean; findings: string[] }[];
  missing: { kind: string; label: string }[];
  warning: string;
}

export interface Shipment {
  shipment_id: string;
  number: string;
  code: string;
  supplier: string;
  order: string;
  expected_on: string;
  plate: string;
  note: string;
  temperature_celsius: string | null;
  is_replacement: boolean;
  lots: Lot[];
}

export interface CountedLine {
  item: string;
  unit: string;
  batch_no: string;
  shipped: string | null;
  arrived: string | null;
  net: string | null;
  rejected: string | null;
  reason: string;
  temperature_celsius: string | null;
}

export interface Awaiting {
  receipt_id: string;
  version: number;
  number: string;
  supplier: string;
  received_by_name: string;
  received_at: string;
  shipment: string;
  lines: CountedLine[];
}

export interface SchoolDay {
  server_time: string;
  digest: string;
  person: { id: string; name: string };
  bureau: { id: number; name: string };
  school: { id: number; name: string };
  kinds: { code: string; title: string }[];
  days: { day: string; tasks: DayTask[] }[];
  receiving: {
    receivers: number;
    reasons: { value: string; label: string }[];
    wanted: { value: string; label: string }[];
    source: string;
    shipments: Shipment[];
    awaiting: Awaiting[];
  };
}

export interface Picture {
  sha256: string;
  size: number;
  thumb: ArrayBuffer;
}

export type Value = string | boolean | string[] | Picture[];
export type Entered = Record<string, Value>;

/** A form half filled in; kept with every touch. `rows` by the row's key. */
export interface Draft {
  key: string;
  shared: Entered;
  rows: Record<string, Entered>;
  /** Dishes that no menu names, or papers photographed at the door. */
  extra: string[];
  happened_at: string;
  note: string;
  at: string;
}

export interface Acknowledgement {
  id: string;
  hash: string;
  server_time: string;
  made_at: string;
  counts_at: string;
  flags: string[];
  notes: string[];
  record_kind: string;
  record_ids: string[];
  url: string;
}

export interface Standing {
  receipt_id?: string;
  number?: string;
  state_label?: string;
  received_by_name?: string;
  received_at?: string;
  second_receiver_name?: string;
  shipment_state?: string;
}

export type RecordState = "waiting" | "needs_attention" | "sent";

/** One record, kept whole until seven days after its acknowledgement. */
export interface RecordRow {
  id: string;
  kind: string;
  school_id: number;
  title: string;
  detail: string;
  /** Where it was made: the day's task, or the shipment or receipt. */
  day: string;
  task: string;
  about: string;
  /** Keys of the rows of the form that it holds. */
  subjects: string[];
  made_at: string;
  clock_offset_ms: number;
  body: Record<string, Json>;
  files: { sha256: string; size: number }[];
  /** What a second person saw of it, in words; and, in a confirmation, who said so. */
  lines: CountedLine[];
  as: { person_id: string; name: string; token: string | null } | null;
  draft: Draft | null;
  state: RecordState;
  problem: string;
  errors: Record<string, string[]>;
  standing: Standing | null;
  last_error: string;
  acknowledgement: Acknowledgement | null;
}
