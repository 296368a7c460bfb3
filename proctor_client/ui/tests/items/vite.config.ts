/** Builds the page on which tests show items: the real components, never shipped. */
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const ui = resolve(import.meta.dirname, "../..");

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte({ configFile: resolve(ui, "svelte.config.js") })],
  resolve: { alias: { $lib: resolve(ui, "src/lib"), $items: resolve(ui, "src/items") } },
  build: {
    target: ["chrome109", "firefox115", "safari16.4"],
    cssTarget: ["chrome109", "firefox115", "safari16.4"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
