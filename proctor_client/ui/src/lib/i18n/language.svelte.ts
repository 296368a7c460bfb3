/** The language of the page: Vietnamese unless this browser has chosen otherwise. */
export type Language = "vi" | "en";

const KEY = "language";

function stored(): Language {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "vi";
  } catch {
    return "vi"; // A browser that refuses storage still shows the page.
  }
}

const chosen: { language: Language } = $state({ language: stored() });

export const language = (): Language => chosen.language;

/** Changes every text on the page at once and remembers the choice in this browser. */
export function chooseLanguage(next: Language): void {
  chosen.language = next;
  document.documentElement.lang = next;
  try {
    localStorage.setItem(KEY, next);
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
