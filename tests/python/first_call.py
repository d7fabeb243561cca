"""A first call from another language: which malls offer what a citizen asks for.

    pip install grpcio grpcio-tools
    python tests/python/first_call.py "biaya paspor"

It reads the address and a token from the context that `mpp up` wrote, and makes its stubs from the
contract in `proto/`.
"""

import importlib
import json
import os
import pathlib
import sys
import tempfile

import grpc
import grpc_tools
from grpc_tools import protoc

ROOT = pathlib.Path(__file__).resolve().parents[2]


def stubs():
    """Generates the Python stubs into a temporary folder and imports the search service's."""
    folder = tempfile.mkdtemp(prefix="mpp-stubs-")
    addresses = ["google/api/annotations.proto", "google/api/http.proto"]
    files = [*addresses, "mpp/type/v1/type.proto", "mpp/registry/v1/search.proto"]
    # What the contract imports of google.protobuf comes with grpc_tools.
    known = pathlib.Path(grpc_tools.__file__).parent / "_proto"
    options = ["protoc", f"-I{ROOT / 'proto'}", f"-I{known}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    if protoc.main(options + files) != 0:
        sys.exit("the stubs could not be generated")
    sys.path.insert(0, folder)
    messages = importlib.import_module("mpp.registry.v1.search_pb2")
    services = importlib.import_module("mpp.registry.v1.search_pb2_grpc")
    return messages, services


def main():
    query = sys.argv[1] if len(sys.argv) > 1 else "kalau ktp hilang gimana"
    context_file = os.environ.get("MPP_CONTEXT", "mpp-data/context.json")
    context = json.loads(pathlib.Path(context_file).read_text())
    token = pathlib.Path(context["tokens"]["reader"]).read_text().strip()

    messages, services = stubs()
    address = context["registry"].removeprefix("http://")
    with grpc.insecure_channel(address) as channel:
        search = services.SearchServiceStub(channel)
        answer = search.SearchServices(
            messages.SearchServicesRequest(query=query, page_size=3),
            metadata=[("authorization", f"Bearer {token}")],
            timeout=5,
        )
    for hit in answer.hits:
        print(f"{hit.title.id}  [{hit.service}], at {hit.place_count} places")
        for place in hit.places[:3]:
            print(f"    {place.mall_display_name.id}")
    if not answer.hits:
        sys.exit("nothing was found; is the demo running?")


if __name__ == "__main__":
    main()
