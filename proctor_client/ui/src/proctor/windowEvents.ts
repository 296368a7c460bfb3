/** What browsers told of the exam's window, as plain functions of the server's rows. */
import type { Seat } from "./seats";

export type SeatEvents = Seat["events"][number];
export type Severity = SeatEvents["severity"];

/** From the mildest on. */
export const severities = ["note", "warning", "serious"] as const satisfies readonly Severity[];

export const rank = (severity: Severity): number => (severities as readonly Severity[]).indexOf(severity);

export interface EventNews {
  severity: Severity;
  /** Of this severity, since a proctor marked the seat as seen. */
  count: number;
}

/** The gravest of what is new at a seat; null when all was seen. */
export function newsOf({ events }: Pick<Seat, "events">): EventNews | null {
  const fresh = events.filter(({ unseen }) => unseen > 0);
  if (fresh.length === 0) return null;
  const severity = fresh.reduce<Severity>(
    (worst, one) => (rank(one.severity) > rank(worst) ? one.severity : worst),
    "note",
  );
  const count = fresh.reduce((sum, one) => sum + (one.severity === severity ? one.unseen : 0), 0);
  return { severity, count };
}

/** Something is new that the rule-set takes for more than a note. */
export function hasWarning(seat: Pick<Seat, "events">): boolean {
  const news = newsOf(seat);
  return news !== null && news.severity !== "note";
}

/** How often something at least so grave was told. */
export const countFrom = ({ events }: Pick<Seat, "events">, least: Severity): number =>
  events.reduce((sum, one) => sum + (rank(one.severity) >= rank(least) ? one.count : 0), 0);

/** What a proctor who looks at these seats has seen: up to the last operation that the page knows of, and no further. */
export const seenOf = (
  seats: readonly Pick<Seat, "registration_id" | "events">[],
): { registration_id: string; up_to_seq: number }[] =>
  seats
    .filter(({ events }) => events.some(({ unseen }) => unseen > 0))
    .map(({ registration_id, events }) => ({
      registration_id,
      up_to_seq: Math.max(...events.map(({ last_seq }) => last_seq)),
    }));
