/** Keeps looking at one room: asks every few seconds, only for what has changed, gently when the server is away. */
import { ApiProblem } from "../lib/api/problem";
import type { Views } from "../lib/api/server";
import { staffApi } from "../lib/staff/api";
import { nextWait } from "./seats";

const HIDDEN_BASE_MS = 15_000;

export class RoomWatch {
  board = $state.raw<Views["RoomBoard"] | null>(null);
  /** Set while the server does not answer as it should. */
  problem = $state.raw<unknown>(null);
  /** `performance.now()` when the figures shown were made, and of the last answer of any kind. */
  receivedAt = $state(0);
  contactAt = $state(0);
  /** `performance.now()`, once a second: what only ticks is reckoned here. */
  now = $state(performance.now());
  #tag: string | null = null;
  #failures = 0;
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly sittingId: string,
    private readonly roomId: string,
  ) {}

  get elapsedMs(): number {
    return Math.max(0, this.now - this.receivedAt);
  }

  /** The server's time now, epoch ms. */
  get serverNow(): number {
    return this.board === null ? 0 : Date.parse(this.board.server_time) + this.elapsedMs;
  }

  /** The server's time at the last answer, epoch ms. */
  get contactTime(): number {
    return this.board === null ? 0 : Date.parse(this.board.server_time) + (this.contactAt - this.receivedAt);
  }

  run(): void {
    this.#ticker = setInterval(() => {
      this.now = performance.now();
    }, 1_000);
    void this.look();
  }

  stop(): void {
    this.#turn += 1;
    clearTimeout(this.#timer);
    clearInterval(this.#ticker);
  }

  /** Looks at once; an older look still on its way no longer counts. */
  async look(): Promise<void> {
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    let retryAfterMs: number | null = null;
    try {
      const { data, response } = await staffApi.GET("/api/proctoring/sittings/{sitting_id}/rooms/{room_id}", {
        params: { path: { sitting_id: this.sittingId, room_id: this.roomId } },
        headers: this.#tag === null ? {} : { "If-None-Match": this.#tag },
      });
      if (turn !== this.#turn) return;
      this.now = this.contactAt = performance.now();
      if (data) {
        this.board = data;
        this.receivedAt = this.now;
        this.#tag = response.headers.get("ETag");
      }
      this.problem = null;
      this.#failures = 0;
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.problem = problem;
      this.#failures += 1;
      retryAfterMs = problem instanceof ApiProblem ? problem.retryAfterMs : null;
      // No room of one's own: asking again changes nothing.
      if (problem instanceof ApiProblem && (problem.status === 403 || problem.status === 404)) return;
    }
    const base = document.hidden ? HIDDEN_BASE_MS : undefined;
    this.#timer = setTimeout(
      () => void this.look(),
      nextWait(this.#failures, Math.random(), retryAfterMs, base),
    );
  }
}
