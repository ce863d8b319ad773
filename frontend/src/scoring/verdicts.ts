// Verdict tables, as the service's `scorecards.verdicts`.

import { type Exact, compare, decimal, integer, ratio } from "./exact";
import type { ConditionJson, VerdictsJson } from "./form";
import type { Tally } from "./result";

/** Percentage of the general items that passed; 100 where none was checked, as then none failed. */
const generalRate = ({ general_checked: checked, general_failed: failed }: Tally): Exact =>
  checked ? ratio(integer(100 * (checked - failed)), integer(checked)) : integer(100);

const actual = (condition: ConditionJson, tally: Tally, vetoes: number): Exact => {
  switch (condition.metric) {
    case "key_failed":
    case "general_failed":
      return integer(tally[condition.metric]);
    case "general_rate":
      return generalRate(tally);
    case "vetoes":
      return integer(vetoes);
    default:
      throw new Error(`no metric ${condition.metric}`);
  }
};

const holds = (condition: ConditionJson, tally: Tally, vetoes: number): boolean => {
  // Compared exactly: 69.96 % is not 70 %, though it would be shown as 70.0.
  const order = compare(actual(condition, tally, vetoes), decimal(condition.value));
  switch (condition.op) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case "=":
      return order === 0;
    case ">=":
      return order >= 0;
    case ">":
      return order > 0;
  }
};

/** The labels of all rules that hold: one in a sound table. */
export const judge = (verdicts: VerdictsJson, tally: Tally, vetoes: number): string[] =>
  verdicts.rules
    .filter((rule) => rule.any.some((every) => every.every((condition) => holds(condition, tally, vetoes))))
    .map((rule) => rule.label);
