/** The proctor's acts on the server: one at a time, what came of the last one, and how to take it back. */
import { answer } from "../lib/api/client";
import { Act } from "../lib/resource.svelte";
import { staffApi } from "../lib/staff/api";
import { type ActName, type Reasons, undoOf } from "./acts";
import { words } from "./words";

export interface Whom {
  registration_ids: string[];
  all: boolean;
}
export const some = (ids: string[]): Whom => ({ registration_ids: ids, all: false });
export const everybody: Whom = { registration_ids: [], all: true };

/** Acts that need nothing but to know for whom. */
const ROOM = "/api/proctoring/sittings/{sitting_id}/rooms/{room_id}";
const PLAIN = {
  identify: `${ROOM}/identity/confirmation`,
  withdraw: `${ROOM}/identity/withdrawal`,
  require: `${ROOM}/browser/exemption-withdrawal`,
  unlock: `${ROOM}/unlock`,
  lock: `${ROOM}/lock`,
  resume: `${ROOM}/resume`,
  reopen: `${ROOM}/reopen`,
} as const;
export type PlainAct = keyof typeof PLAIN;

/** What came of the last act, until the next one or until it is put away. */
export interface Outcome {
  text: string;
  undo: (() => Promise<unknown>) | null;
}

export class RoomActs {
  outcome = $state.raw<Outcome | null>(null);
  readonly act = new Act();
  readonly #params;

  constructor(
    sittingId: string,
    roomId: string,
    private readonly onDone: () => void,
  ) {
    this.#params = { path: { sitting_id: sittingId, room_id: roomId } };
  }

  plain(name: PlainAct, whom: Whom): Promise<boolean> {
    return this.#perform(name, whom, () =>
      answer(staffApi.POST(PLAIN[name], { params: this.#params, body: whom })),
    );
  }

  message(whom: Whom, text: string): Promise<boolean> {
    return this.#perform("message", whom, () =>
      answer(staffApi.POST(`${ROOM}/messages`, { params: this.#params, body: { ...whom, text } })),
    );
  }

  doubt(whom: Whom, reason: Reasons["doubt"][number], note: string): Promise<boolean> {
    return this.#perform("doubt", whom, () =>
      answer(
        staffApi.POST(`${ROOM}/identity/doubt`, { params: this.#params, body: { ...whom, reason, note } }),
      ),
    );
  }

  exempt(whom: Whom, reason: Reasons["exempt"][number], note: string): Promise<boolean> {
    return this.#perform("exempt", whom, () =>
      answer(
        staffApi.POST(`${ROOM}/browser/exemption`, { params: this.#params, body: { ...whom, reason, note } }),
      ),
    );
  }

  /** Marks events of the exam's window as seen, each up to what this page knows of. */
  async review(seats: { registration_id: string; up_to_seq: number }[]): Promise<boolean> {
    const isDone = await this.act.run(async () => {
      const done = await answer(
        staffApi.POST(`${ROOM}/events-review`, { params: this.#params, body: { seats } }),
      );
      this.outcome = { text: words.seenOf(done.seats), undo: null };
    });
    this.onDone();
    return isDone;
  }

  pause(whom: Whom, reason: Reasons["pause"][number], note: string): Promise<boolean> {
    return this.#perform("pause", whom, () =>
      answer(staffApi.POST(`${ROOM}/pause`, { params: this.#params, body: { ...whom, reason, note } })),
    );
  }

  end(whom: Whom, reason: Reasons["end"][number], note: string): Promise<boolean> {
    return this.#perform("end", whom, () =>
      answer(staffApi.POST(`${ROOM}/end`, { params: this.#params, body: { ...whom, reason, note } })),
    );
  }

  credit(whom: Whom, reason: Reasons["credit"][number], note: string, seconds: number): Promise<boolean> {
    return this.#perform("credit", whom, async () => {
      const body = { ...whom, reason, note, seconds };
      const { total } = await answer(staffApi.POST(`${ROOM}/credits`, { params: this.#params, body }));
      return { seats: total };
    });
  }

  async swap(from: number, to: number, reason: Reasons["swap"][number], note: string): Promise<boolean> {
    const body = { from_seat: from, to_seat: to, reason, note };
    const isDone = await this.act.run(async () => {
      const { moved } = await answer(staffApi.POST(`${ROOM}/swap`, { params: this.#params, body }));
      this.outcome = {
        text: moved.map((one) => words.swapped[one.goes_on](one.to_seat)).join(" "),
        undo: null,
      };
    });
    this.onDone();
    return isDone;
  }

  async decideCredit(id: string, isGranted: boolean): Promise<boolean> {
    const params = { path: { ...this.#params.path, credit_id: id } };
    const isDone = await this.act.run(async () => {
      await answer(
        staffApi.POST(`${ROOM}/credits/{credit_id}/decision`, { params, body: { is_granted: isGranted } }),
      );
      this.outcome = { text: isGranted ? words.signed : words.rejected, undo: null };
    });
    this.onDone();
    return isDone;
  }

  async undo(): Promise<void> {
    const undo = this.outcome?.undo;
    this.outcome = null;
    await undo?.();
  }

  async #perform(
    name: Exclude<ActName, "swap">,
    whom: Whom,
    work: () => Promise<{ seats: number }>,
  ): Promise<boolean> {
    const isDone = await this.act.run(async () => {
      const { seats } = await work();
      const back = undoOf(name);
      const isHeld = name === "resume" && seats === 0;
      this.outcome = {
        text: isHeld ? words.heldByRoom : words.done[name](seats),
        undo: back !== null && back in PLAIN && seats > 0 ? () => this.plain(back as PlainAct, whom) : null,
      };
    });
    this.onDone();
    return isDone;
  }
}
