import { expect, test } from "vitest";
import { problemOf } from "../../src/lib/api/problem";

test("a problem document keeps its code, texts, places and further members", async () => {
  const body = {
    type: "/errors/journal_incomplete",
    title: "Thiếu thao tác",
    status: 409,
    code: "journal_incomplete",
    detail: "Gửi lại từ thao tác 7.",
    errors: [{ place: "ops", code: "missing", message: "Thiếu", fix: "Gửi lại" }],
    params: { want_from: 7 },
  };
  const problem = await problemOf(new Response(JSON.stringify(body), { status: 409 }));
  expect(problem).toMatchObject({
    status: 409,
    code: "journal_incomplete",
    title: "Thiếu thao tác",
    isNetwork: false,
  });
  expect(problem.errors).toEqual(body.errors);
  expect(problem.extra.params).toEqual({ want_from: 7 });
});

test("a gateway's HTML page is a problem with its status", async () => {
  const problem = await problemOf(new Response("<h1>Bad gateway</h1>", { status: 502 }));
  expect(problem).toMatchObject({ status: 502, code: "http_502", title: "" });
});

test.each([
  ["20", 20_000],
  ["0", 0],
  ["Sat, 12 Dec 2026 01:00:00 GMT", null],
  ["-1", null],
])("Retry-After %s means %s ms", async (header, ms) => {
  const response = new Response("", { status: 503, headers: { "Retry-After": header } });
  expect((await problemOf(response)).retryAfterMs).toBe(ms);
});
