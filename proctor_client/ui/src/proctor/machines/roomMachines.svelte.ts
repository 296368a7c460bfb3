/** What the computers of a room last found of themselves, looked at now and then. */
import { answer } from "../../lib/api/client";
import type { Views } from "../../lib/api/server";
import { Resource } from "../../lib/resource.svelte";
import { staffApi } from "../../lib/staff/api";

const LOOK_MS = 30_000;

export type Machine = Views["MachineView"];

export class RoomMachines {
  readonly known = new Resource<Views["RoomMachines"]>();
  readonly items = $derived(this.known.value?.items ?? []);
  readonly poor = $derived(this.items.filter(({ verdict }) => verdict !== "good"));
  readonly #path: { sitting_id: string; room_id: string };

  constructor(sittingId: string, roomId: string) {
    this.#path = { sitting_id: sittingId, room_id: roomId };
  }

  of(seatNumber: number): Machine | null {
    return this.items.find((machine) => machine.seat_number === seatNumber) ?? null;
  }

  load(): Promise<void> {
    const params = { path: this.#path };
    return this.known.load(() =>
      answer(staffApi.GET("/api/proctoring/sittings/{sitting_id}/rooms/{room_id}/machines", { params })),
    );
  }

  /** Looks until the function that it returns is called. */
  run(): () => void {
    void this.load();
    const timer = setInterval(() => document.hidden || void this.load(), LOOK_MS);
    return () => clearInterval(timer);
  }
}
