/**
 * Keys of Safe Exam Browser for requests of this page.
 *
 * Some versions add the hashes to every request by themselves. Those built on newer WebKit cannot, and hand them to
 * scripts instead: hashed with the address of the page, which the server knows.
 */
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

/** What requests of this page are to say of its browser; nothing where it hands out no keys. */
export async function sebHeaders(window: SebWindow | Window): Promise<Record<string, string>> {
  const security = (window as SebWindow).SafeExamBrowser?.security;
  if (!security) return {};
  await updated(security);
  const { configKey = "", browserExamKey = "" } = security;
  return {
    ...(HASH.test(configKey) && { "X-Exam-Seb-Config-Key-Hash": configKey }),
    ...(HASH.test(browserExamKey) && { "X-Exam-Seb-Exam-Key-Hash": browserExamKey }),
  };
}
