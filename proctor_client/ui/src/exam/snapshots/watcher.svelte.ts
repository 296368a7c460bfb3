/** Takes pictures of a candidate who agreed, while an attempt runs. */
import { answer, api } from "../../lib/api/lightClient";
import type { Views } from "../../lib/api/server";
import { signal, withToken } from "../server";
import { openSource, picture, played, type Source } from "./camera";

export type State = Views["SourceStateIn"]["state"] | "off";

const refusal = (fault: unknown): "refused" | "failed" =>
  fault instanceof DOMException && fault.name === "NotAllowedError" ? "refused" : "failed";

export const postConsent = (isAgreed: boolean): Promise<unknown> =>
  withToken(() =>
    answer(api.POST("/api/snapshots/own/consent", { body: { is_agreed: isAgreed }, signal: signal() })),
  );

const postState = (source: Source, state: Exclude<State, "off">): Promise<unknown> =>
  withToken(() =>
    answer(api.POST("/api/snapshots/own/state", { body: { source, state }, signal: signal() })),
  );

const postPicture = (source: Source, blob: Blob): Promise<unknown> =>
  withToken(() =>
    answer(
      api.POST("/api/snapshots/own/pictures/{source}", {
        params: { path: { source } },
        headers: { "Content-Type": "image/jpeg" },
        body: "",
        bodySerializer: () => blob,
        signal: signal(),
      }),
    ),
  );

export class Watcher {
  states = $state<Record<Source, State>>({ camera: "off", screen: "off" });
  /** What the camera gives, for the person to see themselves. */
  camera = $state.raw<MediaStream | null>(null);
  readonly #videos: Partial<Record<Source, HTMLVideoElement>> = {};
  readonly #timers: Partial<Record<Source, ReturnType<typeof setTimeout>>> = {};

  /** `isDue` says whether pictures are wanted at this moment. */
  constructor(
    private readonly intervalMs: number,
    private readonly isDue: () => boolean,
  ) {}

  /** Must follow a press of a button: browsers share a screen for nothing less. */
  async start(source: Source): Promise<void> {
    if (this.#videos[source]) return;
    try {
      const stream = await openSource(source);
      this.#videos[source] = await played(stream);
      if (source === "camera") this.camera = stream;
      // The person has ended the sharing, or the camera was unplugged.
      for (const track of stream.getVideoTracks())
        track.addEventListener("ended", () => this.#ended(source), { once: true });
      this.#become(source, "on");
      this.#plan(source);
    } catch (fault) {
      this.#become(source, refusal(fault));
    }
  }

  /** Lets go of camera and screen. */
  stop(): void {
    for (const source of ["camera", "screen"] as const) {
      clearTimeout(this.#timers[source]);
      const stream = this.#videos[source]?.srcObject;
      if (stream instanceof MediaStream) for (const track of stream.getTracks()) track.stop();
      delete this.#videos[source];
      this.states[source] = "off";
    }
    this.camera = null;
  }

  #ended(source: Source): void {
    clearTimeout(this.#timers[source]);
    delete this.#videos[source];
    if (source === "camera") this.camera = null;
    this.#become(source, "ended");
  }

  #become(source: Source, state: Exclude<State, "off">): void {
    this.states[source] = state;
    // The proctor is told when there is a network; pictures that come tell as much.
    void postState(source, state).catch(() => undefined);
  }

  /** At times that nobody foresees, as often as asked on the average. */
  #plan(source: Source): void {
    const wait = this.intervalMs * (0.55 + Math.random() * 0.9);
    this.#timers[source] = setTimeout(() => void this.#take(source), wait);
  }

  async #take(source: Source): Promise<void> {
    const video = this.#videos[source];
    if (!video) return;
    try {
      const blob = this.isDue() ? await picture(video, source) : null;
      if (blob) await postPicture(source, blob);
    } catch {
      // Answers matter, pictures do not: one that does not arrive is not sent again.
    }
    if (this.#videos[source]) this.#plan(source);
  }
}
