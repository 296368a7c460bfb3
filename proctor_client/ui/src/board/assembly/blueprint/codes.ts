/** Item codes as one pastes them from a list or a spreadsheet. */

const LONGEST = 32;

/** Codes between commas, semicolons, spaces or lines, each once, in the order given. */
export const codesIn = (text: string): string[] => [
  ...new Set(
    text
      .normalize("NFC")
      .split(/[\s,;]+/u)
      .map((code) => code.trim())
      .filter((code) => code !== "" && code.length <= LONGEST),
  ),
];

/** A text of several codes is a list to add, one word alone is something to search for. */
export const isList = (text: string): boolean => /[,;\n\t]/.test(text.trim()) && codesIn(text).length > 1;
