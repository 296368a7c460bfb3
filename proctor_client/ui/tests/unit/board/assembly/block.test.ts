import { expect, test } from "vitest";
import {
  blockOf,
  cellsOf,
  holds,
  isBlockText,
  placesOf,
  sizeOf,
  textOf,
} from "../../../../src/board/assembly/blueprint/block";

test("a block is the same whichever corner was first", () => {
  const block = blockOf({ row: 3, column: 0 }, { row: 1, column: 2 });
  expect(block).toEqual(blockOf({ row: 1, column: 2 }, { row: 3, column: 0 }));
  expect(sizeOf(block)).toEqual({ rows: 3, columns: 3 });
  expect(placesOf(block)[0]?.[2]).toEqual({ row: 1, column: 2 });
  expect([holds(block, { row: 3, column: 2 }), holds(block, { row: 4, column: 2 })]).toEqual([true, false]);
});

test.each([
  [
    "3\t2–4\r\n1\t\r\n",
    [
      ["3", "2–4"],
      ["1", ""],
    ],
  ],
  ['"3"\t" 2 "', [["3", "2"]]],
  ["3", [["3"]]],
  [
    "\t\n\t",
    [
      ["", ""],
      ["", ""],
    ],
  ],
])("what a spreadsheet copies is read cell by cell: %j", (text, cells) => {
  expect(cellsOf(text)).toEqual(cells);
});

test.each([
  ["3", false],
  ["3\n", false],
  ["3\t4", true],
  ["3\n4", true],
])("one value and the line end behind it are no block: %j", (text, expected) => {
  expect(isBlockText(text)).toBe(expected);
});

test("what is copied is read back", () => {
  const cells = [
    ["1", "", "2–4"],
    ["", "≥3", ""],
  ];
  expect(cellsOf(textOf(cells))).toEqual(cells);
});
