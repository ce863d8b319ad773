// A figure that depends on a parameter of the school or of the unit, as the service's `graders.figure_of`.

import { type Exact, add, ceiling, compare, decimal, floor, integer, max, ratio } from "./exact";
import type { ScaleJson } from "./form";
import { Unfit } from "./unfit";

export type Parameters = ReadonlyMap<string, Exact>;

/** The rule needs a parameter that nobody gave. */
export class NotKnown extends Error {
  constructor(readonly parameter: string) {
    super(parameter);
  }
}

export type Figure = (parameters: Parameters) => Exact;

export const figureOf = (scale: ScaleJson): Figure => {
  const { parameter } = scale;
  const rows = (scale.rows ?? []).map(({ from, value }) => ({ from: decimal(from), value: decimal(value) }));
  const per = scale.per == null ? null : decimal(scale.per);
  const plus = integer(scale.plus ?? 0);
  const minimum = integer(scale.minimum ?? 0);

  const byRows = (value: Exact): Exact => {
    const row = [...rows].reverse().find(({ from }) => compare(from, value) <= 0);
    if (row) return row.value;
    const least = rows[0];
    throw new Unfit("parameter_below_rows", { parameter, value, ...(least ? { least: least.from } : {}) });
  };

  return (parameters) => {
    const value = parameters.get(parameter);
    if (!value) throw new NotKnown(parameter);
    const whole = scale.rounding === "down" ? floor : ceiling;
    const figure = per ? integer(whole(ratio(value, per))) : byRows(value);
    return max(add(figure, plus), minimum);
  };
};
