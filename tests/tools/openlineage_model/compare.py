"""Reads a world back through the Connect door and says where the answers differ from it."""
from collections import defaultdict

from client import Refused

from . import names
from .event import DELETED, DROPPED
from .values import Time, identity
from .world import EACH

GET_ASSET = "catalog.v1.CatalogService/GetAsset"
GET_LINEAGE = "lineage.v1.LineageService/GetLineage"
STATES = {"RUN_STATE_" + word: word for word in ("RUNNING", "COMPLETE", "FAILED", "ABORTED", "UNKNOWN")}
UNKNOWN_AFTER_MICROS = 48 * 3600 * 1_000_000
NODES_MAX = 10_000


def ref(asset):
    return {"kind": asset[0], "namespace": asset[1], "name": asset[2]}


def asset_of(shown):
    return (shown.get("kind", ""), shown.get("namespace", ""), shown.get("name", ""))


def key_of(aspect):
    """(kind, facet name or None) and the value of an Aspect."""
    (kind, value), = aspect.items()
    return (kind, value.get("name") if kind == "facet" else None), value


def flat(fields, above=()):
    for field in fields:
        path = above + (field["name"],)
        yield path, field
        yield from flat(field.get("fields", ()), path)


def nested(columns):
    """The schema whose fields a page shows as these columns, parents before their children."""
    schema, fields = {}, {}
    for column in columns:
        path = tuple(column["path"])
        field = {"name": path[-1], **{key: column[key] for key in ("type", "description", "nullable", "primaryKey", "sourceId") if key in column}}
        if "ordinal" in column:
            field["ordinalPosition"] = column["ordinal"]
        fields[path] = field
        fields.get(path[:-1], schema).setdefault("fields", []).append(field)
    return schema


class Comparison:
    def __init__(self, world, reader, findings):
        self.world, self.reader, self.findings = world, reader, findings

    def steps(self, only):
        world = self.world
        for asset in world.assets:
            yield self.asset_now, (asset,)
            for time in world.times.get(asset, ()):
                yield self.asset_at, (asset, time)
        for stated, asset in world.folded.items():
            yield self.folded_name, (stated, asset)
        jobs = defaultdict(set)
        for job, run_id in world.runs:
            jobs[job].add(run_id)
            yield self.run, (job, run_id)
        for job, run_ids in jobs.items():
            yield self.runs_of, (job, run_ids)
        yield from self.edge_steps()
        if only:
            yield self.nothing_else, ()

    # ------------------------------------------------------------------ assets

    def asset_now(self, asset):
        self.findings.check("assets")
        try:
            shown = self.reader.call(GET_ASSET, {"asset": ref(asset), "view": "ASSET_VIEW_FULL"})["asset"]
        except Refused as refused:
            return self.findings.differs("asset missing", f"{asset}: {refused}")
        if asset_of(shown["ref"]) != asset:
            self.findings.differs("asset under another name", f"{asset}: {shown['ref']}")
        self.page(asset, self.world.now, shown)
        self.aliases(asset, shown)
        self.history(asset)

    def asset_at(self, asset, time):
        self.findings.check("assets as of a statement's time")
        at = {"asset": ref(asset), "view": "ASSET_VIEW_FULL", "asOf": {"heldAt": names.text_of(time)}}
        try:
            shown = self.reader.call(GET_ASSET, at)["asset"]
        except Refused as refused:
            return self.findings.differs("asset missing as of", f"{asset} {names.text_of(time)}: {refused}")
        self.page(asset, time, shown)

    def page(self, asset, time, shown):
        where = f"{asset} held at {names.text_of(time)}"
        found = {}
        expected = self.world.page(asset, time)
        key = ((), "schema", None)
        stated = [each for each in list(expected.get(key, ())) + self.world.standing(asset, time, key) if each is not None]
        for value in shown.get("technical", ()):
            if "schema" in value["aspect"] and stated:
                # A page tells the fields once, as its first columns: of as many as one of the schemas that may stand has.
                told = [nested(shown.get("columns", ())[:len(list(flat(each.get("fields", ()))))]) for each in stated]
                value["aspect"] = {"schema": next((one for one, each in zip(told, stated) if one == each), told[0])}
        for family in ("technical", "business", "operational", "facets"):
            for value in shown.get(family, ()):
                key, content = key_of(value["aspect"])
                found[((), *key)] = (content, value)
        for column in shown.get("columns", ()):
            for value in column.get("aspects", ()):
                key, content = key_of(value["aspect"])
                found[(tuple(column["path"]), *key)] = (content, value)
        for key, candidates in expected.items():
            self.findings.check("aspects")
            if key not in found:
                if None not in candidates:
                    self.findings.differs("aspect missing: " + key[1], f"{where}: {key}: {candidates}")
                continue
            content, value = found[key]
            if content not in candidates:
                if content in self.world.standing(asset, time, key):
                    self.findings.explain("equal_rank")
                else:
                    self.findings.differs("aspect differs: " + key[1], f"{where}: {key}: {content} is not {candidates}")
            elif len(candidates) > 1 or getattr(candidates[0], "is_open", False):
                self.findings.explain("equal_time")
            self.sources(asset, time, key, value, where)
        for key in found.keys() - expected.keys():
            kind = "environment variables kept" if key[2] == DROPPED else "aspect nobody stated: " + key[1]
            self.findings.differs(kind, f"{where}: {key}: {found[key][0]}")
        self.columns(shown, found.get(((), "schema", None)), where)

    def sources(self, asset, time, key, value, where):
        tools = self.world.tools(asset, time, key)
        shown = {source.get("tool", "") for source in value.get("sources", ())}
        if shown != tools and len(tools) <= 16:
            self.findings.differs("sources differ", f"{where}: {key}: {sorted(shown)} is not {sorted(tools)}")

    def columns(self, shown, schema, where):
        """The columns of a page are those of its schema, in order; others only where something is said of them."""
        stated = list(flat(schema[0].get("fields", ()))) if schema else []
        found = shown.get("columns", [])
        for place, (path, field) in enumerate(stated):
            self.findings.check("columns")
            column = found[place] if place < len(found) else {}
            same = (tuple(column.get("path", ())) == path and column.get("type", "") == field.get("type", "") and
                    column.get("ordinal", 0) == field.get("ordinalPosition", 0))
            if not same or column.get("orphaned"):
                self.findings.differs("column differs", f"{where}: {path} {field}: {column}")
        for column in found[len(stated):]:
            if not column.get("aspects"):
                self.findings.differs("column nobody stated", f"{where}: {column}")

    def aliases(self, asset, shown):
        stated = self.world.aliases.get(asset, {})
        found = {asset_of(alias["ref"]): alias for alias in shown.get("aliases", ())}
        for other, kinds in stated.items():
            self.findings.check("aliases")
            alias = found.get(other)
            if alias is None:
                self.findings.differs("alias missing", f"{asset}: {other} {kinds}")
            elif alias.get("type", "") not in kinds or alias["state"] not in ("ALIAS_STATE_MERGED", "ALIAS_STATE_CLAIMED"):
                self.findings.differs("alias differs", f"{asset}: {alias} is not {kinds}")
        for other in found.keys() - self.world.members(asset):
            self.findings.differs("alias nobody stated", f"{asset}: {other}")

    def history(self, asset):
        """Every value that was ever stated is in the history."""
        entries = self.reader.pages("catalog.v1.CatalogService/GetHistory", {"asset": ref(asset), "pageSize": 1000}, "entries")
        found = defaultdict(list)
        for entry in entries:
            if "aspect" in entry:
                (kind, name), content = key_of(entry["aspect"])
                if kind == EACH:
                    name = identity(content["results"][0])
                found[tuple(entry.get("column", {}).get("path", ())), kind, name, entry["source"].get("tool", "")].append(content)
        for (column, kind, name), tools in self.world.aspects.get(asset, {}).items():
            for tool, line in tools.items():
                for time, values in zip(line.times, line.values):
                    self.findings.check("statements in the history")
                    known = found.get((column, kind, name, tool), [])
                    left = [value for value in values if value is not DELETED]
                    if left and not any(value in known for value in left):
                        self.findings.differs("history lacks a value: " + kind,
                                              f"{asset} {column} {tool} {names.text_of(time)}: {left}")

    def folded_name(self, stated, asset):
        self.findings.check("folded names")
        try:
            shown = asset_of(self.reader.call(GET_ASSET, {"asset": ref(stated)})["asset"]["ref"])
        except Refused as refused:
            return self.findings.differs("folded name missing", f"{stated}: {refused}")
        if shown == stated and stated in self.world.assets:
            self.findings.explain("spelling_of_another")
        elif shown != asset:
            self.findings.differs("folded name leads elsewhere", f"{stated}: {shown} is not {asset}")

    def nothing_else(self):
        method = "catalog.v1.CatalogService/ListAssets"
        for kind in ("dataset", "job"):
            shown = self.reader.pages(method, {"kind": kind, "pageSize": 1000}, "assets")
            listed = {asset_of(summary["ref"]) for summary in shown}
            expected = {asset for asset in self.world.assets if asset[0] == kind}
            self.findings.check("assets listed", len(expected))
            for asset in listed - expected:
                self.findings.differs("asset nobody stated", str(asset))
            for asset in expected - listed:
                # Merged names are listed once, by the living one.
                if len(self.merged_with(asset) & listed) != 1:
                    self.findings.differs("asset not listed", str(asset))
            if len(shown) != len(listed):
                self.findings.differs("asset listed twice", f"{len(shown)} rows of {len(listed)} {kind}s")

    def merged_with(self, asset):
        found, left = {asset}, [asset]
        while left:
            shown = self.reader.call(GET_ASSET, {"asset": ref(left.pop()), "view": "ASSET_VIEW_FULL"})["asset"]
            fresh = {asset_of(alias["ref"]) for alias in shown.get("aliases", ()) if alias["state"] == "ALIAS_STATE_MERGED"} - found
            found |= fresh
            left += fresh
        return found

    # -------------------------------------------------------------------- runs

    def run(self, job, run_id):
        self.findings.check("runs")
        where = f"{job} run {run_id}"
        try:
            shown = self.reader.call("catalog.v1.CatalogService/GetRun", {"view": "RUN_VIEW_FULL", "job": ref(job), "runId": run_id})["run"]
        except Refused as refused:
            return self.findings.differs("run missing", f"{where}: {refused}")
        run = self.world.runs[job, run_id]
        self.run_summary(run, shown, where)
        if shown.get("events", 0) < run.events:
            self.findings.differs("run: events", f"{where}: {shown.get('events')} is not {run.events}")
        self.same(run.parents, shown.get("parent"), "run: parent", where)
        facets = dict(run.facets)
        self.same(facets.pop(("nominalTime", None), None), shown.get("nominalTime"), "run: nominal time", where)
        self.facets(facets, shown.get("facets", ()), "run", where)
        for is_output, field in ((False, "inputs"), (True, "outputs")):
            found = {asset_of(io["dataset"]): io for io in shown.get(field, ())}
            stated = {asset: known for (asset, output), known in run.io.items() if output == is_output}
            for asset, known in stated.items():
                self.findings.check(field)
                if asset not in found:
                    self.findings.differs(f"run: {field} missing", f"{where}: {asset}")
                    continue
                self.facets(known, found[asset].get("facets", ()), f"run's {field}", f"{where}, {asset}")
            for asset in found.keys() - stated.keys():
                self.findings.differs(f"run: {field} nobody stated", f"{where}: {asset}")

    def state_of(self, run):
        if run.state is None:
            return "UNKNOWN"
        open_ = run.state == "RUNNING" and run.last < self.world.now - UNKNOWN_AFTER_MICROS
        return "UNKNOWN" if open_ else run.state

    def run_summary(self, run, shown, where):
        if STATES.get(shown.get("state")) != self.state_of(run):
            self.findings.differs("run: state", f"{where}: {shown.get('state')} is not {self.state_of(run)}")
        for field, time in (("startedAt", run.started), ("endedAt", run.ended), ("lastEventAt", run.last)):
            if time is not None and time == self.world.now:
                # A time that lies in the future was cut to that of the commit.
                if not shown.get(field) or names.micros_of(shown[field]) > time:
                    self.findings.differs("run: time", f"{where}: {field} {shown.get(field)} lies in the future")
            elif (shown.get(field) is None) != (time is None) or (time is not None and Time(time) != shown[field]):
                stated = names.text_of(time) if time is not None else None
                self.findings.differs("run: time", f"{where}: {field} {shown.get(field)} is not {stated}")
        if shown.get("source", {}).get("tool") not in run.last_tools:
            self.findings.differs("run: source", f"{where}: {shown.get('source')} is not of {run.last_tools}")

    def facets(self, stated, shown, kind, where):
        found = dict(key_of(aspect) for aspect in shown)
        if len(found) != len(shown):
            self.findings.differs(f"{kind}: facet twice", f"{where}: {shown}")
        for key, line in stated.items():
            self.findings.check(f"{kind} facets")
            self.same(line, found.get(key), f"{kind}: facet {key[0]}", f"{where}: {key}")
        for key in found.keys() - stated.keys():
            word = "environment variables kept" if key[1] == DROPPED else f"{kind}: facet nobody stated"
            self.findings.differs(word, f"{where}: {key}: {found[key]}")

    def same(self, line, shown, kind, where):
        standing = line.at(self.world.now) if line is not None else None
        candidates = standing[1] if standing else [None]
        if shown not in candidates:
            self.findings.differs(kind, f"{where}: {shown} is not {candidates}")
        elif len(candidates) > 1:
            self.findings.explain("equal_time")

    def runs_of(self, job, run_ids):
        self.findings.check("jobs' lists of runs")
        shown = self.reader.pages("catalog.v1.CatalogService/ListRuns", {"job": ref(job), "pageSize": 1000}, "runs")
        listed = [run.get("runId", "") for run in shown]
        if sorted(listed) != sorted(run_ids):
            self.findings.differs("runs listed", f"{job}: {sorted(listed)[:5]}… is not {sorted(run_ids)[:5]}…")
            return
        starts = [names.micros_of(run["startedAt"]) for run in shown]
        if starts != sorted(starts, reverse=True):
            self.findings.differs("runs out of order", str(job))
        for run in shown:
            self.run_summary(self.world.runs[job, run["runId"]], run, f"{job} listed run {run['runId']}")

    # ------------------------------------------------------------------- edges

    def edge_steps(self):
        """One read for all edges with the same end at the same time, and one of each end as of now."""
        at, now, columns = defaultdict(list), defaultdict(list), defaultdict(dict)
        for key, times in self.world.edges.items():
            kind, source, target, _ = key
            anchor, direction = (source, "DOWNSTREAM") if kind == "produces" else (target, "UPSTREAM")
            now[anchor, direction].append(key)
            for time, pairs in times.items():
                at[anchor, direction, time].append(key)
                if pairs:
                    columns[anchor, direction, time][key] = pairs
        for (anchor, direction), keys in now.items():
            yield self.edges, (anchor, direction, None, keys)
        for (anchor, direction, time), keys in at.items():
            yield self.edges, (anchor, direction, time, keys)
        for (anchor, direction, time), stated in columns.items():
            yield self.pairs, (anchor, direction, time, stated)

    def walk(self, anchor, direction, time, more):
        request = {"asset": ref(anchor), "direction": "DIRECTION_" + direction, "includeStale": True, "maxNodes": NODES_MAX}
        if time is not None:
            request["asOf"] = {"heldAt": names.text_of(time)}
        answer = self.reader.call(GET_LINEAGE, dict(request, **more))
        nodes = {node.get("index", 0): node for node in answer.get("nodes", ())}
        for edge in answer.get("edges", ()):
            source, target = nodes[edge.get("from", 0)], nodes[edge.get("to", 0)]
            job = asset_of(edge["job"]) if "job" in edge else None
            kind = edge.get("kind", "").removeprefix("EDGE_KIND_").lower()
            yield edge, source, target, (kind, asset_of(source["asset"]["ref"]), asset_of(target["asset"]["ref"]), job)

    def edges(self, anchor, direction, time, keys):
        when = names.text_of(time) if time is not None else "now"
        try:
            # A dataset that derives from another through a job lies two hops away.
            found = {key for _, _, _, key in self.walk(anchor, direction, time, {"depth": 2, "level": "LEVEL_ASSET"})}
        except Refused as refused:
            return self.findings.differs("lineage refused", f"{anchor} {direction} {when}: {refused}")
        for key in keys:
            self.findings.check("edges as of their statement" if time is not None else "edges now")
            if key not in found:
                kind = ("edge missing: " if time is not None else "edge missing now: ") + key[0]
                self.findings.differs(kind, f"{when}: {key}")
        for key in found:
            stated = self.world.edges.get(key)
            if key[0] != "alias" and (not stated or (time is not None and min(stated) > time)):
                self.findings.differs("edge nobody stated: " + key[0], f"{when}: {key}")

    def pairs(self, anchor, direction, time, stated):
        when = names.text_of(time)
        found = defaultdict(list)
        try:
            for edge, source, target, key in self.walk(anchor, direction, time, {"depth": 1, "level": "LEVEL_COLUMN"}):
                for pair in edge.get("columns", ()):
                    ends = tuple(tuple(pair.get(end, {}).get("path", ())) for end in ("from", "to"))
                    named = (tuple(source.get("column", {}).get("path", ())), tuple(target.get("column", {}).get("path", ())))
                    # What a pair says of a whole dataset is drawn at each of its columns, and the other way round.
                    if any(end and name and end != name for end, name in zip(ends, named)):
                        self.findings.differs("column pair between other columns", f"{when} {key}: {ends} on {named}")
                    found[key].append(ends + (pair.get("type", "").removeprefix("PAIR_TYPE_"), pair.get("subtype", ""), pair.get("description", ""),
                                              pair.get("masking", False)))
        except Refused as refused:
            return self.findings.differs("column lineage refused", f"{anchor} {direction} {when}: {refused}")
        for key, pairs in stated.items():
            if key[0] != "derives":
                self.findings.explain("job_to_column", len(set(pairs)))
                continue
            for pair in set(pairs):
                self.findings.check("column edges as of their statement")
                if pair not in found.get(key, ()):
                    self.findings.differs("column edge missing", f"{when} {key}: {pair}; there is {found.get(key, [])[:4]}")
        for key, pairs in found.items():
            ever = {pair for at, list_ in self.world.edges.get(key, {}).items() if at <= time for pair in list_}
            for pair in pairs:
                if key[0] != "alias" and pair not in ever:
                    self.findings.differs("column edge nobody stated", f"{when} {key}: {pair}")
