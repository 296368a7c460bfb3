/** Words of the board page's frame and shared parts in the current language. */
import { catalogue } from "../lib/i18n/language.svelte";
import { en } from "./en";
import { vi } from "./vi";

export const words = catalogue(vi, en);

/** The name of a cognitive level; an unknown code stands for itself. */
export const levelName = (code: string): string => (words.levels as Record<string, string>)[code] ?? code;
