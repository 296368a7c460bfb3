/** The desk of the attempt that is open; a page has one attempt at a time. */
import type { RunningAttempt } from "../attempt.svelte";
import { Desk } from "./desk.svelte";

let current = $state.raw<Desk | null>(null);

export function layOut(attempt: RunningAttempt): void {
  current = new Desk(attempt);
}

/** Throws Error before a desk is laid out. */
export function openDesk(): Desk {
  if (!current) throw new Error("no desk");
  return current;
}
