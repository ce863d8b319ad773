// A form made ready to score: whole submissions, a sheet that is being filled, one answer by itself.

import { AnswersInvalid, type Problem } from "./answers";
import type { Context } from "./context";
import { Engine } from "./engine";
import type { FormJson } from "./form";
import type { Line, Result } from "./result";
import { Sheet } from "./sheet";

export class Scorer {
  private readonly engine: Engine;

  constructor(readonly form: FormJson) {
    this.engine = new Engine(form);
  }

  /** AnswersInvalid with every unfit answer. */
  score(answers: Readonly<Record<string, unknown>>, context: Context = {}): Result {
    const sheet = this.open(answers, context);
    const { problems } = sheet;
    if (problems.length > 0) throw new AnswersInvalid(problems);
    return sheet.result();
  }

  /** A sheet to be filled: a changed answer grades its own item anew, nothing else. */
  open(answers: Readonly<Record<string, unknown>> = {}, context: Context = {}): Sheet {
    return new Sheet(this.engine, answers, context);
  }

  /** One answer by itself, before it is kept: its line, or what is wrong with it. */
  scoreItem(key: string, raw: unknown, context: Context = {}): Line | Problem {
    return this.open({}, context).set(key, raw);
  }
}
