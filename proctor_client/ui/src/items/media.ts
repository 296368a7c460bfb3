/** Where a page finds the pictures, sounds and files of its items. */
import { getContext, setContext } from "svelte";

/** Address of the file with this SHA-256. */
export type MediaUrl = (hash: string) => string;

const KEY = Symbol("media");
const REFERENCE = / src="media:([0-9a-f]{64})"/g;

/** Lets the items below the calling component take their files from `url`. */
export function provideMedia(url: MediaUrl): void {
  setContext(KEY, url);
}

/** How this page finds files; the board's address unless a page above has said otherwise. */
export function mediaUrl(): MediaUrl {
  return getContext<MediaUrl | undefined>(KEY) ?? ((hash) => `/api/media/${hash}`);
}

/** Sanitised HTML with addresses in place of the names under which files are stored. */
export function withMedia(html: string, url: MediaUrl): string {
  const address = (hash: string): string =>
    url(hash).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return html.replace(REFERENCE, (_reference, hash: string) => ` src="${address(hash)}"`);
}
