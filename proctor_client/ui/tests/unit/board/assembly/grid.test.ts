import { expect, test } from "vitest";
import { amountsOf, shareOf, totalOf } from "../../../../src/board/assembly/blueprint/amounts";
import { repaired } from "../../../../src/board/assembly/blueprint/change";
import {
  type Draft,
  emptyDraft,
  faultsOf,
  inputOf,
  isBlocking,
  placeOf,
} from "../../../../src/board/assembly/blueprint/draft";
import { addressIn, changed, rowsOf, TOTAL } from "../../../../src/board/assembly/blueprint/gridModel";
import { after, settledOf, startOf, undone } from "../../../../src/board/assembly/blueprint/undo";

const draft: Draft = {
  ...emptyDraft,
  name: "Đề thử",
  form_length: 6,
  cells: { "IU01/NB": "2–4", "IU01/VD": "1", "IU02/NB": "2" },
  topics: { "IU01.10": "1", "IU01.2": "0–1" },
};

test("topics stand beneath their module in the order of their numbers, and levels come last", () => {
  const rows = rowsOf(draft, ["IU01", "IU02"], () => false);
  expect(rows.map((row) => (row.kind === "levels" ? "levels" : row.code))).toEqual([
    "IU01",
    "IU01.2",
    "IU01.10",
    "IU02",
    "levels",
  ]);
  expect(rowsOf(draft, ["IU01", "IU02"], (module) => module === "IU01")).toHaveLength(3);
});

test("every field of the grid has its place; a topic has a total only, and all together have none", () => {
  const rows = rowsOf(draft, ["IU01"], () => false);
  expect(addressIn(rows[0], 0)).toEqual({ group: "cells", key: "IU01/NB" });
  expect(addressIn(rows[0], TOTAL)).toEqual({ group: "modules", key: "IU01" });
  expect([addressIn(rows[1], 0), addressIn(rows[1], TOTAL)]).toEqual([
    null,
    { group: "topics", key: "IU01.2" },
  ]);
  expect([addressIn(rows.at(-1), 1), addressIn(rows.at(-1), TOTAL)]).toEqual([
    { group: "levels", key: "TH" },
    null,
  ]);
  expect([addressIn(rows[0], TOTAL + 1), addressIn(undefined, 0)]).toEqual([null, null]);
});

test("an emptied cell demands nothing; an emptied topic stays a row", () => {
  const next = changed(draft, [
    { group: "cells", key: "IU01/NB", text: " " },
    { group: "topics", key: "IU01.2", text: "" },
  ]);
  expect(next.cells).toEqual({ "IU01/VD": "1", "IU02/NB": "2" });
  expect(next.topics).toEqual({ "IU01.10": "1", "IU01.2": "" });
  expect(inputOf({ ...draft, ...next }).reference_totals).toEqual([
    { reference_code: "IU01.10", minimum: 1, maximum: 1 },
  ]);
});

const cell = (
  module_code: string,
  cognitive_level: "NB" | "VD",
  mean_points: number | null,
  mean_seconds: number | null,
) => ({
  module_code,
  cognitive_level,
  available: 5,
  held_back: 0,
  other_kinds: 0,
  in_preparation: 0,
  mean_points,
  mean_seconds,
});

test("points and minutes come from the bank's items, and from the level where there are none", () => {
  const bank = [cell("IU01", "NB", 0.25, 30), cell("IU01", "VD", null, null)];
  expect(amountsOf(draft, bank, "points").get("IU01/NB")).toEqual({ minimum: 0.5, maximum: 1 });
  const minutes = amountsOf(draft, bank, "minutes");
  expect(minutes.get("IU01/NB")).toEqual({ minimum: 1, maximum: 2 });
  expect(minutes.get("IU01/VD")?.minimum).toBeCloseTo(80 / 60, 12);
  const items = amountsOf(draft, bank, "items");
  expect(totalOf(items, "IU01", null)).toEqual({ minimum: 3, maximum: 5 });
  expect(totalOf(items, null, "NB")).toEqual({ minimum: 4, maximum: 6 });
  // Of 5 to 7 items 3 to 5 are of the module: 8 of 12.
  expect(shareOf(totalOf(items, "IU01", null), totalOf(items, null, null))).toBeCloseTo(200 / 3, 12);
  expect(shareOf({ minimum: 0, maximum: 0 }, { minimum: 0, maximum: 0 })).toBeNull();
});

const part = { name: " Phần I ", kinds: ["single_choice" as const], items: "4", points: "≤4" };

test("a part without name or kinds, or with a name that is taken, is not stored half", () => {
  const faults = (parts: Draft["parts"]) =>
    faultsOf({ ...draft, parts }, null)
      .filter(isBlocking)
      .map(({ place, kind }) => [place, kind]);
  expect(faults([part])).toEqual([]);
  expect(faults([{ ...part, name: " " }])).toEqual([["parts.", "nameless"]]);
  expect(faults([{ ...part, kinds: [] }])).toEqual([["parts.Phần I", "kindless"]]);
  expect(faults([part, { ...part, name: "Phần I", kinds: ["order"] }])).toEqual([
    ["parts.Phần I", "repeated"],
  ]);
  expect(faults([{ ...part, points: "nhiều" }])).toEqual([["parts.Phần I.points", "unreadable"]]);
});

test("a way out changes topics, parts, stimuli and points where it says so", () => {
  const stated: Draft = { ...draft, parts: [part], stimuli: "2–3", stimulus_items: "3–4", form_points: "≥9" };
  const sent = inputOf(stated);
  expect(placeOf("parts.0", sent)).toBe("parts.Phần I");
  expect(placeOf("reference_totals.1", sent)).toBe("topics.IU01.2");
  const step = (code: string, place: string, new_bound: number) => ({
    code,
    place,
    side: "minimum" as const,
    new_bound,
  });
  const { draft: next, elsewhere } = repaired(
    stated,
    [
      step("count", "reference_totals.0", 0),
      step("count", "parts.0", 2),
      step("stimuli", "stimuli.maximum", 1),
      step("stimulus_items", "stimuli.items_minimum", 2),
      step("total", "points", 7),
      step("item_use", "uses_per_item", 2),
    ],
    sent,
  );
  expect(next.topics["IU01.10"]).toBe("0–1");
  expect(next.parts[0]?.items).toBe("2–4");
  expect([next.stimuli, next.stimulus_items, next.form_points]).toEqual(["1–3", "2–4", "≥7"]);
  expect(elsewhere).toBe(1);
  const points = repaired(stated, [{ code: "total", place: "parts.0", side: "maximum", new_bound: 5 }], sent);
  expect(points.draft.parts[0]).toMatchObject({ items: "4", points: "≤5" });
});

test("what is typed in one field is one step until the field is left", () => {
  let steps = startOf("");
  for (const text of ["1", "12"]) steps = after(steps, text, "cells.IU01/NB");
  expect(undone(steps).present).toBe("");
  steps = after(settledOf(steps), "123", "cells.IU01/NB");
  expect(undone(steps).present).toBe("12");
});
