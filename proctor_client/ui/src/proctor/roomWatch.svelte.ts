/**
 * Keeps up with one room: each change comes over its event stream, and a look now and then proves that the line lives.
 *
 * Without the stream (a proxy that buffers, too many windows, a network that is gone) it looks every few seconds instead, and
 * says so. A browser comes back to a stream by itself with the id of the last event; what it missed the server knows.
 */
import { ApiProblem } from "../lib/api/problem";
import { staffApi } from "../lib/staff/api";
import { type Board, nextWait, type Seat, withSeat } from "./seats";

const LIVE_MS = 30_000;
const LOOK_MS = 3_000;
const HIDDEN_MS = 15_000;
/** After a change of a seat the list of events is fetched, once for many. */
const EVENTS_MS = 1_500;
/** A page whose clock has not ticked for so long was asleep. */
const ASLEEP_MS = 10_000;
const REOPEN_MS = 15_000;

/** What leaves an event behind, in contrast to mere progress. */
const stepOf = (seat: Seat): string =>
  [seat.state, seat.seat_number, seat.needs_unlock, seat.reported_fault, seat.identity?.checked_at].join();

/** How news comes: pushed, by looking, or not at all. */
export type Line = "live" | "looking" | "lost";

export class RoomWatch {
  board = $state.raw<Board | null>(null);
  /** Set while the server does not answer as it should. */
  problem = $state.raw<unknown>(null);
  /** `performance.now()` when the board was made, and of the last word of any kind. */
  receivedAt = $state(0);
  contactAt = $state(0);
  /** `performance.now()`, once a second: what only ticks is reckoned here. */
  now = $state(performance.now());
  isStreaming = $state(false);
  readonly #url: string;
  #source: EventSource | null = null;
  #openedAt = 0;
  /** The server has said that another window took the stream, or that it gives none: look instead. */
  #isBarred = false;
  #tag: string | null = null;
  #failures = 0;
  #turn = 0;
  #isDirty = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ticker: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly sittingId: string,
    private readonly roomId: string,
    /** The seats as they were and as they are; not called for the first board. */
    private readonly onChange: (before: readonly Seat[], after: readonly Seat[]) => void,
  ) {
    this.#url = `/api/proctoring/sittings/${sittingId}/rooms/${roomId}/events`;
  }

  get line(): Line {
    return this.problem !== null ? "lost" : this.isStreaming ? "live" : "looking";
  }

  get elapsedMs(): number {
    return Math.max(0, this.now - this.receivedAt);
  }

  /** The server's time now, epoch ms. */
  get serverNow(): number {
    return this.board === null ? 0 : Date.parse(this.board.server_time) + this.elapsedMs;
  }

  /** The server's time at the last word from it, epoch ms. */
  get contactTime(): number {
    return this.board === null ? 0 : Date.parse(this.board.server_time) + (this.contactAt - this.receivedAt);
  }

  run(): void {
    this.#ticker = setInterval(() => {
      const before = this.now;
      this.now = performance.now();
      // Browsers let the clock of a hidden window tick once a minute.
      if (this.now - before > ASLEEP_MS && !document.hidden) this.wake();
    }, 1_000);
    this.#listen();
    void this.look();
  }

  stop(): void {
    this.#turn += 1;
    this.#source?.close();
    clearTimeout(this.#timer);
    clearInterval(this.#ticker);
  }

  /** After sleep, or when the network is back: the line may be dead without a sign. */
  wake(): void {
    this.#isBarred = false;
    this.#listen();
    void this.look();
  }

  /** Looks at once; an older look still on its way no longer counts. */
  async look(): Promise<void> {
    const turn = ++this.#turn;
    clearTimeout(this.#timer);
    this.#isDirty = false;
    let retryAfterMs: number | null = null;
    try {
      const { data, response } = await staffApi.GET("/api/proctoring/sittings/{sitting_id}/rooms/{room_id}", {
        params: { path: { sitting_id: this.sittingId, room_id: this.roomId } },
        headers: this.#tag === null ? {} : { "If-None-Match": this.#tag },
      });
      if (turn !== this.#turn) return;
      this.now = this.contactAt = performance.now();
      if (data) {
        const before = this.board;
        this.board = data;
        this.receivedAt = this.now;
        this.#tag = response.headers.get("ETag");
        if (before) this.onChange(before.seats, data.seats);
      }
      this.problem = null;
      this.#failures = 0;
      if (!this.isStreaming && !this.#isBarred && this.now - this.#openedAt > REOPEN_MS) this.#listen();
    } catch (problem) {
      if (turn !== this.#turn) return;
      this.problem = problem;
      this.#failures += 1;
      retryAfterMs = problem instanceof ApiProblem ? problem.retryAfterMs : null;
      // No room of one's own: asking again changes nothing.
      if (problem instanceof ApiProblem && (problem.status === 403 || problem.status === 404)) {
        this.#source?.close();
        return;
      }
    }
    const base = this.isStreaming && this.#failures === 0 ? LIVE_MS : document.hidden ? HIDDEN_MS : LOOK_MS;
    // News that came while this look was under way may be newer than what it brought.
    this.#plan(this.#isDirty ? 0 : nextWait(this.#failures, Math.random(), retryAfterMs, base));
  }

  #plan(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), ms);
  }

  #listen(): void {
    this.#source?.close();
    this.isStreaming = false;
    this.#openedAt = performance.now();
    const source = new EventSource(this.#url);
    this.#source = source;
    source.addEventListener("board", () => {
      this.#hear();
      void this.look();
    });
    source.addEventListener("seat", ({ data }: MessageEvent<string>) => {
      this.#hear();
      this.#take(JSON.parse(data) as Seat);
    });
    source.addEventListener("end", () => {
      this.#isBarred = true;
      source.close();
      this.isStreaming = false;
      void this.look();
    });
    source.addEventListener("open", () => {
      this.#hear();
      void this.look();
    });
    source.addEventListener("error", () => {
      if (this.#source !== source) return;
      this.isStreaming = false;
      // Time for the browser to come back by itself, with the id of what it saw last.
      this.#openedAt = performance.now();
      // What the server says to a look tells why: a login that is over, a server that is away.
      this.#plan(Math.random() * 500);
    });
  }

  #hear(): void {
    this.isStreaming = true;
    this.contactAt = performance.now();
  }

  #take(row: Seat): void {
    const board = this.board;
    if (board === null) return;
    this.now = performance.now();
    this.board = withSeat(board, row, this.elapsedMs);
    this.#isDirty = true;
    // The tag was that of another board.
    this.#tag = null;
    this.onChange(board.seats, this.board.seats);
    const was = board.seats.find((seat) => seat.registration_id === row.registration_id);
    if (was === undefined || stepOf(was) !== stepOf(row)) this.#plan(EVENTS_MS);
  }
}
