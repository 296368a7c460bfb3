import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const lock = readFileSync(join(root, "package-lock.json"), "utf8");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<
  string,
  Record<string, string>
>;

test("the lock names no registry, so that it installs from a mirror, and still checks what it gets", () => {
  expect(lock).not.toContain('"resolved"');
  expect(lock).toContain('"integrity"');
});

test("every dependency is pinned to one version", () => {
  const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});
