import { describe, expect, it } from "vitest";
import { type SebWindow, sebKeys } from "../../src/exam/browser/sebKeys";

const CONFIG = "c".repeat(64);
const EXAM = "E".repeat(64);

async function headersWith(window: SebWindow): Promise<Headers> {
  const request = new Request("http://exam.test/api/session");
  await sebKeys(window).onRequest?.({ request } as never);
  return request.headers;
}

describe("keys of Safe Exam Browser", () => {
  it("are sent once the browser has handed them over", async () => {
    const security: { configKey: string; browserExamKey: string; updateKeys: (done: () => void) => void } = {
      configKey: "",
      browserExamKey: "",
      updateKeys(done) {
        setTimeout(() => {
          security.configKey = CONFIG;
          security.browserExamKey = EXAM;
          done();
        }, 5);
      },
    };
    const headers = await headersWith({ SafeExamBrowser: { security } });
    expect(headers.get("X-Exam-Seb-Config-Key-Hash")).toBe(CONFIG);
    expect(headers.get("X-Exam-Seb-Exam-Key-Hash")).toBe(EXAM);
  });

  it.each([{}, { SafeExamBrowser: {} }, { SafeExamBrowser: { security: { configKey: "none" } } }])(
    "are not sent where there are none",
    async (window) => {
      expect([...(await headersWith(window as SebWindow)).keys()]).toEqual([]);
    },
  );
});
