/** The list from which an item was opened, so that the page can lead on to the next one. */

let listed: readonly string[] = [];

/** Remembers the ids of a list in its order. */
export function rememberList(ids: readonly string[]): void {
  listed = ids;
}

/** The items before and after one in the list that was last seen. */
export function neighboursOf(id: string): { previous: string | null; next: string | null } {
  const at = listed.indexOf(id);
  return at < 0
    ? { previous: null, next: null }
    : { previous: listed[at - 1] ?? null, next: listed[at + 1] ?? null };
}
