import { expect, test } from "vitest";
import { isFull, toggled } from "../../../src/items/choosing";

const offered = ["A", "B", "C", "D"];

test("choices stand in the order in which they are offered", () => {
  expect(toggled(["C"], "A", offered, { min_choices: 0 })).toEqual(["A", "C"]);
});

test("a second press takes a choice back", () => {
  expect(toggled(["A", "C"], "A", offered, { min_choices: 0 })).toEqual(["C"]);
});

test("at the upper bound no more is taken, and one choice less opens it again", () => {
  const bounds = { min_choices: 0, max_choices: 2 };
  expect(isFull(["A"], bounds)).toBe(false);
  expect(isFull(["A", "B"], bounds)).toBe(true);
  expect(toggled(["A", "B"], "C", offered, bounds)).toEqual(["A", "B"]);
  expect(toggled(["A", "B"], "B", offered, bounds)).toEqual(["A"]);
});

test("where one is to be chosen the next choice replaces it", () => {
  expect(toggled(["A"], "D", offered, { min_choices: 0, max_choices: 1 })).toEqual(["D"]);
});
