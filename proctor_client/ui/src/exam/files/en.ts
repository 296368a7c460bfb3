/** English words of waiting for files. */
import type { vi } from "./vi";

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export const en: typeof vi = {
  title: "Waiting for your files to be sent",
  text: (n) =>
    `${plural(n, "file is", "files are")} on the way to the server. The exam is handed in as soon as they have arrived; keep this page open.`,
  stuck: "No connection. The files go on by themselves once the network is back; tell the proctor.",
  gone: (name) => `The page no longer has ${name}. Go back and choose it again, or hand in without it.`,
  refused: (name) => `The server does not take ${name}. Go back and take it back or replace it.`,
  over: (seconds) => `Files chosen before time was up are still taken for ${seconds} seconds after the end.`,
  share: (percent) => `${percent}% sent`,
  without: "Hand in now, without unsent files",
  wait: "Keep waiting",
  withoutTitle: "Hand in without this file?",
  withoutText: "A file that has not arrived is not marked, and you cannot add it after handing in.",
};
