// A submission's state in words: where it is, what stands in its way.

import { t } from "./messages";
import type { Submission } from "./types";

export interface StateWords {
  kind: "none" | "wait" | "done" | "bad";
  words: string;
  detail: string;
  sendable: boolean;
}

export const stateWords = (submission: Submission | null, conflicts: number): StateWords => {
  if (!submission) return { kind: "none", words: t("state_none"), detail: "", sendable: false };
  const error = submission.last_error === "unreachable" ? t("last_error_unreachable") : submission.last_error;
  if (submission.state === "purged") return { kind: "done", words: t("state_purged"), detail: "", sendable: false };
  if (submission.state === "sent") return { kind: "done", words: t("state_sent"), detail: "", sendable: false };
  if (submission.state === "needs_attention") {
    const words = [t(`attention_${submission.problem || "refused"}`), error].filter(Boolean).join("：");
    return { kind: "bad", words: t("state_attention"), detail: words, sendable: true };
  }
  if (conflicts > 0) return { kind: "bad", words: t("state_conflicts", { n: conflicts }), detail: error, sendable: true };
  if (submission.finalised) return { kind: "wait", words: t("state_finalised"), detail: error, sendable: true };
  const dirty = submission.changes !== submission.sent_changes;
  return { kind: "wait", words: dirty ? t("state_open_unsent") : t("state_open_sent"), detail: dirty ? error : "", sendable: dirty };
};
