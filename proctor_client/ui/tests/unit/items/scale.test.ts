import { expect, test } from "vitest";
import { scaleOf } from "../../../src/items/scale";

const tenths = scaleOf({ lower: "0", upper: "1", step: "0.1" });

test("steps are counted without the errors of binary fractions", () => {
  expect(tenths.count).toBe(10);
  expect(Array.from({ length: 11 }, (_, i) => tenths.valueAt(i))).toEqual([
    "0",
    "0.1",
    "0.2",
    "0.3",
    "0.4",
    "0.5",
    "0.6",
    "0.7",
    "0.8",
    "0.9",
    "1",
  ]);
});

test("a scale may begin below zero", () => {
  const scale = scaleOf({ lower: "-1.5", upper: "1.5", step: "0.75" });
  expect([0, 1, 2, 3, 4].map(scale.valueAt)).toEqual(["-1.5", "-0.75", "0", "0.75", "1.5"]);
});

test("what was typed goes to the nearest step and never off the scale", () => {
  expect(tenths.indexOf("0.34")).toBe(3);
  expect(tenths.indexOf("0.36")).toBe(4);
  expect(tenths.indexOf("-5")).toBe(0);
  expect(tenths.indexOf("7")).toBe(10);
  expect(tenths.indexOf("x")).toBe(0);
});

test("every value of a long scale is found again", () => {
  const scale = scaleOf({ lower: "100", upper: "1000000", step: "0.25" });
  for (const index of [0, 1, 77, 123_457, scale.count])
    expect(scale.indexOf(scale.valueAt(index))).toBe(index);
});
