/** Looks at the computer that this page runs on. */
import { type Finding, judgeBrowser, judgeScreen, judgeScreens, judgeSeb, judgeSecure } from "./judging";

/** What the candidate page cannot do without; on a page that is not secure most of it is hidden. */
function missingParts(): string[] {
  const there: [string, boolean][] = [
    ["EventSource", "EventSource" in window],
    ["IndexedDB", "indexedDB" in window],
    ["DecompressionStream", "DecompressionStream" in window],
  ];
  if (window.isSecureContext)
    there.push(["Web Crypto", "subtle" in crypto], ["Web Locks", "locks" in navigator]);
  return there.filter(([, isThere]) => !isThere).map(([name]) => name);
}

const sebVersion = (agent: string): string | null => /\bSEB\/(\S+)/.exec(agent)?.[1] ?? null;

/** What can be said at once, without the server and without anybody's help. */
export function lookAround(): Finding[] {
  const { userAgent } = navigator;
  const { width, height, isExtended } = screen as Screen & { isExtended?: boolean };
  return [
    judgeBrowser(userAgent, missingParts()),
    judgeSecure(window.isSecureContext),
    judgeScreen(width, height),
    judgeScreens(isExtended),
    judgeSeb(sebVersion(userAgent)),
  ];
}

/** Bytes that this browser would still take; null where it does not say. */
export async function freeBytes(): Promise<number | null> {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined ? null : quota - (usage ?? 0);
  } catch {
    return null;
  }
}
