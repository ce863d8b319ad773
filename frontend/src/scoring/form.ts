// The form as the service sends it: canonical JSON (schema 1), defaults left out, decimals as texts.

export interface EntryJson {
  readonly code: string;
  readonly label: string;
  readonly points: string;
  readonly repeatable?: boolean;
}

export type RuleJson =
  | { readonly shape: "all_or_nothing" | "yes_no" | "veto_only" | "unscored" }
  | { readonly shape: "judged"; readonly step?: string }
  | {
      readonly shape: "count_deduction";
      readonly unit_points: string;
      readonly unit_label?: string;
      readonly cap?: string;
      readonly zero_at?: number;
      readonly unresolved_factor?: string;
    }
  | { readonly shape: "listed_deductions"; readonly entries: readonly EntryJson[]; readonly cap?: string }
  | { readonly shape: "additive" | "levels"; readonly entries: readonly EntryJson[] };

export type Shape = RuleJson["shape"];
export type VetoEffect = "none" | "item_zero" | "section_zero" | "form_zero" | "band_cap" | "verdict";

export interface VetoJson {
  readonly effect?: VetoEffect;
  readonly label?: string;
  readonly condition?: string;
  readonly on_loss?: boolean;
}

export interface ItemJson {
  readonly code: string;
  readonly no?: string;
  readonly text: string;
  readonly rule: RuleJson;
  readonly points?: string;
  readonly veto?: VetoJson;
  readonly key?: boolean;
  readonly na_allowed?: boolean;
  readonly tags?: readonly string[];
}

export interface SectionJson {
  readonly code: string;
  readonly title?: string;
  readonly points?: string;
  readonly items?: readonly ItemJson[];
}

export interface BandJson {
  readonly label: string;
  readonly min: string;
  readonly max?: string;
}

export interface ConditionJson {
  readonly metric: "key_failed" | "general_failed" | "general_rate" | "vetoes";
  readonly op: "<" | "<=" | "=" | ">=" | ">";
  readonly value: string;
}

export interface VerdictsJson {
  readonly rules: readonly { readonly label: string; readonly any: readonly (readonly ConditionJson[])[] }[];
  readonly min_key?: number;
  readonly min_general?: number;
}

export interface FormJson {
  readonly schema: number;
  readonly title: string;
  readonly kind: string;
  readonly sections: readonly SectionJson[];
  readonly total?: string;
  readonly mode?: "sum" | "deduct";
  readonly na_policy?: "renormalise" | "full" | "refuse";
  readonly places?: number;
  readonly bands?: readonly BandJson[];
  readonly verdicts?: VerdictsJson;
}

const WITHOUT_POINTS: ReadonlySet<Shape> = new Set<Shape>(["yes_no", "veto_only", "unscored"]);

export const bearsPoints = (item: ItemJson): boolean => !WITHOUT_POINTS.has(item.rule.shape);
