/** Words of the rules for the exam's window, in the current language. */
import { catalogue } from "$lib/i18n/language.svelte";
import { en } from "./en";
import { vi } from "./vi";

export const words = catalogue(vi, en);
