// What the tender asks the bidder to state of itself: contact, who answers, from where the bond was paid. It is sealed with
// the bid. What the register knows stands there already.

import { h } from "../fill/dom";
import type { AskedField, Draft, Finding, Kit } from "./bid";
import { t } from "./talk";

const BOND_FORMS = ["transfer", "guarantee"] as const;
const MOST = "200";

export const declaredOf = (kit: Kit, draft: Draft, code: string): string =>
  (draft.declared?.[code] ?? kit.known[code] ?? (code === "bond_form" ? "transfer" : "")).trim();

const digitsOf = (text: string): string => text.normalize("NFKC").replace(/\D/g, "");

const isWellFormed = (field: AskedField, value: string): boolean => {
  if (field.kind === "phone") return digitsOf(value).length >= 7;
  if (field.kind === "email") return /^[^@\s]+@[^@\s]+$/.test(value);
  if (field.kind === "id_tail") return /^\d{3}[\dXx]$/.test(value);
  if (field.kind === "account") return digitsOf(value).length >= 8;
  return true;
};

const isRequired = (kit: Kit, draft: Draft, field: AskedField): boolean =>
  field.required || (field.code === "bond_account" && declaredOf(kit, draft, "bond_form") === "transfer");

export const checkDeclared = (kit: Kit, draft: Draft): Finding[] =>
  kit.asked.flatMap(({ fields }) =>
    fields.flatMap((field): Finding[] => {
      const value = declaredOf(kit, draft, field.code);
      const place = t(`declared_${field.code}`);
      if (value === "") return isRequired(kit, draft, field) ? [{ severity: "refused", code: "declared_missing", place }] : [];
      return isWellFormed(field, value) ? [] : [{ severity: "refused", code: "declared_bad", place }];
    }));

/** For the package: what was asked for, nothing else. */
export const declarations = (kit: Kit, draft: Draft): Record<string, string> =>
  Object.fromEntries(
    kit.asked.flatMap(({ fields }) => fields.map((field) => [field.code, declaredOf(kit, draft, field.code)] as const)).filter(([, value]) => value !== ""));

const MODES: Partial<Record<AskedField["kind"], string>> = { phone: "tel", email: "email", account: "numeric" };

export const declaredForm = (kit: Kit, draft: Draft, changed: () => void): HTMLElement => {
  const write = (code: string, value: string): void => {
    draft.declared = { ...draft.declared, [code]: value };
    changed();
  };
  const input = (field: AskedField): HTMLElement => {
    const id = `declared-${field.code}`;
    const common = { id, name: field.code, autocomplete: "off" };
    if (field.kind !== "bond_form")
      return h("input", {
        class: "form-control", ...common, value: declaredOf(kit, draft, field.code), maxlength: field.kind === "id_tail" ? "4" : MOST,
        inputmode: MODES[field.kind] ?? null, oninput: (event: Event) => write(field.code, (event.target as HTMLInputElement).value),
      });
    const chosen = declaredOf(kit, draft, field.code);
    return h("select", { class: "form-select", ...common, onchange: (event: Event) => write(field.code, (event.target as HTMLSelectElement).value) },
      ...BOND_FORMS.map((form) => h("option", { value: form, selected: form === chosen || null }, t(`bond_form_${form}`))));
  };
  return h("section", { id: "bid-declared" }, h("h2", { class: "mt-4" }, t("declared")), h("p", { class: "fine" }, t("declared_help")),
    ...kit.asked.map(({ group, fields }) =>
      h("fieldset", { class: "mt-3" }, h("legend", { class: "form-label fs-4 fw-bold" }, t(`declared_group_${group}`)),
        h("div", { class: "form-grid" }, ...fields.map((field) =>
          h("div", { class: "field" }, h("label", { class: "form-label", for: `declared-${field.code}` }, t(`declared_${field.code}`)), input(field)))))));
};
