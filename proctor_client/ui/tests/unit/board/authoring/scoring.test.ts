import { describe, expect, test } from "vitest";
import {
  defaultShares,
  exampleOf,
  fittedShares,
  partCount,
  scoringOf,
} from "../../../../src/board/authoring/model/scoring";
import {
  blankContent,
  blankKey,
  type ContentOf,
  type Key,
  type KeyOf,
} from "../../../../src/board/authoring/model/work";

const table = blankContent("true_false_table");
const tableKey = blankKey("true_false_table");
const chosen = (...correct: string[]): KeyOf<"choice"> => ({
  ...(blankKey("multiple_response") as KeyOf<"choice">),
  correct,
});

describe("shares by the number of right parts", () => {
  test("four parts have the rule of the 2025 examination, others rise in equal steps", () => {
    expect(defaultShares(4)).toEqual(["0", "0.1", "0.25", "0.5", "1"]);
    expect(defaultShares(3)).toEqual(["0", "0.3333", "0.6667", "1"]);
    for (const parts of [1, 2, 3, 5, 12]) {
      const shares = defaultShares(parts).map(Number);
      expect(shares).toHaveLength(parts + 1);
      expect([shares[0], shares.at(-1)]).toEqual([0, 1]);
      expect([...shares].sort((x, y) => x - y)).toEqual(shares);
    }
  });

  test("shares for another number of parts are not kept", () => {
    expect(fittedShares(["0", "0.9", "1"], 2)).toEqual(["0", "0.9", "1"]);
    expect(fittedShares(["0", "0.9", "1"], 4)).toEqual(["0", "0.1", "0.25", "0.5", "1"]);
  });
});

test("rows of a match without a partner are no parts", () => {
  const match = blankContent("match");
  const key: Key = {
    form: "pairs",
    pairs: [
      ["s1", "t1"],
      ["s2", "t2"],
    ],
    scoring: { rule: "per_part" },
  };
  expect(partCount(match, key)).toBe(2);
});

describe("worked examples", () => {
  test("three of four statements earn half under the 2025 rule and three quarters in equal shares", () => {
    const by2025 = scoringOf("by_count", { rule: "per_part" }, table, tableKey);
    expect(exampleOf(by2025, table, tableKey)).toEqual({ right: 3, of: 4, wrong: 0, share: 0.5 });
    expect(exampleOf({ rule: "per_part" }, table, tableKey)?.share).toBe(0.75);
    expect(exampleOf({ rule: "all_or_nothing" }, table, tableKey)?.share).toBe(0);
  });

  test("a wrong choice beside two right ones costs half of what one of them earns", () => {
    const content = blankContent("multiple_response");
    const scoring = { rule: "per_option", penalty: "0.5" } as const;
    expect(exampleOf(scoring, content, chosen("A", "B"))).toEqual({ right: 2, of: 2, wrong: 1, share: 0.75 });
    expect(exampleOf({ ...scoring, penalty: "1" }, content, chosen("A", "B"))?.share).toBe(0.5);
  });

  test("with fewer than two parts there is nothing to show", () => {
    expect(exampleOf({ rule: "all_or_nothing" }, blankContent("single_choice"), chosen("A"))).toBeNull();
    const content = blankContent("text_entry") as ContentOf<"text_entry">;
    expect(exampleOf({ rule: "per_part" }, content, blankKey("text_entry"))).toBeNull();
  });
});

test("shares of single choices begin equal for what is right", () => {
  const scoring = scoringOf(
    "mapped",
    { rule: "all_or_nothing" },
    blankContent("multiple_response"),
    chosen("A", "C"),
  );
  expect(scoring).toEqual({
    rule: "mapped",
    shares: { A: "0.5", C: "0.5" },
    default: "0",
    lower: "0",
    upper: "1",
  });
});
