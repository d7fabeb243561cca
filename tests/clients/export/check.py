"""What `mpp export` writes, read by others: SHACL shapes of CPSV-AP 3.2, an RDF library, csv and openpyxl.

    pip install pyshacl openpyxl
    MPP_BIN=target/debug/mpp python tests/clients/export/check.py

It asks the registry of the context that `mpp up --demo` wrote, also over plain HTTP, and compares the two.
It ends at the first thing that is not as it should be.
"""

import csv
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import openpyxl
import pyshacl
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import DCTERMS, RDF

MPP = os.environ.get("MPP_BIN", "mpp")
CONTEXT = json.loads(pathlib.Path(os.environ.get("MPP_CONTEXT", "mpp-data/context.json")).read_text())
TOKEN = pathlib.Path(CONTEXT["tokens"]["reader"]).read_text().strip()
SHAPES = pathlib.Path(__file__).with_name("cpsv-ap-3.2.0-shacl.ttl")
BASE = "https://index.example/v1/"
CPSV = rdflib.Namespace("http://purl.org/vocab/cpsv#")
CV = rdflib.Namespace("http://data.europa.eu/m8g/")
DCAT = rdflib.Namespace("http://www.w3.org/ns/dcat#")


def must(holds, text):
    if not holds:
        sys.exit(f"not as it should be: {text}")


def export(*arguments):
    run = subprocess.run([MPP, "export", *arguments], capture_output=True, check=False)
    must(run.returncode == 0, f"{arguments}: {run.stderr.decode()}")
    return run.stdout


def asked(path, records):
    """A whole list of the registry, over plain HTTP."""
    found, token = [], ""
    while True:
        address = f"{CONTEXT['registry']}/v1/{path}?page_size=200&page_token={token}"
        request = urllib.request.Request(address, headers={"authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request) as answer:
            page = json.load(answer)
        found += page.get(records, [])
        token = page.get("nextPageToken", "")
        if not token:
            return {record["name"]: record for record in found}


def linked_data(services):
    turtle = export("turtle", "--base", BASE)
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES), inference="none")
    must(conforms, told)
    other = rdflib.Graph().parse(data=export("jsonld", "--base", BASE), format="json-ld")
    must(isomorphic(graph, other), "Turtle and JSON-LD say the same")

    found = [str(name) for service in graph.subjects(RDF.type, CPSV.PublicService)
             for name in graph.objects(service, DCTERMS.identifier)]
    must(sorted(found) == sorted(services), f"every service is there once: {set(found) ^ set(services)}")
    data_set = graph.value(predicate=RDF.type, object=DCAT.Dataset)
    must(graph.value(data_set, DCTERMS.publisher), "the data set names who publishes it")
    sums(graph, services)
    durations(graph, services)
    return graph


def durations(graph, services):
    """A duration stands only where the time is one fixed number of minutes, hours or calendar days."""
    fixed = {"UNIT_MINUTES": "PT{}M", "UNIT_HOURS": "PT{}H", "UNIT_CALENDAR_DAYS": "P{}D"}
    for name, service in services.items():
        time = service.get("time", {})
        other = any(time.get(word) for word in ("atMost", "approximate", "minValue", "per"))
        form = None if other else fixed.get(time.get("unit"))
        said = graph.value(rdflib.URIRef(BASE + name), CV.processingTime)
        must((said and str(said)) == (form and form.format(time["value"])), f"{name}: {said} of {time}")


def sums(graph, services):
    """A cost has a value where the registry surely read one sum, and only there."""
    for name, service in services.items():
        node = rdflib.URIRef(BASE + name)
        for number, fee in enumerate(service.get("fees", []), 1):
            cost = rdflib.URIRef(f"{node}#cost-{number}")
            must((node, CV.hasCost, cost) in graph, f"{cost} is there")
            value = graph.value(cost, CV.hasValue)
            plain = not (fee.get("unit") or fee.get("approximate") or fee.get("condition"))
            if fee["kind"] == "KIND_FREE":
                must(value is not None and float(value) == 0, f"{cost} is free")
            elif fee["kind"] == "KIND_FIXED" and plain:
                must(value is not None and float(value) == float(fee["amountRupiah"]), f"{cost} is {fee}")
            else:
                must(value is None, f"{cost} has no one sum: {fee}")


def tables(services):
    lists = {
        "services": services,
        "offerings": asked("malls/-/offerings", "offerings"),
        "malls": asked("malls", "malls"),
        "counters": asked("malls/-/counters", "counters"),
        "units": asked("units", "units"),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/catalog.xlsx"
        export("xlsx", "--file", file)
        book = openpyxl.load_workbook(file)
        must(book.sheetnames == [*lists, "about"], f"the sheets: {book.sheetnames}")
        for table, records in lists.items():
            text = export("csv", "--table", table).decode()
            rows = list(csv.DictReader(io.StringIO(text, newline="")))
            must({row["name"] for row in rows} == set(records), f"every one of {table} has its row")
            must(len(rows) == len(records), f"{table}: each once")
            if table == "services":
                times(rows, records)
            formulas = [cell for row in rows for cell in row.values() if cell[:1] in tuple("=+-@\t\r")]
            must(not formulas, f"cells that a spreadsheet works out: {formulas}")
            sheet = book[table]
            must(sheet.max_row == len(rows) + 1, f"{table}: as many rows in the workbook")
            must(all(cell.data_type != "f" for row in sheet for cell in row), f"{table} holds no formula")


def times(rows, services):
    """A maximum has no least; what was not read has no number, and says so."""
    for row in rows:
        time = services[row["name"]].get("time", {})
        if time.get("unit") == "UNIT_UNPARSED":
            must("time" in row["not_read"], f"{row['name']}: its time is marked as not read")
        if time.get("unit", "UNIT_UNPARSED") in ("UNIT_UNPARSED", "UNIT_CASES") or time.get("approximate") or time.get("per"):
            must(not row["time_most"], f"{row['name']} has no one time")
        else:
            must(int(row["time_most"]) == int(time["value"]), f"{row['name']}: {time}")
            must(bool(row["time_least"]) != bool(time.get("atMost")), f"{row['name']}: {time}")


def from_pages(path, etag=None):
    """A file of the pages as anybody gets it; `None` where it has not changed since that one."""
    request = urllib.request.Request(f"{CONTEXT['page']}/data/{path}", headers={"if-none-match": etag} if etag else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.headers["etag"], answer.read()
    except urllib.error.HTTPError as error:
        must(error.code == 304, f"/data/{path}: {error}")
        return None


def live(services):
    """What the pages give out is what the command writes, and the data set names each file."""
    for table in ("services", "offerings", "malls", "counters", "units"):
        etag, given = from_pages(f"{table}.csv")
        must(given == export("csv", "--table", table), f"/data/{table}.csv is what the command writes")
        must(from_pages(f"{table}.csv", etag) is None, f"/data/{table}.csv is not sent twice")
    book = openpyxl.load_workbook(io.BytesIO(from_pages("catalog.xlsx")[1]))
    must(book["services"].max_row == len(services) + 1, "the workbook holds every service")
    graph = rdflib.Graph().parse(data=from_pages("catalog.ttl")[1], format="turtle")
    conforms, _, told = pyshacl.validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES), inference="none")
    must(conforms, told)
    other = rdflib.Graph().parse(data=from_pages("catalog.jsonld")[1], format="json-ld")
    must(isomorphic(graph, other), "both notations of the pages say the same")
    files = {str(file) for file in graph.objects(predicate=DCAT.downloadURL)}
    must(len(files) == 8, f"the data set names its files: {files}")
    for file in files:
        with urllib.request.urlopen(file) as answer:
            must(answer.status == 200, file)


def main():
    services = asked("units/-/services", "services")
    must(len(services) > 50, f"a demo's catalog, not {len(services)} services")
    graph = linked_data(services)
    tables(services)
    live(services)
    print(f"{len(services)} services in {len(graph)} statements conform to CPSV-AP 3.2; all tables agree with the lists, and /data with both")


main()
