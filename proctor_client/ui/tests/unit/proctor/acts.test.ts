import { expect, test } from "vitest";
import { acts, actsFor, applies, isAtOnce, readyToUnlock, reasons, undoOf } from "../../../src/proctor/acts";
import { type AlertLevel, newAlerts, titleWith } from "../../../src/proctor/alerts";
import { nextPlace, span } from "../../../src/proctor/roving";
import { states } from "../../../src/proctor/seats";
import { vi as words } from "../../../src/proctor/vi";
import { identity, makeSeat, told } from "./makeSeat";

const waits = { state: "confirmed", needs_unlock: true } as const;

test("only a seat that is unlocked and has not started can be locked again", () => {
  expect(states.filter((state) => applies("lock", makeSeat({ state })))).toEqual(["unlocked"]);
});

test("time is given to, and taken from, whoever works", () => {
  for (const act of ["credit", "end"] as const)
    expect(states.filter((state) => applies(act, makeSeat({ state })))).toEqual([
      "running",
      "paused",
      "offline",
    ]);
});

test("a pause is for those whose clock may run, and ended where one goes on", () => {
  expect(applies("pause", makeSeat())).toBe(true);
  expect(applies("pause", makeSeat({ state: "submitted" }))).toBe(false);
  expect(applies("pause", makeSeat({ paused_since: "2026-12-12T01:00:00Z" }))).toBe(false);
  expect(applies("resume", makeSeat({ state: "absent", paused_since: "2026-12-12T01:00:00Z" }))).toBe(true);
});

test("a check can be withdrawn until the start, and a doubt cleared after it", () => {
  expect(applies("withdraw", makeSeat({ ...waits, identity: identity("confirmed") }))).toBe(true);
  expect(applies("withdraw", makeSeat({ identity: identity("doubted") }))).toBe(false);
  expect(applies("identify", makeSeat({ identity: identity("doubted") }))).toBe(true);
  expect(applies("identify", makeSeat({ identity: identity("confirmed") }))).toBe(false);
  expect(applies("identify", makeSeat())).toBe(false);
});

test("unlocking all means those who wait for the start and lack nothing", () => {
  const seats = [
    makeSeat({ ...waits, registration_id: "a" }),
    makeSeat({ ...waits, registration_id: "b", unlock_obstacle: "identity" }),
    // Works already: who comes back at another computer is looked at alone.
    makeSeat({ registration_id: "c", needs_unlock: true }),
    makeSeat({ registration_id: "d", state: "absent" }),
  ];
  expect(readyToUnlock(seats).map((seat) => seat.registration_id)).toEqual(["a"]);
});

test("moving is for one seat, or two in exchange", () => {
  const three = ["a", "b", "c"].map((id) => makeSeat({ registration_id: id }));
  expect([1, 2, 3].map((n) => actsFor(three.slice(0, n)).includes("swap"))).toEqual([true, true, false]);
});

test("what hurts asks first, and what is done at once can be taken back or hurts nobody", () => {
  expect(acts.filter((act) => !isAtOnce(act))).toEqual([
    "doubt",
    "exempt",
    "message",
    "pause",
    "credit",
    "swap",
    "end",
  ]);
  expect(undoOf("end")).toBe("reopen");
  expect(undoOf("unlock")).toBe("lock");
  expect(undoOf("swap")).toBeNull();
});

test("every reason of every list has words", () => {
  for (const [act, list] of Object.entries(reasons))
    expect(Object.keys(words.reasons[act as keyof typeof reasons])).toEqual([...list]);
});

test("news is what was not there before, and not what the proctor did", () => {
  const before = [makeSeat(), makeSeat({ registration_id: "r2", seat_number: 2, events: [told("note", 1)] })];
  const kinds = (after: typeof before, level: AlertLevel = "serious") =>
    newAlerts(before, after, level).map(({ seat, what }) => [seat, what]);
  expect(kinds(before)).toEqual([]);
  expect(kinds([makeSeat({ state: "offline" })])).toEqual([[1, "offline"]]);
  const second = (severity: "note" | "warning" | "serious") => [
    makeSeat({ registration_id: "r2", seat_number: 2, events: [told(severity, 2)] }),
  ];
  expect(kinds(second("serious"))).toEqual([[2, "serious"]]);
  expect(kinds(second("warning"))).toEqual([]);
  expect(kinds(second("warning"), "warning")).toEqual([[2, "warned"]]);
  expect(kinds(second("note"), "note")).toEqual([[2, "noted"]]);
  expect(kinds(second("serious"), null)).toEqual([]);
  expect(kinds([makeSeat({ identity: identity("doubted"), is_moving: true })])).toEqual([]);
  expect(kinds([makeSeat({ needs_unlock: true })])).toEqual([[1, "takeover"]]);
  expect(kinds([makeSeat({ registration_id: "new", state: "offline" })])).toEqual([]);
  expect(newAlerts([makeSeat({ state: "absent" })], [makeSeat(waits)], "serious")).toEqual([
    { seat: 1, what: "waiting" },
  ]);
});

test("the title counts what is new", () => {
  expect(titleWith(0, "Phòng máy 1")).toBe("Phòng máy 1");
  expect(titleWith(3, "Phòng máy 1")).toBe("(3) Phòng máy 1");
});

test("arrow keys go to the seat beside, above and below, and stay at the edge", () => {
  // Three in a row, two rows, the last one short.
  const boxes = [0, 1, 2, 3, 4].map((n) => ({ left: (n % 3) * 100, top: Math.floor(n / 3) * 80 }));
  expect(nextPlace(boxes, 1, "right")).toBe(2);
  expect(nextPlace(boxes, 2, "right")).toBe(3);
  expect(nextPlace(boxes, 4, "right")).toBe(4);
  expect(nextPlace(boxes, 0, "left")).toBe(0);
  expect(nextPlace(boxes, 1, "down")).toBe(4);
  expect(nextPlace(boxes, 2, "down")).toBe(4);
  expect(nextPlace(boxes, 4, "up")).toBe(1);
  expect(nextPlace(boxes, 0, "up")).toBe(0);
});

test("a range goes from one seat to another, either way round", () => {
  expect(span(["a", "b", "c", "d"], "b", "d")).toEqual(["b", "c", "d"]);
  expect(span(["a", "b", "c", "d"], "c", "a")).toEqual(["a", "b", "c"]);
  expect(span(["a", "b"], "gone", "a")).toEqual(["a"]);
});
