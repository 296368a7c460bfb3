/** English words of practical tasks. */
import type { vi } from "./vi";

const files = (n: number): string => `${n} ${n === 1 ? "file" : "files"}`;

export const en: typeof vi = {
  startingFiles: "Files to begin with",
  startingFilesHint: "Save the file to this computer, open it in its program and work in it.",
  download: (name) => `Save ${name}`,
  save: "Save",
  handedIn: "Files handed in",
  noFiles: "No file handed in yet.",
  addFile: "Choose a file to hand in",
  replaceFile: "Hand in a new version",
  orDrop: "or drop the file here",
  dropHere: "Drop the file here",
  saveFirst: "Save your work in its program first. You may hand in again; the last version is marked.",
  filesAllowed: (endings, most, size) =>
    `Kinds of files: ${endings}. At most ${files(most)}, each up to ${size}.`,
  lastMoment: (seconds) =>
    `Files chosen before time is up are still sent for ${seconds} seconds after; do not close the page before.`,
  filePreview: "This is a preview: files are only checked on this computer and sent nowhere.",
  fileNowhere: "This page only shows the task; no file can be handed in here.",
  reading: (name) => `Reading ${name}…`,
  taken: (name) => `${name} is taken down.`,
  progress: (name) => `Sending ${name}`,
  sending: (percent) => `Sending: ${percent}%`,
  stuck: (percent) => `No connection, ${percent}% sent. The file goes on by itself once the network is back.`,
  waiting: "Waiting for the connection.",
  notKept:
    "This computer has no room to keep the file. Do not close or reload the page before it is sent; if it happens, choose the file again.",
  gone: "This file was not fully sent and the page no longer has it. Choose the very same file again to go on.",
  refused: (reason) => `The server does not take this file. ${reason}`,
  arrived: (time) => `The server has all of it · chosen at ${time}`,
  counts: "The version that is marked",
  earlier: (n) => `Earlier versions (${n})`,
  chosenAt: (time) => `chosen at ${time}`,
  incomplete: "not fully sent",
  useAgain: "Use this version",
  useAgainOf: (name, time) => `Use this version: ${name}, chosen at ${time}`,
  used: (name) => `${name} is the version that is marked now.`,
  remove: "Take back",
  removeFile: (name) => `Take back ${name}`,
  removed: (name) => `${name} is taken back; it is not marked any more.`,
  wrongType: (name, endings) => `${name} is not of a kind that can be handed in. Save it as ${endings}.`,
  tooLarge: (name, size) => `${name} is too large. Each file may have up to ${size}.`,
  tooMany: (most) => `Only ${files(most)} can be handed in. Take one back, then try again.`,
  emptyFile: (name) => `${name} is empty. Save it again, then hand it in.`,
  unreadable: (name) =>
    `${name} cannot be read. Close it in its program and choose it again; if it still fails, tell the proctor.`,
  allArrived: (n) => `The server has all of ${files(n)}.`,
  digest: (hash) => `Check code ${hash}`,
  finding: {
    pending: "Looking through the file…",
    sound: "The file opens; nothing unusual was found.",
    not_examined: "Files of this kind are not looked through; the file is taken.",
    damaged:
      "This file cannot be opened: damaged or not fully saved. Save it again and hand in a new version.",
    too_slow:
      "The server could not look through this file in time; the file is taken. Try to open it to be sure.",
    other_type:
      "The content is not what the name's ending says. Use Save As with the right kind and hand in again.",
    old_office: "This is an Office 97-2003 file. Save it as .docx, .xlsx or .pptx and hand in a new version.",
    macros: "The file has macros. Unless the task asks for them, save it without macros and hand in again.",
    encrypted:
      "The file has a password, so markers cannot open it. Take the password away and hand in again.",
    remote: "The file takes content from elsewhere. Break the links, save it and hand in a new version.",
    not_unicode: "The text is not written in Unicode. Save it as UTF-8 and hand in a new version.",
    unusual:
      "The file is built in an unusual way. It is kept for marking; if there is time, save it as a new file.",
  },
};
