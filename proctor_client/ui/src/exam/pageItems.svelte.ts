/** What shows several items on one page; few papers want it, so it comes as a part of its own. */
type Part = typeof import("./screens/PageItems.svelte").default;
let part: Part | null = $state.raw(null);

/** Null until `bringPageItems` is done. */
export const pageItems = (): Part | null => part;

export async function bringPageItems(): Promise<void> {
  part ??= (await import("./screens/PageItems.svelte")).default;
}
