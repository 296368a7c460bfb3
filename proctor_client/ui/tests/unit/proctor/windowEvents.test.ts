import { expect, test } from "vitest";
import { countFrom, hasWarning, newsOf, seenOf } from "../../../src/proctor/windowEvents";
import { makeSeat, told } from "./makeSeat";

test("the gravest of what is new is shown, with how many there are of it", () => {
  const of = (...events: ReturnType<typeof told>[]) => newsOf(makeSeat({ events }));
  expect(of()).toBeNull();
  expect(of(told("serious", 3, 0))).toBeNull();
  expect(of(told("note", 3, 2))).toEqual({ severity: "note", count: 2 });
  expect(of(told("note", 9), told("warning", 2, 2, "copy"), told("warning", 3, 1, "print"))).toEqual({
    severity: "warning",
    count: 3,
  });
  expect(of(told("warning", 9), told("serious", 2, 1, "copy"))).toEqual({ severity: "serious", count: 1 });
});

test("a note is no warning", () => {
  expect(hasWarning(makeSeat({ events: [told("note")] }))).toBe(false);
  expect(hasWarning(makeSeat({ events: [told("warning")] }))).toBe(true);
  expect(hasWarning(makeSeat({ events: [told("warning", 1, 0)] }))).toBe(false);
});

test("events are counted from a severity on", () => {
  const seat = makeSeat({
    events: [told("note", 4), told("warning", 2, 0, "copy"), told("serious", 1, 1, "print")],
  });
  expect([countFrom(seat, "note"), countFrom(seat, "warning"), countFrom(seat, "serious")]).toEqual([
    7, 3, 1,
  ]);
});

test("seen is what the page knows of, at the seats with something new", () => {
  const fresh = makeSeat({ events: [told("note", 4), told("warning", 7, 0, "copy")] });
  const known = makeSeat({ registration_id: "r2", events: [told("serious", 1, 0)] });
  expect(seenOf([fresh, known, makeSeat({ registration_id: "r3" })])).toEqual([
    { registration_id: "r1", up_to_seq: 70 },
  ]);
});
