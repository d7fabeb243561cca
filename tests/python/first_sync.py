"""A first sync from another language: one session of mpp.sync.v1, with one record.

    pip install grpcio grpcio-tools
    python tests/python/first_sync.py

It syncs into the demo's `sources/kemendagri`, with the address and token that `mpp up --demo` wrote. A
client of your own keeps `holder` and the last checkpoint, and sends what has changed since.
"""

import importlib
import json
import os
import pathlib
import queue
import sys
import tempfile

import grpc
import grpc_tools
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = [
    "google/api/annotations.proto",
    "google/api/http.proto",
    "mpp/type/v1/type.proto",
    "mpp/registry/v1/catalog.proto",
    "mpp/sync/v1/sync.proto",
]


def stubs():
    """Generates the Python stubs into a temporary folder and imports those of sync."""
    folder = tempfile.mkdtemp(prefix="mpp-stubs-")
    known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    folders = [f"-I{ROOT / 'proto'}", f"-I{known}"]
    options = [*folders, f"--python_out={folder}", f"--grpc_python_out={folder}"]
    if protoc.main(["protoc", *options, *FILES]) != 0:
        sys.exit("the stubs could not be generated")
    sys.path.insert(0, folder)
    messages = importlib.import_module("mpp.sync.v1.sync_pb2")
    services = importlib.import_module("mpp.sync.v1.sync_pb2_grpc")
    return messages, services


def session(messages, stub, token, records):
    """Hello, one batch, end; returns the batch's answers and the summary."""
    requests = queue.SimpleQueue()
    answers = stub.Sync(
        iter(requests.get, None), metadata=[("authorization", f"Bearer {token}")], timeout=30
    )

    def ask(**message):
        requests.put(messages.SyncRequest(**message))
        return next(answers)

    hello = messages.Hello(source="sources/kemendagri", mapping_version="first-sync", holder="first-sync")
    welcome = ask(hello=hello).welcome
    checkpoint = messages.Checkpoint(sequence=welcome.checkpoint.sequence + 1, position="row 1")
    batch = messages.Batch(
        nonce=1, fencing_token=welcome.fencing_token, records=records, checkpoint=checkpoint
    )
    result = ask(batch=batch).batch_result
    summary = ask(end=messages.End()).summary
    requests.put(None)
    return result.results, summary


def main():
    context_file = os.environ.get("MPP_CONTEXT", "mpp-data/context.json")
    context = json.loads(pathlib.Path(context_file).read_text())
    token = pathlib.Path(context["tokens"]["publisher"]).read_text().strip()

    messages, services = stubs()
    record = messages.Record(source_id="contoh", unit="units/kemendagri")
    record.service.title.id = "Layanan contoh"
    nameless = messages.Record(source_id="tanpa-nama", unit="units/kemendagri")
    nameless.service.SetInParent()

    with grpc.insecure_channel(context["registry"].removeprefix("http://")) as channel:
        stub = services.SyncServiceStub(channel)
        results, summary = session(messages, stub, token, [record, nameless])
    for result in results:
        outcome = messages.Outcome.Name(result.outcome)
        print(result.source_id, outcome, result.field, result.code, result.message)
    counts = summary.session
    print(f"{counts.received} received = {counts.applied} applied + {counts.unchanged} unchanged "
          f"+ {counts.rejected} rejected + {counts.quarantined} quarantined")


if __name__ == "__main__":
    main()
