/** Words of pictures in the current language. */
import { lateCatalogue } from "../../lib/i18n/language.svelte";
import { vi } from "./vi";

export const words = lateCatalogue(vi, async () => (await import("./en")).en);
