/** What the room board says about seats, as plain functions of the server's rows and the time passed since. */
import type { Views } from "../lib/api/server";
import type { Tone } from "../lib/ui/Tag.svelte";
import { hasWarning, newsOf } from "./windowEvents";

export type Board = Views["RoomBoard"];
export type Seat = Board["seats"][number];
export type SeatState = Seat["state"];

/** Shown as filters in this order, which is the order of a candidate's way through the exam. */
export const states: readonly SeatState[] = [
  "absent",
  "logged_in",
  "confirmed",
  "unlocked",
  "running",
  "paused",
  "offline",
  "submitted",
  "ended",
  "closed",
];

export type Filter = SeatState | "waiting" | "attention" | "events" | null;

const tones: Record<SeatState, Tone> = {
  absent: "neutral",
  logged_in: "warn",
  confirmed: "warn",
  unlocked: "brand",
  running: "ok",
  paused: "warn",
  offline: "bad",
  submitted: "brand",
  ended: "neutral",
  closed: "neutral",
};
export const toneOf = (state: SeatState): Tone => tones[state];

/** What a proctor should look at, one word for each thing; the order is that of their weight. */
export type Concern =
  | "offline"
  | "doubt"
  | "browser"
  | "suspended"
  | "moving"
  | "leftovers"
  | "takeover"
  | "signature"
  | "fault"
  | "serious"
  | "warned";

export function concernsOf(seat: Seat): Concern[] {
  const isOpen = isWorking(seat) || !hasStarted(seat);
  const found: Concern[] = [];
  if (seat.state === "offline") found.push("offline");
  if (seat.identity?.verdict === "doubted") found.push("doubt");
  if (isOpen && hasOtherBrowser(seat)) found.push("browser");
  if (seat.unlock_obstacle === "suspended") found.push("suspended");
  if (seat.is_moving) found.push("moving");
  if (seat.leftovers > 0) found.push("leftovers");
  if (seat.needs_unlock && isWorking(seat)) found.push("takeover");
  if (seat.waiting.length > 0) found.push("signature");
  if (seat.reported_fault !== null && isOpen) found.push("fault");
  const { severity } = newsOf(seat) ?? {};
  if (severity === "serious") found.push("serious");
  if (severity === "warning") found.push("warned");
  return found;
}

const BAD: ReadonlySet<Concern> = new Set(["offline", "doubt", "browser", "suspended", "serious"]);
export const toneOfConcern = (what: Concern): Tone => (BAD.has(what) ? "bad" : "warn");

/** Came in another browser than the one that the sitting asks for, and nobody has allowed it. */
export function hasOtherBrowser({ browser }: Seat): boolean {
  return browser !== null && !browser.is_exempted && browser.verdict !== null && browser.verdict !== "fits";
}

/** A colour for the edge of a seat: its state's, unless something else should be looked at. */
export function edgeOf(seat: Seat): Tone {
  const concerns = concernsOf(seat);
  if (toneOf(seat.state) === "bad" || concerns.includes("serious")) return "bad";
  return concerns.length > 0 ? "warn" : toneOf(seat.state);
}

const WORKING: ReadonlySet<SeatState> = new Set(["running", "paused", "offline"]);
const FINISHED: ReadonlySet<SeatState> = new Set(["submitted", "ended", "closed"]);

/** An attempt is open and its clock is not over. */
export const isWorking = (seat: Seat): boolean => WORKING.has(seat.state);

export const isFinished = (seat: Seat): boolean => FINISHED.has(seat.state);

export const hasStarted = (seat: Seat): boolean => isWorking(seat) || isFinished(seat);

/** Waits for its first unlock; whoever works already and comes back in another browser is looked at one by one. */
export const awaitsStart = (seat: Seat): boolean => seat.needs_unlock && !hasStarted(seat);

/** The next step before the start that is the proctor's, or the candidate's own. */
export type NextStep = "own_data" | "identify" | "doubt" | "suspended" | "unlock" | null;

export function nextStep(seat: Seat): NextStep {
  if (!seat.needs_unlock) return null;
  if (seat.unlock_obstacle === "identity") return "identify";
  return seat.unlock_obstacle ?? "unlock";
}

export function isShown(seat: Seat, filter: Filter): boolean {
  if (filter === null) return true;
  if (filter === "waiting") return seat.needs_unlock;
  if (filter === "events") return hasWarning(seat);
  if (filter === "attention") return concernsOf(seat).length > 0;
  return seat.state === filter;
}

export function countStates(seats: readonly Seat[]): Map<SeatState, number> {
  const counts = new Map<SeatState, number>();
  for (const { state } of seats) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** Time left now; the server's figure is as old as its answer, and stands still in a pause. */
export const remainingNow = (seat: Seat, elapsedMs: number): number | null =>
  seat.remaining_ms === null || seat.state === "paused"
    ? seat.remaining_ms
    : Math.max(0, seat.remaining_ms - elapsedMs);

export const offlineNow = (seat: Seat, elapsedMs: number): number | null =>
  seat.offline_ms === null ? null : seat.offline_ms + elapsedMs;

/** A row that came `elapsedMs` after the board, with its figures set back to when the board was made. */
function rebased(row: Seat, elapsedMs: number): Seat {
  return {
    ...row,
    remaining_ms:
      row.remaining_ms === null || row.state === "paused" ? row.remaining_ms : row.remaining_ms + elapsedMs,
    offline_ms: row.offline_ms === null ? null : row.offline_ms - elapsedMs,
  };
}

/** The board with one row in its place; a candidate who was moved stands at the new one. */
export function withSeat(board: Board, row: Seat, elapsedMs: number): Board {
  const others = board.seats.filter((seat) => seat.registration_id !== row.registration_id);
  const seats = [...others, rebased(row, elapsedMs)].sort((a, b) => a.seat_number - b.seat_number);
  return { ...board, seats };
}

/** The wait before the next look: about `base`, doubled for each failure in a row, never above `longest`. */
export function nextWait(
  failures: number,
  random: number,
  retryAfterMs: number | null,
  base = 3_000,
  longest = 30_000,
): number {
  const backedOff = Math.min(longest, base * 2 ** failures);
  return Math.max(backedOff * (0.9 + 0.2 * random), retryAfterMs ?? 0);
}

/** The seat number at the end of what was typed or scanned: `12`, `Máy 12`, `PM1-012`. */
export function seatNumberIn(text: string): number | null {
  const digits = /(\d{1,6})\s*$/.exec(text)?.[1];
  const number = digits === undefined ? 0 : Number(digits);
  return number >= 1 && number <= 999 ? number : null;
}
