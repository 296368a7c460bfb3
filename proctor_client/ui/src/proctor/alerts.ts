/** What has come up between two sights of a room and is worth a sound: nothing that the proctor did, only news. */
import { type Concern, concernsOf, type Seat } from "./seats";

export interface Alert {
  seat: number;
  what: Concern | "waiting";
}

/** Things that were not there before; a seat seen for the first time brings none. */
export function newAlerts(before: readonly Seat[], after: readonly Seat[]): Alert[] {
  const known = new Map(before.map((seat) => [seat.registration_id, seat]));
  const found: Alert[] = [];
  for (const seat of after) {
    const was = known.get(seat.registration_id);
    if (was === undefined) continue;
    const had = new Set(concernsOf(was));
    for (const what of concernsOf(seat)) {
      const isMore =
        (what === "focus" && seat.focus_lost_count > was.focus_lost_count) ||
        (what === "leftovers" && seat.leftovers > was.leftovers);
      // The proctor's own words: a doubt, a move.
      if (what !== "doubt" && what !== "moving" && (!had.has(what) || isMore))
        found.push({ seat: seat.seat_number, what });
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
