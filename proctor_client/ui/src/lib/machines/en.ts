/** English words of checks of computers. */
import type { vi } from "./vi";

type Said = typeof vi.good.browser;

const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return plural(seconds, "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return plural(minutes, "minute");
  const hours = Math.round(minutes / 60);
  return hours < 48 ? plural(hours, "hour") : plural(Math.round(hours / 24), "day");
}

const trips: Said = ({ value, text }) =>
  [value === null ? "No answer at all" : `Answers after ${value} ms`, text && `${text} questions lost`]
    .filter(Boolean)
    .join(", ");

export const en: typeof vi = {
  subjects: {
    browser: "Browser",
    secure: "Secure connection",
    storage: "Keeping answers here",
    offline: "Opens without a network",
    clock: "This computer's clock",
    network: "Network to the server",
    stream: "News from the server",
    screen: "Screen",
    screens: "Number of screens",
    seb: "Safe Exam Browser",
    typing: "Typing Vietnamese",
    sound: "Sound",
  },
  good: {
    browser: ({ text }) => text || "Has all that the exam needs",
    secure: () => "A secure address (https)",
    storage: ({ value }) =>
      value === null ? "Can be written and read" : `Can be written and read, ${value} MB left`,
    offline: () => "The exam page is kept on this computer",
    clock: ({ value }) => `${span(Math.abs(value ?? 0))} apart from the server's`,
    network: trips,
    stream: () => "Each piece arrives at once",
    screen: ({ text }) => text,
    screens: () => "One screen",
    seb: ({ text }) => `Running, version ${text}`,
    typing: () => "The keyboard program composes letters rightly",
    sound: () => "Can be heard",
  },
  poor: {
    browser: ({ text }) => text,
    secure: () => "The page was not opened with https",
    storage: ({ value }) => (value === null ? "Cannot be kept" : `${value} MB left, or cannot be kept`),
    offline: () => "The exam page is not kept on this computer yet",
    clock: ({ value }) =>
      `${span(Math.abs(value ?? 0))} ${(value ?? 0) > 0 ? "ahead of" : "behind"} the server's`,
    network: trips,
    stream: () => "Held back on the way, arrives late",
    screen: ({ text }) => text,
    screens: () => "More than one screen",
    seb: () => "Not used",
    typing: () => "What was typed differs from the sample",
    sound: () => "Cannot be heard",
  },
  fixes: {
    browser: "Update the browser: Chrome or Edge from 109, Firefox from 115, Safari from 16.4.",
    secure: "Open the address beginning with https that the board gave; without it no exam can be taken.",
    storage:
      "Leave private browsing, free the disk. Without it the exam works too: each answer is sent at once.",
    offline: "Leave this page open for another minute while there is a network, then check again.",
    clock: "Set the computer's date and time. The exam keeps the server's time, so it does not suffer.",
    network:
      "Check cable and switch; let no other computer download much. If it breaks, answers are kept here.",
    stream:
      "Ask the network's keeper to let text/event-stream pass. Without it the page asks now and then, seconds later.",
    screen: "Enlarge the window, set the zoom to 100 %. A small screen works, with more scrolling.",
    screens: "Leave one screen only: unplug the second one and any projector.",
    seb: "Open the sitting's .seb file.",
    typing: "Switch the keyboard program on (Unikey, EVKey, the system's), Unicode, and type again.",
    sound: "Plug in headphones, switch the sound on. Only needed for papers with listening questions.",
  },
  waiting: {
    good: "This computer has been checked; nothing is amiss.",
    poor: "Something about this computer to know",
    proctor: "The proctor sees this too. Raise your hand if you need help.",
  },
  untried: "Not tried",
  notUsed: "Not used",
  verdicts: { good: "Good", warning: "Better mended", bad: "No exam possible", untried: "Not tried" },
};
