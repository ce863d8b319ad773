// The form as the service sends it: canonical JSON (schema 1), defaults left out, decimals as texts.

export interface EntryJson {
  readonly code: string;
  readonly label: string;
  readonly points: string;
  readonly repeatable?: boolean;
}

/** A figure by a parameter: the row it falls into, or parameter ÷ per, rounded, plus something. */
export interface ScaleJson {
  readonly parameter: string;
  readonly rows?: readonly { readonly from: string; readonly value: string }[];
  readonly per?: string | null;
  readonly rounding?: "up" | "down";
  readonly plus?: number;
  readonly minimum?: number;
}

export type RuleJson =
  | { readonly shape: "all_or_nothing" | "yes_no" | "veto_only" | "unscored" }
  | { readonly shape: "judged"; readonly step?: string | null }
  | {
      readonly shape: "count_deduction";
      readonly unit_points?: string;
      readonly unit_label?: string;
      readonly cap?: string | null;
      readonly zero_at?: number | null;
      readonly unresolved_factor?: string | null;
      readonly unit_points_by?: ScaleJson | null;
      readonly free?: number;
      readonly free_by?: ScaleJson | null;
    }
  | { readonly shape: "listed_deductions"; readonly entries: readonly EntryJson[]; readonly cap?: string | null }
  | { readonly shape: "additive" | "levels"; readonly entries: readonly EntryJson[] }
  | {
      readonly shape: "tiers";
      readonly tiers: readonly { readonly from: number; readonly points: string }[];
      readonly unit_label?: string;
      readonly counts?: "defects" | "present";
    }
  | {
      readonly shape: "required_count";
      readonly required: ScaleJson;
      readonly unit_points: string;
      readonly unit_label?: string;
      readonly cap?: string | null;
      readonly zero_at?: number | null;
    };

export type Shape = RuleJson["shape"];
export type LimitEffect = "band_cap" | "no_band" | "verdict" | "fail" | "form_zero";
export type VetoEffect = "none" | "item_zero" | "section_zero" | LimitEffect;

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
  readonly points?: string | null;
  readonly veto?: VetoJson | null;
  readonly key?: boolean;
  readonly na_allowed?: boolean;
  readonly tags?: readonly string[];
  readonly mark?: string;
  readonly bonus?: boolean;
}

/** Filled once per unit (room, window); `aggregate` makes the units one. */
export interface RepeatJson {
  readonly unit_label: string;
  readonly aggregate?: "mean" | "minimum" | "sum";
  readonly minimum_units?: number;
}

/** What a section that does not apply still counts. */
export interface NaShareJson {
  readonly percent: string;
  readonly of?: "points" | "rest" | "score";
}

export interface SectionJson {
  readonly code: string;
  readonly title?: string;
  readonly points?: string | null;
  readonly items?: readonly ItemJson[];
  readonly cap?: string | null;
  readonly na_allowed?: boolean;
  readonly na_share?: NaShareJson | null;
  readonly repeat?: RepeatJson | null;
}

export interface ParameterJson {
  readonly name: string;
  readonly label: string;
  readonly unit?: string;
  readonly source?: "profile" | "asked" | "unit";
}

/** When at least so many items of a mark ("": key items) failed. */
export interface LimitJson {
  readonly at_least: number;
  readonly effect: LimitEffect;
  readonly label?: string;
  readonly mark?: string;
  readonly note?: string;
}

export interface BandJson {
  readonly label: string;
  readonly min: string;
  readonly max?: string | null;
}

export interface ConditionJson {
  readonly metric: "key_failed" | "general_failed" | "general_rate" | "vetoes" | "score" | "key_failures";
  readonly op: "<" | "<=" | "=" | ">=" | ">";
  readonly value: string;
}

export interface VerdictsJson {
  readonly rules: readonly { readonly label: string; readonly any: readonly (readonly ConditionJson[])[] }[];
  readonly min_key?: number | null;
  readonly min_general?: number | null;
}

export interface FormJson {
  readonly schema: number;
  readonly title: string;
  readonly kind: string;
  readonly sections: readonly SectionJson[];
  readonly total?: string | null;
  readonly mode?: "sum" | "deduct" | "pass_rate";
  readonly na_policy?: "renormalise" | "full" | "refuse";
  readonly places?: number;
  readonly bands?: readonly BandJson[];
  readonly verdicts?: VerdictsJson | null;
  readonly parameters?: readonly ParameterJson[];
  readonly limits?: readonly LimitJson[];
  readonly repeat?: RepeatJson | null;
  readonly bonus_cap?: string | null;
}

const WITHOUT_POINTS: ReadonlySet<Shape> = new Set<Shape>(["yes_no", "veto_only", "unscored"]);

export const bearsPoints = (item: ItemJson): boolean => !WITHOUT_POINTS.has(item.rule.shape);
