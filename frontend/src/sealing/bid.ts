// A bid while it is written, the checks before it is sealed, and the document that is sealed (houqin-bid-2).

import { checkDeclared, declarations } from "./declared";
import { amount, inWords, parseDiscount, parseYuan } from "./money";

export interface Item {
  id: string;
  position: number;
  name: string;
  specification: string;
  standard: string;
  unit: string;
  quantity: string;
  ceiling_unit_price_fen: number | null;
  is_core: boolean;
}

export interface Criterion {
  code: string;
  part: string;
  answer_in: "qualification" | "technical";
  title: string;
  description: string;
  points: string;
}

export interface Lot {
  id: string;
  number: number;
  title: string;
  state: string;
  ceiling_fen: number | null;
  refusal: string;
  items: Item[];
  criteria: Criterion[];
}

export interface Receipt {
  receipt_number: string;
  sealed_at: string;
  ciphertext_sha256: string;
  size: number;
  version: number;
  [name: string]: unknown;
}

export interface OwnBid {
  bid_id: string;
  lot_id: string;
  state: string;
  state_label: string;
  reason: string;
  withdrawal: Record<string, unknown> | null;
  submissions: { submission_id: string; state: string; receipt: Receipt }[];
}

export interface Kit {
  format: string;
  bureau: string;
  server_time: string;
  most_bytes: number;
  supplier: { name: string; credit_code: string };
  tender: {
    id: string;
    number: string;
    title: string;
    state: string;
    price_form: "fixed" | "discount";
    bid_deadline: string | null;
    most_lots_bid: number | null;
    bid_bond_fen: number;
  };
  asked: { group: string; fields: AskedField[] }[];
  known: Record<string, string>;
  is_open: boolean;
  recipients: Record<"procurement" | "supervision" | "escrow", string>;
  lots: Lot[];
  bids: OwnBid[];
}

export interface AskedField {
  code: string;
  kind: "text" | "phone" | "email" | "id_tail" | "account" | "bond_form";
  required: boolean;
}

export interface DraftLine {
  price: string;
  brand: string;
  origin: string;
}

export interface DraftFile {
  id: string;
  name: string;
  media_type: string;
  sha256: string;
  size: number;
  data: string; // base64
}

export interface Draft {
  lines: Record<string, DraftLine>;
  discount: string;
  answers: Record<string, { statement: string; files: string[] }>;
  files: DraftFile[];
  declared?: Record<string, string>; // drafts of before this was asked have none
  saved_at: string;
}

export const emptyDraft = (): Draft => ({ lines: {}, discount: "", answers: {}, files: [], declared: {}, saved_at: "" });

export interface Finding {
  severity: "refused" | "warned";
  code: string;
  place?: string;
}

export const lineOf = (draft: Draft, item: Item): DraftLine => draft.lines[item.id] ?? { price: "", brand: "", origin: "" };

/** Sum of the lines that have a price, in fen. */
export const totalOf = (lot: Lot, draft: Draft): number =>
  lot.items.reduce((sum, item) => sum + amount(parseYuan(lineOf(draft, item).price) ?? 0, item.quantity), 0);

/** What stands against sealing this bid, and what a careful bidder would look at again. */
export const check = (kit: Kit, lot: Lot, draft: Draft): Finding[] => {
  const found: Finding[] = [];
  if (lot.refusal) found.push({ severity: "refused", code: "not_admitted", place: lot.refusal });
  if (kit.tender.price_form === "discount") {
    if (parseDiscount(draft.discount) === null) found.push({ severity: "refused", code: "discount" });
  }
  for (const item of lot.items) {
    const text = lineOf(draft, item).price;
    const price = parseYuan(text);
    if (kit.tender.price_form === "fixed" && text.trim() === "") found.push({ severity: "refused", code: "price_missing", place: item.name });
    else if (text.trim() !== "" && price === null) found.push({ severity: "refused", code: "price_bad", place: item.name });
    else if (price === 0 && text.trim() !== "") found.push({ severity: "warned", code: "price_zero", place: item.name });
    if (price !== null && item.ceiling_unit_price_fen !== null && price > item.ceiling_unit_price_fen)
      found.push({ severity: "refused", code: "above_unit_ceiling", place: item.name });
    if (item.is_core && lineOf(draft, item).brand.trim() === "") found.push({ severity: "refused", code: "brand_missing", place: item.name });
  }
  if (kit.tender.price_form === "fixed" && lot.ceiling_fen !== null && totalOf(lot, draft) > lot.ceiling_fen)
    found.push({ severity: "refused", code: "above_ceiling" });
  for (const criterion of lot.criteria) {
    const answer = draft.answers[criterion.code];
    if (answer && (answer.statement.trim() !== "" || answer.files.length > 0)) continue;
    found.push({ severity: criterion.part === "qualification" ? "refused" : "warned", code: "answer_missing", place: criterion.title });
  }
  return [...found, ...checkDeclared(kit, draft)];
};

/** The document that is sealed. */
export const document = (kit: Kit, lot: Lot, draft: Draft, bidId: string, madeAt: Date): Record<string, unknown> => {
  const fixed = kit.tender.price_form === "fixed";
  const total = totalOf(lot, draft);
  const items = lot.items
    .map((item) => ({ item, line: lineOf(draft, item), price: parseYuan(lineOf(draft, item).price) }))
    .filter(({ price }) => price !== null)
    .map(({ item, line, price }) => ({
      tender_item_id: item.id,
      unit_price_fen: price,
      quantity: item.quantity,
      amount_fen: amount(price ?? 0, item.quantity),
      brand: line.brand.trim(),
      origin: line.origin.trim(),
    }));
  const answers = (part: string): unknown[] =>
    lot.criteria
      .filter((criterion) => criterion.answer_in === part)
      .map((criterion) => ({
        criterion: criterion.code,
        statement: draft.answers[criterion.code]?.statement ?? "",
        files: (draft.answers[criterion.code]?.files ?? []).filter((id) => draft.files.some((file) => file.id === id)),
      }));
  return {
    format: kit.format,
    bureau: kit.bureau,
    tender_id: kit.tender.id,
    lot_id: lot.id,
    bid_id: bidId,
    supplier: kit.supplier,
    price: {
      form: kit.tender.price_form,
      ...(fixed ? { total_fen: total, total_words: inWords(total) } : { discount_percent: parseDiscount(draft.discount) }),
      items,
    },
    qualification: answers("qualification"),
    technical: answers("technical"),
    declarations: declarations(kit, draft),
    files: draft.files.map(({ id, name, media_type, sha256, data }) => ({ id, name, media_type, sha256, data })),
    made_at: madeAt.toISOString(),
    program: "houqin-web",
  };
};

/** Rows pasted from a spreadsheet: by number, name or order → [unit price, brand, origin]. */
export const pasted = (text: string, lot: Lot): Map<string, DraftLine> => {
  const found = new Map<string, DraftLine>();
  const rows = text.split(/\r?\n/).map((row) => row.split("\t").map((cell) => cell.trim())).filter((row) => row.some((cell) => cell !== ""));
  let next = 0;
  for (const row of rows) {
    const at = row.findIndex((cell) => lot.items.some((item) => item.name === cell || item.id === cell));
    const item = at >= 0 ? lot.items.find((one) => one.name === row[at] || one.id === row[at]) : lot.items[next];
    // The price is the last cell of the row's figures that stands before any brand: a single column is just prices.
    const cells = at >= 0 ? row.slice(at + 1) : row;
    const priceAt = cells.reduce((last, cell, place) => (parseYuan(cell) !== null ? place : last), -1);
    if (!item || priceAt < 0) continue;
    found.set(item.id, { price: cells[priceAt] ?? "", brand: cells[priceAt + 1] ?? "", origin: cells[priceAt + 2] ?? "" });
    next = lot.items.indexOf(item) + 1;
  }
  return found;
};
