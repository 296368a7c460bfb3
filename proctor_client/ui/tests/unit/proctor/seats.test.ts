import { describe, expect, test } from "vitest";
import {
  awaitsStart,
  type Board,
  concernsOf,
  countStates,
  edgeOf,
  isShown,
  nextStep,
  nextWait,
  offlineNow,
  remainingNow,
  seatNumberIn,
  states,
  toneOf,
  withSeat,
} from "../../../src/proctor/seats";
import { identity, makeSeat, told } from "./makeSeat";

test("time left runs on between two looks and ends at nothing", () => {
  expect(remainingNow(makeSeat(), 2_500)).toBe(57_500);
  expect(remainingNow(makeSeat(), 61_000)).toBe(0);
  expect(remainingNow(makeSeat({ remaining_ms: null }), 2_500)).toBeNull();
  expect(remainingNow(makeSeat({ state: "paused" }), 2_500)).toBe(60_000);
});

test("a lost connection grows longer between two looks", () => {
  expect(offlineNow(makeSeat({ offline_ms: 48_000 }), 3_000)).toBe(51_000);
  expect(offlineNow(makeSeat(), 3_000)).toBeNull();
});

describe("what should be looked at", () => {
  test.each([
    [{}, []],
    [{ state: "offline" }, ["offline"]],
    [{ events: [told("note", 2)] }, []],
    [{ events: [told("warning")] }, ["warned"]],
    [{ events: [told("warning", 3, 0)] }, []],
    [{ events: [told("warning"), told("serious", 1, 1, "print")] }, ["serious"]],
    [{ events: [told("warning"), told("serious", 1, 0, "print")] }, ["warned"]],
    [{ events: [told("serious")], state: "submitted" }, ["serious"]],
    [{ needs_unlock: true }, ["takeover"]],
    [{ needs_unlock: true, state: "confirmed" }, []],
    [{ reported_fault: "Sai ngày sinh", state: "confirmed" }, ["fault"]],
    [{ reported_fault: "Sai ngày sinh", state: "submitted" }, []],
    [{ leftovers: 2, state: "submitted" }, ["leftovers"]],
    [{ waiting: ["credit"] }, ["signature"]],
    [{ is_moving: true, identity: identity("doubted") }, ["doubt", "moving"]],
    [{ identity: identity("confirmed") }, []],
  ] as const)("%o", (changes, concerns) => {
    expect(concernsOf(makeSeat(changes as Parameters<typeof makeSeat>[0]))).toEqual(concerns);
  });

  test("the edge warns of it, unless the state is worse", () => {
    expect(edgeOf(makeSeat())).toBe("ok");
    expect(edgeOf(makeSeat({ events: [told("note")] }))).toBe("ok");
    expect(edgeOf(makeSeat({ events: [told("warning")] }))).toBe("warn");
    expect(edgeOf(makeSeat({ events: [told("serious")] }))).toBe("bad");
    expect(edgeOf(makeSeat({ state: "offline", events: [told("warning")] }))).toBe("bad");
  });
});

test("before the start the next step is the check, the candidate's own, or the unlock", () => {
  const waits = { state: "confirmed", needs_unlock: true } as const;
  expect(nextStep(makeSeat({ ...waits, unlock_obstacle: "identity" }))).toBe("identify");
  expect(nextStep(makeSeat({ ...waits, unlock_obstacle: "own_data" }))).toBe("own_data");
  expect(nextStep(makeSeat({ ...waits, unlock_obstacle: "doubt" }))).toBe("doubt");
  expect(nextStep(makeSeat(waits))).toBe("unlock");
  expect(nextStep(makeSeat())).toBeNull();
});

test("who works already and comes back elsewhere is not one of those who wait for the start", () => {
  expect(awaitsStart(makeSeat({ state: "confirmed", needs_unlock: true }))).toBe(true);
  expect(awaitsStart(makeSeat({ needs_unlock: true }))).toBe(false);
});

test("filters ask for the unlock, for what should be looked at, or for the state", () => {
  expect(isShown(makeSeat({ needs_unlock: true }), "waiting")).toBe(true);
  expect(isShown(makeSeat({ state: "confirmed" }), "waiting")).toBe(false);
  expect(isShown(makeSeat({ events: [told("warning")] }), "attention")).toBe(true);
  expect(isShown(makeSeat({ events: [told("warning")] }), "events")).toBe(true);
  expect(isShown(makeSeat({ events: [told("note")] }), "events")).toBe(false);
  expect(isShown(makeSeat({ events: [told("serious", 2, 0)] }), "events")).toBe(false);
  expect(isShown(makeSeat(), "attention")).toBe(false);
  expect(isShown(makeSeat(), null)).toBe(true);
  expect(isShown(makeSeat(), "offline")).toBe(false);
});

test("every seat is counted in exactly one state", () => {
  const seats = states.flatMap((state) => [makeSeat({ state }), makeSeat({ state })]);
  expect([...countStates(seats).values()]).toEqual(states.map(() => 2));
});

test("a lost connection is the one state in red", () => {
  expect(states.filter((state) => toneOf(state) === "bad")).toEqual(["offline"]);
});

test("a row that comes later stands in its place, with the clock of the board", () => {
  const seats = [makeSeat(), makeSeat({ registration_id: "r2", seat_number: 2 })];
  const board = { seats } as unknown as Board;
  const row = makeSeat({ registration_id: "r1", seat_number: 9, remaining_ms: 50_000, offline_ms: 41_000 });
  const after = withSeat(board, row, 10_000);
  expect(after.seats.map((seat) => [seat.registration_id, seat.seat_number])).toEqual([
    ["r2", 2],
    ["r1", 9],
  ]);
  const moved = after.seats[1];
  // Both were made ten seconds after the board; read with the board's age they are as they came.
  expect(moved && [remainingNow(moved, 10_000), offlineNow(moved, 10_000)]).toEqual([50_000, 41_000]);
  expect(seats[0]?.seat_number).toBe(1);
});

test.each([
  ["12", 12],
  ["Máy 7", 7],
  ["PM1-012 ", 12],
  ["0", null],
  ["1000", null],
  ["", null],
  ["máy", null],
])("a typed or scanned %o means seat %o", (text, number) => {
  expect(seatNumberIn(text)).toBe(number);
});

test("looks are about three seconds apart, and rarer the longer the server is away", () => {
  expect(nextWait(0, 0, null)).toBeCloseTo(2_700);
  expect(nextWait(0, 1, null)).toBeCloseTo(3_300);
  const waits = [0, 1, 2, 3, 4, 5, 9].map((failures) => nextWait(failures, 0.5, null));
  expect(waits).toEqual([3_000, 6_000, 12_000, 24_000, 30_000, 30_000, 30_000]);
});

test("the server's Retry-After is respected when it is longer", () => {
  expect(nextWait(0, 0.5, 10_000)).toBe(10_000);
  expect(nextWait(0, 0.5, 1_000)).toBe(3_000);
});
