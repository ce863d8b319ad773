// The money of the bidding page, spoken to line by line: {"words": fen} | {"amount": [fen, quantity]} | {"yuan": text}.

import { amount, inWords, parseDiscount, parseYuan } from "../../frontend/src/sealing/money";

interface Ask {
  words?: number[];
  amounts?: [number, string][];
  yuan?: string[];
  discounts?: string[];
}

declare const process: { argv: string[]; stdout: { write(text: string): void } };

const ask = JSON.parse(process.argv[2] ?? "{}") as Ask;
process.stdout.write(
  JSON.stringify({
    words: (ask.words ?? []).map(inWords),
    amounts: (ask.amounts ?? []).map(([fen, quantity]) => amount(fen, quantity)),
    yuan: (ask.yuan ?? []).map(parseYuan),
    discounts: (ask.discounts ?? []).map(parseDiscount),
  }),
);
