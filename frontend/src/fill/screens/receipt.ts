import type { App, Screen } from "../app";
import { h } from "../dom";
import { t } from "../messages";
import { missing } from "./fill";

const row = (label: string, value: string): HTMLElement => h("div", { class: "pair" }, h("dt", {}, label), h("dd", {}, value));

export const receipt = async (app: App, [inspection = ""]: string[]): Promise<Screen> => {
  const submission = (await app.work?.submissions())?.find((one) => one.inspection_id === inspection);
  const given = submission?.receipt;
  if (!given) return missing(app);
  const score = given.score?.score ? t("score_of", { n: given.score.score, of: given.score.maximum ?? "" }) : t("score_later");
  const element = h("div", { class: "page" },
    h("div", { class: "card" },
      h("p", {}, t("receipt_note")),
      h("dl", {},
        row(t("receipt_number"), `${given.seq}`),
        row(t("receipt_time"), new Date(given.server_time).toLocaleString()),
        row(t("receipt_score"), [score, given.score?.verdict ?? given.score?.band ?? ""].filter(Boolean).join(" ")),
        row(t("receipt_files"), String(given.attachments.length)),
        row(t("receipt_hash"), given.hash),
        row(t("receipt_before"), given.prev)),
      given.score_differs ? h("p", { class: "notice" }, t("score_differs")) : null,
      h("details", {}, h("summary", {}, t("receipt_files")), h("ul", { class: "hashes" }, ...given.attachments.map((hash) => h("li", {}, hash))))));
  return { element, title: t("receipt"), back: "/" };
};
