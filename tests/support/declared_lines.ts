// What the bidding page makes of a bidder's statements: {"asked", "declared", "known"} → findings and what would be sealed.

import type { Draft, Kit } from "../../frontend/src/sealing/bid";
import { checkDeclared, declarations } from "../../frontend/src/sealing/declared";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

// The page's words are in its HTML; here each stands for itself.
(globalThis as Record<string, unknown>)["document"] = { getElementById: () => null };

const ask = JSON.parse(process.argv[2] ?? "{}") as { asked: Kit["asked"]; declared: Record<string, string>; known: Record<string, string> };
const kit = { asked: ask.asked, known: ask.known } as Kit;
const draft = { declared: ask.declared } as Draft;
process.stdout.write(JSON.stringify({ findings: checkDeclared(kit, draft), declarations: declarations(kit, draft) }));
