// The suite from TypeScript, over gRPC: search, lists, writes, errors, a watch and a sync.
//
//   cd tests/clients/typescript && npm ci
//   MPP_CONTEXT=../../../mpp-data/context.json npx tsx grpc.ts "biaya paspor"
//
// It ends at the first answer that is not as it should be.

import { randomUUID } from "node:crypto";
import { on } from "node:events";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import * as loader from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { bearer, context, counter, mall, must } from "./suite.ts";

const proto = fileURLToPath(new URL("../../../proto", import.meta.url));
const contract = grpc.loadPackageDefinition(
  loader.loadSync(
    ["registry/v1/directory", "registry/v1/search", "feed/v1/feed", "sync/v1/sync"].map(
      (file) => `mpp/${file}.proto`,
    ),
    // 64-bit integers as texts: a number of JavaScript does not hold them all.
    { includeDirs: [proto], longs: String, enums: String, defaults: true },
  ),
) as any;

const address = context.registry.replace("http://", "");
const plain = grpc.credentials.createInsecure();
const malls = new contract.mpp.registry.v1.DirectoryService(address, plain);
const searching = new contract.mpp.registry.v1.SearchService(address, plain);
const feeds = new contract.mpp.feed.v1.FeedService(address, plain);
const syncing = new contract.mpp.sync.v1.SyncService(address, plain);

type Role = Parameters<typeof bearer>[0];

/** Who calls: what every call takes beside its request. */
function caller(role: Role): grpc.Metadata {
  const metadata = new grpc.Metadata();
  metadata.set("authorization", bearer(role));
  return metadata;
}

function within(seconds: number): grpc.CallOptions {
  return { deadline: Date.now() + seconds * 1000 };
}

/** One call as a promise: `ask(malls, "getMall", { name })`. */
function ask(stub: any, method: string, request: object, role: Role = "reader"): Promise<any> {
  return new Promise((resolve, reject) => {
    stub[method](request, caller(role), within(10), (error: Error | null, answer: any) =>
      error ? reject(error) : resolve(answer),
    );
  });
}

async function searches(question: string) {
  const { hits } = await ask(searching, "searchServices", { query: question, pageSize: 3 });
  must(hits?.length, `nothing was found for '${question}'; has the demo synced its ministries?`);
  for (const hit of hits) console.log(`search: ${hit.title.id}  [${hit.service}], at ${hit.placeCount ?? 0} places`);
}

async function pages() {
  const names: string[] = [];
  let page;
  do {
    page = await ask(malls, "listMalls", { pageSize: 5, pageToken: page?.nextPageToken });
    names.push(...page.malls.map((mall: any) => mall.name));
  } while (page.nextPageToken);
  must(new Set(names).size === names.length && names.length === page.totalSize, "pages", [page.totalSize, names]);
  console.log(`pages: ${names.length} malls, five at a time, none twice`);
}

function update(ticketPrefix: string, etag = "", requestId: string = randomUUID()) {
  const request = { counter: { name: counter, ticketPrefix, etag }, updateMask: { paths: ["ticket_prefix"] }, requestId };
  return ask(malls, "updateCounter", request, "organiser");
}

async function anotherPrefix(): Promise<{ etag: string; prefix: string }> {
  const read = (await ask(malls, "getCounter", { name: counter })).counter;
  return { etag: read.etag, prefix: read.ticketPrefix === "DKC" ? "A" : "DKC" };
}

/** With an etag nobody's write is undone; with a request id a write that is sent twice is done once. */
async function writes() {
  const { etag, prefix } = await anotherPrefix();
  const requestId = randomUUID();
  const written = await update(prefix, etag, requestId);
  const repeated = await update(prefix, etag, requestId);
  // The first answer again; its revision may be a later one, which shows the write as well.
  must(repeated.counter.etag === written.counter.etag, "the same request got another answer", repeated);

  const read = (await ask(malls, "getCounter", { name: counter, minRevision: written.revision })).counter;
  must(read.ticketPrefix === prefix, `revision ${written.revision} is not in the answer`, read);
  console.log(`write: '${prefix}' at revision ${written.revision}, once; read with min_revision`);

  const { reason } = await refusal(update("OLD", etag));
  must(reason === "ETAG_MISMATCH", `the etag of before got ${reason}`);
  console.log(`write: with the etag of before, ${reason}`);
}

// The details of an error are google.rpc's messages; they lie beside the contract.
const details = new protobuf.Root();
details.resolvePath = (_, file) => (file.startsWith("google/protobuf/") ? file : `${proto}/${file}`);
details.loadSync(["google/rpc/status.proto", "google/rpc/error_details.proto"]);

/** The reason of a call that must be refused, and its wrong fields: path, code, what would be right. */
async function refusal(call: Promise<unknown>): Promise<{ reason: string; fields: string[][] }> {
  const error = await call.then(() => must(false, "it was not refused"), (error: grpc.ServiceError) => error);
  const [bytes] = error!.metadata.get("grpc-status-details-bin");
  must(bytes, "an error without details", error);
  const status = details.lookupType("google.rpc.Status").decode(bytes as Buffer) as any;
  const read = (name: string): any => {
    const any = status.details.find((detail: any) => detail.type_url.endsWith(`/${name}`));
    return any && details.lookupType(name).decode(any.value);
  };
  const { reason, metadata } = read("google.rpc.ErrorInfo");
  const violations: any[] = read("google.rpc.BadRequest")?.fieldViolations ?? [];
  return { reason, fields: violations.map((v) => [v.field, metadata[v.field], v.description]) };
}

async function errors() {
  const { reason, fields } = await refusal(update("DKC4"));
  const right = reason === "INVALID_FIELD" && fields[0]?.[0] === "counter.ticket_prefix" && fields[0][1] === "FORMAT";
  must(right, "the wrong prefix", [reason, fields]);
  console.log(`error: ${reason}:`, ...fields[0]);
}

/** A copy of a mall's counters that stays true over a lost connection: the token goes on where it was. */
async function watches() {
  const filter = { kinds: ["counter"], labels: { mall } };
  const copy = new Map<string, unknown>();
  let token: Buffer | undefined;
  for await (const message of watch({ filter, initialState: true })) {
    for (const change of message.changes) copy.set(change.name, change.document);
    if (message.resumeToken.length) token = message.resumeToken; // kept together with the copy
    if (message.initialStateComplete) break;
  }
  must(copy.has(counter), `${counter} is not in the copy`, [...copy.keys()]);

  const written = await update((await anotherPrefix()).prefix); // while nobody listens
  const missed: string[] = [];
  for await (const message of watch({ filter, resumeToken: token })) {
    missed.push(...message.changes.map((change: any) => change.name));
    if (message.resumeToken.length && BigInt(message.revision) >= BigInt(written.revision)) break;
  }
  must(missed.length === 1 && missed[0] === counter, "after the token", missed);
  console.log(`watch: ${copy.size} counters; after the token only what was missed: ${missed}`);
}

async function* watch(request: object): AsyncGenerator<any> {
  const stream = feeds.watch(request, caller("reader"), within(30));
  stream.on("error", () => {}); // the loop throws it; after `cancel` nobody asks
  try {
    yield* stream;
  } finally {
    stream.cancel();
  }
}

type Kept = { checkpoint?: any; underWay: string[] };

/** Hello, a batch, end. `kept` is what a client keeps over its death, each change in one write. */
async function session(kept: Kept, records: object[], dies = false) {
  const stream = syncing.sync(caller("publisher"), within(30));
  stream.on("error", () => {}); // after `cancel` nobody asks
  const answers = on(stream, "data", { close: ["end"] });
  const say = async (message: object) => {
    stream.write(message);
    return (await answers.next()).value[0];
  };

  const hello = { source: "sources/kemendagri", mappingVersion: "contoh-1", holder: "contoh-typescript", ...kept };
  const { welcome } = await say({ hello });
  // And every answer is forgotten.
  if (welcome.sendAll) Object.assign(kept, { checkpoint: welcome.checkpoint, underWay: [] });
  const position = `${welcome.session}:${records.length}`;
  kept.underWay.push(position); // before the batch goes out, with its records' answers forgotten
  const checkpoint = { sequence: welcome.nextSequence, position };
  const batch = { nonce: 1, fencingToken: welcome.fencingToken, records, checkpoint };
  const { results, ...result } = (await say({ batch })).batchResult;
  if (dies) {
    stream.cancel();
    return { welcome, results: [], summary: undefined };
  }
  Object.assign(kept, { checkpoint: result.checkpoint, underWay: [] }); // together with the answers
  const { summary } = await say({ end: {} });
  stream.end();
  return { welcome, results, summary };
}

/** Each record gets its answer; one that is wrong stops no other. What died unheard comes again, alone. */
async function syncs() {
  const records = Array.from({ length: 10 }, (_, n) => {
    const title = { id: n < 9 ? `Layanan contoh-${n + 1}` : "" }; // the last is wrong, to see what is said of it
    return { sourceId: `contoh-${n + 1}`, unit: "units/kemendagri", service: { title }, confirmed: true };
  });
  const kept: Kept = { underWay: [] };
  const { results, summary } = await session(kept, records);
  const taken = ["OUTCOME_APPLIED", "OUTCOME_UNCHANGED"];
  const wrong = results[9];
  must(results.length === 10 && results.slice(0, 9).every((r: any) => taken.includes(r.outcome)), "answers", results);
  must(wrong.outcome === "OUTCOME_REJECTED" && wrong.field === "service.title.id", "the wrong record", wrong);
  const { received = 0, applied = 0, unchanged = 0, rejected = 0 } = summary.session;
  must(Number(received) === 10 && Number(applied) + Number(unchanged) === 9, "the accounting", summary);
  must(!summary.incomplete, "the session lacked something", summary);
  console.log(
    `sync: ${received} received = ${applied} applied + ${unchanged} unchanged + ${rejected} rejected`,
    `(${wrong.sourceId}: ${wrong.field} ${wrong.message})`,
  );

  await session(kept, records.slice(0, 2), true);
  must(kept.underWay.length === 1, "what is under way", kept);
  const again = await session(kept, records.slice(0, 2));
  must(!again.welcome.sendAll, "it knows of every batch that was answered", again.welcome);
  must(again.results.every((r: any) => r.outcome === "OUTCOME_UNCHANGED"), "what came again", again.results);
  const { sequence } = again.welcome.checkpoint;
  console.log(`sync: after its death it goes on at batch ${sequence}, and nothing else comes again`);
}

await searches(process.argv[2] ?? "kalau ktp hilang gimana");
await pages();
await writes();
await errors();
await watches();
await syncs();
process.exit(0);
