/** Words of incidents, violations and minutes in the current language, for proctors and the board. */
import { catalogue } from "../../i18n/language.svelte";
import { en } from "./en";
import { vi } from "./vi";

export const words = catalogue(vi, en);
