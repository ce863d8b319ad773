// What is to be looked at is drawn on site from the visit's own seed: the inspector says how many there are, the draw says
// which. It is written into the visit's remark at once, so that anyone can draw again and find the same.

import { sample } from "../draws/sample";
import { button, h, toast } from "./dom";
import type { Filling } from "./filling";
import { t } from "./messages";

interface Rules {
  seed: string;
  rules: Record<string, number>;
}

const rulesOf = (given: unknown): Rules | null => {
  if (!given || typeof given !== "object") return null;
  const { seed, rules } = given as { seed?: unknown; rules?: unknown };
  if (typeof seed !== "string" || !rules || typeof rules !== "object") return null;
  return { seed, rules: Object.fromEntries(Object.entries(rules).filter(([, count]) => typeof count === "number" && count > 0)) };
};

const MOST = 9999;

export const sampleCard = (filling: Filling): HTMLElement | null => {
  const found = rulesOf(filling.task.sample);
  if (!found || Object.keys(found.rules).length === 0) return null;
  return h("div", { class: "card", id: "sample" }, h("h2", {}, t("sample_title")), ...Object.entries(found.rules).map(([what, count]) => row(filling, found.seed, what, count)));
};

const row = (filling: Filling, seed: string, what: string, count: number): HTMLElement => {
  const name = t(`sample_${what}`);
  const written = `${t("sample_title")}·${name}`;
  const known = filling.submission.remark.split("\n").find((line) => line.startsWith(written));
  if (known) return h("p", { class: "notice", "data-sample": what }, known);
  const input = h("input", { type: "text", inputmode: "numeric", maxlength: 4, disabled: !filling.editable }) as HTMLInputElement;
  const draw = async (): Promise<void> => {
    const population = Number(input.value.trim());
    if (!Number.isInteger(population) || population < 1 || population > MOST) return toast(t("not_a_number"), "danger");
    const drawn = await sample(seed, filling.task.inspection_id, what, population, Math.min(count, population));
    const numbers = [...drawn].sort((one, other) => one - other).map((place) => place + 1).join("、");
    const words = `${written}：${t("sample_words", { population, count: drawn.length, numbers })}`;
    // Once drawn it stands: drawing again with another number would be choosing.
    await filling.change((submission) => void (submission.remark = [submission.remark, words].filter(Boolean).join("\n")));
  };
  return h("div", { class: "field", "data-sample": what },
    h("label", { class: "field" }, h("span", {}, t("sample_population", { name, count })), input),
    button(t("sample_draw"), () => void draw(), { class: "button", disabled: !filling.editable }));
};
