// The phone's scoring engine behind a pipe: one JSON request per line in, one JSON answer per line out. A request is
// {form, answers, context, taps}; each tap is [key, answer] or [key] (taken back), put into the sheet after `answers`.

import { AnswersInvalid, type FormJson, type Scorer, compile, plain, resultToJson } from "../../frontend/src/scoring";

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

const answer = (line: string): unknown => {
  const { form, answers, context, taps } = JSON.parse(line);
  try {
    const compiled = scorerOf(form);
    if (!taps) return { result: resultToJson(compiled.score(answers, context)) };
    const sheet = compiled.open(answers, context);
    for (const [key, raw] of taps) sheet.set(key, raw);
    if (sheet.problems.length > 0) throw new AnswersInvalid(sheet.problems);
    return { result: resultToJson(sheet.result()) };
  } catch (error) {
    if (error instanceof AnswersInvalid) return { problems: plain(error.problems) };
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
