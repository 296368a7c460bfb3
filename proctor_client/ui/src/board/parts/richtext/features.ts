/** What a rich-text field offers. */

export interface Features {
  /** Paragraphs, lists, tables, quotes, code blocks; without it a field holds one run of text. */
  hasBlocks: boolean;
  /** Pictures and sound. */
  hasMedia: boolean;
  /** Blanks to fill in. */
  hasGaps: boolean;
  /** Words to choose in the text. */
  hasHottexts: boolean;
}

/** For options, statements and other short texts. */
export const shortText: Features = { hasBlocks: false, hasMedia: true, hasGaps: false, hasHottexts: false };

/** For stems, passages and explanations. */
export const longText: Features = { hasBlocks: true, hasMedia: true, hasGaps: false, hasHottexts: false };

/** For texts with blanks. */
export const gapText: Features = { ...longText, hasGaps: true };

/** For texts in which words are chosen. */
export const hotText: Features = { ...longText, hasHottexts: true };

const ids = (html: string, attribute: string): string[] =>
  [...html.matchAll(new RegExp(`<span[^>]* ${attribute}="([a-z0-9]{1,8})"`, "g"))].map(
    (match) => match[1] ?? "",
  );

/** The ids of the gaps of a text in their order. */
export const gapsOf = (html: string): string[] => ids(html, "data-gap");

/** The ids of the hot texts of a text in their order. */
export const hottextsOf = (html: string): string[] => ids(html, "data-hottext");
