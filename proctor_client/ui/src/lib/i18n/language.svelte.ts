/** The language of the page: Vietnamese unless this browser has chosen otherwise. */
export type Language = "vi" | "en";

/** Under this name the browser remembers the choice. */
export const LANGUAGE_KEY = "language";

function stored(): Language {
  try {
    return localStorage.getItem(LANGUAGE_KEY) === "en" ? "en" : "vi";
  } catch {
    return "vi"; // A browser that refuses storage still shows the page.
  }
}

const chosen: { language: Language } = $state({ language: stored() });
/** Bring the English words that are not here from the beginning. */
const awaited: (() => Promise<void>)[] = [];

export const language = (): Language => chosen.language;

/** Resolves once every text of a language is here; rejects when it cannot be fetched. */
export async function wordsAtHand(wanted: Language = chosen.language): Promise<void> {
  if (wanted === "en") await Promise.all(awaited.map((bring) => bring()));
}

/** Changes every text on the page and remembers the choice in this browser; nothing changes while the words are away. */
export async function chooseLanguage(next: Language): Promise<void> {
  try {
    await wordsAtHand(next);
  } catch {
    return;
  }
  chosen.language = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(LANGUAGE_KEY, next);
  } catch {
    // The choice then lasts until the page is closed.
  }
}

type Words = { readonly [key: string]: string | ((...args: never[]) => string) | Words };

/** The words of the current language, followed by every text that reads them. English must have the same shape. */
export function catalogue<V extends Words>(vi: V, en: NoInfer<V>): V {
  return new Proxy(vi, {
    get: (_vi, key) => Reflect.get(chosen.language === "en" ? en : vi, key),
  });
}

/** The same where English comes as a part of its own: most candidates never ask for it. */
export function lateCatalogue<V extends Words>(vi: V, load: () => Promise<NoInfer<V>>): V {
  let en = $state.raw<V | null>(null);
  const bring = async (): Promise<void> => {
    en ??= await load();
  };
  awaited.push(bring);
  // A part that comes late itself shows Vietnamese until its English is here.
  if (chosen.language === "en") void bring().catch(() => undefined);
  return new Proxy(vi, {
    get: (_vi, key) => Reflect.get(chosen.language === "en" && en !== null ? en : vi, key),
  });
}
