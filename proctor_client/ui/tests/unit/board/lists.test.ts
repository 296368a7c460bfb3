import { expect, test } from "vitest";
import { fold } from "../../../src/board/fold";
import { sortRows } from "../../../src/board/sortRows";

const rows = [
  { code: "IU01-010", b: 0.4 },
  { code: "IU01-009", b: null },
  { code: "IU01-002", b: -1.2 },
];
const read = (row: (typeof rows)[number], field: string) => (field === "b" ? row.b : row.code);
const codes = (sort: string) => sortRows(rows, sort, read).map((row) => row.code.slice(-3));

test("rows without a value come last, whichever way the rest runs", () => {
  expect(codes("b")).toEqual(["002", "010", "009"]);
  expect(codes("-b")).toEqual(["010", "002", "009"]);
});

test("codes sort by their numbers", () => {
  expect(codes("code")).toEqual(["002", "009", "010"]);
  expect(codes("-code")).toEqual(["010", "009", "002"]);
});

test("sorting leaves the given rows alone", () => {
  sortRows(rows, "code", read);
  expect(rows[0]?.code).toBe("IU01-010");
});

test("a search finds Vietnamese with and without marks, composed or not", () => {
  expect(fold("Đặng Thuỳ Dương")).toBe("dang thuy duong");
  expect(fold("Đặng".normalize("NFD"))).toBe(fold("Đặng".normalize("NFC")));
  expect(fold("K' Brếp")).toBe("k' brep");
});
