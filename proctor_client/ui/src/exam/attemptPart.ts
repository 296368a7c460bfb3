/** A running attempt, as a part of its own: whoever signs in need not wait for it. */
export { bringControls, laterInteractions } from "../items/controls.svelte";
export { RunningAttempt } from "./attempt.svelte";
export { merge } from "./chain";
export { deskPart, windowPart } from "./deskPart";
export { openKept, openStarted } from "./opening";
export { bringPageItems } from "./pageItems.svelte";
export { default as AttemptScreen } from "./screens/Attempt.svelte";
