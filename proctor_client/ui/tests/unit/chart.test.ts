import { expect, test } from "vitest";
import { decimalsOf, scale, steps, ticks } from "../../src/lib/ui/chart";

test("ticks are round and cover the data", () => {
  expect(ticks(-3, 3, 6)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  expect(ticks(0, 1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(ticks(0, 11, 4)).toEqual([0, 5, 10, 15]);
});

test("a single value is its own tick", () => {
  expect(ticks(2, 2, 4)).toEqual([2]);
});

test("labels get as many decimals as the finest tick needs", () => {
  expect(decimalsOf([0, 0.25, 0.5])).toBe(2);
  expect(decimalsOf([0, 4, 8])).toBe(0);
});

test("a scale maps its ends exactly, also upside down", () => {
  const y = scale(0, 1, 200, 10);
  expect(y(0)).toBe(200);
  expect(y(1)).toBe(10);
});

test("the best found so far keeps its value until a better one comes, and to the end", () => {
  expect(
    steps(
      [
        [0, 1],
        [2, 3],
      ],
      5,
    ),
  ).toEqual([
    [0, 1],
    [2, 1],
    [2, 3],
    [5, 3],
  ]);
  expect(steps([[4, 1]], 4)).toEqual([[4, 1]]);
  expect(steps([], 5)).toEqual([]);
});
