// The controls of one item, by the shape of its rule. They are made anew when its answer changes.

import { button, h, type Child } from "./dom";
import type { EntryJson, ItemJson } from "./form";
import { t } from "./messages";
import { requiredOf, stepped, unitWords } from "./model";
import type { AnswerJson } from "./types";

const MOST_COUNT = 9999;

export interface InputContext {
  item: ItemJson;
  answer: AnswerJson | null;
  disabled: boolean;
  parameters: Record<string, number>;
  set: (answer: AnswerJson | null) => void;
}

/** The veto flag and the part that was reported before stay with the answer when its value changes. */
const withFlags = (before: AnswerJson | null, value: AnswerJson): AnswerJson => ({
  ...value,
  ...(before?.["veto"] ? { veto: true } : {}),
  ...("count" in value && before?.["unresolved"] ? { unresolved: Math.min(Number(before["unresolved"]), Number(value["count"])) } : {}),
});

const choice = (context: InputContext, label: string, value: AnswerJson, chosen: boolean, kind: string, name: string): HTMLElement =>
  button(label, () => context.set(chosen ? null : withFlags(context.answer, value)), {
    class: `choice is-${kind}`, "aria-pressed": String(chosen), disabled: context.disabled, "data-k": name,
  });

const yesNo = (context: InputContext): Child[] => {
  const words = context.item.rule.shape === "yes_no" ? ["passed", "failed"] : ["met", "not_met"];
  const met = context.answer?.["met"];
  return [
    h("div", { class: "choices" },
      choice(context, t(words[0] ?? ""), { met: true }, met === true, "good", "yes"),
      choice(context, t(words[1] ?? ""), { met: false }, met === false, "bad", "no"),
    ),
  ];
};

const found = (context: InputContext): Child[] => {
  const value = context.answer?.["found"];
  return [
    h("div", { class: "choices" },
      choice(context, t("not_found"), { found: false }, value === false, "good", "no"),
      choice(context, t("found"), { found: true }, value === true, "bad", "yes"),
    ),
  ];
};

interface Stepper {
  value: string | null;
  label: string;
  unit: string;
  less: () => void;
  more: () => void;
  typed: (text: string) => void;
  disabled: boolean;
  name: string;
  decimal?: boolean;
}

const stepper = ({ value, label, unit, less, more, typed, disabled, name, decimal }: Stepper): HTMLElement => {
  const input = h("input", {
    class: "number", inputmode: decimal ? "decimal" : "numeric", value: value ?? "", "aria-label": label, disabled, "data-k": `${name}-input`, maxlength: 8,
  }) as HTMLInputElement;
  input.addEventListener("change", () => typed(input.value.trim()));
  return h("div", { class: "stepper" },
    button("−", less, { class: "step", "aria-label": `${label} −`, disabled, "data-k": `${name}-less` }),
    input,
    button("+", more, { class: "step", "aria-label": `${label} +`, disabled, "data-k": `${name}-more` }),
    h("span", { class: "unit" }, unit),
  );
};

const whole = (text: string): number | null => (/^\d{1,4}$/.test(text) ? Number(text) : null);

const counter = (context: InputContext): Child[] => {
  const { item, answer, disabled } = context;
  const { rule } = item;
  const now = typeof answer?.["count"] === "number" ? answer["count"] : null;
  const set = (count: number | null): void => context.set(count === null ? null : withFlags(answer, { count: Math.min(MOST_COUNT, Math.max(0, count)) }));
  const unit = unitWords(item);
  const required = requiredOf(rule.required, context.parameters);
  const isDefects = rule.shape === "count_deduction" || (rule.shape === "tiers" && rule.counts !== "present");
  const parts: Child[] = [
    h("div", { class: "choices" },
      isDefects ? choice(context, t("no_defect"), { count: 0 }, now === 0, "good", "zero") : null,
      stepper({
        value: now === null ? null : String(now), label: t("number_of", { unit }), unit, disabled, name: "count",
        less: () => set((now ?? 1) - 1), more: () => set((now ?? 0) + 1), typed: (text) => set(whole(text)),
      }),
    ),
  ];
  if (rule.shape === "required_count") parts.push(h("p", { class: "fine" }, required === null ? t("required_unknown") : t("required_n", { n: required, unit })));
  const factor = rule.unresolved_factor;
  if (factor && factor !== "1" && now) {
    const unresolved = Number(answer?.["unresolved"] ?? 0);
    const setUnresolved = (many: number): void => {
      const { unresolved: dropped, ...rest } = answer ?? {};
      void dropped;
      const kept = Math.min(now, Math.max(0, many));
      context.set(kept ? { ...rest, unresolved: kept } : rest);
    };
    parts.push(h("div", { class: "sub" }, h("span", {}, t("unresolved")), stepper({
      value: String(unresolved), label: t("unresolved"), unit, disabled, name: "unresolved",
      less: () => setUnresolved(unresolved - 1), more: () => setUnresolved(unresolved + 1), typed: (text) => setUnresolved(whole(text) ?? 0),
    })));
  }
  return parts;
};

const judged = (context: InputContext): Child[] => {
  const { item, answer, disabled } = context;
  const most = item.points ?? "0";
  const step = item.rule.step ?? "0.5";
  const now = answer && "judged" in answer ? String(answer["judged"]) : null;
  const set = (mark: string | null): void => context.set(mark === null ? null : withFlags(answer, { judged: mark }));
  const typed = (text: string): void => {
    const number = Number(text.replace("，", ".").replace(",", "."));
    if (text === "") return set(null);
    // Off the step or out of range is brought to the nearest mark that the rule takes.
    if (!Number.isFinite(number)) return context.set(answer);
    const down = stepped(String(Math.min(number, Number(most)) + Number(step) / 2), step, -1, most);
    set(number >= Number(most) ? most : down);
  };
  return [
    h("div", { class: "choices" },
      choice(context, t("full_points", { n: most }), { judged: most }, now === most, "good", "full"),
      stepper({
        value: now, label: t("mark"), unit: t("of_points", { n: most }), disabled, name: "mark", decimal: true, typed,
        less: () => set(now === null ? stepped(most, step, -1, most) : stepped(now, step, -1, most)),
        more: () => set(now === null ? step : stepped(now, step, 1, most)),
      }),
    ),
  ];
};

const entries = (context: InputContext): Child[] => {
  const { item, answer, disabled } = context;
  const given = answer?.["checked"];
  const times: Record<string, number> = Array.isArray(given)
    ? Object.fromEntries(given.map((code) => [String(code), 1]))
    : given && typeof given === "object" ? (given as Record<string, number>) : {};
  const isDeduction = item.rule.shape === "listed_deductions";
  const set = (code: string, many: number): void => {
    const next = { ...times, [code]: Math.min(MOST_COUNT, Math.max(0, many)) };
    const checked = Object.fromEntries(Object.entries(next).filter(([, value]) => value > 0));
    context.set(withFlags(answer, { checked }));
  };
  const row = (entry: EntryJson): HTMLElement => {
    const many = times[entry.code] ?? 0;
    const words = `${entry.label}（${isDeduction ? "−" : "+"}${entry.points}）`;
    const box = button(words, () => set(entry.code, many > 0 ? 0 : 1), {
      class: `choice is-${isDeduction ? "bad" : "good"} is-row`, "aria-pressed": String(many > 0), disabled, "data-k": `entry-${entry.code}`,
    });
    if (!entry.repeatable || many === 0) return box;
    return h("div", { class: "entry" }, box, stepper({
      value: String(many), label: entry.label, unit: t("times"), disabled, name: `times-${entry.code}`,
      less: () => set(entry.code, many - 1), more: () => set(entry.code, many + 1), typed: (text) => set(entry.code, whole(text) ?? many),
    }));
  };
  const none = Boolean(answer && "checked" in answer && Object.keys(times).length === 0);
  return [
    h("div", { class: "rows" },
      ...(item.rule.entries ?? []).map(row),
      choice({ ...context, set: (value) => context.set(value) }, t(isDeduction ? "none_of_these" : "none_reached"), { checked: {} }, none, isDeduction ? "good" : "bad", "none"),
    ),
  ];
};

const levels = (context: InputContext): Child[] => {
  const now = context.answer?.["level"];
  return [
    h("div", { class: "rows" }, ...(context.item.rule.entries ?? []).map((entry) =>
      choice(context, `${entry.label}（${t("points", { n: entry.points })}）`, { level: entry.code }, now === entry.code, "plain is-row", `level-${entry.code}`))),
  ];
};

const byShape = (context: InputContext): Child[] => {
  switch (context.item.rule.shape) {
    case "judged":
      return judged(context);
    case "count_deduction":
    case "tiers":
    case "required_count":
      return counter(context);
    case "listed_deductions":
    case "additive":
      return entries(context);
    case "levels":
      return levels(context);
    case "veto_only":
      return found(context);
    default:
      return yesNo(context);
  }
};

export const inputs = (context: InputContext): Child[] => {
  const { item, answer, disabled } = context;
  const parts = byShape(context);
  const veto = item.veto;
  const flagged = answer?.["veto"] === true;
  if (veto?.effect && veto.effect !== "none" && item.rule.shape !== "veto_only" && veto.condition && answer && !("not_applicable" in answer)) {
    parts.push(button(`${t("veto_if")}${veto.condition}`, () => {
      const { veto: dropped, ...rest } = answer;
      void dropped;
      context.set(flagged ? rest : { ...rest, veto: true });
    }, { class: "choice is-bad is-row", "aria-pressed": String(flagged), disabled, "data-k": "veto" }));
  }
  return parts;
};
