/** What the room board says about seats, as plain functions of the server's rows and the time passed since. */
import type { Views } from "../lib/api/server";
import type { Tone } from "../lib/ui/Tag.svelte";

export type Seat = Views["RoomBoard"]["seats"][number];
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

export type Filter = SeatState | "waiting" | null;

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

/** A seat with something a proctor should look at, although its state is a good one. */
export const isSuspicious = (seat: Seat): boolean =>
  seat.state === "running" && (seat.focus_lost_count > 0 || seat.needs_unlock);

export const isShown = (seat: Seat, filter: Filter): boolean =>
  filter === null || (filter === "waiting" ? seat.needs_unlock : seat.state === filter);

export function countStates(seats: readonly Seat[]): Map<SeatState, number> {
  const counts = new Map<SeatState, number>();
  for (const { state } of seats) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** The lock can be taken back only from those who have been unlocked and have not started. */
export const canLock = (seat: Seat): boolean => seat.state === "unlocked";

/** Time left now; the server's figure is as old as its answer, and stands still in a pause. */
export const remainingNow = (seat: Seat, elapsedMs: number): number | null =>
  seat.remaining_ms === null || seat.state === "paused"
    ? seat.remaining_ms
    : Math.max(0, seat.remaining_ms - elapsedMs);

export const offlineNow = (seat: Seat, elapsedMs: number): number | null =>
  seat.offline_ms === null ? null : seat.offline_ms + elapsedMs;

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
