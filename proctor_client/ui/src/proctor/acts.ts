/** What a proctor can do to seats: to which it applies, what it asks for, and how it is taken back. */
import { awaitsStart, hasStarted, isFinished, isWorking, type Seat } from "./seats";

export type ActName =
  | "identify"
  | "doubt"
  | "withdraw"
  | "exempt"
  | "require"
  | "unlock"
  | "lock"
  | "message"
  | "pause"
  | "resume"
  | "credit"
  | "swap"
  | "end"
  | "reopen";

/** In the order of an exam day. */
export const acts: readonly ActName[] = [
  "identify",
  "doubt",
  "withdraw",
  "exempt",
  "require",
  "unlock",
  "lock",
  "message",
  "pause",
  "resume",
  "credit",
  "swap",
  "end",
  "reopen",
];

const PAUSE_REASONS = ["power", "network", "computer", "software", "evacuation", "health", "other"] as const;

export const reasons = {
  doubt: ["different_person", "data_differ", "expired", "unreadable", "no_paper", "other"],
  exempt: ["not_installed", "does_not_start", "keys", "aid", "other"],
  pause: PAUSE_REASONS,
  credit: PAUSE_REASONS,
  swap: ["computer", "software", "network", "power", "discipline", "health", "other"],
  end: ["violation", "own_wish", "health", "other"],
  recovery: ["computer", "network", "power", "other"],
} as const;
export type Reasons = typeof reasons;
export type ReasonedAct = keyof Reasons;

/** Done at once, because it can be taken back or hurts nobody; every other act asks first. */
const AT_ONCE: ReadonlySet<ActName> = new Set([
  "identify",
  "withdraw",
  "require",
  "unlock",
  "lock",
  "resume",
  "reopen",
]);
export const isAtOnce = (act: ActName): boolean => AT_ONCE.has(act);

const UNDO: Partial<Record<ActName, ActName>> = {
  identify: "withdraw",
  doubt: "withdraw",
  exempt: "require",
  unlock: "lock",
  lock: "unlock",
  pause: "resume",
  end: "reopen",
};
/** The act that takes another back; none where it cannot be. */
export const undoOf = (act: ActName): ActName | null => UNDO[act] ?? null;

/** Whether an act would change something at a seat. */
export function applies(act: ActName, seat: Seat): boolean {
  switch (act) {
    case "identify":
      return seat.identity?.verdict !== "confirmed" && (!hasStarted(seat) || seat.identity !== null);
    case "doubt":
      return !hasStarted(seat) || isWorking(seat);
    case "withdraw":
      return seat.identity !== null && !hasStarted(seat);
    case "exempt":
      return seat.browser !== null && !seat.browser.is_exempted && !isFinished(seat);
    case "require":
      return seat.browser?.is_exempted === true && !isFinished(seat);
    case "unlock":
      return seat.needs_unlock && seat.unlock_obstacle === null;
    case "lock":
      return seat.state === "unlocked";
    case "message":
      return true;
    case "pause":
      return seat.paused_since === null && (isWorking(seat) || !hasStarted(seat));
    case "resume":
      return seat.paused_since !== null;
    case "credit":
      return isWorking(seat);
    case "swap":
      return true;
    case "end":
      return isWorking(seat);
    case "reopen":
      return seat.can_reopen;
  }
}

export const targets = (act: ActName, seats: readonly Seat[]): Seat[] =>
  seats.filter((seat) => applies(act, seat));

/** The acts that mean something for these seats; moving is for one, or for two in exchange. */
export const actsFor = (seats: readonly Seat[]): ActName[] =>
  acts.filter((act) =>
    act === "swap" ? seats.length > 0 && seats.length <= 2 : seats.some((seat) => applies(act, seat)),
  );

/** Whom "unlock all" is for: who waits for the start and lacks nothing. */
export const readyToUnlock = (seats: readonly Seat[]): Seat[] =>
  seats.filter((seat) => awaitsStart(seat) && seat.unlock_obstacle === null);
