import { expect, test } from "vitest";
import {
  type Draft,
  demandOfAll,
  demandOfLevel,
  demandOfModule,
  draftOf,
  emptyDraft,
  faultsOf,
  inputOf,
  placeOf,
} from "../../../../src/board/assembly/blueprint/draft";

const draft: Draft = {
  ...emptyDraft,
  name: " Cơ bản ",
  form_length: 6,
  cells: { "IU01/NB": "2–4", "IU01/VD": "1", "IU02/NB": "2" },
};
const supply = new Map([
  ["IU01/NB", 9],
  ["IU01/VD", 1],
  ["IU02/NB", 2],
]);

test("an empty new blueprint lacks items for its length and nothing else", () => {
  expect(faultsOf(emptyDraft, null)).toEqual([
    { place: "form_length", kind: "length", cells: { minimum: 0, maximum: 0 }, length: 40 },
  ]);
});

test("cells add up by module, by level and in all", () => {
  expect(demandOfModule(draft, "IU01")).toEqual({ minimum: 3, maximum: 5 });
  expect(demandOfLevel(draft, "NB")).toEqual({ minimum: 4, maximum: 6 });
  expect(demandOfAll(draft)).toEqual({ minimum: 5, maximum: 7 });
});

test("a length within the sum of the cells is right, one beyond it is not", () => {
  expect(faultsOf(draft, supply)).toEqual([]);
  expect(faultsOf({ ...draft, form_length: 7 }, supply)).toEqual([]);
  expect(faultsOf({ ...draft, form_length: 8 }, supply)).toEqual([
    { place: "form_length", kind: "length", cells: { minimum: 5, maximum: 7 }, length: 8 },
  ]);
  expect(faultsOf({ ...draft, form_length: 4 }, supply)[0]?.place).toBe("form_length");
});

test("a cell is short only when its least is more than there is", () => {
  const short = new Map([...supply, ["IU01/VD", 0]]);
  expect(faultsOf(draft, short)).toEqual([
    { place: "cells.IU01/VD", kind: "short", needed: 1, available: 0 },
  ]);
  expect(faultsOf({ ...draft, cells: { ...draft.cells, "IU01/VD": "0–1" }, form_length: 5 }, short)).toEqual(
    [],
  );
});

test("without known supply nothing is short", () => {
  expect(faultsOf(draft, null)).toEqual([]);
});

test("a total that the cells cannot reach is a fault of the total", () => {
  expect(faultsOf({ ...draft, modules: { IU01: "5" } }, supply)).toEqual([]);
  expect(faultsOf({ ...draft, modules: { IU01: "6" } }, supply)).toEqual([
    { place: "modules.IU01", kind: "against_cells", cells: { minimum: 3, maximum: 5 } },
  ]);
  expect(faultsOf({ ...draft, levels: { VD: "0" } }, supply)[0]?.place).toBe("levels.VD");
});

test("what cannot be read is a fault at its place", () => {
  const faults = faultsOf(
    { ...draft, cells: { ...draft.cells, "IU02/NB": "vài" }, form_length: 4, words: "9–1" },
    supply,
  );
  expect(faults.map(({ place, kind }) => [place, kind])).toEqual([
    ["cells.IU02/NB", "unreadable"],
    ["words", "reversed"],
  ]);
});

test("what is sent holds both ends of every range, in the order of the places", () => {
  const sent = inputOf({
    ...draft,
    cells: { ...draft.cells, "IU02/TH": "≥1", "IU02/VD": "0" },
    keys: "1–2",
    words: "≤900",
  });
  expect(sent.name).toBe("Cơ bản");
  expect(sent.cells).toEqual([
    { module_code: "IU01", cognitive_level: "NB", minimum: 2, maximum: 4 },
    { module_code: "IU01", cognitive_level: "VD", minimum: 1, maximum: 1 },
    { module_code: "IU02", cognitive_level: "NB", minimum: 2, maximum: 2 },
    { module_code: "IU02", cognitive_level: "TH", minimum: 1, maximum: 6 },
  ]);
  expect(sent.key_balance).toEqual({ minimum: 1, maximum: 2 });
  expect(sent.words).toEqual({ minimum: null, maximum: 900 });
  expect(sent.seconds).toBeNull();
});

test("an overlap with recent forms needs both figures", () => {
  expect(inputOf({ ...draft, recent_items: 3 }).recent_overlap).toBeNull();
  expect(inputOf({ ...draft, recent_items: 0, recent_months: 6 }).recent_overlap).toEqual({
    maximum_items: 0,
    months: 6,
  });
});

test.each<Partial<Draft>>([
  {},
  { objective: "target", points: [{ theta: -0.5, information: 4.5 }], target_tolerance: 0.5 },
  { is_close: false },
  { keys: "1–2", words: "≥800", seconds: "300–400", rest_months: 6, previous_uses: 0 },
  { modules: { IU01: "3–4" }, levels: { NB: "≤6", VD: "1" } },
  { close_tolerance: 0.7, close_offset: 0, offset: 0 },
])("a stored blueprint is shown as it was typed: %j", (part) => {
  const typed = { ...draft, name: "Cơ bản", ...part };
  const view = { ...inputOf(typed), id: "", supply: [], updated_at: "", changed_by: "" };
  const again = draftOf(view as Parameters<typeof draftOf>[0]);
  expect(inputOf(again)).toEqual(inputOf(typed));
});

test("places of the server are found in the draft", () => {
  const sent = inputOf({ ...draft, modules: { IU01: "3" }, levels: { NB: "4" } });
  expect(placeOf("cells.1", sent)).toBe("cells.IU01/VD");
  expect(placeOf("cells.1.minimum", sent)).toBe("cells.IU01/VD");
  expect(placeOf("module_totals.0", sent)).toBe("modules.IU01");
  expect(placeOf("level_totals.0", sent)).toBe("levels.NB");
  expect(placeOf("key_balance", sent)).toBe("keys");
  expect(placeOf("form_length", sent)).toBe("form_length");
});
