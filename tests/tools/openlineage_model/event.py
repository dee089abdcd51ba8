"""One OpenLineage event as its raw JSON states it: aspects, run, edges, aliases, names."""
from . import facets, lineage, names
from .raw import Raw, parse
from .shape import Object, Shape, keepable
from .values import Bytes, dropped, identity

STATES = {"START": "RUNNING", "RUNNING": "RUNNING", "COMPLETE": "COMPLETE", "FAIL": "FAILED",
          "ABORT": "ABORTED"}
FACET_NAME_BYTES_MAX = 256
FACET_BYTES_MAX = 4 << 20
UNNAMED_EDGES_MAX = 10_000

DATASET = {
    "schema": (facets.schema, "schema"), "dataSource": (facets.data_source, "dataSource"),
    "version": (facets.version, "datasetVersion"), "storage": (facets.storage, "storage"),
    "catalog": (facets.catalog, "catalogEntry"), "hierarchy": (facets.hierarchy, "hierarchy"),
    "datasetType": (facets.dataset_type, "datasetType"), "lifecycleStateChange": (facets.lifecycle, "lifecycleChange"),
    "symlinks": (facets.symlinks, None), "documentation": (facets.documentation, "documentation"),
    "ownership": (facets.ownership, "ownership"), "tags": (facets.tags, "tags"),
    "dataQualityMetrics": (facets.metrics, "profile"), "dataQualityAssertions": (facets.assertions, "qualityResults"),
    "columnLineage": (lineage.columns, None), "lineage": (lineage.of_dataset, None),
    "tableStateChange": (facets.table_state_change, "lifecycleChange"), "dataQuality": (facets.metrics, "profile"),
    "stats": (facets.stats, "volume"),
}
INPUT = {
    "dataQualityMetrics": (facets.metrics, "profile"), "dataQualityAssertions": (facets.assertions, "qualityResults"),
    "inputStatistics": (facets.statistics, "ioStatistics"), "subset": (facets.subset, "subset"),
    "icebergScanReport": (facets.iceberg_report, "icebergReport"), "dataQuality": (facets.metrics, "profile"),
}
OUTPUT = {
    "dataQualityAssertions": (facets.assertions, "qualityResults"), "outputStatistics": (facets.statistics, "ioStatistics"),
    "subset": (facets.subset, "subset"), "icebergCommitReport": (facets.iceberg_report, "icebergReport"),
}
JOB = {
    "documentation": (facets.documentation, "documentation"), "ownership": (facets.ownership, "ownership"),
    "tags": (facets.tags, "tags"), "sql": (facets.sql, "definition"), "sourceCode": (facets.source_code, "sourceCode"),
    "sourceCodeLocation": (facets.source_location, "sourceLocation"), "jobType": (facets.job_type, "jobType"),
    "lineage": (lineage.of_entries, None),
}
RUN = {
    "nominalTime": (facets.nominal_time, "nominalTime"), "parent": (facets.parent, "parentRun"),
    "errorMessage": (facets.error_message, "errorMessage"), "processing_engine": (facets.processing_engine, "processingEngine"),
    "externalQuery": (facets.external_query, "externalQuery"), "extractionError": (facets.extraction_error, "extractionError"),
    "executionParameters": (facets.execution_parameters, "executionParameters"),
    "jobDependencies": (facets.job_dependencies, "jobDependencies"), "test": (facets.tests, "testExecution"),
    "tags": (facets.tags, "tags"), "lineage": (lineage.of_entries, None), "parentRun": (facets.former_parent, "parentRun"),
}
# Names producers no longer use: read, and kept as they are all the same.
LEGACY = {"tableStateChange", "dataQuality", "stats", "parentRun"}
DROPPED = "environmentVariables"


class Unusable(Exception):
    """An event whose own run, job or time cannot be read: it is refused, and rightly so."""


class Deleted:
    """What stands where a producer took its statement back."""

    def __repr__(self):
        return "DELETED"


DELETED = Deleted()


class Site:
    """Where facets stand: what they speak of, and where their aspects go."""

    def __init__(self, event, asset, table, run_facets=None, dataset=None):
        self.event, self.asset, self.table, self.run_facets = event, asset, table, run_facets
        # Facets of a job that is one statement of its model, with those of the run.
        self.of_statement = table is JOB and run_facets is not None
        self.folded = dataset is not None and dataset.stated[2] != asset[2]
        self.rewritten = dataset is not None and dataset.rewritten
        self.raw = None
        self.facet_names = set()

    def state(self, kind, value, name=None):
        if self.run_facets is not None:
            if self.of_statement and any(known[:2] == (kind, name) for known in self.run_facets):
                kind, name = "facet", "job." + self.raw_name
                value = {"name": name, "json": Bytes(self.raw.text)}
            self.run_facets.append((kind, name, value))
        else:
            self.event.aspects.append((self.asset, (), kind, name, value))

    def state_on_asset(self, kind, value, column=()):
        self.event.aspects.append((self.asset, column, kind, None, value))

    def state_measured(self, kind, value):
        if self.run_facets is not None and not self.folded:
            self.state_on_asset(kind, value)
        self.state(kind, value)

    def state_results(self, results):
        """On the run as one list; on the asset each by what tells it apart from others."""
        if self.run_facets is not None:
            self.state("qualityResults", dropped({"results": results}))
        if self.run_facets is None or not self.folded:
            for result in results:
                self.event.aspects.append((self.asset, (), "qualityResults", identity(result), {"results": [result]}))

    def verbatim(self, name):
        self.state("facet", {"name": name, "json": Bytes(self.raw.text)}, name)

    def read(self, name, raw):
        self.raw, self.raw_name = raw, name
        reader, kind = self.table.get(name, (None, "facet"))
        shape = Shape()
        value = rounded(raw.value)
        with Object(value, shape) as root:
            root.asked.update(("_producer", "_schemaURL"))
            deleted = root.flag("_deleted")
            if deleted:
                root.asked.update(root.members)
                if self.run_facets is None and kind is not None:
                    self.event.aspects.append((self.asset, (), kind, name if reader is None else None, DELETED))
                    if kind == "tags":
                        self.event.retagged.add(self.asset)
                return
            if reader is None:
                root.asked.update(root.members)
            elif root.is_object:
                reader(self, root)
        if reader is None or name in LEGACY or shape.odd or repr(value) != repr(raw.value):
            self.verbatim(name)


def rounded(value):
    """The value with integers beyond 64 bits as doubles."""
    if isinstance(value, dict):
        return {key: rounded(member) for key, member in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(value) if isinstance(value, int) and not -2**63 <= value < 2**64 else value


class Dataset:
    """A dataset of the event: its name as stated and as it goes by, its facets."""

    def __init__(self, event, raw):
        members = {key: member for key, member in raw.members()}
        value = {key: member.value for key, member in members.items()}
        self.ok = isinstance(value.get("name"), str) and value["name"] != "" and isinstance(value.get("namespace"), str)
        self.ok = self.ok and event.name("dataset", value["namespace"], value["name"]) is not None
        if not self.ok:
            return
        self.stated = ("dataset", value["namespace"], value["name"])
        self.asset = event.name(*self.stated)
        self.facets = event.facets_of(members, ("namespace", "name", "facets", "inputFacets", "outputFacets"))
        self.input_facets = event.bag(members.get("inputFacets"))
        self.output_facets = event.bag(members.get("outputFacets"))
        change = self.facets.get("lifecycleStateChange")
        change = change.value.get("lifecycleStateChange") if change and isinstance(change.value, dict) else None
        self.rewritten = change in ("OVERWRITE", "CREATE")


class Event:
    def __init__(self, line):
        try:
            raw = parse(line)
        except ValueError as error:
            raise Unusable(f"no JSON: {error}") from error
        if not isinstance(raw.value, dict):
            raise Unusable("no object")
        top = {key: member for key, member in raw.members()}
        value = {key: member.value for key, member in top.items()}
        self.time = names.micros_of(value.get("eventTime"))
        if self.time is None:
            raise Unusable("no time")
        producer = value.get("producer")
        self.tool = names.tool_family(producer if isinstance(producer, str) else "")
        self.aspects = []   # (asset, column, kind, facet name or None, value or DELETED)
        self.edges = {}     # (kind, from, to, job or None) -> [(from column, to column, type, subtype, description, masking)]
        self.aliases = set()   # (asset, alias, type)
        self.folded = {}    # stated -> asset
        self.mentioned = set()
        self.left_out = {}  # why -> count
        self.parent = None
        self.by_lineage = set()
        self.by_columns = set()
        self.retagged = set()   # datasets whose tags facet speaks of all their columns
        self._columns = {}
        self.job = self.run_id = self.state = None
        self.statement = False
        self._identify(top)
        self.inputs, self.outputs, self.subject = [], [], None
        for key, out in (("inputs", self.inputs), ("outputs", self.outputs)):
            for item in top[key].items() if key in top else ():
                dataset = Dataset(self, item)
                if dataset.ok:
                    out.append(dataset)
        if self.job is None:
            dataset = Dataset(self, top["dataset"]) if "dataset" in top else None
            if dataset is None or not dataset.ok:
                raise Unusable("neither a job nor a dataset")
            self.subject, self.inputs, self.outputs = dataset, [], []
        self.run_facets = []                      # (kind, facet name or None, value)
        self.io = []                              # (asset, is output, facets)
        self._read(top)

    # What readers of facets call.

    def name(self, kind, namespace, name):
        if not name or not keepable(namespace + name) or len(namespace.encode()) > 512 or len(name.encode()) > 1024:
            return None
        stated = (kind, namespace, name)
        asset = (kind,) + names.fold(kind, namespace, name, self.tool)
        # What its tool calls a statement leads to a job only where it was said of that job itself.
        if asset != stated and asset == (kind,) + names.fold(kind, namespace, name):
            self.folded[stated] = asset
        return asset

    def mention(self, *assets):
        self.mentioned.update(asset for asset in assets if asset)

    def alias(self, asset, other, kind):
        if asset != other:
            self.aliases.add((asset, other, kind))
            self.mention(asset, other)

    def edge(self, kind, source, target, pairs=()):
        # Between a job and anything else the job itself says who states it.
        job = self.job if kind == "derives" else None
        self.edges.setdefault((kind, source, target, job), []).extend(pairs)
        self.mention(source, target)

    def explained(self, target):
        self.by_lineage.add(target)

    def learn_columns(self, asset, fields):
        if not any("fields" in field for field in fields):
            return
        known = self._columns.setdefault(asset, {})

        def learn(level, prefix, above):
            for field in level:
                known.setdefault(prefix + field["name"], above + (field["name"],))
            for field in level:
                learn(field.get("fields", ()), prefix + field["name"] + ".", above + (field["name"],))
        learn(fields, "", ())

    def column(self, asset, text):
        path = self._columns.get(asset, {}).get(text)
        if path:
            return path
        return (text,) if text and len(text.encode()) <= 512 else ()

    def bag(self, raw):
        """The facets of an object by name: null ones and those too large are none, of one name the last stands."""
        found = {}
        for name, facet in raw.members() if raw is not None else ():
            if not name or not keepable(name):
                self._leave_out("facet beyond bounds")
            elif facet.value is None:
                self._leave_out("null facet")
            elif len(name.encode()) > FACET_NAME_BYTES_MAX or len(facet.text.encode()) > FACET_BYTES_MAX:
                self._leave_out("facet beyond bounds")
            else:
                found[name] = facet
        return found

    def facets_of(self, members, own_keys):
        """Those in `facets`, and objects that stand beside it."""
        found = self.bag(members.get("facets"))
        for key, member in members.items():
            if key not in own_keys and isinstance(member.value, dict) and len(key.encode()) <= FACET_NAME_BYTES_MAX:
                found.setdefault(key, member)
        return found

    # Inside.

    def _leave_out(self, why):
        self.left_out[why] = self.left_out.get(why, 0) + 1

    def _identify(self, top):
        job = self._identity(top, "job", dict)
        name = self._identity(job, "name", str)
        namespace = self._identity(job, "namespace", str)
        run = self._identity(top, "run", dict)
        run_id = self._identity(run, "runId", str)
        if len(run_id.encode()) > 256:
            raise Unusable("a run id too long")
        self._job_facets, self._run_facets = {}, {}
        if not name:
            return
        self.job = self.name("job", namespace, name)
        if self.job and self.job != ("job", namespace, name):
            self.folded[("job", namespace, name)] = self.job
        if self.job is None:
            raise Unusable("a job's name that cannot be kept")
        self._job_facets = self.facets_of(job, ("namespace", "name", "facets"))
        if not run_id:
            return
        self.run_id = run_id
        self.statement = self.job[2] != name and names.is_statement(name, self.tool)
        self._run_facets = self.facets_of(run, ("runId", "facets"))
        kind = top["eventType"].value if "eventType" in top else None
        # What else there is says nothing of the run's state.
        self.state = STATES.get(kind.upper() if isinstance(kind, str) else "")

    @staticmethod
    def _identity(members, key, kind):
        """Part of what names the event's own job or run; null is as if it were not there."""
        if key not in members or members[key].value is None:
            return kind()
        value = members[key].value
        if not isinstance(value, kind) or (kind is str and not keepable(value)):
            raise Unusable(f"{key} cannot be read")
        return {name: member for name, member in members[key].members()} if kind is dict else value

    def _read(self, top):
        if self._run_facets.pop(DROPPED, None):
            self._leave_out("environment variables")
        sites = []

        def site(asset, table, found, run_facets=None, dataset=None):
            made = Site(self, asset, table, run_facets, dataset)
            made.facet_names = set(found)
            sites.append((made, found))
        site(self.job, RUN, self._run_facets, self.run_facets)
        site(self.job, JOB, self._job_facets, self.run_facets if self.statement else None)
        for dataset, is_output in [(d, False) for d in self.inputs] + [(d, True) for d in self.outputs] + (
                [(self.subject, None)] if self.subject else []):
            io = None
            if self.run_id is not None and is_output is not None:
                io = []
                self.io.append((dataset.asset, is_output, io))
            site(dataset.asset, DATASET, dataset.facets, None, dataset)
            site(dataset.asset, INPUT, dataset.input_facets, io, dataset)
            site(dataset.asset, OUTPUT, dataset.output_facets, io, dataset)
        order = {"schema": 0, "lineage": 1}
        for turn in (0, 1, 2):
            for made, found in sites:
                for name, raw in found.items():
                    if order.get(name, 2) == turn:
                        made.read(name, raw)
        self.mention(self.job)
        for dataset in self.inputs + self.outputs + ([self.subject] if self.subject else []):
            self.mention(dataset.asset)
            usual = names.scheme_alias(dataset.asset[1])
            if usual:
                self.alias(dataset.asset, ("dataset", usual, dataset.asset[2]), "SCHEME")
        for dataset in self.inputs:
            self.edge("consumes", dataset.asset, self.job)
        for dataset in self.outputs:
            self.edge("produces", self.job, dataset.asset)
        self._unnamed_inputs()

    def _unnamed_inputs(self):
        """Inputs no column lineage of the event names flow into every output it explains by columns."""
        named = {source for kind, source, _, _ in self.edges if kind == "derives"}
        unnamed = [dataset.asset for dataset in self.inputs if dataset.asset not in named]
        covered = [dataset.asset for dataset in self.outputs if dataset.asset in self.by_columns - self.by_lineage]
        if len(unnamed) * len(covered) > UNNAMED_EDGES_MAX:
            return
        for source in unnamed:
            for target in covered:
                if source != target:
                    self.edge("derives", source, target)


__all__ = ["DELETED", "Event", "Raw", "Unusable", "dropped"]
