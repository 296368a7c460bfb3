import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { type PageWorker, pageWorkers, standaloneWorkers } from "./build/pageWorker.ts";

const here = import.meta.dirname;
const base = "/static/";

/** Every `*.html` beside this file is a page; its script is named in it. */
const pages = readdirSync(here).filter((name) => name.endsWith(".html"));

/** Pages that must open without a network, and the source of their worker. */
const offline: (PageWorker & { source: string })[] = [
  {
    html: "exam.html",
    address: "/exam",
    worker: "exam-sw.js",
    source: "src/exam/sw.ts",
    // With the controls of all fifteen interactions, which must open without a network.
    limitBytes: 144 * 1024,
    // Handing in files, which few papers ask for.
    laterLimitBytes: 16 * 1024,
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

export default defineConfig({
  base,
  plugins: [svelte(), standaloneWorkers(), pageWorkers(base, offline)],
  resolve: { alias: { $lib: resolve(here, "src/lib"), $items: resolve(here, "src/items") } },
  build: {
    outDir: resolve(here, "../static"),
    emptyOutDir: true,
    // The last browsers of Windows 7 and 8.1, which school computer rooms still run.
    target: ["chrome109", "firefox115", "safari16.4"],
    cssTarget: ["chrome109", "firefox115", "safari16.4"],
    // A data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.fromEntries([
        ...pages.map((name) => [name.replace(/\.html$/, ""), resolve(here, name)]),
        ...offline.map(({ worker, source }) => [worker.replace(/\.js$/, ""), resolve(here, source)]),
      ]),
      output: {
        entryFileNames: (chunk) => (chunk.name.endsWith("-sw") ? "[name].js" : "assets/[name]-[hash].js"),
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  test: { include: ["tests/unit/**/*.test.ts"], environment: "node" },
});
