// The form's JSON as the screens read it (docs/form-schema.md); the scoring engine has its own, stricter reading.

export interface EntryJson {
  code: string;
  label: string;
  points: string;
  repeatable?: boolean;
}

export interface ScaleJson {
  parameter: string;
  rows?: { from: string; value: string }[];
  per?: string;
  rounding?: "up" | "down";
  plus?: number;
  minimum?: number;
}

export interface RuleJson {
  shape: string;
  step?: string;
  unit_points?: string;
  unit_label?: string;
  cap?: string;
  zero_at?: number;
  unresolved_factor?: string;
  entries?: EntryJson[];
  counts?: "defects" | "present";
  tiers?: { from: number; points: string }[];
  required?: ScaleJson;
}

export interface ItemJson {
  code: string;
  no?: string;
  text: string;
  points?: string;
  method?: string;
  rule_text?: string;
  rule: RuleJson;
  veto?: { effect?: string; label?: string; condition?: string; on_loss?: boolean };
  key?: boolean;
  mark?: string;
  bonus?: boolean;
  na_allowed?: boolean;
  tags?: string[];
  note?: string;
}

export interface RepeatJson {
  unit_label: string;
  aggregate?: string;
  minimum_units?: number;
}

export interface SectionJson {
  code: string;
  title: string;
  points?: string;
  items?: ItemJson[];
  note?: string;
  na_allowed?: boolean;
  repeat?: RepeatJson;
}

export interface ParameterJson {
  name: string;
  label: string;
  unit?: string;
  source?: "profile" | "asked" | "unit";
}

export interface FormJson {
  schema: number;
  title: string;
  kind: string;
  sections: SectionJson[];
  total?: string;
  na_policy?: string;
  parameters?: ParameterJson[];
  repeat?: RepeatJson;
}
