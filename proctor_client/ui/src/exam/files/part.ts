/** Handing in files, as a part of its own: most papers ask for none. */
export * as calls from "./calls";
export { Uploads } from "./uploads.svelte";
export { default as WaitingForFiles } from "./WaitingForFiles.svelte";
