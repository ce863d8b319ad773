// The phone's scoring engine behind a pipe: one JSON request per line in, one JSON answer per line out. A request is
// {form, answers, context, taps, catalogue}; each tap is [key, answer] or [key] (taken back), put into the sheet after `answers`. The
// answer carries what the page would say (by the catalogue), and the milliseconds that the slower half of the taps took at least.
// Without a form the answer is the sentences themselves.

import {
  AnswersInvalid, type FormJson, type Result, type Scorer, type Sheet, compile, plain, problemText, reasonText, resultToJson,
  setWords, stepText,
} from "../../frontend/src/scoring";
import * as words from "../../frontend/src/scoring/words";

declare const process: {
  stdin: { setEncoding(name: string): void; on(event: string, listener: (chunk: string) => void): void };
  stdout: { write(text: string): void };
};

let formText = "";
let scorer: Scorer | undefined;

const scorerOf = (form: FormJson): Scorer => {
  const text = JSON.stringify(form);
  if (!scorer || text !== formText) [scorer, formText] = [compile(form), text];
  return scorer;
};

const tap = (sheet: Sheet, [key, raw]: [string, unknown]): number => {
  const began = performance.now();
  sheet.set(key, raw);
  plain(sheet.result());
  return performance.now() - began;
};

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

const speak = (result: Result): unknown => ({
  result: resultToJson(result), words: [...result.account.map(reasonText), ...result.steps.map(stepText)],
});

const answer = (line: string): unknown => {
  const { form, answers, context, taps, catalogue } = JSON.parse(line);
  try {
    if (!form) return { REASONS: words.REASONS, PROBLEMS: words.PROBLEMS, STEPS: words.STEPS, HOW: words.HOW, BASIS: words.BASIS };
    setWords(catalogue ?? {});
    const compiled = scorerOf(form);
    if (!taps) return speak(compiled.score(answers, context));
    const sheet = compiled.open(answers, context);
    const milliseconds = median(taps.map((one: [string, unknown]) => tap(sheet, one)));
    if (sheet.problems.length > 0) throw new AnswersInvalid(sheet.problems);
    return { ...(speak(sheet.result()) as object), milliseconds };
  } catch (error) {
    if (error instanceof AnswersInvalid) return { problems: plain(error.problems), words: error.problems.map(problemText) };
    return { error: String(error instanceof Error ? error.stack : error) };
  }
};

let rest = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) process.stdout.write(`${JSON.stringify(answer(line))}\n`);
});
