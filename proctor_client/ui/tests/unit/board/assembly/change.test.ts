import { expect, test } from "vitest";
import { changesBetween, repaired } from "../../../../src/board/assembly/blueprint/change";
import { type Draft, emptyDraft, inputOf } from "../../../../src/board/assembly/blueprint/draft";

const draft: Draft = { ...emptyDraft, cells: { "IU01/NB": "3" }, levels: { NB: "14–20" }, words: "≤900" };
const step = (place: string | null, side: "minimum" | "maximum" | null, new_bound: number | null) => ({
  place,
  side,
  new_bound,
});

test("nothing changed is nothing to show", () => {
  expect(changesBetween(draft, { ...draft })).toEqual([]);
});

test("changes name their places with both values, also of cells that came or went", () => {
  const next = { ...draft, cells: { "IU02/TH": "2–4" }, words: "", form_length: 30 };
  expect(changesBetween(draft, next)).toEqual([
    { place: "form_length", before: "40", after: "30" },
    { place: "cells.IU01/NB", before: "3", after: "" },
    { place: "words", before: "≤900", after: "" },
    { place: "cells.IU02/TH", before: "", after: "2–4" },
  ]);
});

test("a repair moves one side of a bound and leaves the other", () => {
  const { draft: next, elsewhere } = repaired(
    draft,
    [step("level_totals.0", "minimum", 10), step("words", "maximum", 1102), step("cells.0", "minimum", 2)],
    inputOf(draft),
  );
  expect(next.levels).toEqual({ NB: "10–20" });
  expect(next.words).toBe("≤1102");
  expect(next.cells).toEqual({ "IU01/NB": "2–3" });
  expect(elsewhere).toBe(0);
});

test("what a repair changes outside of the blueprint is counted", () => {
  const { draft: next, elsewhere } = repaired(
    draft,
    [step("form_count", null, 3), step(null, "maximum", 2)],
    inputOf(draft),
  );
  expect(elsewhere).toBe(2);
  expect(next).toEqual(draft);
});

test("a repair finds its places by name although the blueprint has got more cells since", () => {
  const now = { ...draft, cells: { ...draft.cells, "IU00/NB": "5" } };
  expect(repaired(now, [step("cells.0", "minimum", 2)], inputOf(draft)).draft.cells).toEqual({
    "IU00/NB": "5",
    "IU01/NB": "2–3",
  });
});

test.each([
  ["form_length", 38, { form_length: 38 }],
  ["recent_overlap", 12, { recent_items: 12 }],
  ["closeness", 0.07, { close_tolerance: 7 }],
])("a repair of %s changes its one figure", (place, bound, expected) => {
  expect(repaired(draft, [step(place, "maximum", bound)], inputOf(draft)).draft).toEqual({
    ...draft,
    ...expected,
  });
});
