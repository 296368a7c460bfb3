/** Typed answers: every change is taken over, except while an input method is still composing a word. */
import type { Attachment } from "svelte/attachments";

type TextControl = HTMLInputElement | HTMLTextAreaElement;

/** Calls `take` with the whole text whenever it has changed and no word is being composed. */
export function typing(take: (text: string) => void): Attachment<TextControl> {
  return (control) => {
    let isComposing = false;
    let isUnreported = false;
    const report = (): void => {
      if (isComposing || !isUnreported) return;
      isUnreported = false;
      take(control.value);
    };
    const listening = new AbortController();
    const { signal } = listening;
    control.addEventListener("compositionstart", () => (isComposing = true), { signal });
    // Safari reports the last input before it ends the composition, Chromium and Firefox after it: both are heard.
    const composed = (): void => {
      isComposing = false;
      report();
    };
    control.addEventListener("compositionend", composed, { signal });
    control.addEventListener("blur", composed, { signal });
    control.addEventListener(
      "input",
      () => {
        isUnreported = true;
        report();
      },
      { signal },
    );
    return () => listening.abort();
  };
}

/** Holds a text back until nobody has typed for a moment, but not for long, so that not every letter is a new answer. */
export class Held {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waiting: string | null = null;
  #since = 0;

  constructor(
    private readonly take: (text: string) => void,
    private readonly quietMs = 500,
    private readonly longestMs = 3_000,
  ) {}

  put(text: string): void {
    const now = performance.now();
    if (this.#waiting === null) this.#since = now;
    this.#waiting = text;
    clearTimeout(this.#timer);
    const left = this.#since + this.longestMs - now;
    this.#timer = setTimeout(() => this.flush(), Math.max(0, Math.min(this.quietMs, left)));
  }

  get isHolding(): boolean {
    return this.#waiting !== null;
  }

  /** Hands over at once what is still held. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#waiting === null) return;
    const text = this.#waiting;
    this.#waiting = null;
    this.take(text);
  }
}
