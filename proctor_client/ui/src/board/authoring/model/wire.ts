/** What of an author's work is sent, and what is too unfinished to be sent at all. */
import { gapsOf, hottextsOf } from "../../parts/richtext/features";
import { fittedShares, partCount, type Scoring } from "./scoring";
import type { Content, Key, Work } from "./work";

const NUMBER = /^-?[0-9]{1,15}(\.[0-9]{1,9})?$/;
const SHARE = /^-?[01](\.[0-9]{1,4})?$/;

export interface WireItem {
  content: Content;
  key: Key | null;
}

/** Content and key as the server takes them: a key that says nothing is none, names of parts that are gone are left out. */
export const wire = ({ content, key }: Pick<Work, "content" | "key">): WireItem => ({
  content,
  key: wireKey(content, key),
});

function wireKey(content: Content, key: Key): Key | null {
  switch (key.form) {
    case "choice": {
      const ids = choosable(content);
      const correct = ids.filter((id) => key.correct.includes(id));
      return correct.length ? { ...key, correct, scoring: wireScoring(key.scoring, content, key) } : null;
    }
    case "true_false": {
      const ids = new Set(
        content.interaction === "true_false_table" ? content.statements.map(({ id }) => id) : [],
      );
      const values = Object.fromEntries(Object.entries(key.values).filter(([id]) => ids.has(id)));
      if (Object.keys(values).length === 0) return null;
      return { ...key, values, scoring: wireScoring(key.scoring, content, key) };
    }
    case "pairs": {
      const pairs = livingPairs(content, key.pairs);
      if (pairs.length === 0) return null;
      return { ...key, pairs, scoring: wireScoring(key.scoring, content, { ...key, pairs }) };
    }
    case "order": {
      if (content.interaction !== "order" || key.order.length === 0) return null;
      const order = orderOf(content, key.order);
      return { ...key, order, scoring: wireScoring(key.scoring, content, key) };
    }
    case "text": {
      const ids = content.interaction === "text_entry" ? content.gaps.map(({ id }) => id) : [];
      const gaps = Object.fromEntries(
        ids.flatMap((id) => {
          const gap = key.gaps[id];
          const accepted = gap?.accepted.filter(({ text }) => text.trim() !== "") ?? [];
          return gap && accepted.length ? [[id, { ...gap, accepted }]] : [];
        }),
      );
      if (Object.keys(gaps).length === 0) return null;
      return { ...key, gaps, scoring: wireScoring(key.scoring, content, key) };
    }
    case "number":
      return key.value === "" ? null : key;
    case "areas":
      return key.areas.length ? key : null;
    case "rubric":
      return key.criteria.length ? key : null;
  }
}

/** All options in the order of the key; those that it does not name yet stand last. */
export function orderOf(
  content: Extract<Content, { interaction: "order" }>,
  order: readonly string[],
): string[] {
  const ids = content.options.map(({ id }) => id);
  const known = order.filter((id) => ids.includes(id));
  return [...known, ...ids.filter((id) => !known.includes(id))];
}

/** The pairs whose two parts are still there. */
export function livingPairs(content: Content, pairs: readonly (readonly string[])[]): string[][] {
  const possible = new Set(pairNames(content));
  return pairs.filter((pair) => possible.has(pair.join(" "))).map((pair) => [...pair]);
}

/** What can be chosen, or paired, by name as in responses. */
export function choosable(content: Content): string[] {
  switch (content.interaction) {
    case "single_choice":
    case "multiple_response":
      return content.options.map(({ id }) => id);
    case "hot_text":
      return [...content.hottexts];
    case "hotspot":
      return content.hotspots.map(({ id }) => id);
    default:
      return pairNames(content);
  }
}

function pairNames(content: Content): string[] {
  const cross = (firsts: readonly { id: string }[], seconds: readonly { id: string }[]): string[] =>
    firsts.flatMap((first) => seconds.map((second) => `${first.id} ${second.id}`));
  switch (content.interaction) {
    case "match":
      return cross(content.sources, content.targets);
    case "gap_match":
      return cross(content.texts, content.gaps);
    case "inline_choice":
      return content.gaps.flatMap((gap) => cross([gap], gap.options));
    default:
      return [];
  }
}

function wireScoring<S extends Scoring>(scoring: S, content: Content, key: Key): S {
  if (scoring.rule === "by_count")
    return { ...scoring, shares: fittedShares(scoring.shares, partCount(content, key)) };
  if (scoring.rule === "mapped") {
    const names = new Set(choosable(content));
    const shares = Object.entries(scoring.shares).filter(([name, share]) => names.has(name) && share !== "");
    return { ...scoring, shares: Object.fromEntries(shares) };
  }
  return scoring;
}

export type Lack =
  | "picture"
  | "alternativeText"
  | "gaps"
  | "hottexts"
  | "texts"
  | "hotspots"
  | "label"
  | "title"
  | "number"
  | "ambiguous"
  | "share"
  | "fileTypes"
  | "reference"
  | "points";

/** What the server could not even read: its place and what is lacking there. */
export function unfinished({ content, key }: Pick<Work, "content" | "key">): Map<string, Lack> {
  const lacks = new Map<string, Lack>();
  for (const [place, lack] of [...contentLacks(content), ...keyLacks(wireKey(content, key))])
    if (!lacks.has(place)) lacks.set(place, lack);
  return lacks;
}

/** Whether details can be sent, too. */
export function unfinishedDetails(details: Work["details"]): Map<string, Lack> {
  const lacks = new Map<string, Lack>();
  if (details.reference_code === "") lacks.set("reference_code", "reference");
  const points = Number(details.points);
  if (!/^[0-9]{1,3}(\.[0-9]{1,2})?$/.test(details.points) || points <= 0 || points > 100)
    lacks.set("points", "points");
  return lacks;
}

function* numberLacks(place: string, value: string): Iterable<[string, Lack]> {
  if (value.startsWith("?")) yield [place, "ambiguous"];
  else if (!NUMBER.test(value)) yield [place, "number"];
}

function* contentLacks(content: Content): Iterable<[string, Lack]> {
  switch (content.interaction) {
    case "gap_match":
      if (gapsOf(content.passage).length === 0) yield ["passage", "gaps"];
      if (content.texts.length < 2) yield ["texts", "texts"];
      break;
    case "inline_choice":
    case "text_entry":
      if (gapsOf(content.passage).length === 0) yield ["passage", "gaps"];
      break;
    case "hot_text":
      if (hottextsOf(content.passage).length < 2) yield ["passage", "hottexts"];
      break;
    case "hotspot":
    case "select_point":
      if (content.picture.media === "") yield ["picture", "picture"];
      else if (content.picture.alternative_text.trim() === "")
        yield ["picture/alternative_text", "alternativeText"];
      if (content.interaction === "hotspot") {
        if (content.picture.media !== "" && content.hotspots.length < 2) yield ["hotspots", "hotspots"];
        for (const { id, label } of content.hotspots)
          if (label.trim() === "") yield [`hotspots/${id}/label`, "label"];
      }
      break;
    case "slider":
      for (const name of ["lower", "upper", "step"] as const) yield* numberLacks(name, content[name]);
      break;
    case "file_upload":
      if (content.file_types.length === 0) yield ["file_types", "fileTypes"];
      break;
    default:
  }
}

function* keyLacks(key: Key | null): Iterable<[string, Lack]> {
  if (key === null) return;
  if ("scoring" in key) yield* scoringLacks(key.scoring);
  switch (key.form) {
    case "text":
      for (const [gap, { accepted }] of Object.entries(key.gaps))
        for (const [index, { share }] of accepted.entries())
          if (!SHARE.test(share)) yield [`key/gaps/${gap}/${index + 1}`, "share"];
      break;
    case "number":
      yield* numberLacks("key/value", key.value);
      yield* numberLacks("key/tolerance", key.tolerance);
      if (!SHARE.test(key.share_with_wrong_unit)) yield ["key/share_with_wrong_unit", "share"];
      break;
    case "areas":
      if (!SHARE.test(key.penalty)) yield ["key/penalty", "share"];
      for (const [index, { share }] of key.areas.entries())
        if (!SHARE.test(share)) yield [`key/areas/${index + 1}`, "share"];
      break;
    case "rubric":
      for (const { id, title, points } of key.criteria) {
        if (title.trim() === "") yield [`key/criteria/${id}/title`, "title"];
        yield* numberLacks(`key/criteria/${id}/points`, points);
      }
      break;
    default:
  }
}

function* scoringLacks(scoring: Scoring): Iterable<[string, Lack]> {
  if (scoring.rule === "per_option" && !SHARE.test(scoring.penalty)) yield ["key/scoring/penalty", "share"];
  if (scoring.rule === "by_count" && !scoring.shares.every((share) => SHARE.test(share)))
    yield ["key/scoring/shares", "share"];
  if (scoring.rule === "mapped")
    for (const [name, share] of Object.entries(scoring.shares))
      if (!SHARE.test(share)) yield [`key/scoring/shares/${name}`, "share"];
}
