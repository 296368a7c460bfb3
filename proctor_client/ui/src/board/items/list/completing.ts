/** What may come next in a search text: names of filters, and the values of the one being typed. */
import { fold } from "../../fold";

export interface Vocabulary {
  /** Names of filters by the language of the page. */
  names: readonly string[];
  /** Values by the folded name of a filter. */
  values: Readonly<Record<string, readonly string[]>>;
}

export interface Suggestion {
  label: string;
  /** The whole text with the suggestion taken. */
  text: string;
}

const MOST = 8;

/** Suggestions for the word before the end of the text; none after a space or inside a phrase. */
export function suggestions(text: string, { names, values }: Vocabulary): Suggestion[] {
  const last = /(?:^|\s)(-?)(\S*)$/u.exec(text);
  const word = last?.[2];
  if (!last || !word || (text.match(/"/g)?.length ?? 0) % 2 === 1) return [];
  const before = text.slice(0, text.length - word.length);
  const colon = word.indexOf(":");
  if (colon < 0) {
    const begun = fold(word);
    return names
      .filter((name) => fold(name).startsWith(begun))
      .slice(0, MOST)
      .map((name) => ({ label: `${name}:`, text: `${before}${name}:` }));
  }
  const name = word.slice(0, colon);
  const typed = fold(word.slice(colon + 1));
  return (values[fold(name)] ?? [])
    .filter((value) => fold(value).includes(typed) && fold(value) !== typed)
    .slice(0, MOST)
    .map((value) => {
      const written = /[\s,]/.test(value) ? `"${value}"` : value;
      return { label: `${name}:${value}`, text: `${before}${name}:${written} ` };
    });
}
