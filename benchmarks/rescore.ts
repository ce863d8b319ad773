// The phone's engine on the same submissions as benchmarks/engine.py: {form, stored} on stdin, the answers as JSON texts as
// they lie in the database; out come the milliseconds for all of them and the scores, to be held against the service's.

import { type FormJson, compile, resultToJson } from "../frontend/src/scoring";

declare const process: {
  stdin: { setEncoding(name: string): void; on(event: string, listener: (chunk: string) => void): void };
  stdout: { write(text: string): void };
};

const rescore = (form: FormJson, stored: string[]): { milliseconds: number; scores: unknown[] } => {
  const scorer = compile(form);
  const began = performance.now();
  const results = stored.map((text) => scorer.score(JSON.parse(text)));
  const milliseconds = performance.now() - began;
  return { milliseconds, scores: results.map((result) => resultToJson(result)["score"]) };
};

let given = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => { given += chunk; });
process.stdin.on("end", () => {
  const { form, stored } = JSON.parse(given) as { form: FormJson; stored: string[] };
  rescore(form, stored.slice(0, 500)); // warm, as a phone is after some taps
  process.stdout.write(JSON.stringify(rescore(form, stored)));
});
