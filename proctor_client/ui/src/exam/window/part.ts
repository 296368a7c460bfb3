/** The watch on the window of the exam, as a part of its own: questions do not wait for it. */
export { default as WindowBar } from "./WindowBar.svelte";
