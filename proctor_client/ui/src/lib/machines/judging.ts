/** What the looks at a computer come to. Pure: the looks themselves are in `looking.ts`. */
import type { Views } from "../api/server";

export type Finding = Views["Finding"];
export type Subject = Finding["subject"];

/** Oldest browsers that the pages are built for, as their agent strings name them. */
const OLDEST: readonly [name: string, mark: RegExp, version: number][] = [
  ["Edge", /Edg\/(\d+)/, 109],
  ["Chrome", /Chrome\/(\d+)/, 109],
  ["Firefox", /Firefox\/(\d+)/, 115],
  ["Safari", /Version\/(\d+(?:\.\d+)?).*Safari/, 16.4],
];
const CLOCK_MS = 60_000;
const QUICK_MS = 300;
const SLOW_MS = 1_500;
const ROOMY_MB = 50;
const LOW_SCREEN = { width: 1_000, height: 560 };
const SMALLEST_WIDTH = 320;
/** The probe's events are sent over 750 ms; half of that is no accident. */
const APART_MS = 375;

const finding = (
  subject: Subject,
  verdict: Finding["verdict"],
  text = "",
  value: number | null = null,
): Finding => ({ subject, verdict, text: text.slice(0, 80), value });

/** Name and version as people know them; empty for a browser that is not known. */
export function browserName(agent: string): { name: string; isOld: boolean } {
  for (const [name, mark, oldest] of OLDEST) {
    const version = mark.exec(agent)?.[1];
    if (version) return { name: `${name} ${version}`, isOld: Number(version) < oldest };
  }
  return { name: "", isOld: false };
}

/** `missing` names what the exam cannot do without. */
export function judgeBrowser(agent: string, missing: readonly string[]): Finding {
  const { name, isOld } = browserName(agent);
  if (missing.length > 0) return finding("browser", "bad", [name, ...missing].filter(Boolean).join(" · "));
  return finding("browser", isOld ? "warning" : "good", name);
}

export const judgeSecure = (isSecure: boolean): Finding => finding("secure", isSecure ? "good" : "bad");

/** `freeBytes` is null where the browser does not say. */
export function judgeStorage(isKept: boolean, freeBytes: number | null): Finding {
  const mb = freeBytes === null ? null : Math.floor(freeBytes / 2 ** 20);
  return finding("storage", isKept && (mb === null || mb >= ROOMY_MB) ? "good" : "warning", "", mb);
}

export const judgeOffline = (isReady: boolean): Finding => finding("offline", isReady ? "good" : "warning");

/** `aheadMs`: the computer's clock minus the server's. */
export const judgeClock = (aheadMs: number): Finding =>
  finding("clock", Math.abs(aheadMs) <= CLOCK_MS ? "good" : "warning", "", Math.round(aheadMs));

/** Round trips in ms, null for each that failed. */
export function judgeNetwork(trips: readonly (number | null)[]): Finding {
  const times = trips.filter((ms) => ms !== null).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)] ?? null;
  const lost = trips.length - times.length;
  const lostText = lost > 0 ? `${lost}/${trips.length}` : "";
  if (median === null || lost * 2 >= trips.length || median > SLOW_MS)
    return finding("network", "bad", lostText, median === null ? null : Math.round(median));
  return finding(
    "network",
    lost === 0 && median <= QUICK_MS ? "good" : "warning",
    lostText,
    Math.round(median),
  );
}

/** Whether the probe's events, come at these ms, were passed on one by one. */
export const areApart = (arrivals: readonly number[]): boolean =>
  arrivals.length > 1 && (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0) >= APART_MS;

export const judgeStream = (isPassed: boolean): Finding => finding("stream", isPassed ? "good" : "warning");

/** Sizes in CSS px: what a page has when the window fills the screen. */
export function judgeScreen(width: number, height: number): Finding {
  const isLarge = width >= LOW_SCREEN.width && height >= LOW_SCREEN.height;
  const verdict = isLarge ? "good" : width >= SMALLEST_WIDTH ? "warning" : "bad";
  return finding("screen", verdict, `${width}×${height}`);
}

/** `isExtended` is undefined where the browser does not say. */
export const judgeScreens = (isExtended: boolean | undefined): Finding =>
  finding("screens", isExtended === undefined ? "untried" : isExtended ? "warning" : "good");

/** `version` is null outside of Safe Exam Browser. */
export const judgeSeb = (version: string | null): Finding =>
  version === null ? finding("seb", "untried") : finding("seb", "good", version);

/** Whether what was typed is the sample, whichever way the keyboard program composes letters. */
export function judgeTyping(typed: string, sample: string): Finding {
  const plain = (text: string): string =>
    text.normalize("NFC").trim().replace(/\s+/g, " ").toLocaleLowerCase("vi");
  if (plain(typed) === "") return finding("typing", "untried");
  return finding("typing", plain(typed) === plain(sample) ? "good" : "warning");
}

export const judgeSound = (isHeard: boolean | null): Finding =>
  finding("sound", isHeard === null ? "untried" : isHeard ? "good" : "warning");

/** The worst of the findings; what nobody tried says nothing. */
export function worst(findings: readonly Pick<Finding, "verdict">[]): "good" | "warning" | "bad" {
  if (findings.some(({ verdict }) => verdict === "bad")) return "bad";
  return findings.some(({ verdict }) => verdict === "warning") ? "warning" : "good";
}
