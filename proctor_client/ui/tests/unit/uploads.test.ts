import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { UploadView } from "../../src/exam/files/calls";
import { FIRST_PART_BYTES, nextPartBytes } from "../../src/exam/files/parts";
import { type NamedFile, Uploads } from "../../src/exam/files/uploads.svelte";
import type { StoredFile } from "../../src/exam/store";
import { ApiProblem, networkProblem } from "../../src/lib/api/problem";

const bytesOf = (length: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, i) => (i * 31 + seed) % 251);
const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const fileOf = (bytes: Uint8Array<ArrayBuffer>, name = "bai.docx"): File => new File([bytes], name);

class FakeDisk {
  readonly kept = new Map<string, StoredFile>();
  isFull = false;
  async files(): Promise<StoredFile[]> {
    return [...this.kept.values()];
  }
  async putFile(_attemptId: string, file: StoredFile): Promise<void> {
    if (this.isFull) throw new DOMException("", "QuotaExceededError");
    this.kept.set(file.sha256, file);
  }
  async dropFile(_attemptId: string, _item: string, sha256: string): Promise<void> {
    this.kept.delete(sha256);
  }
}

/** Keeps the protocol's promises: the same file is one upload, parts follow each other, the hash decides. */
class FakeServer {
  readonly uploads = new Map<string, UploadView & { bytes: number[] }>();
  readonly offsets: number[] = [];
  /** Thrown by the next calls, one each; null lets one through. */
  failures: (ApiProblem | null)[] = [];
  damages = 0;

  #answer(upload: UploadView & { bytes: number[] }): UploadView {
    const { bytes, ...view } = upload;
    return { ...view, received_bytes: bytes.length };
  }
  #fail(): void {
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
  beginUpload = async (
    _id: string,
    body: { item: string; file_name: string; size_bytes: number; sha256: string },
  ): Promise<UploadView> => {
    this.#fail();
    const known = this.uploads.get(body.sha256);
    if (known) return this.#answer(known);
    const { item, file_name, size_bytes, sha256 } = body;
    const begun_at = "2026-12-12T01:00:00Z";
    const state = { received_bytes: 0, is_complete: false, finding: null, begun_at, bytes: [] };
    this.uploads.set(sha256, { id: sha256, item, file_name, size_bytes, sha256, ...state });
    return this.#answer(this.uploads.get(sha256) as UploadView & { bytes: number[] });
  };
  sendPart = async (
    _id: string,
    uploadId: string,
    _epoch: number,
    offset: number,
    part: Blob,
  ): Promise<UploadView> => {
    this.offsets.push(offset);
    this.#fail();
    const upload = this.uploads.get(uploadId);
    if (!upload) throw new ApiProblem(404, "not_found", "", "");
    if (offset !== upload.bytes.length) throw new ApiProblem(409, "upload_part_out_of_place", "", "");
    upload.bytes = [...upload.bytes, ...new Uint8Array(await part.arrayBuffer())];
    if (upload.bytes.length === upload.size_bytes) {
      if (this.damages > 0) {
        this.damages -= 1;
        upload.bytes = [];
        throw new ApiProblem(422, "upload_damaged", "Tệp hỏng", "");
      }
      upload.is_complete = hashOf(Uint8Array.from(upload.bytes)) === upload.sha256;
      upload.finding = "sound";
    }
    return this.#answer(upload);
  };
  readUploads = async () => {
    this.#fail();
    return {
      items: [...this.uploads.values()].map((one) => this.#answer(one)),
      largest_part_bytes: 1_048_576,
    };
  };
}

let server: FakeServer;
let disk: FakeDisk;
let wanted: NamedFile[];
let refused: number;

async function opened(): Promise<Uploads> {
  const uploads = new Uploads({ attemptId: "a", graceMs: 60_000, store: disk, calls: server });
  const course = {
    epoch: () => 1,
    isHeld: () => false,
    now: () => 5,
    noted: async () => undefined,
    onRefused: () => (refused += 1),
  };
  await uploads.start({ wanted: () => wanted, ...course });
  return uploads;
}

/** Chooses a file and lets an answer name it, as the page does. */
async function hand(uploads: Uploads, file: File): Promise<NamedFile> {
  const sha256 = await uploads.take("q09", file, file.name);
  const named = { item: "q09", sha256, name: file.name };
  wanted = [named];
  uploads.wake();
  return named;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  server = new FakeServer();
  disk = new FakeDisk();
  wanted = [];
  refused = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets promises and timers go on until `done`, or for a long time. */
async function until(done: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !done(); i += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(done()).toBe(true);
}

describe("a file", () => {
  test("arrives whole through lost requests, and is then dropped from the disk", async () => {
    const bytes = bytesOf(700_000, 1);
    server.failures = [
      null,
      networkProblem(),
      null,
      networkProblem(),
      null,
      new ApiProblem(503, "busy", "", ""),
    ];
    const uploads = await opened();
    const named = await hand(uploads, fileOf(bytes));
    expect(disk.kept.has(named.sha256)).toBe(true);
    expect(uploads.missing([named])).toEqual([named]);
    await until(() => uploads.arrived([named]).length === 1);
    await uploads.settled();
    expect(hashOf(Uint8Array.from(server.uploads.get(named.sha256)?.bytes ?? []))).toBe(named.sha256);
    expect(uploads.versions("q09")).toMatchObject([{ isComplete: true, fault: null, finding: "sound" }]);
    expect(disk.kept.size).toBe(0);
    expect(uploads.isStuck).toBe(false);
  });

  test("goes on after a reload where it stopped", async () => {
    const bytes = bytesOf(600_000, 2);
    const first = await opened();
    server.failures = [null, null, networkProblem()];
    const named = await hand(first, fileOf(bytes));
    await until(() => server.offsets.length === 2);
    first.stop();
    server.offsets.length = 0;
    const second = await opened();
    await until(() => second.arrived([named]).length === 1);
    expect(server.offsets[0]).toBe(FIRST_PART_BYTES);
    expect(hashOf(Uint8Array.from(server.uploads.get(named.sha256)?.bytes ?? []))).toBe(named.sha256);
  });

  test("that the disk had no room for is asked for again after a reload, and then goes on", async () => {
    disk.isFull = true;
    const bytes = bytesOf(600_000, 3);
    const first = await opened();
    server.failures = [null, null, networkProblem()];
    const named = await hand(first, fileOf(bytes));
    expect(first.versions("q09")).toMatchObject([{ isKept: false }]);
    await until(() => server.offsets.length === 2);
    first.stop();
    const second = await opened();
    expect(second.versions("q09")).toMatchObject([
      { fault: { kind: "gone" }, receivedBytes: FIRST_PART_BYTES },
    ]);
    await hand(second, fileOf(bytes));
    await until(() => second.arrived([named]).length === 1);
  });

  test("whose bytes arrive changed is sent once more, then the candidate is told", async () => {
    server.damages = 1;
    const uploads = await opened();
    const once = await hand(uploads, fileOf(bytesOf(1_000, 4)));
    await until(() => uploads.arrived([once]).length === 1);
    server.damages = 2;
    await hand(uploads, fileOf(bytesOf(1_000, 5)));
    await until(() => uploads.versions("q09").some(({ fault }) => fault?.kind === "refused"));
  });

  test("that the server refuses does not hold up the next", async () => {
    const uploads = await opened();
    const faults = [{ place: "file_name", code: "task_file_type", message: "Chỉ nhận .docx", fix: "" }];
    server.failures = [new ApiProblem(422, "upload_refused", "", "", faults)];
    const bad = await hand(uploads, fileOf(bytesOf(10, 6), "a.docx"));
    await until(() => uploads.versions("q09")[0]?.fault !== null);
    expect(uploads.versions("q09")[0]?.fault).toEqual({ kind: "refused", text: "Chỉ nhận .docx" });
    const good = {
      ...bad,
      sha256: await uploads.take("q09", fileOf(bytesOf(10, 7)), "b.docx"),
      name: "b.docx",
    };
    wanted = [bad, good];
    uploads.wake();
    await until(() => uploads.arrived(wanted).length === 1);
    expect(uploads.missing(wanted)).toEqual([bad]);
  });
});

test("a version that no answer names any more is not brought any further", async () => {
  const uploads = await opened();
  server.failures = [null, null, networkProblem()];
  const old = await hand(uploads, fileOf(bytesOf(900_000, 8)));
  await until(() => server.offsets.length === 2);
  const next = await hand(uploads, fileOf(bytesOf(5_000, 9)));
  await until(() => uploads.arrived([next]).length === 1);
  expect(uploads.missing([old, next])).toEqual([old]);
  expect(server.offsets.filter((offset) => offset > 0)).toEqual([FIRST_PART_BYTES]);
});

test("a browser that has lost the seat stops and says so", async () => {
  const uploads = await opened();
  server.failures = [new ApiProblem(409, "seat_fenced", "", "")];
  await hand(uploads, fileOf(bytesOf(10, 10)));
  await until(() => refused === 1);
  expect(server.uploads.size).toBe(0);
});

test("parts grow on a quick line and shrink on a slow one", () => {
  expect(nextPartBytes(FIRST_PART_BYTES, 200)).toBe(2 * FIRST_PART_BYTES);
  expect(nextPartBytes(1_048_576, 200)).toBe(1_048_576);
  expect(nextPartBytes(FIRST_PART_BYTES, 3_000)).toBe(FIRST_PART_BYTES);
  expect(nextPartBytes(FIRST_PART_BYTES, 9_000)).toBe(FIRST_PART_BYTES / 2);
  expect(nextPartBytes(65_536, 9_000)).toBe(65_536);
});
