/** Word from the server that something has changed, as it happens. */
import type { SeatView } from "../lib/api/types";

/** Where the candidate stands, as the stream tells it. */
export type SeatNews = Pick<SeatView, "state" | "waiting_for" | "attempt_id"> & { opens_at: string };

const TOPICS = ["seat", "instruction"] as const;

export class News {
  readonly #onNews: (seat: SeatNews | null) => void;
  #source: EventSource | null = null;
  #hasHeard = false;

  /** `onNews` gets the seat when the news is of it. */
  constructor(onNews: (seat: SeatNews | null) => void) {
    this.#onNews = onNews;
  }

  /** Something has come on the open stream: no proxy on the way holds it back. */
  get isHeard(): boolean {
    return this.#hasHeard && this.#source?.readyState === EventSource.OPEN;
  }

  /** Listens; a lost stream comes back by itself, one that the server has ended only with another call. */
  listen(): void {
    if (this.#source !== null && this.#source.readyState !== EventSource.CLOSED) return;
    this.#hasHeard = false;
    this.#source = new EventSource("/api/delivery/events");
    for (const topic of TOPICS) {
      this.#source.addEventListener(topic, ({ data }: MessageEvent<string>) => {
        this.#hasHeard = true;
        this.#onNews(topic === "seat" ? (JSON.parse(data) as SeatNews) : null);
      });
    }
    this.#source.addEventListener("end", () => this.close());
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
  }
}
