import { expect, test } from "vitest";
import {
  contains,
  formatRange,
  isRange,
  meet,
  parseRange,
  sumOf,
} from "../../../../src/board/assembly/blueprint/range";

test.each([
  ["3", { minimum: 3, maximum: 3 }],
  [" 2–4 ", { minimum: 2, maximum: 4 }],
  ["2-4", { minimum: 2, maximum: 4 }],
  ["2 .. 4", { minimum: 2, maximum: 4 }],
  ["2 đến 4", { minimum: 2, maximum: 4 }],
  ["≥2", { minimum: 2, maximum: null }],
  [">= 2", { minimum: 2, maximum: null }],
  ["≤4", { minimum: null, maximum: 4 }],
  ["0", { minimum: 0, maximum: 0 }],
  ["", null],
  ["4–2", "reversed"],
  ["-1", "unreadable"],
  ["2,5", "unreadable"],
  ["nhiều", "unreadable"],
  ["1234567", "unreadable"],
])("%j is read as one means it", (text, expected) => {
  expect(parseRange(text)).toEqual(expected);
});

test.each(["3", "2–4", "≥2", "≤4"])("%s is written as it was read", (text) => {
  const range = parseRange(text);
  expect(isRange(range) && formatRange(range)).toBe(text);
});

test("an open range is written as nothing", () => {
  expect(formatRange({ minimum: null, maximum: null })).toBe("");
});

test("ranges add up side by side, and one open end opens the sum", () => {
  expect(
    sumOf([
      { minimum: 2, maximum: 4 },
      { minimum: 3, maximum: 3 },
    ]),
  ).toEqual({
    minimum: 5,
    maximum: 7,
  });
  expect(
    sumOf([
      { minimum: null, maximum: 4 },
      { minimum: 3, maximum: null },
    ]),
  ).toEqual({
    minimum: 3,
    maximum: null,
  });
  expect(sumOf([])).toEqual({ minimum: 0, maximum: 0 });
});

test("two ranges meet when one number lies in both", () => {
  expect(meet({ minimum: 2, maximum: 4 }, { minimum: 4, maximum: 9 })).toBe(true);
  expect(meet({ minimum: 2, maximum: 4 }, { minimum: 5, maximum: null })).toBe(false);
  expect(meet({ minimum: 2, maximum: null }, { minimum: null, maximum: 1 })).toBe(false);
});

test("both ends of a range belong to it", () => {
  const range = { minimum: 2, maximum: 4 };
  expect([1, 2, 4, 5].map((value) => contains(range, value))).toEqual([false, true, true, false]);
  expect(contains({ minimum: null, maximum: null }, 0)).toBe(true);
});
