import { expect, test } from "vitest";
import {
  cellKey,
  cellsOf,
  columnSum,
  countsOf,
  rowSum,
  shortCells,
  total,
} from "../../../src/board/assembly/grid";

const cells = [
  { module_code: "IU01", cognitive_level: "NB" as const, count: 3 },
  { module_code: "IU01", cognitive_level: "VD" as const, count: 1 },
  { module_code: "IU04", cognitive_level: "NB" as const, count: 2 },
];
const modules = ["IU01", "IU02", "IU04"];

test("stored cells come back unchanged from the grid", () => {
  expect(cellsOf(countsOf(cells), modules)).toEqual(cells);
});

test("sums by module, by level and in all agree", () => {
  const counts = countsOf(cells);
  expect(modules.map((module) => rowSum(counts, module))).toEqual([4, 0, 2]);
  expect(columnSum(counts, modules, "NB")).toBe(5);
  expect(total(counts)).toBe(6);
});

test("a cell of nothing is not stored", () => {
  expect(cellsOf(new Map([[cellKey("IU02", "TH"), 0]]), modules)).toEqual([]);
});

test("a cell is short only when it asks for more than there is", () => {
  const supply = new Map([
    [cellKey("IU01", "NB"), 3],
    [cellKey("IU01", "VD"), 0],
  ]);
  expect(shortCells(countsOf(cells), supply)).toEqual([cellKey("IU01", "VD"), cellKey("IU04", "NB")]);
});

test("forms share no item: what is enough for two may be short for three", () => {
  const supply = new Map([[cellKey("IU01", "NB"), 6]]);
  const counts = new Map([[cellKey("IU01", "NB"), 3]]);
  expect(shortCells(counts, supply, 2)).toEqual([]);
  expect(shortCells(counts, supply, 3)).toEqual([cellKey("IU01", "NB")]);
});
