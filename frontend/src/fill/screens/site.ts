// What concerns the visit as a whole: the school, the figures that rules ask for, the sample drawn on site, photos.

import { addPhotos, photoInput, thumbs } from "../card";
import { h } from "../dom";
import type { Filling } from "../filling";
import { t } from "../messages";
import { sampleCard } from "../sample";

const figures = (filling: Filling): HTMLElement | null => {
  const asked = (filling.form.parameters ?? []).filter((one) => one.source !== "unit");
  if (asked.length === 0) return null;
  return h("div", { class: "card" }, h("h2", {}, t("figures")), ...asked.map((parameter) => {
    const known = filling.submission.parameters[parameter.name];
    const input = h("input", { type: "text", inputmode: "decimal", maxlength: 9, value: known ?? "", disabled: !filling.editable, "data-parameter": parameter.name }) as HTMLInputElement;
    const fault = h("span", { class: "fault" });
    input.addEventListener("change", () => {
      const text = input.value.trim();
      const number = Number(text);
      fault.textContent = text !== "" && !(Number.isFinite(number) && number >= 0) ? t("not_a_number") : "";
      if (fault.textContent) return;
      void filling.change((submission) => {
        const { [parameter.name]: dropped, ...rest } = submission.parameters;
        void dropped;
        submission.parameters = text === "" ? rest : { ...rest, [parameter.name]: number };
      });
    });
    const unit = parameter.unit ? `（${parameter.unit}）` : "";
    const source = parameter.source === "asked" ? t("parameter_asked") : t("parameter_profile");
    return h("label", { class: "field" }, h("span", {}, `${parameter.label}${unit} `, h("small", {}, source)), input, fault);
  }));
};

export const siteCards = (filling: Filling): HTMLElement[] => {
  const { task, submission } = filling;
  const school = h("div", { class: "card" },
    h("h2", {}, task.school.name),
    h("p", {}, [task.school.address, task.plan.title, task.scheduled_on].filter(Boolean).join(" · ")),
    h("ul", { class: "plain" }, ...task.inspectors.map((one) => h("li", {}, [one.name, one.is_lead ? t("lead") : "", one.sections === null ? t("all_sections") : sectionNames(filling, one.sections)].filter(Boolean).join(" · ")))),
    task.return_reason ? h("p", { class: "fault" }, t("returned", { reason: task.return_reason })) : null,
    task.mandatory.length > 0 ? h("p", { class: "notice" }, t("mandatory_n", { n: task.mandatory.length })) : null,
    !filling.editable ? h("p", { class: "notice" }, t(submission.state === "sent" || submission.state === "purged" ? "closed_sent" : "closed_here")) : null,
  );
  const pictures = h("div", { class: "card", "data-key": "" },
    h("h2", {}, t("visit_photos")),
    photoInput(t("photo_take"), (files) => addPhotos(filling, "", files), !filling.editable),
    h("div", { class: "thumbs" }, ...thumbs(filling, "")),
  );
  return [school, figures(filling), sampleCard(filling), pictures].filter((one): one is HTMLElement => one !== null);
};

const sectionNames = (filling: Filling, codes: string[]): string =>
  filling.form.sections.filter((one) => codes.includes(one.code)).map((one) => one.title).join("、");
