/** Files of practical tasks on their way to the server; each is kept here until the server has all of it. */
import type { FileTransfer, HandedFile } from "../../items/files/fileTransfer";
import { sha256Of } from "../../items/files/fileTransfer";
import { ApiProblem } from "../../lib/api/problem";
import { retryDelayMs } from "../outbox";
import type { ExamStore, StoredFile } from "../store";
import type { beginUpload, readUploads, sendPart, UploadView } from "./calls";
import { FIRST_PART_BYTES, nextPartBytes } from "./parts";

/** A file that an answer names. */
export interface NamedFile {
  item: string;
  sha256: string;
  name: string;
}

/** What the attempt says of itself whenever it is asked. */
export interface Course {
  /** Files that count as the answers stand; others are not brought any further. */
  wanted(): readonly NamedFile[];
  epoch(): number;
  /** The server would not take anything from this browser at the moment. */
  isHeld(): boolean;
  /** Server time, epoch ms. */
  now(): number;
  /** Resolves once every answer given so far is on the disk. */
  noted(): Promise<void>;
  /** The attempt is over, or another browser has it. */
  onRefused(): void;
}

export interface UploadsOptions {
  attemptId: string;
  /** How long after the end files may still arrive, ms. */
  graceMs: number;
  store: Pick<ExamStore, "files" | "putFile" | "dropFile">;
  calls: {
    beginUpload: typeof beginUpload;
    sendPart: typeof sendPart;
    readUploads: typeof readUploads;
  };
}

const FIRST_LOOK_MS = 2_500;
const LAST_LOOK_MS = 20_000;
/** A file whose bytes arrived changed is sent once more; then the candidate is asked for it again. */
const MOST_DAMAGED = 2;

const keyOf = ({ item, sha256 }: { item: string; sha256: string }): string => `${item} ${sha256}`;

export class Uploads implements FileTransfer {
  readonly isPreview = false;
  readonly graceMs: number;
  /** The network or the server lets nothing through at the moment. */
  isStuck = $state(false);
  #files = $state.raw<ReadonlyMap<string, HandedFile>>(new Map());
  readonly #o: UploadsOptions;
  readonly #bytes = new Map<string, Blob>();
  #course: Course | null = null;
  #isWorking = false;
  #isStopped = false;
  /** The server has said what it has. */
  #isKnown = false;
  #wake: (() => void) | null = null;
  #waiting: (() => void)[] = [];
  #look: ReturnType<typeof setTimeout> | undefined;
  #lookMs = FIRST_LOOK_MS;

  constructor(options: UploadsOptions) {
    this.#o = options;
    this.graceMs = options.graceMs;
  }

  /** Takes up what this browser and the server have of earlier, and goes on. */
  async start(course: Course): Promise<void> {
    this.#course = course;
    for (const file of await this.#o.store.files(this.#o.attemptId).catch((): StoredFile[] => [])) {
      const { item, sha256, name, chosenAtMs, bytes } = file;
      this.#bytes.set(keyOf(file), new Blob([bytes]));
      this.#put({ ...fresh(item, sha256, name, bytes.byteLength, chosenAtMs), isKept: true });
    }
    await this.refresh();
    this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#look);
    this.#wake?.();
  }

  /** Files handed in for an item, the earliest first. */
  versions(item: string): readonly HandedFile[] {
    return [...this.#files.values()]
      .filter((file) => file.item === item)
      .sort((one, other) => one.chosenAtMs - other.chosenAtMs);
  }

  /** Reads a file, keeps its bytes and gives its SHA-256; they are brought once an answer names them. */
  async take(item: string, file: File, name: string): Promise<string> {
    const bytes = await file.arrayBuffer();
    const sha256 = await sha256Of(bytes);
    const key = keyOf({ item, sha256 });
    const known = this.#files.get(key);
    if (known?.isComplete) return sha256;
    const chosenAtMs = this.#course?.now() ?? 0;
    this.#bytes.set(key, new Blob([bytes]));
    let isKept = true;
    try {
      await this.#o.store.putFile(this.#o.attemptId, { item, sha256, name, chosenAtMs, bytes });
    } catch {
      isKept = false;
    }
    const received = known?.receivedBytes ?? 0;
    this.#put({
      ...fresh(item, sha256, name, bytes.byteLength, chosenAtMs),
      receivedBytes: received,
      isKept,
    });
    return sha256;
  }

  async noted(): Promise<void> {
    await this.#course?.noted();
  }

  /** There is something new to bring, or the way is free again. */
  wake(): void {
    if (this.#isStopped) return;
    if (this.#isKnown) this.#noteGone();
    else if (this.#course) void this.refresh();
    this.#wake?.();
    void this.#work();
  }

  /** Hashes of the files among `named` that the server has. */
  arrived(named: readonly NamedFile[]): string[] {
    const whole = named.filter((file) => this.#files.get(keyOf(file))?.isComplete);
    return [...new Set(whole.map(({ sha256 }) => sha256))];
  }

  /** Files among `named` that the server does not have. */
  missing(named: readonly NamedFile[]): NamedFile[] {
    return named.filter((file) => !this.#files.get(keyOf(file))?.isComplete);
  }

  /** Share of the bytes of the files among `named` that has arrived, 0 to 1. */
  share(named: readonly NamedFile[]): number {
    const files = named.map((file) => this.#files.get(keyOf(file)));
    const total = files.reduce((sum, file) => sum + (file?.sizeBytes ?? 0), 0);
    const received = files.reduce((sum, file) => sum + (file?.receivedBytes ?? 0), 0);
    return total > 0 ? received / total : 0;
  }

  /** Resolves once the server has every wanted file. */
  async settled(): Promise<void> {
    while (!this.#isStopped && this.missing(this.#course?.wanted() ?? []).length > 0)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Asks the server what it has. */
  async refresh(): Promise<void> {
    try {
      const { items } = await this.#o.calls.readUploads(this.#o.attemptId);
      for (const view of items) this.#follow(view);
      this.#isKnown = true;
      this.#noteGone();
    } catch {
      // Asked again once the way is free; what is here goes out meanwhile.
    }
    this.#lookAgain();
  }

  #put(file: HandedFile): void {
    this.#files = new Map(this.#files).set(keyOf(file), file);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #follow(view: UploadView): HandedFile {
    const { item, sha256, file_name, size_bytes, received_bytes, is_complete, finding, begun_at } = view;
    const known = this.#files.get(keyOf(view));
    const file: HandedFile = {
      ...(known ?? fresh(item, sha256, file_name, size_bytes, Date.parse(begun_at))),
      receivedBytes: received_bytes,
      isComplete: is_complete,
      finding,
    };
    this.#put(is_complete ? { ...file, fault: null } : file);
    if (is_complete && this.#bytes.delete(keyOf(view)))
      void this.#o.store.dropFile(this.#o.attemptId, item, sha256).catch(() => undefined);
    return file;
  }

  /** Marks files that an answer names although their bytes are nowhere: the browser could not keep them. */
  #noteGone(): void {
    for (const named of this.#course?.wanted() ?? []) {
      const file = this.#files.get(keyOf(named));
      if (file?.isComplete || this.#bytes.has(keyOf(named))) continue;
      const { item, sha256, name } = named;
      this.#put({
        ...(file ?? fresh(item, sha256, name, 0, this.#course?.now() ?? 0)),
        fault: { kind: "gone" },
      });
    }
  }

  #next(): HandedFile | undefined {
    if (this.#isStopped || this.#course?.isHeld()) return undefined;
    return this.#course
      ?.wanted()
      .map((named) => this.#files.get(keyOf(named)))
      .find((file) => file && !file.isComplete && file.fault === null && this.#bytes.has(keyOf(file)));
  }

  /** Brings one file after the other until nothing is left to bring. */
  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    let failures = 0;
    let damaged = 0;
    for (let file = this.#next(); file; file = this.#next()) {
      try {
        await this.#bring(file, () => {
          failures = 0;
          this.isStuck = false;
        });
        damaged = 0;
      } catch (problem) {
        const known = problem instanceof ApiProblem ? problem : null;
        if (known?.code === "seat_fenced" || known?.code === "attempt_closed") {
          this.#course?.onRefused();
          break;
        }
        if (known?.code === "upload_damaged" && ++damaged < MOST_DAMAGED) continue;
        // Anything that a second try could change is tried again.
        const isFinal =
          known !== null && known.status >= 400 && known.status < 500 && !RETRIED.has(known.status);
        if (isFinal && known.code !== "upload_part_out_of_place") {
          const said = known.errors.map(({ message }) => message).join(" ") || known.title;
          this.#put({ ...(this.#files.get(keyOf(file)) ?? file), fault: { kind: "refused", text: said } });
          continue;
        }
        failures += 1;
        this.isStuck = known?.code !== "upload_part_out_of_place";
        await this.#pause(retryDelayMs(failures, known?.retryAfterMs ?? null, Math.random()));
      }
    }
    this.#isWorking = false;
  }

  async #bring(file: HandedFile, onProgress: () => void): Promise<void> {
    const { attemptId, calls } = this.#o;
    const { item, sha256, name, sizeBytes } = file;
    const key = keyOf(file);
    const epoch = this.#course?.epoch() ?? 1;
    const bytes = this.#bytes.get(key);
    if (!bytes) return;
    let view = await calls.beginUpload(attemptId, {
      epoch,
      item,
      sha256,
      file_name: name,
      size_bytes: sizeBytes,
    });
    let partBytes = FIRST_PART_BYTES;
    onProgress();
    this.#follow(view);
    // Another version may be wanted meanwhile.
    while (!view.is_complete && this.#next()?.sha256 === sha256) {
      const start = view.received_bytes;
      const sentAt = performance.now();
      view = await calls.sendPart(attemptId, view.id, epoch, start, bytes.slice(start, start + partBytes));
      partBytes = nextPartBytes(partBytes, performance.now() - sentAt);
      onProgress();
      this.#follow(view);
    }
    this.#lookMs = FIRST_LOOK_MS;
    this.#lookAgain();
  }

  /** Looks whether the server has looked through what it has; ever more seldom. */
  #lookAgain(): void {
    clearTimeout(this.#look);
    const isOpen = [...this.#files.values()].some(
      ({ isComplete, finding }) => isComplete && finding === null,
    );
    if (!isOpen || this.#isStopped) return;
    this.#look = setTimeout(() => void this.refresh(), this.#lookMs);
    this.#lookMs = Math.min(LAST_LOOK_MS, this.#lookMs * 1.5);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}

/** Asked to wait, or signed out: the same request may well be taken later. */
const RETRIED = new Set([401, 403, 408, 425, 429]);

const fresh = (
  item: string,
  sha256: string,
  name: string,
  sizeBytes: number,
  chosenAtMs: number,
): HandedFile => ({
  item,
  sha256,
  name,
  sizeBytes,
  chosenAtMs,
  receivedBytes: 0,
  isComplete: false,
  finding: null,
  fault: null,
  isKept: true,
});
