import { describe, expect, test } from "vitest";
import { intervalOf, toleranceOf } from "../../../../src/board/authoring/model/interval";
import { keptNumber, shownNumber } from "../../../../src/board/authoring/model/typed";

describe("numbers as authors type them", () => {
  test.each([
    ["12,5", "12.5"],
    [" 1 234,5 ", "1234.5"],
    ["−3", "-3"],
    ["0,50", "0.5"],
    ["", ""],
    ["1.234", "?1.234"],
    ["mười", "mười"],
  ])("%s is kept as %s", (typed, kept) => {
    expect(keptNumber(typed)).toBe(kept);
  });

  test.each(["12.5", "-3", "0.001", "1234.5"])("%s is shown so that it is read again", (kept) => {
    expect(keptNumber(shownNumber(kept))).toBe(kept);
  });
});

describe("an interval", () => {
  test.each([
    ["12.4", "12.6", "12.5", "0.1"],
    ["0", "1", "0.5", "0.5"],
    ["-1", "1", "0", "1"],
    ["0.1", "0.2", "0.15", "0.05"],
    ["5", "5", "5", "0"],
    ["-0.3", "-0.1", "-0.2", "0.1"],
  ])("from %s to %s is %s with a tolerance of %s, and back", (from, to, value, tolerance) => {
    expect(toleranceOf({ from, to })).toEqual({ value, tolerance });
    expect(intervalOf({ value, tolerance })).toEqual({ from, to });
  });

  test("with its ends the wrong way round, or half typed, is none", () => {
    expect(toleranceOf({ from: "2", to: "1" })).toBeNull();
    expect(toleranceOf({ from: "2", to: "" })).toBeNull();
    expect(intervalOf({ value: "?1.234", tolerance: "0" })).toBeNull();
  });
});
