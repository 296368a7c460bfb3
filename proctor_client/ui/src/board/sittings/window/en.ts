/** English words of the rules for the exam's window. */
import type { vi } from "./vi";

export const en: typeof vi = {
  change: "Exam window",
  changeOf: (code) => `Exam window in rule-set ${code}`,
  title: (code) => `Exam window: ${code}`,
  lead: "The exam page writes down what happens to the candidate's window; nothing of it proves anything or costs a mark. Grade it, so that proctors know where to look first. It holds for every sitting under this rule-set, also for those under way.",
  events: "How grave each event is",
  event: "Event",
  severity: "Grade",
  severityOf: (event) => `Grade: ${event}`,
  from: "From no.",
  fromOf: (event) => `From which time on it is graver: ${event}`,
  graver: "it is",
  graverOf: (event) => `Grade when repeated: ${event}`,
  never: "never graver",
  fullscreen: "Ask for the whole screen at the start",
  fullscreenHint: "Not for sittings with practical work in office programs.",
  blocks: "Blocked on questions",
  blocksHint: "Nothing is blocked for candidates with extra time: their aids may need it.",
  blocked: {
    copy: "Copying",
    paste: "Pasting from outside",
    print: "Printing",
    context_menu: "The context menu",
  },
  saved: "Saved. Sittings under way follow within half a minute.",
  mustRise: (event) => `${event}: when repeated it must be graver than before.`,
};
