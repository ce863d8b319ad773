// One item on the screen. Made once; on a change only what shows the change is made anew.

import { ask, button, h, toast, type Child } from "./dom";
import type { Filling } from "./filling";
import { saveWords } from "./filling";
import { inputs } from "./inputs";
import { t } from "./messages";
import { type Slot, applies, inWords, isNotApplicable, isOptional, mayBeAbsent, phrasesOf } from "./model";
import { NotAPicture, takePhoto } from "./photos";
import type { AttachmentRow } from "./types";

const TYPING_MS = 150;
const MOST_REMARK = 1000;
const MOST_PHOTOS = 30;

export interface Card {
  key: string;
  element: HTMLElement;
  update: () => void;
}

const badge = (words: string, kind = ""): HTMLElement => h("span", { class: `badge ${kind}` }, words);

const head = (filling: Filling, { item, key }: Slot): HTMLElement =>
  h("header", {},
    h("h3", {}, item.no ? h("span", { class: "no" }, item.no) : null, item.text),
    h("p", { class: "badges" },
      item.points ? badge(t("points", { n: item.points })) : null,
      filling.isMandatory(key) ? badge(t("mandatory"), "is-bad") : null,
      item.key ? badge(t("key_item"), "is-warn") : null,
      item.mark ? badge(item.mark, "is-warn") : null,
      item.bonus ? badge(t("bonus")) : null,
      isOptional(item) ? badge(t("optional")) : null,
      !applies(item, filling.task.tags) ? badge(t("tag_absent"), "is-warn") : null,
    ),
  );

const standard = (filling: Filling, { item }: Slot): HTMLElement | null => {
  const words = [item.rule_text, ...(filling.visit.form.words?.[item.code] ?? []), item.method && `${t("method")}：${item.method}`, item.note].filter(Boolean);
  return words.length > 0 ? h("details", { class: "standard" }, h("summary", {}, t("standard")), ...words.map((line) => h("p", {}, line as string))) : null;
};

const before = (filling: Filling, { item, key }: Slot): HTMLElement | null => {
  const previous = filling.previous(key);
  if (!previous) return null;
  const lost = previous.lost !== null && Number(previous.lost) > 0 ? t("lost_points", { n: String(previous.lost) }) : "";
  const words = [inWords(item, previous.answer), previous.remark, lost].filter(Boolean).join(t("list_comma"));
  return h("p", { class: `previous ${lost ? "is-bad" : ""}` }, t("last_time", { day: previous.visited_on, words }));
};

export const photoInput = (label: string, take: (files: File[]) => Promise<void>, disabled: boolean): HTMLElement => {
  const input = h("input", { type: "file", accept: "image/*", capture: "environment", class: "visually-hidden", disabled }) as HTMLInputElement;
  const words = h("span", {}, label);
  const place = h("label", { class: `button photo ${disabled ? "is-off" : ""}` }, input, words);
  input.addEventListener("change", () => {
    const files = [...(input.files ?? [])];
    input.value = "";
    if (files.length === 0) return;
    words.textContent = t("photo_working");
    void take(files).finally(() => (words.textContent = label));
  });
  return place;
};

export const addPhotos = async (filling: Filling, key: string, files: File[]): Promise<void> => {
  for (const file of files) {
    if (filling.photos(key).length >= MOST_PHOTOS) return toast(t("photo_most", { n: MOST_PHOTOS }), "danger");
    try {
      const { row, bytes } = await takePhoto(file, filling.submission.id, key);
      if (!(await filling.attach(row, bytes))) toast(t("photo_known"));
    } catch (error) {
      toast(error instanceof NotAPicture ? t("photo_unreadable") : saveWords(error), "danger");
    }
  }
};

const thumbUrls = new WeakMap<AttachmentRow, string>();

const thumb = (filling: Filling, row: AttachmentRow): HTMLElement => {
  const image = h("img", { alt: t("photo_at", { time: timeOf(row.taken_at) }), width: 72, height: 72, decoding: "async", loading: "lazy" }) as HTMLImageElement;
  if (row.thumb) {
    let url = thumbUrls.get(row);
    if (!url) thumbUrls.set(row, (url = URL.createObjectURL(new Blob([row.thumb], { type: "image/jpeg" }))));
    image.src = url;
  }
  return h("button", { type: "button", class: "thumb", onclick: () => void look(filling, row) }, row.thumb ? image : t("photo_other_device"));
};

const timeOf = (instant: string): string =>
  new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" }).format(new Date(instant));

const look = async (filling: Filling, row: AttachmentRow): Promise<void> => {
  const bytes = await filling.work.bytesOf(row.sha256);
  const url = bytes ? URL.createObjectURL(new Blob([bytes], { type: row.mime })) : "";
  const words = [timeOf(row.taken_at), row.place ? t("place_accuracy", { n: Math.round(row.place.accuracy) }) : t("no_place"), row.uploaded ? t("photo_uploaded") : t("photo_here")];
  const picture = url ? h("img", { src: url, alt: t("photo_at", { time: timeOf(row.taken_at) }), class: "full" }) : h("p", { class: "fault" }, t(row.remote ? "photo_other_device" : "attention_photo_lost"));
  const chosen = await ask(t("photo"), [picture, h("p", { class: "fine" }, words.join(" · "))], [
    { label: t("close"), value: "" },
    ...(filling.editable ? [{ label: t("remove_photo"), value: "remove", class: "button danger" }] : []),
  ]);
  if (url) URL.revokeObjectURL(url);
  if (chosen === "remove") await filling.detach(row).catch((error: unknown) => toast(saveWords(error), "danger"));
};

export const thumbs = (filling: Filling, key: string): HTMLElement[] => filling.photos(key).map((row) => thumb(filling, row));

const notApplicable = async (filling: Filling, key: string): Promise<void> => {
  const reason = h("input", { type: "text", maxlength: 200, value: "", "aria-label": t("na_reason") }) as HTMLInputElement;
  const label = h("label", { class: "field" }, h("span", {}, t("na_reason")), reason);
  const chosen = await ask(t("not_applicable"), [label], [{ label: t("cancel"), value: "" }, { label: t("confirm"), value: "yes", class: "button primary" }]);
  if (chosen === "yes") filling.set(key, { not_applicable: reason.value.trim() || t("na_default") });
};

export const absence = (filling: Filling, key: string): Child => {
  const answer = filling.answer(key);
  const absent = isNotApplicable(answer);
  const label = absent ? `${t("not_applicable")}：${String(answer?.["not_applicable"])}` : t("not_applicable");
  return button(label, () => (absent ? filling.set(key, null) : void notApplicable(filling, key)), {
    class: "choice is-plain", "aria-pressed": String(absent), disabled: !filling.editable, "data-k": "na",
  });
};

/** A room's own figures come before the school's. */
const parametersOf = (filling: Filling, { unit }: Slot): Record<string, number> => ({ ...filling.submission.parameters, ...unit?.parameters });

export const itemCard = (filling: Filling, slot: Slot): Card => {
  const { item, key } = slot;
  const controls = h("div", { class: "controls" });
  const tools = h("div", { class: "row tools" });
  const pictures = h("div", { class: "thumbs" });
  const status = h("p", { class: "card-state", role: "status" });
  const remark = h("textarea", { rows: 2, maxlength: MOST_REMARK, "aria-label": `${t("remark")} ${item.no ?? ""}`, placeholder: t("remark") }) as HTMLTextAreaElement;
  const remarkPlace = h("div", { class: "remark", hidden: true }, remark);
  const element = h("article", { class: "card item", id: `item-${key}`, "data-key": key }, head(filling, slot), standard(filling, slot), before(filling, slot), controls, tools, remarkPlace, pictures, status);

  let timer: ReturnType<typeof setTimeout> | undefined;
  const saveRemark = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (remark.value.trim() !== filling.remark(key)) filling.set(key, filling.answer(key), remark.value.trim());
  };
  remark.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(saveRemark, TYPING_MS);
  });
  remark.addEventListener("blur", saveRemark);

  const openRemark = (): void => {
    remarkPlace.hidden = false;
    remark.focus();
  };
  const phrases = phrasesOf(filling.visit.form.phrases, item.code);
  const choosePhrase = async (): Promise<void> => {
    const chosen = await ask(t("phrases"), [], [
      ...phrases.map((phrase, place) => ({ label: phrase.text, value: String(place + 1), class: "button wide" })),
      { label: t("cancel"), value: "" },
    ]);
    const phrase = phrases[Number(chosen) - 1];
    if (!phrase) return;
    const words = [filling.remark(key), phrase.text].filter(Boolean).join("；").slice(0, MOST_REMARK);
    filling.set(key, phrase.answer ?? filling.answer(key), words);
  };
  const editable = filling.editable;
  tools.append(
    photoInput(t("photo_take"), (files) => addPhotos(filling, key, files), !editable),
    button(t("remark"), openRemark, { class: "button", disabled: !editable }),
    ...(phrases.length > 0 ? [button(t("phrases"), () => void choosePhrase(), { class: "button", disabled: !editable })] : []),
  );

  let shownPhotos = "";
  const update = (): void => {
    const answer = filling.answer(key);
    const focused = document.activeElement instanceof HTMLElement && controls.contains(document.activeElement) ? document.activeElement.dataset["k"] : null;
    const absent = isNotApplicable(answer);
    const parts: Child[] = absent ? [] : inputs({ item, answer, disabled: !filling.editable, parameters: parametersOf(filling, slot), set: (next) => filling.set(key, next) });
    if (mayBeAbsent(filling.form, item) || absent) parts.push(absence(filling, key));
    controls.replaceChildren(...parts.filter((part): part is Node | string => Boolean(part)));
    if (focused) controls.querySelector<HTMLElement>(`[data-k="${CSS.escape(focused)}"]`)?.focus();
    element.dataset["answered"] = String(Boolean(answer));
    if (document.activeElement !== remark) {
      remark.value = filling.remark(key);
      if (remark.value) remarkPlace.hidden = false;
    }
    remark.disabled = !filling.editable;
    const photos = filling.photos(key);
    const shown = photos.map((row) => row.id).join();
    if (shown !== shownPhotos) {
      shownPhotos = shown;
      pictures.replaceChildren(...thumbs(filling, key));
    }
    status.replaceChildren(...statusOf(filling, slot, photos.length));
  };
  update();
  return { key, element, update };
};

const statusOf = (filling: Filling, { key }: Slot, photos: number): (Node | string)[] => {
  const row = filling.row(key);
  if (row?.theirs) {
    return [h("a", { href: `#/conflicts/${filling.task.inspection_id}`, class: "fault" }, t("differs_from", { name: row.theirs.by_name }))];
  }
  const words: string[] = [];
  const other = filling.otherName(key);
  if (other) words.push(t("answered_by", { name: other }));
  const answer = filling.answer(key);
  const count = typeof answer?.["count"] === "number" ? answer["count"] : 0;
  if (count > 0 && filling.row(key)) words.push(t("photos_of_count", { n: photos, count }));
  const shown: (Node | string)[] = words.length > 0 ? [words.join(" · ")] : [];
  if (filling.unsaved.has(key) && filling.row(key)) {
    shown.push(" ", button(t("saving"), () => filling.set(key, filling.answer(key)), { class: "link" }));
  }
  return shown;
};
