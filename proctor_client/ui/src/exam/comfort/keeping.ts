/** What a candidate's desk leaves on this computer, and how it is cleared for the next candidate. */

/** `prefix` stands before the names in the browser's storage; what it is and the attempt's id follow. */
export const kept = { prefix: "desk:" };

/** Shows the page again as everybody finds it, where somebody has changed that. */
export const look: { reset?: () => void } = {};

/** Removes what is kept; of the attempt given, if any, it stays. */
export function forgetDesks(attemptId?: string): void {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(kept.prefix) && key.slice(kept.prefix.length).split(":")[1] !== attemptId)
        localStorage.removeItem(key);
  } catch {
    // A browser that refuses storage keeps nothing.
  }
}
