/** An answer given in the preview as the key of the item: what was answered is what is right. */
import { halves, type Response } from "../../items/types";
import type { Views } from "../../lib/api/server";

export type Content = NonNullable<Views["ImportRowView"]["content"]>;
export type Key = NonNullable<Views["ImportRowView"]["key"]>;

const all = { rule: "all_or_nothing" } as const;
const pairs = (response: Response): [string, string][] => response.map(halves);

const ANSWERS_ARE_NO_KEY: readonly Content["interaction"][] = [
  "select_point",
  "extended_text",
  "file_upload",
];

/** Whether an answer says all that the key of such an item says; areas and rubrics say more. */
export const canAnswerBeKey = (content: Content): boolean =>
  !ANSWERS_ARE_NO_KEY.includes(content.interaction);

/** The key as an answer, so that the preview shows it. */
export function responseOf(key: Key): Response {
  switch (key.form) {
    case "choice":
      return key.correct;
    case "order":
      return key.order;
    case "pairs":
      return key.pairs.map((pair) => pair.join(" "));
    case "true_false":
      return Object.entries(key.values).map(([id, value]) => `${id} ${value}`);
    case "text":
      return Object.entries(key.gaps).map(([id, gap]) => `${id} ${gap.accepted[0]?.text ?? ""}`);
    case "number":
      return [key.value.replace(".", ","), ...(key.unit ? [key.unit] : [])];
    default:
      return [];
  }
}

/** Null while something is unanswered, and for kinds whose key is more than an answer (areas, rubrics). */
export function keyFrom(content: Content, response: Response): Key | null {
  if (response.length === 0) return null;
  switch (content.interaction) {
    case "single_choice":
    case "multiple_response":
    case "hot_text":
    case "hotspot":
      return { form: "choice", correct: [...response], scoring: all };
    case "true_false_table": {
      if (response.length < content.statements.length) return null;
      const values = Object.fromEntries(pairs(response).map(([id, verdict]) => [id, verdict === "true"]));
      const rule2025 = { rule: "by_count" as const, shares: ["0", "0.1", "0.25", "0.5", "1"] };
      return { form: "true_false", values, scoring: content.statements.length === 4 ? rule2025 : all };
    }
    case "order":
      return { form: "order", order: [...response], scoring: all };
    case "match":
    case "gap_match":
    case "inline_choice":
      return { form: "pairs", pairs: pairs(response), scoring: all };
    case "text_entry": {
      if (response.length < content.gaps.length) return null;
      const comparison = {
        is_case_sensitive: false,
        is_tone_placement_sensitive: false,
        are_marks_required: true,
        are_spaces_ignored: false,
      };
      const gaps = Object.fromEntries(
        pairs(response).map(([id, text]) => [id, { accepted: [{ text, share: "1" }], comparison }]),
      );
      return { form: "text", gaps, scoring: { rule: "per_part" } };
    }
    case "numeric_entry":
    case "slider": {
      const value = (response[0] ?? "").trim().replace(",", ".");
      if (!/^-?[0-9]{1,15}(\.[0-9]{1,9})?$/.test(value)) return null;
      const unit = response[1] ?? null;
      return {
        form: "number",
        value,
        tolerance: "0",
        tolerance_in: "units",
        unit,
        share_with_wrong_unit: "0",
      };
    }
    default:
      return null;
  }
}
