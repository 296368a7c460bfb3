/** Work that was not saved, kept in this tab only: it holds keys, which must not stay in the browser. */
import type { Work } from "./work";

const PREFIX = "authoring:";

export interface Unsaved {
  work: Work;
  /** The stored version that was changed; 0 for a new item. */
  version: number;
  /** Epoch milliseconds. */
  at: number;
  /** Id of who wrote it: nobody else is offered it. */
  author: string;
}

export function keepUnsaved(name: string, unsaved: Unsaved): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(unsaved));
  } catch {
    // Without room or storage the page works as before, only a crash costs what was typed.
  }
}

export function findUnsaved(name: string): Unsaved | null {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? "null") as Unsaved | null;
  } catch {
    return null;
  }
}

export function forgetUnsaved(name: string): void {
  try {
    sessionStorage.removeItem(PREFIX + name);
  } catch {
    // Nothing can have been kept.
  }
}

/** For signing out: whoever sits down next finds no keys. */
export function forgetAllUnsaved(): void {
  try {
    for (const name of Object.keys(sessionStorage))
      if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  } catch {
    // Nothing can have been kept.
  }
}
