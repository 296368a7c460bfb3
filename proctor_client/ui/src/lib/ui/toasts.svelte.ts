/** Short notices that leave by themselves; one list per page, drawn by `Toasts.svelte`. */
import type { Tone } from "./Tag.svelte";

export interface Toast {
  id: number;
  tone: Tone;
  text: string;
}

const SHOWN_MS = 6000;

let nextId = 1;
export const toasts: Toast[] = $state([]);

export function dismissToast(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

/** An error stays until it is closed: whoever looks away must still find it. */
export function showToast(text: string, tone: Tone = "ok"): void {
  const id = nextId++;
  toasts.push({ id, tone, text });
  if (tone !== "bad") setTimeout(() => dismissToast(id), SHOWN_MS);
}
