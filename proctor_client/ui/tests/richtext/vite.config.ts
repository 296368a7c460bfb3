/** Builds the page on which the rich-text field is tried in a browser, as the pages that are shipped are built. */
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const source = resolve(import.meta.dirname, "../../src");

export default defineConfig({
  root: import.meta.dirname,
  base: "/editor/",
  plugins: [svelte({ configFile: resolve(source, "../svelte.config.js") })],
  resolve: { alias: { $lib: resolve(source, "lib"), $items: resolve(source, "items") } },
  build: {
    target: ["chrome109", "firefox115", "safari16.4"],
    cssTarget: ["chrome109", "firefox115", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
