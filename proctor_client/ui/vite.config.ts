import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { type PageWorker, pageWorkers, standaloneWorkers } from "./build/pageWorker.ts";

const here = import.meta.dirname;
const base = "/static/";

/** Every `*.html` beside this file is a page; its script is named in it. */
const allPages = readdirSync(here).filter((name) => name.endsWith(".html"));
/** Built alone, so that candidates fetch nothing that only other pages use: `vite build --mode candidate`. */
const CANDIDATE_PAGE = "exam.html";

/** Pages that must open without a network, and the source of their worker. */
const offline: (PageWorker & { source: string })[] = [
  {
    html: "exam.html",
    address: "/exam",
    worker: "exam-sw.js",
    source: "src/exam/sw.ts",
    limitBytes: 81 * 1024,
    // With the attempt and the commonest interactions; more than half of it is the framework and the letters.
    essential: { part: "attemptPart", limitBytes: 109 * 1024, scriptLimitBytes: 66 * 1024 },
    // Controls of the rarer interactions, files, comfort and tools, the watch on the window, checks, pictures, English.
    laterLimitBytes: 76 * 1024,
  },
  {
    html: "practice.html",
    address: "/exam/practice",
    worker: "practice-sw.js",
    source: "src/practice/sw.ts",
    // The candidate page under another roof; nothing of it is fetched by whoever sits an exam.
    limitBytes: 120 * 1024,
    laterLimitBytes: 80 * 1024,
  },
  {
    html: "verify.html",
    address: "/v",
    worker: "verify-sw.js",
    source: "src/verify/sw.ts",
    limitBytes: 120 * 1024,
    // Checking signatures in browsers that cannot.
    laterLimitBytes: 4 * 1024,
  },
];

export default defineConfig(({ mode }) => {
  const isCandidate = mode === "candidate";
  const pages = allPages.filter((name) => (name === CANDIDATE_PAGE) === isCandidate);
  const kept = offline.filter(({ html }) => pages.includes(html));
  return {
    base,
    plugins: [svelte(), standaloneWorkers(), pageWorkers(base, kept)],
    resolve: { alias: { $lib: resolve(here, "src/lib"), $items: resolve(here, "src/items") } },
    build: {
      outDir: resolve(here, "../static"),
      emptyOutDir: !isCandidate,
      // The last browsers of Windows 7 and 8.1, which school computer rooms still run.
      target: ["chrome109", "firefox115", "safari16.4"],
      cssTarget: ["chrome109", "firefox115", "safari16.4"],
      // A data: address would need a wider content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        input: Object.fromEntries([
          ...pages.map((name) => [name.replace(/\.html$/, ""), resolve(here, name)]),
          ...kept.map(({ worker, source }) => [worker.replace(/\.js$/, ""), resolve(here, source)]),
        ]),
        output: {
          entryFileNames: (chunk) => (chunk.name.endsWith("-sw") ? "[name].js" : "assets/[name]-[hash].js"),
          chunkFileNames: "assets/[name]-[hash].js",
          assetFileNames: "assets/[name]-[hash][extname]",
        },
      },
    },
    test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
  };
});
