/** What the proctors tell the candidate during an attempt. */
import type { Instruction } from "../lib/api/types";

export class Messages {
  all = $state.raw<Instruction[]>([]);
  unread = $state.raw<Instruction[]>([]);

  /** `read` are those that the candidate has seen before. */
  constructor(read: Instruction[]) {
    this.all = read;
  }

  get read(): Instruction[] {
    return this.all.filter(({ id }) => !this.unread.some((unread) => unread.id === id));
  }

  /** Takes over what is new of what the server tells. */
  take(told: readonly Instruction[]): void {
    const known = new Set(this.all.map(({ id }) => id));
    const fresh = told.filter(({ id }) => !known.has(id));
    if (fresh.length === 0) return;
    this.all = [...this.all, ...fresh];
    this.unread = [...this.unread, ...fresh];
  }

  markRead(message: Instruction): void {
    this.unread = this.unread.filter(({ id }) => id !== message.id);
  }
}
