/**
 * The page's own button, handed over by the page. Were it imported here too, the bundler would cut it out of the page's
 * first file into one of its own, and what every candidate fetches first would grow.
 */
import type ButtonType from "../../lib/ui/Button.svelte";

let given: typeof ButtonType | undefined;

export function takeButton(button: typeof ButtonType): void {
  given = button;
}

/** Throws Error before the page has handed it over. */
export function pageButton(): typeof ButtonType {
  if (!given) throw new Error("no button");
  return given;
}
