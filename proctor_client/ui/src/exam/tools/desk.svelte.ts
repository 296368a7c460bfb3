/** The candidate's desk: tools at hand and what was done with them. None of it is an answer; it stays on this computer. */
import type { ItemView } from "../../lib/api/types";
import type { RunningAttempt } from "../attempt.svelte";
import { Comfort } from "../comfort/comfort.svelte";
import { forgetDesks, kept } from "../comfort/keeping";
import { withStorage } from "../comfort/storage";
import type { DeskTools } from "../paper";
import { type Calculator, fresh, type Key, press, read, written } from "./calculator";
import { type Span, toggled } from "./spans";

export type Panel = "highlighter" | "notes" | "calculator";

/** Papers that were sealed before there were tools say nothing of them. */
const usualTools: DeskTools = {
  calculator: false,
  notes: true,
  highlighter: true,
  strike_through: true,
  zoom: true,
};

/** Letters of one note: what is kept must fit beside the notes on every other question. */
export const MOST_LETTERS = 4000;
/** Typing is written down in pauses, so that no key waits for the disk. */
const KEEP_AFTER_MS = 300;

interface Kept {
  struck: string[];
  marks: Record<string, Span[]>;
  notes: Record<string, string>;
  calculator: string;
  panel: Panel | null;
}

export class Desk {
  readonly tools: DeskTools;
  readonly comfort: Comfort;
  /** The panel that is open. */
  panel = $state<Panel | null>(null);
  /** What stands before the page, if anything. */
  dialog = $state<"comfort" | "help" | "zoom" | null>(null);
  calculator = $state.raw<Calculator>(fresh);
  /** By item ref; under "" the note on the whole. */
  notes = $state.raw<Readonly<Record<string, string>>>({});
  /** Marked spans by what they stand in: `item q07`, `stimulus s01`. */
  marks = $state.raw<Readonly<Record<string, readonly Span[]>>>({});
  /** Options struck through: `q07 B`, by the option's id. */
  struck = $state.raw<ReadonlySet<string>>(new Set());
  readonly #key: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly attempt: RunningAttempt) {
    const { attempt_id } = attempt.facts;
    this.tools = { ...usualTools, ...attempt.paper.tools };
    forgetDesks(attempt_id);
    this.comfort = new Comfort(attempt_id);
    this.#key = `${kept.prefix}tools:${attempt_id}`;
    this.#restore();
  }

  /** The item that is worked on. */
  get item(): ItemView | undefined {
    return this.attempt.paper.items[this.attempt.position];
  }

  /** Every item on the screen. */
  get items(): readonly ItemView[] {
    const { from, to } = this.attempt.page;
    return this.attempt.paper.items.slice(from, to);
  }

  /** Questions are shown and can be worked on. */
  get isInUse(): boolean {
    return this.attempt.isOpen && this.attempt.stage === "answering";
  }

  /** Whether options of an item can be struck through. */
  hasStrikes(ref: string): boolean {
    const kind = this.items.find((item) => item.ref === ref)?.interaction;
    return this.tools.strike_through && (kind === "single_choice" || kind === "multiple_response");
  }

  toggle(panel: Panel): void {
    this.panel = this.panel === panel ? null : panel;
    this.#keep();
  }

  press(key: Key): void {
    this.calculator = press(this.calculator, key);
    this.#keep();
  }

  write(ref: string, note: string): void {
    this.notes = { ...this.notes, [ref]: note.slice(0, MOST_LETTERS) };
    this.#keepLater();
  }

  mark(place: string, span: Span): void {
    this.marks = { ...this.marks, [place]: toggled(this.marks[place] ?? [], span) };
    this.#keep();
  }

  unmark(places: readonly string[]): void {
    this.marks = Object.fromEntries(Object.entries(this.marks).filter(([place]) => !places.includes(place)));
    this.#keep();
  }

  strike(ref: string, option: string, isStruck: boolean): void {
    const struck = new Set(this.struck);
    if (isStruck) struck.add(`${ref} ${option}`);
    else struck.delete(`${ref} ${option}`);
    this.struck = struck;
    this.#keep();
  }

  /** Puts the desk away; once the attempt is over nothing of it stays but the look of the page. */
  close(): void {
    const { end, stage } = this.attempt;
    const isOver = end === "closed" || end === "fenced" || (end === null && stage === "finishing");
    if (!isOver) {
      this.keepNow();
      return;
    }
    clearTimeout(this.#timer);
    withStorage((storage) => storage.removeItem(this.#key));
  }

  /** Writes down what waits to be written. */
  keepNow(): void {
    if (this.#timer !== undefined) this.#keep();
  }

  #keepLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), KEEP_AFTER_MS);
  }

  #keep(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const kept: Kept = {
      struck: [...this.struck],
      marks: this.marks as Record<string, Span[]>,
      notes: this.notes,
      calculator: written(this.calculator),
      panel: this.panel,
    };
    withStorage((storage) => storage.setItem(this.#key, JSON.stringify(kept)));
  }

  #restore(): void {
    try {
      const kept = JSON.parse(localStorage.getItem(this.#key) ?? "{}") as Partial<Kept>;
      this.struck = new Set(kept.struck);
      this.marks = kept.marks ?? {};
      this.notes = kept.notes ?? {};
      this.calculator = read(kept.calculator);
      this.panel = kept.panel && this.tools[kept.panel] ? kept.panel : null;
    } catch {
      // What cannot be read is not worth a question that cannot be answered.
    }
  }
}
