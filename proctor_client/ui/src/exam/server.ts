/** The calls of the candidate page, each with a time limit. */
import { answer, api, readSession } from "../lib/api/lightClient";
import { ApiProblem } from "../lib/api/problem";
import type { Views } from "../lib/api/server";
import type { AttemptView, OwnResult, Receipt, SeatView, StageView, SubmissionView } from "../lib/api/types";
import type { Sample, ServerClock } from "./clock";
import type { Batch } from "./outbox";

const PATIENCE_MS = 20_000;

export const signal = (): AbortSignal => AbortSignal.timeout(PATIENCE_MS);

/**
 * Runs an unsafe call; when the token is refused, reads the session once and tries again.
 *
 * A page reloaded offline has no token yet, and after another login the old one is void.
 */
export async function withToken<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (problem) {
    if (!(problem instanceof ApiProblem) || problem.status !== 403) throw problem;
    const session = await readSession();
    if (session.actor?.kind !== "candidate") throw new ApiProblem(401, "signed_out", "", "");
    return call();
  }
}

/** Times the call that brings a server time, for the clock. */
export async function timed<T>(
  call: () => Promise<T>,
): Promise<{ body: T; sentAt: number; receivedAt: number }> {
  const sentAt = performance.now();
  const body = await call();
  return { body, sentAt, receivedAt: performance.now() };
}

/** Asks for the time often enough that one answer comes quickly. */
export async function sampleClock(clock: ServerClock, times: number): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    const { body, sentAt, receivedAt } = await timed(() =>
      answer(api.GET("/api/delivery/time", { signal: signal() })),
    );
    const sample: Sample = { serverMs: body.server_ms, sentAt, receivedAt };
    clock.observe(sample);
  }
}

export const readSeat = (): Promise<SeatView> => answer(api.GET("/api/delivery/seat", { signal: signal() }));

/** An empty note says that everything is right. */
export const confirmData = (note: string): Promise<SeatView> =>
  withToken(() =>
    answer(
      api.POST("/api/delivery/seat/confirmation", {
        body: { is_correct: note === "", note },
        signal: signal(),
      }),
    ),
  );

export const startAttempt = (): Promise<AttemptView> =>
  withToken(() => answer(api.POST("/api/delivery/attempt", { signal: signal() })));

export const postJournal = (id: string, epoch: number, batch: Batch): Promise<Receipt> =>
  withToken(() =>
    answer(
      api.POST("/api/delivery/attempts/{attempt_id}/journal", {
        params: { path: { attempt_id: id } },
        body: { epoch, ...batch },
        signal: signal(),
      }),
    ),
  );

/** Closes the open stage: answers given before are final. Asking again gives the same stage. */
export const postStage = (
  id: string,
  body: { epoch: number; number: number; last_seq: number; chain_head: string },
): Promise<StageView> =>
  withToken(() =>
    answer(
      api.POST("/api/delivery/attempts/{attempt_id}/stages", {
        params: { path: { attempt_id: id } },
        body,
        signal: signal(),
      }),
    ),
  );

export const postSubmission = (
  id: string,
  body: { epoch: number; last_seq: number; chain_head: string; files: string[] },
): Promise<SubmissionView> =>
  withToken(() =>
    answer(
      api.POST("/api/delivery/attempts/{attempt_id}/submission", {
        params: { path: { attempt_id: id } },
        body,
        signal: signal(),
      }),
    ),
  );

/** When the sections begin and end, as the server's journal has it. */
export const readSections = (id: string): Promise<Views["SectionTimes"]> =>
  answer(
    api.GET("/api/delivery/attempts/{attempt_id}/sections", {
      params: { path: { attempt_id: id } },
      signal: signal(),
    }),
  );

/** The candidate's own result, or null until it is released. */
export async function readOwnResult(): Promise<OwnResult | null> {
  const result = await answer(api.GET("/api/results/own", { signal: signal() }));
  return result.released_at === null ? null : result;
}
