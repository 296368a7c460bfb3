/** Words of the kit in the current language. */
import { en } from "./en";
import { catalogue } from "./language.svelte";
import { vi } from "./vi";

export const common = catalogue(vi, en);
