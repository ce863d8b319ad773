// The scoring engine of the phone: `compile(form).score(answers, context)` for the whole, `compile(form).open(…)` for a
// sheet that is being filled.

import { Scorer } from "./scorer";
import type { FormJson } from "./form";

export { AnswersInvalid, type Problem } from "./answers";
export { decimalText } from "./exact";
export type { Context } from "./context";
export { Scorer } from "./scorer";
export { Sheet } from "./sheet";
export type { FormJson, ItemJson, SectionJson } from "./form";
export { type Line, type Result, plain, resultToJson } from "./result";
export { problemText, reasonText, setWords, stepText } from "./words";

export const compile = (form: FormJson): Scorer => new Scorer(form);
