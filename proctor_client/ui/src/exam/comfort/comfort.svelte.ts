/** How the candidate wants the page to look; kept on this computer for one attempt. */
import { chooseLanguage, LANGUAGE_KEY, type Language, language } from "../../lib/i18n/language.svelte";
import { kept, look } from "./keeping";
import { withStorage } from "./storage";

/** Per cent of the usual size. */
export const TEXT_SIZES = [100, 125, 150, 175, 200] as const;
/** From here on the columns of the page stand below each other. */
const LARGE_FROM = 150;

export const CONTRASTS = ["normal", "high"] as const;
/** `wide` has the distances of WCAG 1.4.12, `wider` half as much again. */
export const SPACINGS = ["normal", "wide", "wider"] as const;

interface Settings {
  textSize: (typeof TEXT_SIZES)[number];
  contrast: (typeof CONTRASTS)[number];
  spacing: (typeof SPACINGS)[number];
  isClockHidden: boolean;
  hasHotKeys: boolean;
  /** Of the page's words, once the candidate has chosen it; questions keep their own. */
  language: Language | null;
}

const usual: Settings = {
  textSize: 100,
  contrast: "normal",
  spacing: "normal",
  isClockHidden: false,
  hasHotKeys: true,
  language: null,
};

/** Reads what is kept; anything that is not a setting is left out. */
export function readSettings(kept: string | null): Settings {
  let found: Partial<Record<keyof Settings, unknown>> = {};
  try {
    found = Object(JSON.parse(kept ?? "{}"));
  } catch {
    // What cannot be read counts as not chosen.
  }
  const oneOf = <T>(choices: readonly T[], value: unknown, otherwise: T): T =>
    choices.includes(value as T) ? (value as T) : otherwise;
  return {
    textSize: oneOf(TEXT_SIZES, found.textSize, usual.textSize),
    contrast: oneOf(CONTRASTS, found.contrast, usual.contrast),
    spacing: oneOf(SPACINGS, found.spacing, usual.spacing),
    isClockHidden: found.isClockHidden === true,
    hasHotKeys: found.hasHotKeys !== false,
    language: oneOf<Language | null>(["vi", "en"], found.language, null),
  };
}

export class Comfort {
  #settings = $state.raw<Settings>(usual);
  readonly #key: string;
  readonly #languageBefore = language();

  constructor(attemptId: string) {
    this.#key = `${kept.prefix}comfort:${attemptId}`;
    this.#settings = readSettings(withStorage((storage) => storage.getItem(this.#key)));
    look.reset = () => this.#putAway();
    this.#show();
  }

  get settings(): Readonly<Settings> {
    return this.#settings;
  }

  get isUsual(): boolean {
    const { language: _language, ...shown } = this.#settings;
    return Object.entries(shown).every(([name, value]) => usual[name as keyof Settings] === value);
  }

  choose(change: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...change };
    withStorage((storage) => storage.setItem(this.#key, JSON.stringify(this.#settings)));
    this.#show();
  }

  /** Everything but the language as everybody finds it. */
  reset(): void {
    this.choose({ ...usual, language: this.#settings.language });
  }

  #show(): void {
    const { textSize, contrast, spacing, language: wanted } = this.#settings;
    const { dataset, style } = document.documentElement;
    style.fontSize = textSize === usual.textSize ? "" : `${textSize}%`;
    dataset.textSize = textSize >= LARGE_FROM ? "large" : "normal";
    dataset.contrast = contrast;
    dataset.spacing = spacing;
    if (wanted !== null && wanted !== language()) void speak(wanted);
  }

  /** Whoever signs in next must not inherit another's settings. */
  #putAway(): void {
    const { dataset, style } = document.documentElement;
    style.fontSize = "";
    for (const setting of ["textSize", "contrast", "spacing"]) delete dataset[setting];
    void speak(this.#languageBefore);
  }
}

/** Changes the page's words for this candidate alone: what the computer speaks to everybody stays as it was. */
async function speak(wanted: Language): Promise<void> {
  const before = withStorage((storage) => storage.getItem(LANGUAGE_KEY));
  await chooseLanguage(wanted);
  withStorage((storage) => {
    if (before === null) storage.removeItem(LANGUAGE_KEY);
    else storage.setItem(LANGUAGE_KEY, before);
  });
}
