import { describe, expect, it } from "vitest";
import { type SebWindow, sebHeaders } from "../../src/exam/browser/sebKeys";

const CONFIG = "c".repeat(64);
const EXAM = "E".repeat(64);

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
    expect(await sebHeaders({ SafeExamBrowser: { security } })).toEqual({
      "X-Exam-Seb-Config-Key-Hash": CONFIG,
      "X-Exam-Seb-Exam-Key-Hash": EXAM,
    });
  });

  it.each([{}, { SafeExamBrowser: {} }, { SafeExamBrowser: { security: { configKey: "none" } } }])(
    "are not sent where there are none",
    async (window) => {
      expect(await sebHeaders(window as SebWindow)).toEqual({});
    },
  );
});
