/** The paper as far as it has been given: its items, its parts in time, and which of them is open. */
import type { ItemView, StageView } from "../lib/api/types";
import type { SectionCourse } from "./course.svelte";
import { PaperMedia } from "./media";
import { type Page, pagesOf } from "./pages";
import type { DeskTools, Paper } from "./paper";

export class GivenPaper {
  /** Parts given so far, in a paper that is not the same for everybody. */
  parts = $state.raw<readonly StageView[]>([]);
  readonly #paper: Paper;
  readonly #media = new PaperMedia();

  constructor(
    paper: Paper,
    parts: readonly StageView[],
    /** Null when the paper is one piece. */
    readonly course: SectionCourse | null,
  ) {
    this.#paper = paper;
    this.parts = parts;
    this.#media.add(paper.media);
    for (const part of parts) this.#media.add(part.media);
  }

  get design(): Paper["design"] {
    return this.#paper.design;
  }

  get tools(): DeskTools | undefined {
    return this.#paper.tools;
  }

  /** Every item given so far. */
  get items(): readonly ItemView[] {
    return this.design === "linear" ? this.#paper.items : this.parts.flatMap(({ items }) => items);
  }

  /** Items of the whole paper, those that are still to come too. */
  get total(): number {
    return this.isComplete ? this.items.length : Math.max(this.#paper.item_count, this.items.length);
  }

  /** Position of the first item of the open section or part; 0 when the paper is one piece. */
  get partStart(): number {
    if (this.course) return this.course.startOf(Math.min(this.course.open, this.course.all.length));
    return this.items.length - (this.parts.at(-1)?.items.length ?? this.items.length);
  }

  /** Position after the last item of the open section or part. */
  get partEnd(): number {
    return this.course?.next ? this.course.startOf(this.course.open + 1) : this.items.length;
  }

  /** In a section that only goes forward nobody returns to an earlier item. */
  get isForward(): boolean {
    return this.course?.section?.navigation === "forward";
  }

  /** Every part of the paper is closed; it can only be handed in. */
  get isComplete(): boolean {
    return this.design !== "linear" && this.parts.at(-1)?.items.length === 0;
  }

  /** Pages of the open section or part. */
  readonly #pages = $derived.by(() =>
    pagesOf(this.items.slice(this.partStart, this.partEnd), this.itemsPerPage, this.partStart),
  );

  /** Items that stand on one page at most. */
  get itemsPerPage(): number {
    return this.#paper.items_per_page ?? 1;
  }

  /** The page with the item at `position`; a page of its own outside of the open section or part. */
  pageAt(position: number): Page {
    return (
      this.#pages.find(({ from, to }) => from <= position && position < to) ?? {
        from: position,
        to: position + 1,
      }
    );
  }

  /** The item's number as it is shown: counted within its section. */
  numberOf(position: number): number {
    return position + 1 - (this.course ? this.partStart : 0);
  }

  itemAt(position: number): ItemView {
    const item = this.items[position];
    if (!item) throw new RangeError(`no item at position ${position}`);
    return item;
  }

  /** Takes the next part over. */
  add(part: StageView): void {
    this.#media.add(part.media);
    this.parts = [...this.parts, part];
  }

  /** Address of a picture, a sound or a file of the paper, until `dispose`. */
  readonly mediaUrl = (sha256: string): string => this.#media.url(sha256);

  dispose(): void {
    this.#media.revoke();
  }
}
