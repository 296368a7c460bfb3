/** Rules that turn a response into a share of the points: which fit, how many parts they count, worked examples. */
import { shares2025 } from "./rule2025";
import type { Content, Key, KeyForm } from "./work";

export type Rule = "all_or_nothing" | "per_part" | "per_option" | "by_count" | "mapped";
export type Scoring = Extract<Key, { scoring: unknown }>["scoring"];
export type ScoredKey = Extract<Key, { scoring: unknown }>;

export const rulesOf: Readonly<Partial<Record<KeyForm, readonly Rule[]>>> = {
  choice: ["all_or_nothing", "per_option", "mapped"],
  true_false: ["by_count", "per_part", "all_or_nothing"],
  pairs: ["all_or_nothing", "per_part", "per_option", "by_count", "mapped"],
  order: ["all_or_nothing", "per_part", "by_count"],
  text: ["per_part", "all_or_nothing", "by_count"],
};

/** A share as the server writes it: at most four decimals, no noughts at the end. */
export const shareText = (share: number): string => String(Math.round(share * 10_000) / 10_000);

/** Shares for 0 to `parts` right answers: the 2025 rule for four, equal steps for other numbers. */
export function defaultShares(parts: number): string[] {
  if (parts === 4) return [...shares2025];
  return Array.from({ length: parts + 1 }, (_, right) => shareText(parts === 0 ? 0 : right / parts));
}

/** Shares for so many parts; those of another number fit no longer. */
export const fittedShares = (shares: readonly string[], parts: number): string[] =>
  shares.length === parts + 1 ? [...shares] : defaultShares(parts);

/** How many parts of an item are right or wrong by themselves. */
export function partCount(content: Content, key: Key): number {
  switch (content.interaction) {
    case "true_false_table":
      return content.statements.length;
    case "match": {
      const paired = new Set(key.form === "pairs" ? key.pairs.map(([source]) => source) : []);
      return content.sources.filter(({ id }) => paired.has(id)).length;
    }
    case "gap_match":
    case "inline_choice":
    case "text_entry":
      return content.gaps.length;
    case "order":
      return content.options.length;
    default:
      return 1;
  }
}

/** How many choices or pairs are right. */
export function rightCount(key: Key): number {
  if (key.form === "choice") return key.correct.length;
  return key.form === "pairs" ? key.pairs.length : 0;
}

/** A scoring of the rule, with what the old one can give it. */
export function scoringOf(rule: Rule, old: Scoring, content: Content, key: Key): Scoring {
  switch (rule) {
    case "all_or_nothing":
    case "per_part":
      return { rule };
    case "per_option":
      return { rule, penalty: old.rule === "per_option" ? old.penalty : "1" };
    case "by_count":
      return {
        rule,
        shares: fittedShares(old.rule === "by_count" ? old.shares : [], partCount(content, key)),
      };
    case "mapped":
      return {
        rule,
        shares: old.rule === "mapped" ? old.shares : equalShares(key),
        default: "0",
        lower: "0",
        upper: "1",
      };
  }
}

function equalShares(key: Key): Record<string, string> {
  const right =
    key.form === "choice" ? key.correct : key.form === "pairs" ? key.pairs.map((pair) => pair.join(" ")) : [];
  return Object.fromEntries(right.map((name) => [name, shareText(1 / right.length)]));
}

export interface Example {
  /** Parts, choices or pairs answered right, of how many. */
  right: number;
  of: number;
  /** Wrong choices beside them. */
  wrong: number;
  share: number;
}

/** What a nearly right response earns under the rule; none where the item has too few parts to show it. */
export function exampleOf(scoring: Scoring, content: Content, key: Key): Example | null {
  const isByPart = scoring.rule === "per_part" || scoring.rule === "by_count";
  const isByChoice = key.form === "choice" || (key.form === "pairs" && !isByPart);
  const of = isByChoice ? rightCount(key) : partCount(content, key);
  if (of < 2) return null;
  const right = of - 1;
  switch (scoring.rule) {
    case "all_or_nothing":
      return { right, of, wrong: 0, share: 0 };
    case "per_part":
      return { right, of, wrong: 0, share: right / of };
    case "per_option": {
      const cost = Number(scoring.penalty) / of;
      return { right: of, of, wrong: 1, share: Math.max(0, 1 - (Number.isFinite(cost) ? cost : 0)) };
    }
    case "by_count":
      return { right, of, wrong: 0, share: Number(fittedShares(scoring.shares, of)[right] ?? 0) };
    case "mapped":
      return null;
  }
}
