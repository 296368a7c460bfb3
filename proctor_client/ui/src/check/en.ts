/** English words of the page that checks a computer. */
import type { vi } from "./vi";

export const en: typeof vi = {
  title: "Check this computer before the exam",
  lead: "Open this page on each computer of the room, in the browser that candidates will use. No login is needed, and no exam is touched.",
  running: "Checking…",
  again: "Check again",
  verdicts: {
    good: { title: "This computer can be used", text: "Everything that was checked is good." },
    warning: {
      title: "This computer can be used, with something to mend",
      text: "Follow the advice where there is a warning.",
    },
    bad: {
      title: "This computer cannot be used yet",
      text: "Mend what says “No exam possible”, then check again.",
    },
  },
  findings: "What was found",
  waiting: "Looking…",
  typing: "Try typing Vietnamese",
  typingLabel: "Type this sentence",
  sample: "Nguyễn Thuỳ Dương gõ được tiếng Việt",
  sound: "Try the sound",
  soundText: "Only needed for papers with listening questions.",
  play: "Play tones",
  heard: "I hear them",
  notHeard: "I hear nothing",
  send: "Send the outcome to the proctor",
  sendText:
    "Proctors and the board see which computers were checked and which have a problem. Only what stands above is sent.",
  accessCode: "Access code of the sitting",
  accessCodeHint: "On the proctor's page, once the sitting is ready.",
  find: "Find the room",
  sitting: (name, at) => `${name}, opens ${at}`,
  room: "Room",
  seat: "Number of the computer",
  seats: (count) => `From 1 to ${count}`,
  submit: "Send the outcome",
  sent: (room, seat, at) => `Sent: ${room}, computer ${seat}, at ${at}.`,
  otherCode: "Another code",
  required: "This is still empty.",
  seatRange: (count) => `Enter a number from 1 to ${count}.`,
  home: "First page",
  noRooms: "No room of this sitting is held on this server.",
};
