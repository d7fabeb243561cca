// The suite from TypeScript, as JSON over plain HTTP with fetch: nothing to install but Node.
//
//   MPP_CONTEXT=../../../mpp-data/context.json npx tsx json.ts "biaya paspor"
//
// It ends at the first answer that is not as it should be.

import { randomUUID } from "node:crypto";
import { bearer, context, counter, mall, must } from "./suite.ts";

// excerpt: call
type Role = Parameters<typeof bearer>[0];
type Ask = { role?: Role; method?: string; body?: object; headers?: Record<string, string> };

async function send(path: string, { role = "reader", method = "GET", body, headers }: Ask = {}) {
  return fetch(`${context.registry}/v1/${path}`, {
    method,
    headers: { authorization: bearer(role), "content-type": "application/json", ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
}

/** A refusal: `google.rpc.Status`, with the reason and the wrong fields among its details. */
class Refused extends Error {
  reason: string;
  fields: { field: string; code: string; description: string }[];

  constructor(readonly http: number, status: any) {
    super(status.message);
    const detail = (name: string) => status.details.find((d: any) => d["@type"].endsWith(`google.rpc.${name}`));
    const { reason, metadata } = detail("ErrorInfo");
    this.reason = reason;
    const violations: any[] = detail("BadRequest")?.fieldViolations ?? [];
    this.fields = violations.map((violation) => ({ ...violation, code: metadata[violation.field] }));
  }
}

async function call(path: string, ask: Ask = {}): Promise<any> {
  const response = await send(path, ask);
  const answer = await response.json();
  if (!response.ok) throw new Refused(response.status, answer);
  return { ...answer, etag: response.headers.get("etag") };
}
// end

async function refusal(call: Promise<unknown>): Promise<Refused> {
  return call.then(
    (answer) => must(false, "it was not refused", answer) as never,
    (error) => error,
  );
}

async function searches(question: string) {
  const { hits } = await call(`services:search?${new URLSearchParams({ query: question, pageSize: "3" })}`);
  must(hits?.length, `nothing was found for '${question}'; has the demo synced its ministries?`);
  for (const hit of hits) console.log(`search: ${hit.title.id}  [${hit.service}], at ${hit.placeCount ?? 0} places`);
}

async function pages() {
  const names: string[] = [];
  let page, token = "";
  do {
    page = await call(`malls?pageSize=5&pageToken=${token}`);
    names.push(...page.malls.map((mall: any) => mall.name));
    token = page.nextPageToken; // left out of the last page
  } while (token);
  must(new Set(names).size === names.length && names.length === page.totalSize, "pages", [page.totalSize, names]);
  console.log(`pages: ${names.length} malls, five at a time, none twice`);
}

function update(ticketPrefix: string, headers: Record<string, string> = {}) {
  const body = { ticketPrefix };
  return call(`${counter}?updateMask=ticketPrefix`, { role: "organiser", method: "PATCH", body, headers });
}

/** With If-Match nobody's write is undone; with an Idempotency-Key a write that is sent twice is done once. */
async function writes() {
  const { etag, counter: before } = await call(counter);
  const prefix = before.ticketPrefix === "DKC" ? "A" : "DKC";
  const headers = { "if-match": etag, "idempotency-key": randomUUID() };
  const written = await update(prefix, headers);
  const repeated = await update(prefix, headers);
  // The first answer again; its revision may be a later one, which shows the write as well.
  must(repeated.counter.etag === written.counter.etag, "the same request got another answer", repeated);

  const read = await call(`${counter}?minRevision=${written.revision}`);
  must(read.counter.ticketPrefix === prefix, `revision ${written.revision} is not in the answer`, read);
  console.log(`write: '${prefix}' at revision ${written.revision}, once; read with minRevision`);

  const { http, reason } = await refusal(update("OLD", { "if-match": etag }));
  must(http === 412 && reason === "ETAG_MISMATCH", `the etag of before got ${http} ${reason}`);
  console.log(`write: with the etag of before, ${http} ${reason}`);
}

async function errors() {
  const { http, reason, fields } = await refusal(update("DKC4"));
  const right = reason === "INVALID_FIELD" && fields[0].field === "counter.ticket_prefix" && fields[0].code === "FORMAT";
  must(http === 400 && right, "the wrong prefix", [http, reason, fields]);
  console.log(`error: ${http} ${reason}:`, fields[0].field, fields[0].code, fields[0].description);
}

/** A copy of a mall's counters that stays true over a lost connection, as a browser's EventSource does it. */
async function watches() {
  const query = new URLSearchParams({ "filter.kinds": "counter", "filter.labels.mall": mall, initialState: "true" });
  const copy = new Map<string, unknown>();
  let last = "";
  for await (const { id, data } of events(`feed:watch?${query}`)) {
    for (const change of data.changes ?? []) copy.set(change.name, change.document);
    last = id || last; // kept together with the copy
    if (data.initialStateComplete) break;
  }
  must(copy.has(counter), `${counter} is not in the copy`, [...copy.keys()]);

  const before = (await call(counter)).counter.ticketPrefix;
  const written = await update(before === "DKC" ? "A" : "DKC"); // while nobody listens
  const missed: string[] = [];
  for await (const { id, data } of events(`feed:watch?${query}`, { "last-event-id": last })) {
    missed.push(...(data.changes ?? []).map((change: any) => change.name));
    if (id && BigInt(data.revision) >= BigInt(written.revision)) break;
  }
  must(missed.length === 1 && missed[0] === counter, "after the token", missed);
  console.log(`watch: ${copy.size} counters; after the token only what was missed: ${missed}`);
}

/** Server-sent events: blocks of lines, with a blank line after each. */
async function* events(path: string, headers: Record<string, string> = {}): AsyncGenerator<{ id: string; data: any }> {
  const response = await send(path, { headers });
  if (!response.ok) throw new Refused(response.status, await response.json());
  let text = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + piece).split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const line = (name: string) => block.match(new RegExp(`^${name}: ?(.*)$`, "m"))?.[1] ?? "";
      const data = line("data") && JSON.parse(line("data"));
      if (line("event") === "error") throw new Refused(200, data);
      if (data) yield { id: line("id"), data };
    }
  }
}

/** A session by single calls. Each record gets its answer; one that is wrong stops no other. */
async function syncs() {
  const records = Array.from({ length: 10 }, (_, n) => {
    const title = { id: n < 9 ? `Layanan contoh-${n + 1}` : "" }; // the last is wrong, to see what is said of it
    return { sourceId: `contoh-${n + 1}`, unit: "units/kemendagri", service: { title }, confirmed: true };
  });
  const say = (verb: string, body: object) =>
    call(`sources/kemendagri:${verb}`, { role: "publisher", method: "POST", body });

  const { welcome } = await say("openSession", { mappingVersion: "contoh-1", holder: "contoh-fetch" });
  const fencingToken = welcome.fencingToken;
  const sequence = `${BigInt(welcome.checkpoint?.sequence ?? 0) + 1n}`;
  const batch = { nonce: 1, fencingToken, records, checkpoint: { sequence, position: "row 10" } };
  const { batchResult } = await say("pushBatch", { batch });
  const repeated = await say("pushBatch", { batch }); // as after a lost answer: it counts once
  const { summary } = await say("endSession", { fencingToken });
  const kept = ["OUTCOME_APPLIED", "OUTCOME_UNCHANGED"];
  const results: any[] = batchResult.results;
  const wrong = results[9];
  must(results.length === 10 && results.slice(0, 9).every((r) => kept.includes(r.outcome)), "answers", results);
  must(wrong.outcome === "OUTCOME_REJECTED" && wrong.field === "service.title.id", "the wrong record", wrong);
  must(repeated.batchResult.repeatedNonce, "the batch that was sent again", repeated);
  const { received, applied = 0, unchanged = 0, rejected } = summary.session;
  must(received === "10" && Number(applied) + Number(unchanged) === 9, "the accounting", summary);
  console.log(
    `sync: ${received} received = ${applied} applied + ${unchanged} unchanged + ${rejected} rejected`,
    `(${wrong.sourceId}: ${wrong.field} ${wrong.message})`,
  );
}

await searches(process.argv[2] ?? "kalau ktp hilang gimana");
await pages();
await writes();
await errors();
await watches();
await syncs();
