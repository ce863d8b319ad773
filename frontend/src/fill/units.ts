// Rooms, windows: what a section (or the whole form) is filled for, one after the other.

import { ask, button, h } from "./dom";
import type { Filling } from "./filling";
import type { SectionJson } from "./form";
import { t } from "./messages";
import { applies, isOptional, keyOf } from "./model";
import type { Unit } from "./types";

const MOST_UNITS = 300;

const openIn = (filling: Filling, section: SectionJson, unit: Unit): number =>
  (section.items ?? []).filter((item) => applies(item, filling.task.tags) && !isOptional(item) && !filling.answer(keyOf(item.code, unit))).length;

/** A code for the answers' keys: the label where it can serve, else counted on. */
const codeFor = (label: string, taken: Set<string>): string => {
  const plain = label.normalize("NFKC").replace(/[^A-Za-z0-9._-]/g, "").slice(0, 36);
  if (/^[A-Za-z0-9]/.test(plain) && !taken.has(plain)) return plain;
  for (let at = 1; ; at++) if (!taken.has(`u${at}`)) return `u${at}`;
};

export const unitsBar = (filling: Filling, section: SectionJson, place: string, current: Unit | null, choose: (unit: Unit | null) => void): HTMLElement => {
  const repeat = section.repeat ?? filling.form.repeat;
  const label = repeat?.unit_label ?? t("unit");
  const units = filling.submission.units[place] ?? [];
  const change = async (next: Unit[]): Promise<void> => filling.change((submission) => void (submission.units = { ...submission.units, [place]: next }));

  const add = async (): Promise<void> => {
    if (units.length >= MOST_UNITS) return;
    const name = h("input", { type: "text", maxlength: 40, "aria-label": t("unit_name", { label }) }) as HTMLInputElement;
    const figures = (filling.form.parameters ?? []).filter((one) => one.source === "unit").map((parameter) => ({
      parameter, input: h("input", { type: "text", inputmode: "decimal", maxlength: 8 }) as HTMLInputElement,
    }));
    const fields = [
      h("label", { class: "field" }, h("span", {}, t("unit_name", { label })), name),
      ...figures.map(({ parameter, input }) => h("label", { class: "field" }, h("span", {}, `${parameter.label}${parameter.unit ? `（${parameter.unit}）` : ""}`), input)),
    ];
    const chosen = await ask(t("unit_add", { label }), fields, [{ label: t("cancel"), value: "" }, { label: t("confirm"), value: "yes", class: "button primary" }]);
    const words = name.value.trim();
    if (chosen !== "yes" || !words || units.some((one) => one.label === words)) return;
    const parameters = Object.fromEntries(figures.filter(({ input }) => /^\d+(\.\d+)?$/.test(input.value.trim())).map(({ parameter, input }) => [parameter.name, Number(input.value)]));
    const unit: Unit = { code: codeFor(words, new Set(units.map((one) => one.code))), label: words, ...(Object.keys(parameters).length > 0 ? { parameters } : {}) };
    choose(unit);
    await change([...units, unit]);
  };

  const remove = async (unit: Unit): Promise<void> => {
    const sections = section.repeat ? [section] : filling.form.sections;
    const keys = sections.flatMap((one) => [one.code, ...(one.items ?? []).map((item) => item.code)]).map((code) => keyOf(code, unit));
    const used = keys.filter((key) => filling.answer(key));
    const question = used.length > 0 ? t("unit_remove_used", { n: used.length }) : t("unit_remove_sure");
    const chosen = await ask(`${t("unit_remove")} ${unit.label}`, [h("p", {}, question)], [{ label: t("cancel"), value: "" }, { label: t("unit_remove"), value: "yes", class: "button danger" }]);
    if (chosen !== "yes") return;
    for (const key of used) filling.set(key, null, "");
    const left = units.filter((one) => one.code !== unit.code);
    choose(left[0] ?? null);
    await change(left);
  };

  const grid = units.map((unit) => {
    const open = openIn(filling, section, unit);
    return button(open > 0 ? `${unit.label} ${open}` : `${unit.label} ✓`, () => choose(unit), { class: "chip", "aria-current": String(unit.code === current?.code), "data-unit": unit.code });
  });
  return h("div", { class: "units" },
    h("div", { class: "chips wrap" }, ...grid),
    filling.editable
      ? h("div", { class: "row" },
          button(t("unit_add", { label }), () => void add(), { class: "button", "data-k": "add-unit" }),
          current ? button(t("unit_remove"), () => void remove(current), { class: "button" }) : null)
      : null,
    units.length < (repeat?.minimum_units ?? 1) ? h("p", { class: "fault" }, t("units_least", { n: repeat?.minimum_units ?? 1, label })) : null,
  );
};
