/** The check of the computer while its candidate waits: nothing is asked of them, and the proctor sees it. */
import { answer, api } from "../../lib/api/lightClient";
import {
  type Finding,
  judgeClock,
  judgeNetwork,
  judgeOffline,
  judgeStorage,
  judgeStream,
} from "../../lib/machines/judging";
import { freeBytes, lookAround } from "../../lib/machines/looking";
import type { ServerClock } from "../clock";
import { signal, withToken } from "../server";

export { default as MachineNotice } from "./MachineNotice.svelte";

/** What the page has seen by itself since it was opened. */
export interface Seen {
  isStoreDurable: boolean;
  clock: ServerClock;
  /** Word has come on the stream. */
  isNewsHeard: boolean;
}

async function isPageKept(): Promise<boolean> {
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined);
  return registration?.active != null;
}

/** Puts together what is known without a single further question to the server, and tells the server. */
export async function checkMachine({ isStoreDurable, clock, isNewsHeard }: Seen): Promise<Finding[]> {
  const findings: Finding[] = [
    ...lookAround(),
    judgeStorage(isStoreDurable, await freeBytes()),
    judgeOffline(await isPageKept()),
    judgeStream(isNewsHeard),
  ];
  if (clock.isSet) findings.push(judgeClock(Date.now() - clock.now()), judgeNetwork([clock.errorMs * 2]));
  await withToken(() =>
    answer(api.POST("/api/machine-checks/own", { body: { findings }, signal: signal() })),
  );
  return findings;
}
