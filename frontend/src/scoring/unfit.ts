import type { Params } from "./result";

/** An answer that its rule cannot take; `code` and `params` as in the service's problems. */
export class Unfit extends Error {
  constructor(readonly code: string, readonly params: Params = {}) {
    super(code);
  }
}
