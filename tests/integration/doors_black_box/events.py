"""OpenLineage events for the black-box tests, and where their support lives."""
import pathlib
import sys

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TESTS / "support"))
sys.path.insert(0, str(TESTS / "tools"))

WAREHOUSE = "postgres://warehouse:5432"
PRODUCER = "https://github.com/OpenLineage/OpenLineage/tree/1.9.0/integration/spark"


def facet(**members):
    return {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/1-0-0/Any.json", **members}


def dataset(name, columns=(), **facets):
    if columns:
        facets["schema"] = facet(fields=[{"name": column, "type": "text"} for column in columns])
    return {"namespace": WAREHOUSE, "name": name, "facets": facets}


def event(job, run_id, *, time="2026-03-01T09:30:00Z", kind="COMPLETE", inputs=(), outputs=(), run=None, job_facets=None):
    return {"eventType": kind, "eventTime": time, "producer": PRODUCER,
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": run_id, "facets": run or {}},
            "job": {"namespace": "etl", "name": job, "facets": job_facets or {}},
            "inputs": list(inputs), "outputs": list(outputs)}


def run_id(number):
    return f"01900000-0000-7000-8000-{number:012x}"


def derived(source, column):
    """The columnLineage facet of an output whose one column comes from the same column of `source`."""
    return facet(fields={column: {"inputFields": [{"namespace": WAREHOUSE, "name": source, "field": column,
                                                   "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}]}})


def copy_of(number, columns=("id", "amount")):
    """One whole event: a job of its own that copies a table of its own."""
    source, target = f"raw.t{number}", f"gold.t{number}"
    return event(f"copy_{number}", run_id(number), inputs=[dataset(source, columns)],
                 outputs=[dataset(target, columns, columnLineage=derived(source, columns[-1]))])
