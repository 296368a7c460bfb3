/** One item while it is written: what was changed, what is wrong with it, and how it is saved. */
import { answer } from "../../lib/api/client";
import { ApiProblem } from "../../lib/api/problem";
import type { Views } from "../../lib/api/server";
import { staffApi } from "../../lib/staff/api";
import { session } from "../../lib/staff/session.svelte";
import { converted } from "./model/converting";
import type { Faults } from "./model/faults";
import { htmlReader } from "./model/html";
import { findUnsaved, forgetUnsaved, keepUnsaved, type Unsaved } from "./model/recovery";
import { type Lack, unfinished, unfinishedDetails, wire } from "./model/wire";
import {
  blankWork,
  type Content,
  type Details,
  type Editable,
  type Key,
  type Kind,
  type Work,
  workOf,
} from "./model/work";
import { words } from "./words";

const CHECK_MS = 600;
const KEEP_MS = 800;

/** Where a new item comes from: nothing, an item that is copied, or a published one that it replaces. */
export interface Origin {
  copyOf?: string | undefined;
  supersedes?: string | undefined;
}

type Report = Views["CheckReport"];
type Status = Editable["status"];

/** Somebody else's version, saved since the item was opened. */
export interface Conflict {
  theirs: Editable;
}

const readDraft = (item_id: string): Promise<Editable> =>
  answer(staffApi.GET("/api/items/{item_id}/draft", { params: { path: { item_id } } }));

export class Desk {
  /** Null until a kind is chosen or the item has come. */
  work = $state.raw<Work | null>(null);
  id = $state<string | null>(null);
  code = $state("");
  status = $state<Status>("draft");
  version = $state(0);
  isPublished = $state(false);
  /** Code of the item in whose place this one is to come. */
  supersededCode = $state("");
  note = $state("");
  report = $state.raw<Report | null>(null);
  /** The key that was checked with the reported content. */
  checkedKey = $state.raw<Key | null>(null);
  isChecking = $state(false);
  checkProblem = $state.raw<unknown>(null);
  conflict = $state.raw<Conflict | null>(null);
  /** Left from this tab's last visit. */
  unsaved = $state.raw<Unsaved | null>(null);
  removed = $state.raw<Views["SavedItem"]["removed"]>([]);

  #saved = $state("");
  /** Places that were empty from the start; nobody is told off for what they have not come to yet. */
  #untouched = $state.raw<ReadonlySet<string> | null>(null);
  #turn = 0;
  #checkTimer: ReturnType<typeof setTimeout> | undefined;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;
  /** The page is gone; what is derived went with it. */
  #isClosed = false;
  readonly #origin: Origin;

  constructor(id: string | null, origin: Origin) {
    this.id = id;
    this.#origin = origin;
  }

  get #name(): string {
    const { copyOf, supersedes } = this.#origin;
    return this.id ?? (supersedes ? `new instead of ${supersedes}` : copyOf ? `new like ${copyOf}` : "new");
  }

  readonly isDirty = $derived(this.#differs());

  readonly lacks: ReadonlyMap<string, Lack> = $derived(this.work ? unfinished(this.work) : new Map());
  readonly detailLacks: ReadonlyMap<string, Lack> = $derived(
    this.work ? unfinishedDetails(this.work.details) : new Map(),
  );

  /** Texts that the server could not read, such as a formula that is half written. */
  readonly unreadable: Faults = $derived(
    this.checkProblem instanceof ApiProblem && this.checkProblem.code === "unreadable_text"
      ? this.checkProblem.errors
      : [],
  );

  /** Everything that stands in the way of handing in. */
  readonly allFaults: Faults = $derived([
    ...[...this.lacks, ...this.detailLacks].map(([place, lack]) => ({
      place,
      message: words.lacks[lack],
      fix: "",
    })),
    ...(this.lacks.size > 0
      ? []
      : this.unreadable.length > 0
        ? this.unreadable
        : (this.report?.faults ?? [])),
  ]);
  /** Of these what is shown at the fields. */
  readonly shownFaults: Faults = $derived(
    this.#untouched === null
      ? this.allFaults
      : this.allFaults.filter(({ place }) => !this.#untouched?.has(place)),
  );

  async open(): Promise<void> {
    const source = this.id ?? this.#origin.supersedes ?? this.#origin.copyOf;
    if (source) {
      const stored = await readDraft(source);
      if (this.#isClosed) return;
      this.#take(stored);
      if (this.id === null) {
        this.supersededCode = this.#origin.supersedes ? stored.code : "";
        this.code = "";
        this.version = 0;
        this.status = "draft";
        this.isPublished = false;
        this.#saved = "";
      }
    }
    const found = findUnsaved(this.#name);
    this.unsaved = found?.author === session.actor?.id ? found : null;
  }

  #take(stored: Editable): void {
    this.work = workOf(stored);
    this.#saved = JSON.stringify(this.work);
    this.code = stored.code;
    this.status = stored.status;
    this.version = stored.version_number;
    this.isPublished = stored.is_published;
    this.#untouched = null;
    void this.check();
  }

  start(kind: Kind, details?: Partial<Details>): void {
    const blank = blankWork(kind);
    const { content, key } = blank;
    // Whoever writes the steps of an order writes them in their order.
    const stated =
      content.interaction === "order" && key.form === "order"
        ? { ...key, order: content.options.map(({ id }) => id) }
        : key;
    this.work = { content, key: stated, details: { ...blank.details, ...details } };
    this.#saved = JSON.stringify(this.work);
    this.#untouched = new Set([...this.lacks.keys(), ...this.detailLacks.keys(), "key"]);
    void this.check();
  }

  change(content: Content, key: Key): void {
    if (!this.work) return;
    this.work = { ...this.work, content, key };
    this.#changed();
  }

  detail(change: Partial<Details>): void {
    if (!this.work) return;
    this.work = { ...this.work, details: { ...this.work.details, ...change } };
    this.#changed();
  }

  convert(kind: Kind): void {
    if (!this.work) return;
    const { content, key } = converted(this.work, kind, htmlReader);
    this.report = null;
    this.change(content, key);
    this.#untouched = new Set([...this.lacks.keys(), "key"]);
  }

  #changed(): void {
    if (this.#untouched) {
      const still = new Set([...this.allFaults.map(({ place }) => place)]);
      this.#untouched = new Set([...this.#untouched].filter((place) => still.has(place)));
    }
    clearTimeout(this.#checkTimer);
    this.#checkTimer = setTimeout(() => void this.check(), CHECK_MS);
    clearTimeout(this.#keepTimer);
    this.#keepTimer = setTimeout(() => this.keep(), KEEP_MS);
  }

  #differs(): boolean {
    return this.work !== null && JSON.stringify(this.work) !== this.#saved;
  }

  /** Lets a crash or a closed page cost nothing. */
  keep(): void {
    clearTimeout(this.#keepTimer);
    if (this.work && this.#differs())
      keepUnsaved(this.#name, {
        work: this.work,
        version: this.version,
        at: Date.now(),
        author: session.actor?.id ?? "",
      });
  }

  restore(): void {
    if (!this.unsaved) return;
    this.work = this.unsaved.work;
    if (this.id !== null) this.version = this.unsaved.version;
    this.unsaved = null;
    this.#changed();
  }

  forget(): void {
    this.unsaved = null;
    forgetUnsaved(this.#name);
  }

  close(): void {
    clearTimeout(this.#checkTimer);
    clearTimeout(this.#keepTimer);
    this.#isClosed = true;
    this.#turn++;
  }

  /** Asks the server what is wrong with what is there; of overlapping questions the last one counts. */
  async check(): Promise<void> {
    clearTimeout(this.#checkTimer);
    if (this.#isClosed || !this.work || this.lacks.size > 0) return;
    const turn = ++this.#turn;
    const { explanation, cognitive_level, stimulus_code } = this.work.details;
    const body = { ...wire(this.work), explanation, cognitive_level, has_stimulus: stimulus_code !== null };
    this.isChecking = true;
    try {
      const report = await answer(staffApi.POST("/api/items/check", { body }));
      if (turn !== this.#turn) return;
      // The first look at something that nobody has written in yet.
      if (this.#untouched && this.report === null)
        this.#untouched = new Set([...this.#untouched, ...report.faults.map(({ place }) => place)]);
      this.report = report;
      this.checkedKey = body.key;
      this.checkProblem = null;
      if (this.#untouched) {
        const places = new Set(this.allFaults.map(({ place }) => place));
        this.#untouched = new Set([...this.#untouched].filter((place) => places.has(place)));
      }
    } catch (problem) {
      if (turn === this.#turn) this.checkProblem = problem;
    } finally {
      if (turn === this.#turn) this.isChecking = false;
    }
  }

  /** Shows every fault at its field. */
  showAll(): void {
    this.#untouched = null;
  }

  /** Whether the server could read what is there. */
  readonly canSave = $derived(this.work !== null && this.lacks.size === 0 && this.detailLacks.size === 0);

  /** Stores a new item or a new version. Null: somebody else was faster, see `conflict`. */
  async save(): Promise<Views["SavedItem"] | null> {
    const { work } = this;
    if (!work) return null;
    const { details } = work;
    const body = { ...wire(work), ...details, tags: [...details.tags], note: this.note.trim() };
    const id = this.id;
    let saved: Views["SavedItem"];
    try {
      saved =
        id === null
          ? await answer(
              staffApi.POST("/api/items", { body: { ...body, supersedes: this.#origin.supersedes ?? null } }),
            )
          : await answer(
              staffApi.PUT("/api/items/{item_id}", {
                params: { path: { item_id: id } },
                body: { ...body, version_number: this.version },
              }),
            );
    } catch (problem) {
      if (id !== null && problem instanceof ApiProblem && problem.code === "item_version_conflict") {
        this.conflict = { theirs: await readDraft(id) };
        return null;
      }
      throw problem;
    }
    forgetUnsaved(this.#name);
    this.id = saved.id;
    this.code = saved.code;
    this.version = saved.version_number;
    this.status = saved.status;
    this.removed = saved.removed;
    this.note = "";
    this.#saved = JSON.stringify(work);
    return saved;
  }

  /** Goes on with the version of the other one; what was written here is given up. */
  takeTheirs(): void {
    if (!this.conflict) return;
    this.forget();
    this.#take(this.conflict.theirs);
    this.conflict = null;
  }

  /** Lets what was written here become the next version after the other one's. */
  keepMine(): void {
    if (!this.conflict) return;
    this.version = this.conflict.theirs.version_number;
    this.status = this.conflict.theirs.status;
    this.conflict = null;
  }
}
