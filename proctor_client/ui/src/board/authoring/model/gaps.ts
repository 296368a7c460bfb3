/** Gaps of a passage and the words that belong in them, whatever the kind of the item. */
import { gapsOf } from "../../parts/richtext/features";
import { blankOption, type Content, freshId, type Key, letterId } from "./work";

type GapContent = Extract<Content, { passage: string; gaps: unknown }>;
export interface Gapped {
  content: Content;
  key: Key;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The gaps in the order of the passage; `known` has those that are or were there. */
function following<G extends { id: string }>(
  passage: string,
  known: ReadonlyMap<string, G>,
  blank: (id: string) => G,
): G[] {
  return gapsOf(passage).map((id) => known.get(id) ?? blank(id));
}

const byId = <G extends { id: string }>(...lists: readonly (readonly G[])[]): Map<string, G> =>
  new Map(lists.flat().map((gap) => [gap.id, gap]));

/** Content with another passage. Gaps that are gone may come back by undoing: `gone` remembers what they held. */
export function withPassage<C extends GapContent>(
  content: C,
  passage: string,
  gone: Map<string, unknown>,
): C {
  for (const gap of content.gaps) gone.set(gap.id, gap);
  switch (content.interaction) {
    case "gap_match":
      return { ...content, passage, gaps: following(passage, new Map(), (id) => ({ id })) };
    case "inline_choice":
      return {
        ...content,
        passage,
        gaps: following(passage, gone as Map<string, (typeof content.gaps)[number]>, (id) => ({
          id,
          options: [blankOption("A"), blankOption("B")],
        })),
      };
    default:
      return {
        ...content,
        passage,
        gaps: following(passage, byId(content.gaps, [...gone.values()] as typeof content.gaps), blankTextGap),
      };
  }
}

const blankTextGap = (id: string) => ({ id, expected_length: 12, is_numeric: false });

/** Width of a field that takes the words without telling their length to the character. */
const widthFor = (words: string): number => Math.min(60, Math.max(6, Math.ceil((words.length + 2) / 4) * 4));

/** Says that the words belong in the gap, which nobody has said anything of yet. */
export function withWords({ content, key }: Gapped, id: string, words: string): Gapped {
  const text = words.trim();
  if (text === "") return { content, key };
  const html = escaped(text);
  if (content.interaction === "text_entry" && key.form === "text") {
    if (key.gaps[id]) return { content, key };
    const gap = { accepted: [{ text, share: "1" }], comparison: { ...usualComparison } };
    const gaps = content.gaps.map((one) =>
      one.id === id ? { ...one, expected_length: widthFor(text) } : one,
    );
    return { content: { ...content, gaps }, key: { ...key, gaps: { ...key.gaps, [id]: gap } } };
  }
  if (content.interaction === "inline_choice" && key.form === "pairs") {
    if (key.pairs.some(([gap]) => gap === id)) return { content, key };
    const gaps = content.gaps.map((gap) =>
      gap.id === id ? { ...gap, options: [{ ...blankOption("A"), content: html }, blankOption("B")] } : gap,
    );
    return { content: { ...content, gaps }, key: { ...key, pairs: [...key.pairs, [id, "A"]] } };
  }
  if (content.interaction === "gap_match" && key.form === "pairs") {
    if (key.pairs.some(([, gap]) => gap === id)) return { content, key };
    const there = content.is_reusable ? content.texts.find((one) => one.content === html) : undefined;
    const textId = there?.id ?? freshId(content.texts, letterId);
    const texts = there ? content.texts : [...content.texts, { ...blankOption(textId), content: html }];
    return { content: { ...content, texts }, key: { ...key, pairs: [...key.pairs, [textId, id]] } };
  }
  return { content, key };
}

export const usualComparison = {
  is_case_sensitive: false,
  is_tone_placement_sensitive: false,
  are_marks_required: true,
  are_spaces_ignored: false,
};

/** The right words of each gap as plain text, as far as somebody has said them. */
export function wordsOf({ content, key }: Gapped, plain: (html: string) => string): Map<string, string> {
  const found = new Map<string, string>();
  if (content.interaction === "text_entry" && key.form === "text") {
    for (const [id, { accepted }] of Object.entries(key.gaps)) found.set(id, accepted[0]?.text ?? "");
  } else if (content.interaction === "inline_choice" && key.form === "pairs") {
    for (const [gap, option] of key.pairs) {
      const right = content.gaps.find(({ id }) => id === gap)?.options.find(({ id }) => id === option);
      if (gap && right) found.set(gap, plain(right.content));
    }
  } else if (content.interaction === "gap_match" && key.form === "pairs") {
    for (const [text, gap] of key.pairs) {
      const right = content.texts.find(({ id }) => id === text);
      if (gap && right) found.set(gap, plain(right.content));
    }
  }
  return found;
}
