import { expect, test } from "vitest";
import { codesIn, isList } from "../../../../src/board/assembly/blueprint/codes";
import { exposed, mostShared, tally } from "../../../../src/board/assembly/run/figures";

test("pasted codes are taken once each, whatever stands between them", () => {
  expect(codesIn("IU01-001, IU01-002;IU01-001\nIU04-003\tIU05-1")).toEqual([
    "IU01-001",
    "IU01-002",
    "IU04-003",
    "IU05-1",
  ]);
});

test("several codes are a list, words to search for are not", () => {
  expect(isList("IU01-001, IU01-002")).toBe(true);
  expect(isList("hàm SUMIF")).toBe(false);
  expect(isList("IU01-001,")).toBe(false);
});

test("the form itself does not count among those it shares items with", () => {
  const overlap = [
    [40, 3, 1],
    [3, 40, 0],
    [1, 0, 40],
  ];
  expect([1, 2, 3].map((number) => mostShared(overlap, number))).toEqual([3, 3, 1]);
  expect(mostShared([[40]], 1)).toBeNull();
});

test("an item of several forms is listed once with all of them", () => {
  const item = (item_id: string) => ({ item_id });
  const forms = [
    { form_code: "101", items: [item("x"), item("y")] },
    { form_code: "102", items: [item("y")] },
  ];
  const found = exposed(forms as unknown as Parameters<typeof exposed>[0]);
  expect(found.map(({ item: { item_id }, forms: codes }) => [item_id, codes])).toEqual([
    ["x", ["101"]],
    ["y", ["101", "102"]],
  ]);
});

test("items are tallied by the number of forms", () => {
  expect(tally([2, 1, 2, 3])).toEqual([
    { forms: 1, items: 1 },
    { forms: 2, items: 2 },
    { forms: 3, items: 1 },
  ]);
});
