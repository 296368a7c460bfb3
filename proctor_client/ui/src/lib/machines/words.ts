/** Words of checks of computers, in the language of the page. */
import { lateCatalogue } from "../i18n/language.svelte";
import type { Finding } from "./judging";
import { vi } from "./vi";

export const words = lateCatalogue(vi, async () => (await import("./en")).en);

/** What was found, in one line. */
export function foundText({ subject, verdict, text, value }: Finding): string {
  if (verdict === "untried") return subject === "seb" ? words.notUsed : words.untried;
  return (verdict === "good" ? words.good : words.poor)[subject]({ text, value: value ?? null });
}
