"""The suite from Python, over gRPC: search, lists, writes, errors, a watch and a sync.

    pip install grpcio-tools grpcio-status
    python tests/clients/python/client.py "biaya paspor"

It reads addresses and tokens from the context that `mpp up --demo` wrote, and makes its stubs from the
contract in `proto/`. It ends at the first answer that is not as it should be.
"""

import importlib
import json
import os
import pathlib
import queue
import sys
import tempfile
import types
import uuid

import grpc
import grpc_tools
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from grpc_tools import protoc

PROTO = pathlib.Path(__file__).resolve().parents[3] / "proto"
CONTEXT = json.loads(pathlib.Path(os.environ.get("MPP_CONTEXT", "mpp-data/context.json")).read_text())
MALL = "malls/banyuwangi"
COUNTER = f"{MALL}/counters/dukcapil"


def must(holds, text):
    if not holds:
        sys.exit(f"not as it should be: {text}")


# excerpt: stubs
def stubs(*names):
    """Generates the stubs of the contract and gives them by name: `directory.GetMallRequest`."""
    folder = tempfile.mkdtemp(prefix="mpp-stubs-")
    files = [str(file.relative_to(PROTO)) for file in PROTO.glob("mpp/**/*.proto")]
    # What the contract imports of google.protobuf comes with grpc_tools, google.api with
    # grpcio-status.
    known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    options = ["protoc", f"-I{PROTO}", f"-I{known}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    must(protoc.main(options + files) == 0, "the stubs could not be generated")
    sys.path.insert(0, folder)
    for name in names:
        messages = vars(importlib.import_module(f"mpp.{name}_pb2"))
        services = vars(importlib.import_module(f"mpp.{name}_pb2_grpc"))
        yield types.SimpleNamespace(**{**messages, **services})


def caller(role, seconds=10):
    """Who calls, and for how long it waits: what every call takes beside its request."""
    token = pathlib.Path(CONTEXT["tokens"][role]).read_text().strip()
    return {"metadata": [("authorization", f"Bearer {token}")], "timeout": seconds}
# end


catalog, directory, feed, search, sync = stubs(
    "registry.v1.catalog", "registry.v1.directory", "feed.v1.feed", "registry.v1.search", "sync.v1.sync"
)


def searches(channel, question):
    stub = search.SearchServiceStub(channel)
    answer = stub.SearchServices(search.SearchServicesRequest(query=question, page_size=3), **caller("reader"))
    must(answer.hits, f"nothing was found for '{question}'; has the demo synced its ministries?")
    for hit in answer.hits:
        print(f"search: {hit.title.id}  [{hit.service}], at {hit.place_count} places")


def pages(malls):
    """All malls, five at a time: the token of a page asks for the next one, an empty one ends it."""
    names, token = [], ""
    while True:
        request = directory.ListMallsRequest(page_size=5, page_token=token)
        page = malls.ListMalls(request, **caller("reader"))
        names += [mall.name for mall in page.malls]
        token = page.next_page_token
        if not token:
            break
    must(len(names) == len(set(names)) == page.total_size, f"{page.total_size} malls, listed: {names}")
    print(f"pages: {len(names)} malls, five at a time, none twice")
# end


def update(malls, prefix, etag="", request_id=None):
    counter = directory.Counter(name=COUNTER, ticket_prefix=prefix, etag=etag)
    request = directory.UpdateCounterRequest(counter=counter, request_id=request_id or str(uuid.uuid4()))
    request.update_mask.paths.append("ticket_prefix")
    return malls.UpdateCounter(request, **caller("organiser"))


def another_prefix(malls):
    counter = malls.GetCounter(directory.GetCounterRequest(name=COUNTER), **caller("reader")).counter
    return counter, "DKC" if counter.ticket_prefix != "DKC" else "A"


def writes(malls):
    """With an etag nobody's write is undone; with a request id a write that is sent twice is done once."""
    counter, prefix = another_prefix(malls)
    request_id = str(uuid.uuid4())
    written = update(malls, prefix, counter.etag, request_id)
    repeated = update(malls, prefix, counter.etag, request_id)
    # The first answer again; its revision may be a later one, which shows the write as well.
    must(repeated.counter == written.counter, f"the same request got another answer: {repeated}")

    request = directory.GetCounterRequest(name=COUNTER, min_revision=written.revision)
    read = malls.GetCounter(request, **caller("reader")).counter
    must(read.ticket_prefix == prefix, f"revision {written.revision} is not in {read}")
    print(f"write: '{prefix}' at revision {written.revision}, once; read with min_revision")

    reason, _ = refusal(update, malls, "OLD", counter.etag)
    must(reason == "ETAG_MISMATCH", f"the etag of before got {reason}")
    print(f"write: with the etag of before, {reason}")


# excerpt: errors
def refusal(call, *args):
    """The reason of a call that must be refused, and its wrong fields: path, code, what would be right."""
    try:
        answer = call(*args)
    except grpc.RpcError as error:
        info, bad = error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest()
        status = rpc_status.from_call(error)
        must(status, f"an error without details: {error}")
        for detail in status.details:
            detail.Unpack(info) or detail.Unpack(bad)  # each takes its own kind only
        fields = [(v.field, info.metadata[v.field], v.description) for v in bad.field_violations]
        return info.reason, fields
    sys.exit(f"not as it should be: not refused, but {answer}")


def errors(malls):
    reason, fields = refusal(update, malls, "DKC4")
    must((reason, fields[0][:2]) == ("INVALID_FIELD", ("counter.ticket_prefix", "FORMAT")), (reason, fields))
    print(f"error: {reason}:", *fields[0])
# end


# excerpt: watch
def watches(malls, feeds):
    """A copy of a mall's counters that stays true over a lost connection: the token goes on where it was."""
    follow = feed.Filter(kinds=["counter"], labels={"mall": MALL})
    copy, token = {}, b""
    stream = feeds.Watch(feed.WatchRequest(filter=follow, initial_state=True), **caller("reader", 30))
    for message in stream:
        copy.update((change.name, change.document) for change in message.changes)
        token = message.resume_token or token  # kept together with the copy
        if message.initial_state_complete:
            break
    stream.cancel()
    must(COUNTER in copy, f"{COUNTER} is not among {sorted(copy)}")

    written = update(malls, another_prefix(malls)[1])  # while nobody listens
    changes = []
    stream = feeds.Watch(feed.WatchRequest(filter=follow, resume_token=token), **caller("reader", 30))
    for message in stream:
        changes += message.changes
        if message.resume_token and message.revision >= written.revision:
            break
    stream.cancel()
    must([change.name for change in changes] == [COUNTER], f"after the token came {changes}")
    print(f"watch: {len(copy)} counters; after the token only what was missed: {changes[0].name}")
# end


# excerpt: sync
def session(channel, kept, records, dies=False):
    """Hello, a batch, end. `kept` is what a client keeps over its death, each change in one write."""
    requests = queue.SimpleQueue()
    answers = sync.SyncServiceStub(channel).Sync(iter(requests.get, None), **caller("publisher", 30))

    def ask(**message):
        requests.put(sync.SyncRequest(**message))
        return next(answers)

    hello = sync.Hello(source="sources/kemendagri", mapping_version="contoh-1", holder="contoh-python", **kept)
    welcome = ask(hello=hello).welcome
    if welcome.send_all:
        kept.update(checkpoint=welcome.checkpoint, under_way=[])  # and every answer is forgotten
    position = f"{welcome.session}:{len(records)}"
    kept["under_way"].append(position)  # before the batch goes out, with its records' answers forgotten
    checkpoint = sync.Checkpoint(sequence=welcome.next_sequence, position=position)
    batch = sync.Batch(nonce=1, fencing_token=welcome.fencing_token, records=records, checkpoint=checkpoint)
    result = ask(batch=batch).batch_result
    if dies:
        answers.cancel()
        return welcome, None, None
    kept.update(checkpoint=result.checkpoint, under_way=[])  # together with the answers
    summary = ask(end=sync.End()).summary
    requests.put(None)
    return welcome, result.results, summary
# end


def syncs(channel):
    """Each record gets its answer; one that is wrong stops no other. What died unheard comes again, alone."""
    # Titles such as "Layanan contoh-1" look like trials: they are taken because somebody confirms
    # them.
    records = [sync.Record(source_id=f"contoh-{n}", unit="units/kemendagri", confirmed=True) for n in range(1, 11)]
    for record in records:
        record.service.title.id = f"Layanan {record.source_id}"
    records[9].service.title.id = ""  # wrong, to see what is said of it

    kept = {"checkpoint": None, "under_way": []}
    _, results, summary = session(channel, kept, records)
    counts = summary.session
    taken = (sync.OUTCOME_APPLIED, sync.OUTCOME_UNCHANGED)
    must(len(results) == 10 and all(result.outcome in taken for result in results[:9]), results)
    wrong = results[9]
    must((wrong.outcome, wrong.field, wrong.code) == (sync.OUTCOME_REJECTED, "service.title.id", "REQUIRED"), wrong)
    must((counts.received, counts.applied + counts.unchanged, counts.rejected) == (10, 9, 1), counts)
    must(not summary.HasField("incomplete"), summary)
    print(f"sync: {counts.received} received = {counts.applied} applied + {counts.unchanged} unchanged "
          f"+ {counts.rejected} rejected ({wrong.source_id}: {wrong.field} {wrong.message})")

    session(channel, kept, records[:2], dies=True)
    must(len(kept["under_way"]) == 1, kept)
    welcome, results, _ = session(channel, kept, records[:2])
    must(not welcome.send_all, f"it knows of every batch that was answered: {welcome}")
    must([result.outcome for result in results] == [sync.OUTCOME_UNCHANGED] * 2, results)
    print(f"sync: after its death it goes on at batch {welcome.checkpoint.sequence}, and nothing else comes again")


def main():
    question = sys.argv[1] if len(sys.argv) > 1 else "kalau ktp hilang gimana"
    with grpc.insecure_channel(CONTEXT["registry"].removeprefix("http://")) as channel:
        malls = directory.DirectoryServiceStub(channel)
        searches(channel, question)
        pages(malls)
        writes(malls)
        errors(malls)
        watches(malls, feed.FeedServiceStub(channel))
        syncs(channel)


if __name__ == "__main__":
    main()
