import { expect, test } from "vitest";
import { obstacle, takeOnlyTab } from "../../src/exam/readiness";

const able = {
  isSecureContext: true,
  crypto: { subtle: {} },
  navigator: { locks: {} },
  DecompressionStream: {},
};

test("a secure page in a browser of the supported range may run the exam", () => {
  expect(obstacle(able)).toBeNull();
});

test("an insecure page is named as such, whatever else is missing there", () => {
  expect(obstacle({ isSecureContext: false, crypto: {}, navigator: {} })).toBe("insecure");
});

test.each([
  ["encryption", { ...able, crypto: {} }],
  ["locks", { ...able, navigator: {} }],
  ["unpacking", { isSecureContext: true, crypto: { subtle: {} }, navigator: { locks: {} } }],
])("a browser without %s is too old", (_what, page) => {
  expect(obstacle(page)).toBe("old_browser");
});

/** One lock, as the browser grants it over all tabs. */
function oneLock(): LockManager {
  let isHeld = false;
  const request = async (
    _name: string,
    _options: unknown,
    act: (lock: unknown) => unknown,
  ): Promise<unknown> => {
    if (isHeld) return act(null);
    isHeld = true;
    await act({});
    isHeld = false;
    return undefined;
  };
  return { request } as unknown as LockManager;
}

test("only the first tab gets the exam, as long as it lives", async () => {
  const locks = oneLock();
  expect(await takeOnlyTab(locks)).toBe(true);
  expect(await takeOnlyTab(locks)).toBe(false);
  expect(await takeOnlyTab(locks)).toBe(false);
});
