// The form of one lot: prices, answers, files. Changes go into the draft at once; totals follow every keystroke.

import { button, h, toast } from "../fill/dom";
import { lineOf, pasted, totalOf, type Draft, type DraftLine, type Item, type Kit, type Lot } from "./bid";
import { declaredForm } from "./declared";
import { amount, inWords, parseYuan, yuan } from "./money";
import { sha256, toBase64 } from "./seal";
import { t } from "./talk";

const KINDS: Record<string, string> = { pdf: "application/pdf", jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png" };
const MOST_FILE = 10 * 1024 * 1024;

export const formOf = (kit: Kit, lot: Lot, draft: Draft, changed: () => void, redraw: () => void): HTMLElement =>
  h("div", null, prices(kit, lot, draft, changed, redraw), files(kit, draft, changed, redraw), declaredForm(kit, draft, changed), answers(lot, draft, changed));

const prices = (kit: Kit, lot: Lot, draft: Draft, changed: () => void, redraw: () => void): HTMLElement => {
  const fixed = kit.tender.price_form === "fixed";
  const total = h("output", { id: "bid-total" });
  const words = h("output", { id: "bid-words" });
  const sums = new Map<string, HTMLElement>();
  const refresh = (): void => {
    for (const item of lot.items) {
      const price = parseYuan(lineOf(draft, item).price);
      const cell = sums.get(item.id);
      if (cell) cell.textContent = price === null ? "—" : yuan(amount(price, item.quantity));
    }
    total.textContent = `${yuan(totalOf(lot, draft))} ${t("yuan")}`;
    words.textContent = inWords(totalOf(lot, draft));
    const above = fixed && lot.ceiling_fen !== null && totalOf(lot, draft) > lot.ceiling_fen;
    total.className = above ? "text-danger fw-bold" : "fw-bold";
  };
  const write = (item: Item, field: keyof DraftLine, value: string): void => {
    draft.lines[item.id] = { ...lineOf(draft, item), [field]: value };
    refresh();
    changed();
  };
  const input = (item: Item, field: keyof DraftLine, label: string): HTMLInputElement =>
    h("input", {
      class: "form-control form-control-sm", value: lineOf(draft, item)[field], "aria-label": `${item.name} ${label}`,
      name: `${field}-${item.position}`, autocomplete: "off", maxlength: field === "price" ? "16" : "100",
      inputmode: field === "price" ? "decimal" : null,
      oninput: (event: Event) => write(item, field, (event.target as HTMLInputElement).value),
      onpaste: (event: ClipboardEvent) => {
        const text = event.clipboardData?.getData("text") ?? "";
        if (field !== "price" || !/[\t\n]/.test(text.trim())) return;
        event.preventDefault();
        take(text, lot.items.indexOf(item));
      },
    } as Record<string, unknown>);
  const take = (text: string, from = 0): void => {
    const found = pasted(text, { ...lot, items: [...lot.items.slice(from), ...lot.items.slice(0, from)] });
    for (const [id, line] of found) draft.lines[id] = { ...(draft.lines[id] ?? { price: "", brand: "", origin: "" }), ...strip(line) };
    toast(t("pasted", { count: found.size }), found.size > 0 ? "success" : "danger");
    changed();
    redraw();
  };
  const row = (item: Item): HTMLElement => {
    const sum = h("td", { class: "num", "data-label": t("amount") });
    sums.set(item.id, sum);
    return h("tr", null,
      h("th", { scope: "row" }, item.name, item.is_core ? h("span", { class: "state tone-info" }, t("core")) : null,
        h("div", { class: "fine" }, [item.specification, item.standard].filter(Boolean).join(" · "))),
      h("td", { class: "num", "data-label": t("quantity") }, `${item.quantity} ${item.unit}`),
      h("td", { class: "num", "data-label": t("ceiling") }, item.ceiling_unit_price_fen === null ? "—" : yuan(item.ceiling_unit_price_fen)),
      h("td", { "data-label": t("unit_price") }, input(item, "price", t("unit_price"))), sum,
      h("td", { "data-label": t("brand") }, input(item, "brand", t("brand"))),
      h("td", { "data-label": t("origin") }, input(item, "origin", t("origin"))));
  };
  const table = h("div", { class: "table-responsive", tabindex: "0", role: "region", "aria-label": t("prices") },
    h("table", { class: "table table-cards bid-items" },
      h("thead", null, h("tr", null, ...["item", "quantity", "ceiling", "unit_price", "amount", "brand", "origin"].map((name) =>
        h("th", { scope: "col", class: ["quantity", "ceiling", "amount"].includes(name) ? "num" : "" }, t(name))))),
      h("tbody", null, ...lot.items.map(row))));
  const discount = h("input", {
    class: "form-control", id: "bid-discount", value: draft.discount, inputmode: "decimal", autocomplete: "off",
    oninput: (event: Event) => { draft.discount = (event.target as HTMLInputElement).value; changed(); },
  });
  const paste = h("textarea", { class: "form-control", rows: "4", id: "bid-paste", placeholder: t("paste_example") });
  refresh();
  return h("section", null, h("h2", { class: "mt-4" }, t("prices")),
    fixed ? null : h("div", { class: "field" }, h("label", { class: "form-label", for: "bid-discount" }, t("discount")), discount, h("div", { class: "form-hint" }, t("discount_help"))),
    h("details", { class: "card card-body mb-3" }, h("summary", null, t("paste")), h("p", { class: "fine" }, t("paste_help")),
      h("label", { class: "form-label", for: "bid-paste" }, t("paste_label")), paste, h("div", { class: "mt-2" }, button(t("take_over"), () => take(paste.value), { class: "btn" }))),
    table,
    fixed ? h("dl", { class: "facts" }, h("div", null, h("dt", null, t("total")), h("dd", null, total)), h("div", null, h("dt", null, t("in_words")), h("dd", null, words)),
      h("div", null, h("dt", null, t("lot_ceiling")), h("dd", null, lot.ceiling_fen === null ? "—" : `${yuan(lot.ceiling_fen)} ${t("yuan")}`))) : null);
};

const strip = (line: DraftLine): Partial<DraftLine> =>
  Object.fromEntries(Object.entries(line).filter(([, value]) => value !== "")) as Partial<DraftLine>;

const files = (kit: Kit, draft: Draft, changed: () => void, redraw: () => void): HTMLElement => {
  const chooser = h("input", { type: "file", class: "form-control", id: "bid-files", multiple: true, accept: ".pdf,.jpg,.jpeg,.png" });
  chooser.addEventListener("change", () => void add([...(chooser.files ?? [])]));
  const add = async (chosen: File[]): Promise<void> => {
    for (const file of chosen) {
      const kind = KINDS[file.name.split(".").pop()?.toLowerCase() ?? ""];
      const all = draft.files.reduce((sum, one) => sum + one.size, 0) + file.size;
      if (!kind) toast(t("file_kind", { name: file.name }), "danger");
      else if (file.size > MOST_FILE) toast(t("file_large", { name: file.name, most: MOST_FILE / 1048576 }), "danger");
      else if (all * 1.4 > kit.most_bytes) toast(t("too_large", { most: Math.floor(kit.most_bytes / 1048576) }), "danger");
      else {
        const bytes = new Uint8Array(await file.arrayBuffer());
        const taken = new Set(draft.files.map((one) => one.id));
        let number = draft.files.length + 1;
        while (taken.has(`f${number}`)) number++;
        draft.files.push({ id: `f${number}`, name: file.name, media_type: kind, sha256: await sha256(bytes), size: file.size, data: toBase64(bytes) });
      }
    }
    changed();
    redraw();
  };
  const remove = (id: string): void => {
    draft.files = draft.files.filter((file) => file.id !== id);
    changed();
    redraw();
  };
  return h("section", null, h("h2", { class: "mt-4" }, t("files")),
    h("label", { class: "form-label", for: "bid-files" }, t("add_files")), chooser, h("div", { class: "form-hint" }, t("files_help", { most: MOST_FILE / 1048576, all: Math.floor(kit.most_bytes / 1048576) })),
    h("ul", { class: "bid-files" }, ...draft.files.map((file) =>
      h("li", null, `${file.name}（${Math.max(1, Math.round(file.size / 1024))} KB）`, button(t("remove"), () => remove(file.id), { class: "btn btn-sm", "aria-label": `${t("remove")} ${file.name}` })))));
};

const PARTS = ["qualification", "technical"] as const;

const answers = (lot: Lot, draft: Draft, changed: () => void): HTMLElement => {
  const box = (code: string, title: string, description: string, points: string): HTMLElement => {
    const current = (): { statement: string; files: string[] } => draft.answers[code] ?? { statement: "", files: [] };
    const text = h("textarea", {
      class: "form-control", rows: "3", id: `answer-${code}`, maxlength: "20000",
      oninput: (event: Event) => { draft.answers[code] = { ...current(), statement: (event.target as HTMLTextAreaElement).value }; changed(); },
    });
    text.value = current().statement;
    const ticks = draft.files.map((file) =>
      h("label", { class: "form-check form-check-inline" },
        h("input", {
          type: "checkbox", class: "form-check-input", checked: current().files.includes(file.id) || null,
          onchange: (event: Event) => {
            const others = current().files.filter((id) => id !== file.id);
            draft.answers[code] = { ...current(), files: (event.target as HTMLInputElement).checked ? [...others, file.id] : others };
            changed();
          },
        }), h("span", { class: "form-check-label" }, file.name)));
    return h("div", { class: "field is-whole" },
      h("label", { class: "form-label", for: `answer-${code}` }, title, points !== "0" ? h("span", { class: "fine" }, ` ${t("points", { points })}`) : null),
      description ? h("div", { class: "form-hint" }, description) : null, text,
      ticks.length > 0 ? h("fieldset", { class: "mt-1" }, h("legend", { class: "fine" }, t("answer_files", { title })), ...ticks) : null);
  };
  return h("div", null, ...PARTS.map((part) => {
    const criteria = lot.criteria.filter((one) => one.answer_in === part);
    if (criteria.length === 0) return null;
    return h("section", null, h("h2", { class: "mt-4" }, t(part)), ...criteria.map((one) => box(one.code, one.title, one.description, one.points)));
  }));
};
