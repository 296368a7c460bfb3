/** What has come up between two sights of a room and is worth a sound: nothing that the proctor did, only news. */
import { type Concern, concernsOf, type Seat } from "./seats";
import { countFrom, newsOf, type Severity } from "./windowEvents";

export interface Alert {
  seat: number;
  what: Concern | "waiting" | "noted";
}

/** From which severity on an event of the exam's window is worth a sound; null: never. */
export type AlertLevel = Exclude<Severity, "ignored"> | null;

const NOT_HERE: ReadonlySet<Concern> = new Set(["doubt", "moving", "serious", "warned"]);
const WORDS = { serious: "serious", warning: "warned" } as const;

/** Things that were not there before; a seat seen for the first time brings none. */
export function newAlerts(before: readonly Seat[], after: readonly Seat[], level: AlertLevel): Alert[] {
  const known = new Map(before.map((seat) => [seat.registration_id, seat]));
  const found: Alert[] = [];
  for (const seat of after) {
    const was = known.get(seat.registration_id);
    if (was === undefined) continue;
    const had = new Set(concernsOf(was));
    for (const what of concernsOf(seat)) {
      const isMore = what === "leftovers" && seat.leftovers > was.leftovers;
      // The proctor's own words, a doubt or a move, are no news; events of the window follow below.
      if (!NOT_HERE.has(what) && (!had.has(what) || isMore)) found.push({ seat: seat.seat_number, what });
    }
    if (level !== null && countFrom(seat, level) > countFrom(was, level)) {
      const severity = newsOf(seat)?.severity;
      found.push({
        seat: seat.seat_number,
        what: severity === "serious" || severity === "warning" ? WORDS[severity] : "noted",
      });
    }
    if (
      seat.needs_unlock &&
      !was.needs_unlock &&
      !had.has("takeover") &&
      !concernsOf(seat).includes("takeover")
    )
      found.push({ seat: seat.seat_number, what: "waiting" });
  }
  return found;
}

/** The title of the window: how much is new since it was last looked at, then the room. */
export const titleWith = (count: number, title: string): string =>
  count > 0 ? `(${count}) ${title}` : title;
