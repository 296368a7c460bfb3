import { expect, test } from "vitest";
import { fromField, toField } from "$lib/localTime";
import { plainDate } from "../../../src/board/plainDate";

test("a field shows Vietnam's time, also across midnight", () => {
  expect(toField("2026-12-12T01:00:00Z")).toBe("2026-12-12T08:00");
  expect(toField("2026-12-31T17:30:00Z")).toBe("2027-01-01T00:30");
});

test("what a field holds is the same instant again", () => {
  const instant = "2026-12-12T01:30:00Z";
  expect(Date.parse(fromField(toField(instant)))).toBe(Date.parse(instant));
});

test("a day is written day first with its zeros", () => {
  expect(plainDate("2026-02-05")).toBe("05/02/2026");
});
