// One field of a form as a thumb wants it: buttons to choose from, a number with its unit and limits, pictures.

import { photoInput } from "../card";
import { button, h, toast, type Child } from "../dom";
import { saveWords } from "../filling";
import { t } from "../messages";
import { NotAPicture, takePhoto } from "../photos";
import { isHidden, isOut, isPictures } from "./model";
import type { Entered, Field, FormRow, Picture, Value } from "./types";

const MOST_FINDINGS = 10;

export interface FieldContext {
  entered: Entered;
  row: FormRow | null;
  problems: Record<string, string>;
  /** `redraw`: other fields may appear or go. */
  set: (name: string, value: Value, redraw: boolean) => void;
  keepPicture: (name: string, pictures: Picture[], picture: Picture, bytes: ArrayBuffer) => Promise<void>;
}

const MOST_PICTURES = 10;
const mostOf = (field: Field): number => (field.many ? MOST_PICTURES : 1);

export const fieldView = (context: FieldContext, field: Field): HTMLElement => {
  const body = BODIES[field.type](context, field);
  const problem = context.problems[field.name];
  return h("div", { class: "field", "data-field": field.name, "data-out": field.when_out, hidden: isHidden(field, context.entered, context.row) },
    field.type === "flag" ? null : h("span", {}, field.label, field.required ? " *" : ""),
    ...body,
    field.hint ? h("small", {}, field.hint) : null,
    problem ? h("p", { class: "fault", role: "alert" }, PROBLEMS.includes(problem) ? t(`problem_${problem}`) : problem) : null);
};

const PROBLEMS = ["required", "number"];

type Body = (context: FieldContext, field: Field) => Child[];

const choice: Body = ({ entered, row, set }, field) => {
  const without = row?.without?.[field.name] ?? [];
  return [h("div", { class: "choices" }, ...(field.options ?? []).filter((one) => !without.includes(one.value)).map((one) =>
    button(one.label, () => set(field.name, one.value, true), {
      class: `choice ${one.tone ? `is-${one.tone}` : ""}`, "aria-pressed": String(entered[field.name] === one.value), "data-k": `${field.name}-${one.value}`,
    })))];
};

const choices: Body = ({ entered, set }, field) => {
  const chosen = (entered[field.name] as string[] | undefined) ?? [];
  return [h("div", { class: "choices" }, ...(field.options ?? []).map((one) => {
    const on = chosen.includes(one.value);
    return button(one.label, () => set(field.name, on ? chosen.filter((value) => value !== one.value) : [...chosen, one.value], true), {
      class: "choice", "aria-pressed": String(on), "data-k": `${field.name}-${one.value}`,
    });
  }))];
};

const number: Body = ({ entered, row, set }, field) => {
  const limits = row?.limits?.[field.name];
  const input = h("input", {
    class: "number", inputmode: field.whole && !field.scale ? "numeric" : "decimal", value: String(entered[field.name] ?? ""), maxlength: 12,
    "aria-label": [row?.label, field.label].filter(Boolean).join(" "), "data-k": field.name, autocomplete: "off",
  }) as HTMLInputElement;
  const out = h("p", { class: "fault", hidden: !isOut(input.value, limits) }, t("out_of_limits", { limits: limitWords(limits) }));
  input.addEventListener("input", () => {
    out.hidden = !isOut(input.value, limits);
    // Shown and hidden where it stands: drawing anew would take the next field from under the thumb.
    for (const more of input.closest("section")?.querySelectorAll<HTMLElement>(`[data-out="${field.name}"]`) ?? []) more.hidden = out.hidden;
    set(field.name, input.value, false);
  });
  return [h("div", { class: "stepper" }, input, h("span", { class: "unit" }, field.unit ?? "")), out];
};

const limitWords = (limits: [string | null, string | null] | undefined): string =>
  limits ? [limits[0] === null ? "" : `≥ ${limits[0]}`, limits[1] === null ? "" : `≤ ${limits[1]}`].filter(Boolean).join(" ") : "";

const text: Body = ({ entered, row, set }, field) => {
  const list = field.suggestions ? `list-${field.name}` : null;
  const input = h("input", {
    value: String(entered[field.name] ?? ""), maxlength: 200, placeholder: field.placeholder, list, "data-k": field.name, autocomplete: "off",
    "aria-label": [row?.label, field.label].filter(Boolean).join(" "),
  }) as HTMLInputElement;
  input.addEventListener("input", () => set(field.name, input.value, false));
  return [input, list ? h("datalist", { id: list }, ...(field.suggestions ?? []).map((value) => h("option", { value }))) : null];
};

const words: Body = ({ entered, row, set }, field) => {
  const area = h("textarea", {
    rows: 3, maxlength: 1000, placeholder: field.placeholder, "data-k": field.name, "aria-label": [row?.label, field.label].filter(Boolean).join(" "),
  }, String(entered[field.name] ?? "")) as HTMLTextAreaElement;
  area.addEventListener("input", () => set(field.name, area.value, false));
  return [area];
};

const flag: Body = ({ entered, set }, field) => {
  const on = entered[field.name] === true;
  return [button(`${on ? "✓ " : ""}${field.label}`, () => set(field.name, !on, true), { class: "choice", "aria-pressed": String(on), "data-k": field.name })];
};

const findings: Body = ({ entered, set }, field) => {
  const lines = [...((entered[field.name] as string[] | undefined) ?? [])];
  if (lines.length === 0) lines.push("");
  return [
    ...lines.map((line, at) => {
      const area = h("textarea", { rows: 2, maxlength: 1000, "aria-label": `${field.label} ${at + 1}`, "data-k": `${field.name}-${at}` }, line) as HTMLTextAreaElement;
      area.addEventListener("input", () => {
        lines[at] = area.value;
        set(field.name, [...lines], false);
      });
      return area;
    }),
    lines.length < MOST_FINDINGS ? button(t("finding_add"), () => set(field.name, [...lines, ""], true), { class: "button" }) : null,
  ];
};

const photo: Body = (context, field) => {
  const value = context.entered[field.name];
  const pictures: Picture[] = isPictures(value) ? value : [];
  const remove = (gone: Picture): void => context.set(field.name, pictures.filter((one) => one !== gone), true);
  return [
    h("div", { class: "thumbs" }, ...pictures.map((one) => button(thumb(one), () => remove(one), { class: "thumb", "aria-label": t("remove_photo") }))),
    pictures.length < mostOf(field) ? photoInput(t("photo_take"), (files) => take(context, field, pictures, files), false) : null,
  ];
};

const thumb = (picture: Picture): HTMLElement => {
  const url = URL.createObjectURL(new Blob([picture.thumb], { type: "image/jpeg" }));
  const image = h("img", { alt: t("photo"), width: 72, height: 72, decoding: "async" }) as HTMLImageElement;
  image.onload = () => URL.revokeObjectURL(url);
  image.src = url;
  return image;
};

const take = async (context: FieldContext, field: Field, known: Picture[], files: File[]): Promise<void> => {
  let pictures = known;
  for (const file of files.slice(0, mostOf(field) - known.length)) {
    try {
      const { row, bytes } = await takePhoto(file, "", "");
      const picture: Picture = { sha256: row.sha256, size: row.size, thumb: row.thumb ?? new ArrayBuffer(0) };
      if (pictures.some((one) => one.sha256 === picture.sha256)) continue;
      const more = [...pictures, picture];
      await context.keepPicture(field.name, more, picture, bytes);
      pictures = more;
    } catch (error) {
      toast(error instanceof NotAPicture ? t("photo_unreadable") : saveWords(error), "danger");
    }
  }
};

const day: Body = ({ entered, row, set }, field) => {
  const input = h("input", {
    type: "date", value: String(entered[field.name] ?? ""), "data-k": field.name, "aria-label": [row?.label, field.label].filter(Boolean).join(" "),
  }) as HTMLInputElement;
  input.addEventListener("input", () => set(field.name, input.value, false));
  return [input];
};

const BODIES: Record<Field["type"], Body> = { day, choice, choices, number, text, words, flag, findings, photo };
