import { expect, test } from "vitest";
import { type PageWorker, pageWorkers } from "../../build/pageWorker";

const PAGES: PageWorker[] = [
  { html: "exam.html", address: "/exam", worker: "exam-sw.js", limitBytes: 2_000, laterLimitBytes: 100 },
];
const WORKER = "keep(__PAGE_ADDRESS__, __PAGE_VERSION__, __PAGE_FILES__)";

/** Compresses to more than a page's limit. */
const NOISE = Array.from({ length: 3_000 }, (_, i) => ((i * 7919) % 9973).toString(36)).join("");

type Output = Record<
  string,
  | { type: "asset"; source: string }
  | { type: "chunk"; code: string; imports: string[]; dynamicImports: string[] }
>;

const chunk = (imports: string[] = [], dynamicImports: string[] = []) => ({
  type: "chunk" as const,
  code: "",
  imports,
  dynamicImports,
});

function build(over: Output = {}, pages = PAGES): string {
  const bundle: Output = {
    "exam.html": {
      type: "asset",
      source: '<script src="/static/assets/exam-1.js"></script><link href="/static/assets/exam-1.css">',
    },
    "assets/exam-1.js": chunk(["assets/shared-2.js"], ["assets/late-3.js"]),
    "assets/shared-2.js": chunk(),
    "assets/late-3.js": chunk(),
    "assets/exam-1.css": { type: "asset", source: "@font-face{src:url(/static/assets/font-4.woff2)}" },
    "assets/font-4.woff2": { type: "asset", source: "font" },
    "assets/board-9.js": chunk(["assets/shared-2.js"]),
    "exam-sw.js": { type: "chunk", code: WORKER, imports: [], dynamicImports: [] },
    ...over,
  };
  const plugin = pageWorkers("/static/", pages);
  const hook = plugin.generateBundle as unknown as (options: unknown, bundle: Output) => void;
  const context = {
    error(message: string): never {
      throw new Error(message);
    },
    info(): void {},
  };
  hook.call(context, {}, bundle);
  const worker = bundle["exam-sw.js"];
  return worker?.type === "chunk" ? worker.code : "";
}

const filesIn = (code: string): string[] =>
  JSON.parse(code.slice(code.indexOf("["), code.indexOf("]") + 1)) as string[];
const versionIn = (code: string): string => code.split('"')[3] ?? "";

test("the worker keeps what its page needs, directly, late or through a style, and nothing of other pages", () => {
  expect(filesIn(build())).toEqual([
    "/static/assets/exam-1.css",
    "/static/assets/exam-1.js",
    "/static/assets/font-4.woff2",
    "/static/assets/late-3.js",
    "/static/assets/shared-2.js",
  ]);
});

test("the version changes with the page, so that an old cache is dropped", () => {
  const changed = build({
    "exam.html": { type: "asset", source: '<script src="/static/assets/exam-1.js"></script>' },
  });
  expect(versionIn(changed)).not.toBe(versionIn(build()));
  expect(versionIn(build())).toBe(versionIn(build()));
});

test("a page that has grown past its limit is an error of the build", () => {
  const grown = {
    "assets/shared-2.js": { type: "chunk" as const, code: NOISE, imports: [], dynamicImports: [] },
  };
  expect(() => build(grown)).toThrow("exam.html needs");
});

test("what a page loads later has a limit of its own, with the styles and parts that it brings", () => {
  const styled = {
    ...chunk(["assets/deep-5.js"]),
    viteMetadata: { importedCss: new Set(["assets/late-6.css"]) },
  };
  const later = {
    "assets/late-3.js": styled,
    "assets/deep-5.js": chunk(),
    "assets/late-6.css": { type: "asset" as const, source: "" },
  };
  const kept = filesIn(build(later));
  expect(kept).toContain("/static/assets/deep-5.js");
  expect(kept).toContain("/static/assets/late-6.css");
  expect(() => build({ "assets/late-3.js": { ...chunk(), code: NOISE } })).toThrow("loads later");
});

test("what the page is there for is measured with the page, its scripts also alone", () => {
  const kept = filesIn(build());
  const limits = { part: "late", limitBytes: 2_000, scriptLimitBytes: 2_000 };
  const held = (over: Partial<typeof limits>, noise = "") =>
    build(
      { "assets/late-3.js": { ...chunk(), code: noise } },
      PAGES.map((page) => ({ ...page, essential: { ...limits, ...over } })),
    );
  expect(filesIn(held({}))).toEqual(kept);
  expect(() => held({}, NOISE)).toThrow("exam.html with late: ");
  expect(() => held({ limitBytes: 10_000 }, NOISE)).toThrow("exam.html with late, scripts");
  expect(() => held({ part: "attempt" })).toThrow("0 parts called attempt");
});

test("a worker without its page is an error of the build", () => {
  expect(() => build({ "exam.html": { type: "chunk", code: "", imports: [], dynamicImports: [] } })).toThrow(
    "exam.html",
  );
});

test("a worker that would import another file stops the build", () => {
  const worker = {
    type: "chunk" as const,
    code: WORKER,
    imports: ["assets/shared-2.js"],
    dynamicImports: [],
  };
  expect(() => build({ "exam-sw.js": worker })).toThrow("must be one file");
});
