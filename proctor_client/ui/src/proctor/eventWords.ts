/** What is new at a seat about the exam's window, in a few words. */
import { words as conduct } from "../lib/staff/conduct/words";
import type { Seat } from "./seats";
import { newsOf } from "./windowEvents";
import { words } from "./words";

/** One kind of event is named; of several only how grave they are and how many. */
export function eventNews(seat: Seat): string {
  const news = newsOf(seat);
  if (news === null) return "";
  const fresh = seat.events.filter((one) => one.unseen > 0 && one.severity === news.severity);
  const [only] = fresh;
  return fresh.length === 1 && only
    ? words.eventCount(conduct.windowEvents[only.event], only.unseen)
    : words.severityCount(conduct.severities[news.severity], news.count);
}
