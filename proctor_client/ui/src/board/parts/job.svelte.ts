/** Follows long work on the server until it ends. */
import { answer } from "../../lib/api/client";
import { ApiProblem } from "../../lib/api/problem";
import type { Views } from "../../lib/api/server";
import { staffApi } from "../../lib/staff/api";

type JobView = Views["JobView"];

/** One's own work; others may not read it. */
export const readOwnJob = (id: string): Promise<JobView> =>
  answer(staffApi.GET("/api/jobs/{job_id}", { params: { path: { job_id: id } } }));

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 3_000;

export class Job {
  view = $state.raw<JobView | null>(null);
  /** A network that fails is no failure of the work: asking goes on. */
  isUnreachable = $state(false);
  problem = $state.raw<unknown>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly read: () => Promise<JobView>,
    private readonly onend: (view: JobView) => void,
  ) {}

  follow(wait = FIRST_WAIT_MS): void {
    this.#timer = setTimeout(() => void this.#ask(Math.min(wait * 1.5, LONGEST_WAIT_MS)), wait);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #ask(nextWait: number): Promise<void> {
    try {
      const view = await this.read();
      this.view = view;
      this.isUnreachable = false;
      if (view.status !== "queued" && view.status !== "running") {
        this.onend(view);
        return;
      }
    } catch (problem) {
      this.isUnreachable = problem instanceof ApiProblem && (problem.isNetwork || problem.status >= 500);
      if (!this.isUnreachable) {
        this.problem = problem;
        return;
      }
    }
    this.follow(nextWait);
  }
}
