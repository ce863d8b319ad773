// Two inspectors (or two phones of one) answered the same item differently: both side by side, a person decides.

import type { App, Screen } from "../app";
import { button, h } from "../dom";
import type { AnswerRow } from "../types";
import { t } from "../messages";
import { codeOf, inWords } from "../model";
import { missing, openFilling } from "./fill";

export const conflicts = async (app: App, [inspection = ""]: string[]): Promise<Screen> => {
  const filling = await openFilling(app, inspection);
  if (!filling) return missing(app);
  const items = new Map(filling.form.sections.flatMap((section) => (section.items ?? []).map((item) => [item.code, item] as const)));
  const element = h("div", { class: "page" });
  const settle = async (row: AnswerRow, take: "mine" | "theirs"): Promise<void> => {
    await filling.work.settle(row.submission, row.key, take);
    await draw();
    void app.sync?.trigger({ manual: true });
  };
  const side = (row: AnswerRow, who: string, shown: { answer: AnswerRow["answer"]; remark: string; at: string }, take: "mine" | "theirs"): HTMLElement =>
    h("div", { class: "side" }, h("h4", {}, who),
      h("p", { class: "big" }, inWords(items.get(codeOf(row.key)) ?? null, shown.answer)),
      shown.remark ? h("p", {}, shown.remark) : null,
      shown.at ? h("p", { class: "fine" }, new Date(shown.at).toLocaleString()) : null,
      button(t(take === "mine" ? "take_mine" : "take_theirs"), () => void settle(row, take), { class: "button primary wide", "data-take": take }));
  const draw = async (): Promise<void> => {
    const visit = await filling.work.visit(inspection);
    const rows = [...(visit?.answers.values() ?? [])].filter((row) => row.theirs);
    element.replaceChildren(
      ...(rows.length === 0 ? [h("p", { class: "empty" }, t("no_conflicts"))] : []),
      ...rows.map((row) => {
        const item = items.get(codeOf(row.key));
        const theirs = row.theirs as NonNullable<AnswerRow["theirs"]>;
        const own = theirs.by === filling.work.person.person_id;
        return h("article", { class: "card", "data-conflict": row.key },
          h("h3", {}, [item?.no, item?.text ?? row.key].filter(Boolean).join(" ")),
          h("div", { class: "sides" }, side(row, t("mine"), row, "mine"), side(row, own ? t("my_other_device") : t("theirs", { name: theirs.by_name }), theirs, "theirs")));
      }),
    );
  };
  await draw();
  return { element, title: t("compare"), back: "/", close: () => filling.close() };
};
