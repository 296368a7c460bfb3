/** What a key says is right, with the texts that it names rather than their letters alone. */
import { optionLetter } from "../../../items/types";
import type { Views } from "../../../lib/api/server";

type Content = Views["ItemDetailView"]["content"];
type Key = NonNullable<Views["ItemDetailView"]["key"]>;

/** One right answer. `html` and `partner` are item HTML; letters and numbers are those that authors see. */
export interface RightAnswer {
  label: string;
  html: string;
  /** What the first is paired with. */
  partner: string | null;
  /** Of a statement: whether it is true. */
  verdict: boolean | null;
  /** Part of the points, where it is not all. */
  share: string | null;
}

/** Reads the text of a passage. */
export interface PassageReader {
  markedWords(html: string, id: string): string;
  aroundGap(html: string, id: string): string;
}

interface Part {
  id: string;
  content: string;
}
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const decimal = (text: string): string => text.replace(".", ",");
const right = (label: string, html: string, more: Partial<RightAnswer> = {}): RightAnswer => ({
  label,
  html,
  partner: null,
  verdict: null,
  share: null,
  ...more,
});
const textOf = (parts: readonly Part[], id: string): string =>
  parts.find((part) => part.id === id)?.content ?? id;
/** The letter under which a part is written and shown, whatever its id. */
const letterOf = (parts: readonly Part[], id: string): string => {
  const at = parts.findIndex((part) => part.id === id);
  return at < 0 ? id : optionLetter(at);
};
const numberOf = (parts: readonly { id: string }[], id: string): string =>
  String(parts.findIndex((part) => part.id === id) + 1);

/** Empty for keys that say more than answers: areas of a picture, rubrics. */
export function answersOf(content: Content, key: Key, reader: PassageReader): RightAnswer[] {
  if (key.form === "choice") return key.correct.map((id) => chosen(content, id, reader));
  if (key.form === "true_false" && content.interaction === "true_false_table")
    return content.statements.map(({ id, content: html }, i) =>
      right(optionLetter(i).toLowerCase(), html, { verdict: key.values[id] ?? false }),
    );
  if (key.form === "order" && content.interaction === "order")
    return key.order.map((id, i) => right(String(i + 1), textOf(content.options, id)));
  if (key.form === "pairs") return key.pairs.flatMap((pair) => paired(content, pair, reader));
  if (key.form === "text" && content.interaction === "text_entry")
    return content.gaps.flatMap(({ id }, i) =>
      (key.gaps[id]?.accepted ?? []).map(({ text, share }) =>
        right(String(i + 1), escaped(text), { share: share === "1" ? null : decimal(share) }),
      ),
    );
  if (key.form === "number" && (content.interaction === "numeric_entry" || content.interaction === "slider"))
    return [right("", numberText(content, key))];
  return [];
}

function chosen(content: Content, id: string, reader: PassageReader): RightAnswer {
  switch (content.interaction) {
    case "single_choice":
    case "multiple_response":
      return right(letterOf(content.options, id), textOf(content.options, id));
    case "hotspot": {
      const spot = content.hotspots.find((one) => one.id === id);
      return right(numberOf(content.hotspots, id), escaped(spot?.label ?? id));
    }
    case "hot_text":
      return right("", escaped(reader.markedWords(content.passage, id)));
    default:
      return right(id, "");
  }
}

function paired(content: Content, pair: readonly string[], reader: PassageReader): RightAnswer[] {
  const [first = "", second = ""] = pair;
  switch (content.interaction) {
    case "match":
      return [
        right(numberOf(content.sources, first), textOf(content.sources, first), {
          partner: textOf(content.targets, second),
        }),
      ];
    case "gap_match":
      return [
        right(numberOf(content.gaps, second), escaped(reader.aroundGap(content.passage, second)), {
          partner: textOf(content.texts, first),
        }),
      ];
    case "inline_choice": {
      const options = content.gaps.find(({ id }) => id === first)?.options ?? [];
      return [
        right(numberOf(content.gaps, first), escaped(reader.aroundGap(content.passage, first)), {
          partner: textOf(options, second),
        }),
      ];
    }
    default:
      return [];
  }
}

function numberText(
  content: Extract<Content, { interaction: "numeric_entry" | "slider" }>,
  key: Extract<Key, { form: "number" }>,
): string {
  const off =
    Number(key.tolerance) === 0
      ? ""
      : ` ± ${decimal(key.tolerance)}${key.tolerance_in === "percent" ? "%" : ""}`;
  const chosenUnit = "units" in content && key.unit ? textOf(content.units ?? [], key.unit) : "";
  const unit = chosenUnit || escaped(content.unit ?? "");
  return `${decimal(key.value)}${off}${unit ? ` ${unit}` : ""}`;
}

const SHOWN = /^(correct|order|pairs|values\/.*|gaps\/[^/]*\/accepted|value|tolerance|tolerance_in|unit)$/;

/** Whether the right answers show a fact of the key already. */
export const isShownByAnswers = (path: string): boolean => SHOWN.test(path);
