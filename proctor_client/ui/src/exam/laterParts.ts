/** The parts of the page that are not there from the beginning, and how they come before they are needed. */
import { wordsAtHand } from "../lib/i18n/language.svelte";

export type AttemptPart = typeof import("./attemptPart");

export const attemptPart = (): Promise<AttemptPart> => import("./attemptPart");

/**
 * Fetches everything that the page may ever need, the usual things first; rejects when something cannot be fetched.
 *
 * Done while the candidate waits: in the exam nothing of the page may depend on the network.
 */
export async function bringAllParts(): Promise<void> {
  const { bringControls, bringPageItems, deskPart, laterInteractions, windowPart } = await attemptPart();
  await Promise.all([
    bringControls(laterInteractions),
    import("./files/part"),
    deskPart(),
    windowPart(),
    bringPageItems(),
  ]);
  // What has come by now has words too.
  await wordsAtHand("en");
}
