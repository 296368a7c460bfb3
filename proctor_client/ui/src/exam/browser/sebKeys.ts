/**
 * Keys of Safe Exam Browser for requests of this page.
 *
 * Some versions add the hashes to every request by themselves. Those built on newer WebKit cannot, and hand them to
 * scripts instead: hashed with the address of the page, which the server knows.
 */
import type { Middleware } from "openapi-fetch";

interface Security {
  configKey?: string;
  browserExamKey?: string;
  updateKeys?: (done: () => void) => void;
}
export interface SebWindow {
  SafeExamBrowser?: { security?: Security };
}

const PATIENCE_MS = 2_000;
const HASH = /^[0-9a-f]{64}$/i;

/** Resolves once the browser has handed over its keys, or does not in time. */
function updated(security: Security): Promise<void> {
  return new Promise((done) => {
    if (HASH.test(security.configKey ?? "") || !security.updateKeys) {
      done();
      return;
    }
    setTimeout(done, PATIENCE_MS);
    security.updateKeys(done);
  });
}

/** Adds the hashes to requests where there are any; elsewhere requests stay as they are. */
export function sebKeys(window: SebWindow | Window): Middleware {
  const security = (window as SebWindow).SafeExamBrowser?.security;
  const ready = security ? updated(security) : null;
  return {
    async onRequest({ request }) {
      if (!security) return;
      await ready;
      const { configKey = "", browserExamKey = "" } = security;
      if (HASH.test(configKey)) request.headers.set("X-Exam-Seb-Config-Key-Hash", configKey);
      if (HASH.test(browserExamKey)) request.headers.set("X-Exam-Seb-Exam-Key-Hash", browserExamKey);
      return request;
    },
  };
}
