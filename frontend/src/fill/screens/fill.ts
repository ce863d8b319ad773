// The form: one section at a time, one room at a time; what was not touched is not drawn again.

import type { App, Screen } from "../app";
import { absence, itemCard, type Card } from "../card";
import { button, h, toast } from "../dom";
import { Filling } from "../filling";
import type { SectionJson } from "../form";
import { t } from "../messages";
import { isNotApplicable, keyOf, slotsOf, unitsPlace } from "../model";
import { lastPlace, stopWatching, watchPlace } from "../place";
import type { Unit } from "../types";
import { unitsBar } from "../units";
import { formIsOpen } from "../updates";
import { siteCards } from "./site";

const AT_ONCE = 8; // cards drawn in one go: the first screenful now, the rest when the phone has time
const SITE = "@site";

export const openFilling = async (app: App, inspection: string): Promise<Filling | null> => {
  const work = app.work;
  if (!work) return null;
  let visit = await work.visit(inspection);
  if (!visit) {
    const listed = (await work.list()).find(({ task }) => task.inspection_id === inspection);
    if (!listed) return null;
    await work.begin(listed.task, lastPlace());
    visit = await work.visit(inspection);
  }
  return visit ? new Filling(work, visit) : null;
};

/** Not on the phone, or not yet: opens by itself when the visits have come. */
export const missing = (app: App): Screen => {
  const stop = app.work?.listen((change) => {
    if (change.kind === "tasks") void app.open();
  });
  return { element: h("p", { class: "empty" }, t("visit_missing")), title: t("app_name"), back: "/", ...(stop ? { close: stop } : {}) };
};

export const fill = async (app: App, [inspection = "", wanted = "", wantedUnit = ""]: string[]): Promise<Screen> => {
  watchPlace();
  const filling = await openFilling(app, inspection);
  if (!filling) return missing(app);
  const release = formIsOpen();
  const sections = filling.form.sections;
  const unitIn = (place: SectionJson | null, code: string): Unit | null => {
    const units = place ? filling.units(place) : null;
    return units?.find((one) => one.code === code) ?? units?.[0] ?? null;
  };
  let section: SectionJson | null = sections.find((one) => one.code === wanted) ?? null;
  let unit = unitIn(section, wantedUnit);
  let onlyOpen = false;
  let cards = new Map<string, Card>();
  let drawn = 0;

  const score = h("a", { class: "score", href: `#/account/${inspection}` });
  // How much is open, and the switch that shows only that.
  const filter = button("", () => {
    onlyOpen = !onlyOpen;
    filter.setAttribute("aria-pressed", String(onlyOpen));
    draw();
  }, { class: "chip", id: "only-open", "aria-pressed": "false" });
  const chips = h("nav", { class: "chips", "aria-label": t("sections") });
  const heading = h("div", {});
  const list = h("div", { class: "items" });
  const element = h("div", { class: "page filling" }, h("div", { class: "bar" }, filter, score, h("a", { class: "button primary", href: `#/finish/${inspection}`, id: "to-finish" }, t("finish"))), chips, heading, list);

  const show = (next: SectionJson | null): void => {
    section = next;
    unit = unitIn(next, "");
    draw();
    window.scrollTo(0, 0);
  };

  const chip = (label: string, code: string, open: () => void): HTMLButtonElement =>
    button(label, open, { class: "chip", "data-section": code });
  const chipOf = new Map<string, HTMLButtonElement>();
  chipOf.set(SITE, chip(t("on_site"), SITE, () => show(null)));
  for (const one of sections) chipOf.set(one.code, chip(one.title, one.code, () => show(one)));
  chips.append(...chipOf.values());

  // The score is added up over the whole form, so it waits until the phone has nothing better to do.
  let counting: ReturnType<typeof setTimeout> | undefined;
  const count = (): void => {
    let open = 0;
    for (const one of sections) {
      const many = filling.own.has(one.code) ? filling.openIn(one).length : 0;
      open += many;
      const place = chipOf.get(one.code);
      const words = filling.own.has(one.code) ? (many > 0 ? `${one.title} ${many}` : `${one.title} ✓`) : `${one.title} ·`;
      if (place && place.textContent !== words) place.textContent = words;
    }
    filter.textContent = open > 0 ? t("open_n", { n: open }) : t("all_answered");
    const figures = filling.score.now();
    score.textContent = figures?.score ? t("score_now", { n: figures.score }) : t("score");
  };
  const countSoon = (): void => {
    clearTimeout(counting);
    counting = setTimeout(() => ("requestIdleCallback" in window ? requestIdleCallback(() => alive && count(), { timeout: 500 }) : count()), 200);
  };
  let alive = true;

  let drawnStructure = "";
  const structureOf = (): string =>
    JSON.stringify([filling.submission.units, filling.submission.parameters, filling.editable, filling.task.tags, filling.form.sections.map((one) => filling.sectionIsAbsent(one, unit))]);

  const draw = (): void => {
    const turn = ++drawn;
    drawnStructure = structureOf();
    cards = new Map();
    for (const [code, one] of chipOf) one.setAttribute("aria-current", String(code === (section?.code ?? SITE)));
    chipOf.get(section?.code ?? SITE)?.scrollIntoView({ block: "nearest", inline: "center" });
    heading.replaceChildren();
    list.replaceChildren();
    if (!section) {
      list.replaceChildren(...siteCards(filling));
      return;
    }
    const now = section;
    heading.replaceChildren(...headingOf(filling, now, unit, (next) => {
      unit = next;
      draw();
    }));
    if (filling.sectionIsAbsent(now, unit) || (unitsPlace(filling.form, now) !== null && !unit)) return;
    const slots = slotsOf(filling.context, now, unit).filter(({ key }) => !onlyOpen || !filling.answer(key));
    if (slots.length === 0) list.append(h("p", { class: "empty" }, t("nothing_open")));
    const some = (from: number): void => {
      if (turn !== drawn) return;
      const made = slots.slice(from, from + AT_ONCE).map((slot) => itemCard(filling, slot));
      for (const card of made) cards.set(card.key, card);
      list.append(...made.map((card) => card.element));
      if (from + AT_ONCE < slots.length) setTimeout(() => some(from + AT_ONCE), 0);
      else list.append(nextSection(now));
    };
    some(0);
  };

  const nextSection = (now: SectionJson): HTMLElement => {
    const next = sections[sections.indexOf(now) + 1];
    return next
      ? button(`${t("next_section")} ${next.title}`, () => show(next), { class: "button wide" })
      : h("a", { class: "button primary wide", href: `#/finish/${inspection}` }, t("finish"));
  };

  filling.listen((part) => {
    if (part.kind === "failed") toast(part.words, "danger");
    else if (part.kind === "key") {
      cards.get(part.key)?.update();
      if (section && (part.key === section.code || part.key === keyOf(section.code, unit))) draw();
      if (section === null && part.key === "") draw();
    } else {
      unit = unitIn(section, unit?.code ?? "");
      // What the sending brings changes a few words; drawing anew would take the remark from under the fingers.
      const structure = structureOf();
      if (section === null || structure !== drawnStructure) draw();
      else for (const card of cards.values()) card.update();
    }
    countSoon();
  });
  draw();
  count();
  return {
    element, title: filling.task.school.name, back: "/",
    close: () => {
      alive = false;
      clearTimeout(counting);
      drawn += 1;
      filling.close();
      stopWatching();
      release();
    },
  };
};

const headingOf = (filling: Filling, section: SectionJson, unit: Unit | null, choose: (unit: Unit | null) => void): HTMLElement[] => {
  const parts: HTMLElement[] = [h("h2", {}, section.title)];
  if (section.note) parts.push(h("p", { class: "fine" }, section.note));
  if (!filling.own.has(section.code)) {
    const names = filling.task.inspectors.filter((one) => one.sections?.includes(section.code)).map((one) => one.name);
    parts.push(h("p", { class: "notice" }, t("others_section", { name: names.join("、") })));
  }
  const place = unitsPlace(filling.form, section);
  if (place !== null) parts.push(unitsBar(filling, section, place, unit, choose));
  const row = h("div", { class: "row" });
  const absentKey = filling.form.repeat ? keyOf(section.code, unit) : section.code;
  const absent = isNotApplicable(filling.answer(absentKey));
  if (!absent && filling.editable && (place === null || unit)) {
    row.append(button(t("all_right"), () => {
      const many = filling.allRight(section, unit);
      toast(many > 0 ? t("all_right_done", { n: many }) : t("nothing_open"), "success");
    }, { class: "button good", "data-k": "all-right" }));
  }
  if (section.na_allowed || absent) {
    const control = absence(filling, absentKey);
    if (control instanceof Node) row.append(control);
  }
  parts.push(row);
  return parts;
};
