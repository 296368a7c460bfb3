import { expect, test } from "vitest";
import { formatTyped, readings } from "../../../src/items/typedNumbers";

test.each([
  ["12,5", ["12.5"]],
  ["12.5", ["12.5"]],
  ["−3", ["-3"]],
  ["+7", ["7"]],
  ["- 7", ["-7"]],
  ["007", ["7"]],
  ["-0", ["0"]],
  [",5", ["0.5"]],
  ["5,", ["5"]],
  ["2,50", ["2.5"]],
  ["1.234", ["1.234", "1234"]],
  ["1,234", ["1.234"]],
  ["0.125", ["0.125"]],
  ["1.234.567", ["1234567"]],
  ["1 234,5", ["1234.5"]],
  ["1.234,5", ["1234.5"]],
  ["1,234.5", ["1234.5"]],
  ["1,234,567", ["1234567"]],
  ["\u200b12\u00a0", ["12"]],
])("%s is read as people in Viet Nam mean it", (typed, values) => {
  expect(readings(typed)).toEqual(values);
});

test.each(["", " ", "abc", "1e3", "1.234.5", "12.34.56", "1,,2", ".", "-", "--1", "1 2", "9".repeat(41)])(
  "%j is no number",
  (typed) => {
    expect(readings(typed)).toEqual([]);
  },
);

test("the unit printed after the field may be typed again, and no other", () => {
  expect(readings("12,5 KG", "kg")).toEqual(["12.5"]);
  expect(readings("12,5 g", "kg")).toEqual([]);
});

test("a number is shown as Vietnamese papers print it", () => {
  expect(formatTyped("1234567.25")).toBe("1.234.567,25");
  expect(formatTyped("-0.5")).toBe("-0,5");
});
