/** Changing the kind of an item: what has a place in the new kind is kept. */
import { gapsOf } from "../../parts/richtext/features";
import { withPassage, withWords, wordsOf } from "./gaps";
import {
  blankContent,
  blankKey,
  type Content,
  type ContentOf,
  freshId,
  type Key,
  type Kind,
  letterId,
  numbered,
  type Option,
} from "./work";

interface Item {
  content: Content;
  key: Key;
}

/** Reads HTML: its plain text, and the same HTML without its gaps or without its marked words. */
export interface HtmlReader {
  plain(html: string): string;
  without(html: string, attribute: "data-gap" | "data-hottext"): string;
}

/** The item as one of another kind. A key goes along only where it says the same there. */
export function converted(item: Item, kind: Kind, reader: HtmlReader): Item {
  const { content, key } = item;
  if (content.interaction === kind) return item;
  const blank = blankContent(kind, content.stem, content.language);
  const next = { content: blank, key: blankKey(kind) };
  return (
    fromParts(item, next) ??
    fromPassage(item, next, reader) ??
    fromPicture(item, next) ??
    fromScale(content, key, next) ??
    fromRubric(key, next)
  );
}

function partsOf(content: Content): readonly Option[] | null {
  switch (content.interaction) {
    case "single_choice":
    case "multiple_response":
    case "order":
      return content.options;
    case "true_false_table":
      return content.statements.map((statement) => ({ ...statement, is_fixed: false }));
    case "match":
      return content.sources;
    default:
      return null;
  }
}

function rightParts(key: Key): readonly string[] {
  if (key.form === "choice") return key.correct;
  if (key.form !== "true_false") return [];
  return Object.entries(key.values).flatMap(([id, isTrue]) => (isTrue ? [id] : []));
}

function fromParts({ content: old, key: oldKey }: Item, { content, key }: Item): Item | null {
  const parts = partsOf(old);
  if (parts === null) return null;
  const shuffled = "is_shuffled" in old ? { is_shuffled: old.is_shuffled } : {};
  const right = rightParts(oldKey);
  switch (content.interaction) {
    case "single_choice":
    case "multiple_response": {
      // Of several right ones nobody has said which is the one.
      const correct = content.interaction === "single_choice" && right.length > 1 ? [] : [...right];
      return {
        content: { ...content, ...shuffled, options: atLeast(parts, 2) },
        key: key.form === "choice" ? { ...key, correct } : key,
      };
    }
    case "order":
      return { content: { ...content, options: atLeast(parts, 2) }, key };
    case "match":
      return { content: { ...content, ...shuffled, sources: [...parts] }, key };
    case "true_false_table": {
      const statements = parts.slice(0, 12).map(({ id, content: html }) => ({ id, content: html }));
      const values = Object.fromEntries(
        right.length ? statements.map(({ id }) => [id, right.includes(id)]) : [],
      );
      return {
        content: { ...content, ...shuffled, statements },
        key: key.form === "true_false" ? { ...key, values } : key,
      };
    }
    default:
      return null;
  }
}

function atLeast(parts: readonly Option[], least: number): Option[] {
  const options = [...parts];
  while (options.length < least)
    options.push({ id: freshId(options, letterId), content: "", is_fixed: false });
  return options;
}

function fromPassage(old: Item, next: Item, reader: HtmlReader): Item | null {
  if (!("passage" in old.content) || !("passage" in next.content)) return null;
  const { passage } = old.content;
  if (next.content.interaction === "hot_text")
    return { ...next, content: { ...next.content, passage: reader.without(passage, "data-gap") } };
  const kept = reader.without(passage, "data-hottext");
  let item: Item = { ...next, content: withPassage(next.content, kept, new Map()) };
  const words = wordsOf(old, reader.plain);
  for (const id of gapsOf(kept)) item = withWords(item, id, words.get(id) ?? "");
  return item;
}

function fromPicture({ content: old, key: oldKey }: Item, { content, key }: Item): Item | null {
  if (!("picture" in old) || !("picture" in content)) return null;
  const { picture } = old;
  if (content.interaction === "select_point" && old.interaction === "hotspot" && key.form === "areas") {
    const right = oldKey.form === "choice" ? oldKey.correct : [];
    const areas = old.hotspots
      .filter(({ id }) => right.includes(id))
      .map(({ shape, coordinates }) => ({ shape, coordinates, share: "1" }));
    return {
      content: { ...content, picture, max_points: Math.max(1, areas.length) },
      key: { ...key, areas },
    };
  }
  if (content.interaction === "hotspot" && oldKey.form === "areas" && key.form === "choice") {
    const hotspots = oldKey.areas.map(({ shape, coordinates }, index) => ({
      id: numbered("p")(index),
      shape,
      coordinates,
      label: "",
    }));
    return {
      content: { ...content, picture, hotspots, max_choices: Math.max(1, hotspots.length) },
      key: { ...key, correct: hotspots.map(({ id }) => id) },
    };
  }
  return { content: { ...content, picture } as ContentOf<"hotspot">, key };
}

function fromScale(old: Content, oldKey: Key, { content, key }: Item): Item | null {
  if (!("unit" in old) || !("unit" in content) || oldKey.form !== "number" || key.form !== "number")
    return null;
  const { value, tolerance, tolerance_in } = oldKey;
  return {
    content: { ...content, unit: old.unit },
    key: { ...key, value, tolerance, tolerance_in },
  };
}

function fromRubric(oldKey: Key, next: Item): Item {
  return oldKey.form === "rubric" && next.key.form === "rubric" ? { ...next, key: oldKey } : next;
}
