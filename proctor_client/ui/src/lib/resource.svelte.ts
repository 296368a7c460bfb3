/** Something read from the server: the last answer stays in sight while the next one is on its way. */
export class Resource<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<unknown>(null);
  isLoading = $state(false);
  #turn = 0;

  /** Reads anew. Of overlapping reads only the latest counts, whichever answers first. */
  async load(read: () => Promise<T>): Promise<void> {
    const turn = ++this.#turn;
    this.isLoading = true;
    try {
      const value = await read();
      if (turn !== this.#turn) return;
      this.value = value;
      this.problem = null;
    } catch (problem) {
      if (turn === this.#turn) this.problem = problem;
    } finally {
      if (turn === this.#turn) this.isLoading = false;
    }
  }
}

/** One act on the server at a time: busy while it runs, and the problem it met. */
export class Act {
  isBusy = $state(false);
  problem = $state.raw<unknown>(null);

  /** True when the work succeeded. A second call while busy does nothing. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.isBusy) return false;
    this.isBusy = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (problem) {
      this.problem = problem;
      return false;
    } finally {
      this.isBusy = false;
    }
  }
}
