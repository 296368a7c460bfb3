/** Which key does what on the candidate page, and when keys must be left alone. */

export type Deed =
  | "next"
  | "previous"
  | "flag"
  | "palette"
  | "highlighter"
  | "notes"
  | "calculator"
  | "zoom"
  | "comfort"
  | "help";

/** Letters A to I and the digits belong to the options. */
export const KEYS: readonly (readonly [key: string, deed: Deed])[] = [
  ["N", "next"],
  ["P", "previous"],
  ["M", "flag"],
  ["L", "palette"],
  ["U", "highlighter"],
  ["T", "notes"],
  ["K", "calculator"],
  ["Z", "zoom"],
  ["V", "comfort"],
  ["?", "help"],
];

export interface Pressed {
  key: string;
  keyCode: number;
  isComposing: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  repeat: boolean;
  defaultPrevented: boolean;
}

/** What an input method sends while a letter is being put together, whatever the key was. */
const COMPOSING_KEY_CODE = 229;

const isLeftAlone = (event: Pressed): boolean =>
  event.isComposing ||
  event.keyCode === COMPOSING_KEY_CODE ||
  event.ctrlKey ||
  event.altKey ||
  event.metaKey ||
  event.repeat ||
  event.defaultPrevented;

/** A deed, or an option, counted from 0, to choose or to strike out. */
export type Wish = Deed | { choose: number } | { strike: number };

/** What a key asks for, if anything; with Shift the letters strike options out. */
export function asked(event: Pressed): Wish | null {
  if (isLeftAlone(event)) return null;
  const key = event.key.toUpperCase();
  if (/^[1-9]$/.test(key)) return { choose: Number(key) - 1 };
  if (/^[A-I]$/.test(key)) {
    const option = key.charCodeAt(0) - 65;
    return event.shiftKey ? { strike: option } : { choose: option };
  }
  return KEYS.find(([own]) => own === key)?.[1] ?? null;
}

const TYPED_INTO =
  'textarea, select, [contenteditable]:not([contenteditable="false"]), [role="textbox"], [role="combobox"], ' +
  'input:not([type="radio"], [type="checkbox"], [type="button"], [type="submit"], [type="range"])';

/** Whether keys pressed there are text, or choose from a list. */
export const isTypedInto = (place: Element | null): boolean => place?.closest(TYPED_INTO) != null;
