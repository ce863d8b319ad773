// Verdict tables, as the service's `scorecards.verdicts`.

import { type Exact, compare, decimal, integer, ratio } from "./exact";
import type { ConditionJson, VerdictsJson } from "./form";
import type { Tally } from "./result";

/** What conditions are about. `score`: as it is shown, null without one (no condition on it holds then). */
export interface Facts {
  readonly tally: Tally;
  readonly vetoes: number;
  readonly score: Exact | null;
  readonly keyFailures: number;
}

/** Percentage of the general items that passed; 100 where none was checked, as then none failed. */
const generalRate = ({ general_checked: checked, general_failed: failed }: Tally): Exact =>
  checked ? ratio(integer(100 * (checked - failed)), integer(checked)) : integer(100);

const actual = (metric: ConditionJson["metric"], facts: Facts): Exact | null => {
  switch (metric) {
    case "key_failed":
    case "general_failed":
      return integer(facts.tally[metric]);
    case "general_rate":
      return generalRate(facts.tally);
    case "vetoes":
      return integer(facts.vetoes);
    case "key_failures":
      return integer(facts.keyFailures);
    case "score":
      return facts.score;
  }
};

const holds = (condition: ConditionJson, facts: Facts): boolean => {
  const found = actual(condition.metric, facts);
  if (!found) return false;
  // Compared exactly: 69.96 % is not 70 %, though it would be shown as 70.0.
  const order = compare(found, decimal(condition.value));
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
export const judge = (verdicts: VerdictsJson, facts: Facts): string[] =>
  verdicts.rules
    .filter((rule) => rule.any.some((every) => every.every((condition) => holds(condition, facts))))
    .map((rule) => rule.label);
