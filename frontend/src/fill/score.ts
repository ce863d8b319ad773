// The live score: one sheet of the engine per open form; a tap regrades one item. It is advisory, the service's counts.

import { type FormJson as EngineForm, type Result, type Sheet, compile, plain } from "../scoring";
import { canonical, sha256Text } from "./digest";
import type { FormJson } from "./form";
import type { AnswerJson, ClientScore, Json, Units } from "./types";

export interface ScoreContext {
  tags: string[];
  parameters: Record<string, number>;
  units: Units;
}

export interface Figures {
  score: string | null;
  maximum: string | null;
  band: string | null;
  verdict: string | null;
  complete: boolean;
  sections: { code: string; available: string; awarded: string; lost: string }[];
  account: { code: string; unit?: string; lost: string; available: string | null; awarded: string | null; reason: string }[];
}

type Answers = Record<string, AnswerJson>;

export class LiveScore {
  private scorer: ReturnType<typeof compile> | null = null;
  private sheet: Sheet | null = null;
  private figures: Figures | null = null;

  constructor(
    private readonly form: FormJson,
    private readonly answers: () => Answers,
    private readonly context: () => ScoreContext,
  ) {}

  set(key: string, answer: AnswerJson | null): void {
    this.figures = null;
    this.sheet?.set(key, answer ?? undefined);
  }

  /** After units or parameters changed. */
  reset(): void {
    this.sheet = null;
    this.figures = null;
  }

  now(): Figures | null {
    try {
      this.scorer ??= compile(this.form as unknown as EngineForm);
      this.sheet ??= this.scorer.open(this.answers(), this.context());
      this.figures ??= plain(this.sheet.result() as Result) as Figures;
      return this.figures;
    } catch (error) {
      // A form that this engine cannot read must not stop the filling: the service scores it.
      console.warn("no live score", error);
      return null;
    }
  }

  async client(): Promise<ClientScore | null> {
    const figures = this.now();
    if (!figures) return null;
    const { score, maximum, band, verdict } = figures;
    return { score, maximum, band, verdict, digest: await sha256Text(canonical(this.answers() as Json)) };
  }
}
