import { expect, test } from "vitest";
import { Act, Resource } from "../../src/lib/resource.svelte";

const later = <T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (why: unknown) => void } => {
  let resolve: (value: T) => void = () => {};
  let reject: (why: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
};

test("of two overlapping reads the later asked counts, even when the earlier answers last", async () => {
  const resource = new Resource<string>();
  const [first, second] = [later<string>(), later<string>()];
  const reads = [resource.load(() => first.promise), resource.load(() => second.promise)];
  second.resolve("second");
  first.resolve("first");
  await Promise.all(reads);
  expect(resource.value).toBe("second");
  expect(resource.isLoading).toBe(false);
});

test("an outdated failure is not shown", async () => {
  const resource = new Resource<string>();
  const [first, second] = [later<string>(), later<string>()];
  const reads = [resource.load(() => first.promise), resource.load(() => second.promise)];
  first.reject(new Error("late"));
  second.resolve("second");
  await Promise.all(reads);
  expect(resource.problem).toBeNull();
});

test("a failed read keeps what was shown before", async () => {
  const resource = new Resource<number>();
  await resource.load(async () => 1);
  await resource.load(() => Promise.reject(new Error("gone")));
  expect(resource.value).toBe(1);
  expect(resource.problem).toBeInstanceOf(Error);
});

test("a second click while the first is under way does nothing", async () => {
  const act = new Act();
  const work = later<void>();
  let times = 0;
  const once = () => {
    times += 1;
    return work.promise;
  };
  const runs = [act.run(once), act.run(once)];
  work.resolve();
  expect(await Promise.all(runs)).toEqual([true, false]);
  expect(times).toBe(1);
});

test("an act that fails says so and can be tried again", async () => {
  const act = new Act();
  expect(await act.run(() => Promise.reject(new Error("no")))).toBe(false);
  expect(act.problem).toBeInstanceOf(Error);
  expect(await act.run(async () => undefined)).toBe(true);
  expect(act.problem).toBeNull();
});
