/** What in the window of the exam is worth noting, as plain rules; no browser needed. */

export interface WindowSize {
  outerWidth: number;
  outerHeight: number;
  innerWidth: number;
  innerHeight: number;
  /** Changes with the zoom of the page. */
  pixelRatio: number;
  /** Of two fingers on a touch screen. */
  pinch: number;
  isFull: boolean;
}

/** The narrowest pane that browsers dock, in CSS pixels; bars for bookmarks, downloads or questions are lower. */
export const SMALLEST_PANE = 160;
/** Beside a pane at one side the other measure hardly moves: a scroll bar, a line of pixels. */
const SLACK = 40;

/**
 * Whether a pane of the browser has opened beside the page: tools for developers, or a side panel.
 *
 * Only where nothing else explains it: the window is as large as before, and neither zoomed, pinched nor changed to or
 * from the whole screen. A keyboard on the screen takes from the height while something is typed.
 */
export function hasPaneOpened(before: WindowSize, now: WindowSize, isTypingByTouch: boolean): boolean {
  const isOtherwiseSame =
    before.outerWidth === now.outerWidth &&
    before.outerHeight === now.outerHeight &&
    before.pixelRatio === now.pixelRatio &&
    before.isFull === now.isFull &&
    before.pinch === 1 &&
    now.pinch === 1;
  if (!isOtherwiseSame) return false;
  const narrower = before.innerWidth - now.innerWidth;
  const lower = before.innerHeight - now.innerHeight;
  const isAtSide = narrower >= SMALLEST_PANE && Math.abs(lower) <= SLACK;
  const isBelow = lower >= SMALLEST_PANE && Math.abs(narrower) <= SLACK && !isTypingByTouch;
  return isAtSide || isBelow;
}

/** So long a syllable is no copied text: keyboards for Vietnamese may bring each one by the clipboard. */
const LONGEST_SYLLABLE = 8;

/** Whether a text is one that an input method brings by the clipboard, and not one that somebody pastes. */
export const isTyped = (text: string): boolean => {
  const letters = text.normalize("NFC").trim();
  return letters.length <= LONGEST_SYLLABLE && !/\s/.test(letters);
};

/** Texts that were copied inside the page, so that pasting them there is no news; nothing of them is written down. */
export class OwnTexts {
  #texts: string[] = [];

  static readonly MOST = 5;

  remember(text: string): void {
    const plain = plainly(text);
    if (plain !== "")
      this.#texts = [plain, ...this.#texts.filter((one) => one !== plain)].slice(0, OwnTexts.MOST);
  }

  has(text: string): boolean {
    return this.#texts.includes(plainly(text));
  }
}

const plainly = (text: string): string => text.normalize("NFC").replace(/\s+/g, " ").trim();

/** How often one kind is written down: at most so many times in a while, what is more is counted into one. */
export class Quota<Kind extends string> {
  readonly #open = new Map<Kind, { since: number; written: number; held: number }>();

  constructor(
    private readonly most: number,
    private readonly whileMs: number,
  ) {}

  /** Whether to write it down at once; otherwise it is counted. */
  take(kind: Kind, now: number): boolean {
    const found = this.#open.get(kind);
    if (!found) {
      this.#open.set(kind, { since: now, written: 1, held: 0 });
      return true;
    }
    const isFree = found.written < this.most && found.held === 0;
    if (isFree) found.written += 1;
    else found.held += 1;
    return isFree;
  }

  /** What was counted in whiles that are over; to be written down now, each as one. */
  due(now: number): [Kind, number][] {
    const found: [Kind, number][] = [];
    for (const [kind, one] of this.#open) {
      if (now - one.since < this.whileMs) continue;
      if (one.held > 0) {
        found.push([kind, one.held]);
        this.#open.set(kind, { since: now, written: 1, held: 0 });
      } else {
        this.#open.delete(kind);
      }
    }
    return found;
  }
}
