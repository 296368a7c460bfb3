/** Fills a page's service worker with the exact files that page needs to open without a network. */
import { createHash } from "node:crypto";
import { basename, dirname } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

export interface PageWorker {
  /** Built page the worker keeps, e.g. `exam.html`. */
  html: string;
  /** Address at which the server gives that page, e.g. `/exam`. */
  address: string;
  /** Name of the built worker, e.g. `exam-sw.js`. */
  worker: string;
  /** Largest sum of all files of the page, gzipped: the page must open quickly on a school's line. */
  limitBytes: number;
  /** The part that the page is there for, which most visits need as well. */
  essential?: {
    /** Name of its chunk, e.g. `attemptPart`. */
    part: string;
    /** Largest sum of the page with this part, gzipped. */
    limitBytes: number;
    /** The same of the scripts alone. */
    scriptLimitBytes: number;
  };
  /** Largest sum of what the page loads when it is needed, gzipped; kept as well, so that it needs no network then. */
  laterLimitBytes: number;
}

/**
 * Gives every worker a copy of its own of what it imports from src/lib. The browser loads a worker as one plain script,
 * so the bundler must not move code that two workers have in common into a file that both would import.
 */
export function standaloneWorkers(): Plugin {
  return {
    name: "standalone-workers",
    apply: "build",
    // Before Vite's own resolution, which would settle on one shared module.
    enforce: "pre",
    async resolveId(source, importer) {
      if (importer === undefined || !importer.endsWith("/sw.ts")) return null;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found && `${found.id}?of=${basename(dirname(importer))}`;
    },
  };
}

/** A chunk's styles, as Vite notes them. */
interface Styled {
  viteMetadata?: { importedCss: Set<string> };
}

/** Files that the page's own chunk, its imports and their styles need; fonts come through the styles. */
export function pageWorkers(base: string, workers: PageWorker[]): Plugin {
  return {
    name: "page-workers",
    apply: "build",
    // Vite writes the pages in the same hook; ours must come after.
    enforce: "post",
    generateBundle(_options, bundle) {
      const assetsOf = (text: string): string[] =>
        Object.keys(bundle).filter(
          (name) => name.startsWith("assets/") && text.includes(name.slice("assets/".length)),
        );
      const sizeOf = (files: readonly string[]): number =>
        files.reduce((sum, file) => {
          const built = bundle[file];
          return sum + gzipSync(built?.type === "chunk" ? built.code : (built?.source ?? "")).length;
        }, 0);
      const hold = (what: string, files: Iterable<string>, limit: number): number => {
        const bytes = sizeOf([...files]);
        this.info(`${what}: ${bytes} bytes gzipped of ${limit} allowed`);
        if (bytes > limit) this.error(`${what}: ${bytes} bytes gzipped, allowed are ${limit}`);
        return bytes;
      };
      for (const { html, address, worker, limitBytes, essential, laterLimitBytes } of workers) {
        const chunk = bundle[worker];
        if (chunk?.type !== "chunk") continue;
        if (chunk.imports.length > 0) this.error(`${worker} must be one file, it imports ${chunk.imports}`);
        const page = bundle[html];
        if (page?.type !== "asset") this.error(`${worker} wants ${html}, which is not built`);
        const files = new Set<string>();
        const later = new Set<string>();
        const add = (first: readonly string[]): void => {
          const waiting = [...first];
          for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
            if (files.has(file)) continue;
            files.add(file);
            const built = bundle[file];
            if (built?.type === "chunk") {
              waiting.push(...built.imports, ...((built as Styled).viteMetadata?.importedCss ?? []));
              for (const part of built.dynamicImports) later.add(part);
            } else if (file.endsWith(".css")) waiting.push(...assetsOf(String(built?.source)));
          }
        };
        add(assetsOf(String(page.source)));
        hold(`${html} needs`, files, limitBytes);
        if (essential) {
          const { part, limitBytes: most, scriptLimitBytes } = essential;
          const chunks = [...later].filter((name) => name.startsWith(`assets/${part}-`));
          if (chunks.length !== 1) this.error(`${html} has ${chunks.length} parts called ${part}`);
          add(chunks);
          hold(`${html} with ${part}`, files, most);
          const scripts = [...files].filter((name) => name.endsWith(".js"));
          hold(`${html} with ${part}, scripts`, scripts, scriptLimitBytes);
        }
        const known = new Set(files);
        // Sets grow while they are walked: what a part loads in its turn is kept too.
        for (const part of later) add([part]);
        const rest = [...files].filter((name) => !known.has(name));
        hold(`${html} loads later`, rest, laterLimitBytes);
        const list = [...files].sort();
        const version = createHash("sha256")
          .update(String(page.source))
          .update(list.join("\n"))
          .digest("hex");
        chunk.code = chunk.code
          .replaceAll("__PAGE_ADDRESS__", JSON.stringify(address))
          .replaceAll("__PAGE_VERSION__", JSON.stringify(version.slice(0, 16)))
          .replaceAll("__PAGE_FILES__", JSON.stringify(list.map((file) => base + file)));
      }
    },
  };
}
