import type { Seat } from "../../../src/proctor/seats";

/** A seat at which a candidate works, with what a test is about changed. */
export const makeSeat = (changes: Partial<Seat> = {}): Seat => ({
  registration_id: "r1",
  seat_number: 1,
  candidate_number: "LD0001",
  full_name: "Nguyễn Thị Thuỳ Dương",
  birth_date: "05/02/1990",
  state: "running",
  needs_unlock: false,
  unlock_obstacle: null,
  has_confirmed_data: true,
  identity: null,
  browser: null,
  is_moving: false,
  leftovers: 0,
  waiting: [],
  reported_fault: null,
  answered: 10,
  total: 40,
  flagged: 0,
  remaining_ms: 60_000,
  last_seen_at: null,
  offline_ms: null,
  events: [],
  extra_minutes: 0,
  credit_ms: 0,
  paused_since: null,
  can_reopen: false,
  ...changes,
});

/** Something that a browser told so many times, none of which was seen unless `unseen` says so. */
export const told = (
  severity: Seat["events"][number]["severity"],
  count = 1,
  unseen = count,
  event: Seat["events"][number]["event"] = "focus",
): Seat["events"][number] => ({ event, severity, count, unseen, last_seq: 10 * count });

export const identity = (verdict: "confirmed" | "doubted"): NonNullable<Seat["identity"]> => ({
  verdict,
  reason: verdict === "doubted" ? "expired" : null,
  note: "",
  checked_at: "2026-12-12T01:00:00Z",
  checked_by: "Trần Văn Hoà",
});
