/** Word from the server that something is waiting: the next receipt, signed, then brings it. */

const TOPICS = ["seat", "instruction"] as const;

export class News {
  readonly #onNews: () => void;
  #source: EventSource | null = null;

  constructor(onNews: () => void) {
    this.#onNews = onNews;
  }

  /** Listens; a lost stream comes back by itself, one that the server has ended only with another call. */
  listen(): void {
    if (this.#source !== null && this.#source.readyState !== EventSource.CLOSED) return;
    this.#source = new EventSource("/api/delivery/events");
    for (const topic of TOPICS) this.#source.addEventListener(topic, this.#onNews);
    this.#source.addEventListener("end", () => this.close());
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
  }
}
