/** Comfort and tools of the candidate, as a part of their own: questions do not wait for them. */
import { openDesk } from "./current.svelte";
import Strike from "./Strike.svelte";

export { takeButton } from "./button";
export { layOut } from "./current.svelte";
export { default as DeskBar } from "./DeskBar.svelte";
export { default as Toolbar } from "./Toolbar.svelte";

/** What stands beside every option of an item that is shown, if anything. */
export const optionTool = (ref: string): typeof Strike | null => (openDesk().hasStrikes(ref) ? Strike : null);
