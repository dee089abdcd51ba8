"""A server with three people at it, and the questions the checks put to it."""
import contextlib
import datetime
import json
import pathlib
import re
import tempfile
import unittest

import evidence
from client import Client, Refused, ref
from server import Server
from steps import say

AUTHZ, CATALOG = "authz.v1.AuthzService/", "catalog.v1.CatalogService/"
LINEAGE, SEARCH = "lineage.v1.LineageService/", "search.v1.SearchService/"
READING = [f"PRIVILEGE_{word}" for word in ("BROWSE", "READ", "READ_COLUMNS", "READ_CODE", "READ_OPERATIONS")]
MISSING_NAME = "nothing.of.this.name"


class Place(contextlib.ExitStack):
    """A ready server and a folder for the peer. Its pusher may push and read nothing; its analyst may read everything and push
    nothing; its stranger may read everything of a namespace nobody pushes to."""

    def __enter__(self):
        super().__enter__()
        try:
            self.folder = pathlib.Path(self.enter_context(tempfile.TemporaryDirectory(prefix="cadastre-interop-",
                                                                                      ignore_cleanup_errors=True)))
            self.server = self.enter_context(Server())
            evidence.keep("the server", self.server.log_path)
            self._admit()
        except BaseException:
            # What the server said goes with its folder.
            print(evidence.tails(), flush=True)
            self.close()
            raise
        say(f"server ready at {self.server.http}")
        return self

    def _admit(self):
        self.url = self.server.http
        self.pusher = self.admit("pusher", ["PRIVILEGE_PUSH"], {})
        self.analyst = self.admit("analyst", READING, {})
        self.stranger = self.admit("stranger", READING, {"namespace": "elsewhere"})
        self.push_token = self.pusher.token

    def admit(self, name, privileges, scope):
        """A client of somebody new who holds these privileges on that scope alone."""
        admin = self.server.admin()
        admin.call(AUTHZ + "PutRole", {"role": {"id": name}})
        admin.call(AUTHZ + "PutGrant", {"grant": {"id": name, "role": name, "privileges": privileges, "scope": scope}})
        admin.call(AUTHZ + "PutPrincipal", {"principal": {"id": name, "kind": "PRINCIPAL_KIND_SERVICE", "roles": [name]}})
        token = admin.call(AUTHZ + "CreateToken", {"principal": name})["token"]
        admin.close()
        client = Client(self.url, token)
        self.callback(client.close)
        return client

    def revision(self):
        """Of all that was pushed until now; a read that carries it sees all of that."""
        return self.analyst.call(AUTHZ + "WhoAmI")["revision"]

    def read(self, method, **request):
        return self.analyst.call(method, {**request, "minRevision": self.revision()})

    def asset(self, asset):
        return self.read(CATALOG + "GetAsset", asset=asset, view="ASSET_VIEW_FULL")["asset"]

    def schema(self, asset):
        """[(path, type)] in order."""
        return [(".".join(column["path"]), column.get("type", "")) for column in self.asset(asset).get("columns", ())
                if not column.get("orphaned")]

    def aspects(self, asset, kind):
        """The values of one kind of aspect, of whichever family."""
        found = self.asset(asset)
        values = [value for family in ("technical", "business", "operational", "facets") for value in found.get(family, ())]
        return [value["aspect"][kind] for value in values if kind in value["aspect"]]

    def names(self, **listing):
        """The names of the assets a listing has, over all its pages."""
        request = {**listing, "minRevision": self.revision()}
        return {summary["ref"]["name"] for summary in self.analyst.pages(CATALOG + "ListAssets", request, "assets")}

    def neighbours(self, asset, direction, depth=1):
        """{(kind, namespace, name): hops} of what lies upstream or downstream."""
        answer = self.read(LINEAGE + "GetLineage", asset=asset, direction=f"DIRECTION_{direction}", depth=depth)
        assert not answer.get("truncated") or answer["truncatedReason"] == "TRUNCATED_REASON_DEPTH", answer
        return {(node["asset"]["ref"]["kind"], node["asset"]["ref"]["namespace"], node["asset"]["ref"]["name"]): node["hops"]
                for node in answer["nodes"] if node.get("hops")}

    def sources_of_column(self, asset, column):
        """{(namespace, name, column, type, subtype)} that a column comes from, over one edge."""
        return self._sources(asset, column, lambda pair: pair.get("to") == {"path": [column]})

    def sources_of_all_columns(self, asset, column):
        """Of those that decide every column, such as a filter, as they show at `column`."""
        return self._sources(asset, column, lambda pair: "to" not in pair)

    def _sources(self, asset, column, wanted):
        answer = self.read(LINEAGE + "GetLineage", asset=asset, column={"path": [column]}, level="LEVEL_COLUMN", depth=1,
                           direction="DIRECTION_UPSTREAM")
        nodes = {node.get("index", 0): node["asset"]["ref"] for node in answer["nodes"]}
        found = set()
        for edge in answer.get("edges", ()):
            source = nodes[edge.get("from", 0)]
            found |= {(source["namespace"], source["name"], ".".join(pair["from"]["path"]), pair.get("type", "").removeprefix("PAIR_TYPE_"), pair.get("subtype", ""))
                      for pair in edge.get("columns", ()) if wanted(pair)}
        return found

    def runs(self, job):
        return self.read(CATALOG + "ListRuns", job=job).get("runs", [])

    def run(self, job, run_id):
        return self.read(CATALOG + "GetRun", job=job, runId=run_id, view="RUN_VIEW_FULL")["run"]

    def hits(self, query, **more):
        answer = self.read(SEARCH + "Search", query=query, pageSize=100, **more)
        return [hit["asset"]["ref"]["name"] for hit in answer.get("hits", ())]


class PeerCase(unittest.TestCase):
    """A check of a peer: `place` is shared by the checks of a class, which only read what its set-up had pushed."""

    place = None

    def run_of(self, job):
        """The one run of a job, whole."""
        found, = self.place.runs(job)
        return self.place.run(job, found["runId"])

    def assert_hidden(self, *assets):
        """Without the grant each of these looks, in every read, like what does not exist."""
        for asset in assets:
            self.assertTrue(self.place.asset(asset))
            for client in (self.place.stranger, self.place.pusher):
                self._assert_looks_missing(client, asset)

    def _assert_looks_missing(self, client, asset):
        missing = {**asset, "name": MISSING_NAME}
        reads = [(CATALOG + "GetAsset", "asset", {}), (CATALOG + "GetHistory", "asset", {}),
                 (LINEAGE + "GetLineage", "asset", {"direction": "DIRECTION_BOTH"})]
        if asset["kind"] == "job":
            reads.append((CATALOG + "ListRuns", "job", {}))
        for method, field, more in reads:
            answers = [self._refusal(client, method, {field: one, **more}) for one in (asset, missing)]
            self.assertEqual(answers[0], answers[1], method)
            # Who holds no privilege to read at all is told so, whatever is asked for.
            expected = (404, "not_found") if client is self.place.stranger else (403, "permission_denied")
            self.assertEqual(answers[0][:2], expected, method)
        if client is not self.place.stranger:
            return
        listed = client.call(CATALOG + "ListAssets", {"kind": asset["kind"], "namespace": asset["namespace"]})
        self.assertEqual(listed.get("assets", []), [])
        found = client.call(SEARCH + "Search", {"query": re.split(r"\W+", asset["name"])[-1], "facets": ["kind", "namespace"]})
        self.assertEqual((found.get("hits", []), int(found.get("total", 0))), ([], 0))
        self.assertEqual([facet for facet in found.get("facets", ()) if facet.get("counts")], [])

    def _refusal(self, client, method, request):
        """(status, code, message without the name that was asked for)."""
        with self.assertRaises(Refused) as refused:
            client.call(method, request)
        name = next(value["name"] for value in request.values() if isinstance(value, dict))
        answer = refused.exception
        return answer.status, answer.code, json.dumps(answer.answer).replace(name, "NAME")


def moment(seconds_ago):
    """A whole second of the recent past, as the server writes times."""
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds_ago)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


__all__ = ["CATALOG", "LINEAGE", "READING", "SEARCH", "PeerCase", "Place", "moment", "ref"]
