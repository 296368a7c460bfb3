/** Words of the syllabus in the current language. */
import { catalogue, language } from "../../lib/i18n/language.svelte";
import { en } from "./en";
import { vi } from "./vi";

export const words = catalogue(vi, en);

/** A name in the page's language; the Vietnamese one where nobody has translated it. */
export const nameOf = (named: { name: string; name_en: string }): string =>
  language() === "en" && named.name_en !== "" ? named.name_en : named.name;

/** The other language's name, empty where there is none. */
export const otherNameOf = (named: { name: string; name_en: string }): string =>
  nameOf(named) === named.name ? named.name_en : named.name;

/** What a node at a depth below the framework is called. */
export const kindName = (depth: number): string => words.kinds[Math.min(depth, 3) as 0 | 1 | 2 | 3];
