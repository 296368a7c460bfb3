import { expect, test } from "vitest";
import { countMarks } from "../../../src/board/results/histogram";

test("each mark falls into the class of its whole part, and ten into the last", () => {
  expect(countMarks(["0.00", "4.99", "5.00", "5.99", "9.00", "10.00"])).toEqual([
    1, 0, 0, 0, 1, 2, 0, 0, 0, 2,
  ]);
});

test("every candidate is counted once", () => {
  const marks = Array.from({ length: 1001 }, (_, i) => (i / 100).toFixed(2));
  expect(countMarks(marks).reduce((sum, count) => sum + count, 0)).toBe(marks.length);
});
