// Summary, signatures, closing. All of it happens on the phone; the sending follows when it can.

import type { App, Screen } from "../app";
import { button, h, toast } from "../dom";
import { saveWords, type Filling } from "../filling";
import { t } from "../messages";
import { codeOf } from "../model";
import { signaturePad } from "../pad";
import { signatureOf } from "../photos";
import { missing, openFilling } from "./fill";

const MOST_LISTED = 30;

export const finish = async (app: App, [inspection = ""]: string[]): Promise<Screen> => {
  const filling = await openFilling(app, inspection);
  if (!filling) return missing(app);
  const element = h("div", { class: "page" });
  const shown = new Map<string, { state: string; element: HTMLElement }>();
  const draw = (): void => {
    // A part whose state is the same stays: a half-written signature must survive what the sending brings.
    const now = parts(app, filling, draw).map(([name, state, make]) => {
      const before = shown.get(name);
      const part = before?.state === state ? before : { state, element: make() };
      shown.set(name, part);
      return part.element;
    });
    if (now.length !== element.children.length || now.some((part, at) => part !== element.children[at])) {
      for (const old of [...element.children]) if (!now.includes(old as HTMLElement)) old.remove();
      now.forEach((part, at) => {
        if (element.children[at] !== part) element.insertBefore(part, element.children[at] ?? null);
      });
    }
  };
  filling.listen((part) => {
    if (part.kind === "failed") toast(part.words, "danger");
    else draw();
  });
  draw();
  return { element, title: t("finish"), back: `/fill/${inspection}`, close: () => filling.close() };
};

/** Its name, what it depends on, and how it is made. */
type Part = [name: string, state: string, make: () => HTMLElement];

const parts = (app: App, filling: Filling, draw: () => void): Part[] => {
  const open = filling.open();
  const figures = filling.score.now();
  const summary: Part = ["summary", JSON.stringify([figures?.score, figures?.verdict, figures?.band]), () => summaryCard(filling)];
  if (!filling.editable) return [summary, ["closed", filling.submission.state, () => closed(app, filling, draw)]];
  const conflicts = filling.conflicts().length;
  const signers: [string, string][] = filling.task.inspectors.map((one) => [`inspector:${one.person_id}`, t("signature_inspector", { name: one.name })]);
  return [
    summary,
    ...(open.length > 0 ? ([["open", open.join(), () => openCard(filling, open)]] satisfies Part[]) : []),
    ...(conflicts > 0 ? ([["conflicts", String(conflicts), () => conflictsCard(filling, conflicts)]] satisfies Part[]) : []),
    ["texts", "", () => texts(filling)],
    ...[...signers, ["school", t("signature_school")] as const].map(([signer, label]): Part => [signer, filling.signature(signer)?.id ?? "", () => signing(filling, signer, label)]),
    ["refusal", "", () => refusal(filling)],
    ["closing", "", () => closing(app, filling)],
  ];
};

const summaryCard = (filling: Filling): HTMLElement => {
  const figures = filling.score.now();
  return h("div", { class: "card" },
    h("h2", {}, t("summary")),
    figures?.score
      ? h("p", { class: "big" }, t("score_of", { n: figures.score, of: figures.maximum ?? "" }), " ", h("b", {}, figures.verdict ?? figures.band ?? ""))
      : h("p", {}, figures?.verdict ?? t("no_score")),
    h("p", { class: "fine" }, t("score_preliminary")),
    h("a", { class: "button", href: `#/account/${filling.task.inspection_id}` }, t("account")),
  );
};

const conflictsCard = (filling: Filling, many: number): HTMLElement =>
  h("p", { class: "notice" }, h("a", { href: `#/conflicts/${filling.task.inspection_id}` }, t("compare_n", { n: many })));

const openCard = (filling: Filling, open: string[]): HTMLElement => {
  const { sections } = filling.form;
  const links = open.slice(0, MOST_LISTED).map((key) => {
    const [code = "", unit = ""] = key.split("@");
    const section = sections.find((one) => one.code === code || one.items?.some((item) => item.code === code));
    const item = section?.items?.find((one) => one.code === code);
    const unitLabel = Object.values(filling.submission.units).flat().find((one) => one.code === unit)?.label ?? unit;
    const words = [unitLabel, item?.no, item?.text ?? section?.title].filter(Boolean).join(" ");
    return h("li", {}, h("a", { href: `#/fill/${filling.task.inspection_id}/${encodeURIComponent(section?.code ?? "")}/${encodeURIComponent(unit)}` }, words.slice(0, 60)));
  });
  return h("div", { class: "card", id: "unanswered" }, h("h2", {}, t("open_n", { n: open.length })), h("ul", {}, ...links),
    open.length > MOST_LISTED ? h("p", { class: "fine" }, t("and_more", { n: open.length - MOST_LISTED })) : null);
};

const texts = (filling: Filling): HTMLElement => {
  const { submission } = filling;
  const met = h("input", { type: "text", name: "met_by", maxlength: 60, value: submission.met_by }) as HTMLInputElement;
  const remark = h("textarea", { name: "visit_remark", rows: 3, maxlength: 1500, value: submission.remark }) as HTMLTextAreaElement;
  met.addEventListener("change", () => void filling.change((row) => void (row.met_by = met.value.trim())));
  remark.addEventListener("change", () => void filling.change((row) => void (row.remark = remark.value.trim())));
  return h("div", { class: "card" }, h("label", { class: "field" }, h("span", {}, t("met_by")), met), h("label", { class: "field" }, h("span", {}, t("visit_remark")), remark));
};

const signing = (filling: Filling, signer: string, label: string): HTMLElement => {
  const place = h("div", { class: "card sign", "data-signer": signer }, h("h2", {}, label));
  const known = filling.signature(signer);
  if (known) {
    const image = h("img", { alt: label, class: "signature" }) as HTMLImageElement;
    void filling.work.bytesOf(known.sha256).then((bytes) => {
      if (!bytes) return;
      const url = URL.createObjectURL(new Blob([bytes], { type: known.mime }));
      image.onload = () => URL.revokeObjectURL(url);
      image.src = url;
    });
    place.append(image, h("div", { class: "row" }, button(t("sign_again"), () => void filling.detach(known).catch((error: unknown) => toast(saveWords(error), "danger")), { class: "button" })));
    return place;
  }
  const pad = signaturePad(label);
  const keep = async (): Promise<void> => {
    if (!pad.isSigned()) return toast(t("not_signed"), "danger");
    const { row, bytes } = await signatureOf(pad.canvas, filling.submission.id, signer);
    await filling.attach(row, bytes);
  };
  place.append(pad.canvas, h("div", { class: "row" },
    button(t("sign_clear"), () => pad.clear(), { class: "button" }),
    button(t("sign_keep"), () => void keep().catch((error: unknown) => toast(saveWords(error), "danger")), { class: "button primary", "data-k": "keep" })));
  return place;
};

const refusal = (filling: Filling): HTMLElement => {
  const input = h("input", { type: "text", name: "refusal", maxlength: 300, value: filling.submission.refusal }) as HTMLInputElement;
  input.addEventListener("change", () => void filling.change((row) => void (row.refusal = input.value.trim())));
  return h("div", { class: "card" }, h("label", { class: "field" }, h("span", {}, t("refusal")), input));
};

const closing = (app: App, filling: Filling): HTMLElement => {
  const person = filling.work.person.person_id;
  const close = async (): Promise<void> => {
    const open = filling.open();
    if (open.length > 0) return toast(t("finish_open", { n: open.length }), "danger");
    if (filling.conflicts().length > 0) return toast(t("finish_conflicts"), "danger");
    if (!filling.signature(`inspector:${person}`)) return toast(t("finish_sign"), "danger");
    if (!filling.signature("school") && !filling.submission.refusal) return toast(t("finish_school"), "danger");
    if (filling.unsaved.size > 0) return toast(t("not_saved"), "danger");
    await filling.work.finalise(filling.submission.id, await filling.score.client());
    toast(t("finished"), "success");
    app.go("/");
    void app.sync?.trigger({ manual: true });
  };
  return h("div", { class: "card" },
    h("p", { class: "fine" }, t("finish_note")),
    button(t("finish_now"), () => void close().catch((error: unknown) => toast(saveWords(error), "danger")), { class: "button primary wide", id: "finalise" }));
};

const closed = (app: App, filling: Filling, draw: () => void): HTMLElement => {
  const { state } = filling.submission;
  const sent = state === "sent" || state === "purged";
  const reopen = async (): Promise<void> => {
    await app.sync?.locked(() => filling.work.reopen(filling.submission.id));
    draw();
  };
  return h("div", { class: "card" }, h("p", {}, t(sent ? "closed_sent" : "closed_here")),
    sent ? h("a", { class: "button", href: `#/receipt/${filling.task.inspection_id}` }, t("receipt")) : button(t("reopen"), () => void reopen(), { class: "button" }));
};

/** The account: where the points went, item by item. */
export const account = async (app: App, [inspection = ""]: string[]): Promise<Screen> => {
  const filling = await openFilling(app, inspection);
  if (!filling) return missing(app);
  const figures = filling.score.now();
  const items = new Map(filling.form.sections.flatMap((section) => (section.items ?? []).map((item) => [item.code, item] as const)));
  const lost = (figures?.account ?? []).filter((line) => Number(line.lost) > 0 || ["failed", "found"].includes(line.reason));
  const element = h("div", { class: "page" },
    h("div", { class: "card" },
      h("p", { class: "big" }, figures?.score ? t("score_of", { n: figures.score, of: figures.maximum ?? "" }) : t("no_score")),
      figures && !figures.complete ? h("p", { class: "fine" }, t("score_incomplete")) : null,
      h("ul", { class: "plain" }, ...(figures?.sections ?? []).map((one) =>
        h("li", {}, `${filling.form.sections.find((section) => section.code === one.code)?.title ?? one.code} ${one.awarded} / ${one.available}`)))),
    h("div", { class: "card" }, h("h2", {}, t("lost_items")),
      lost.length === 0 ? h("p", {}, t("nothing_lost")) : h("ul", { class: "plain" }, ...lost.map((line) =>
        h("li", {}, [line.unit, items.get(codeOf(line.code))?.no, items.get(codeOf(line.code))?.text].filter(Boolean).join(" "), h("b", {}, ` −${line.lost}`))))),
  );
  filling.close();
  return { element, title: t("account"), back: `/fill/${inspection}` };
};
