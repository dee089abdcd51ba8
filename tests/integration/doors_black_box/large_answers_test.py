"""Whatever stands in the server, every answer is one that a gRPC client takes without being told otherwise: pages end by
bytes as well as by rows, and their tokens go on exactly there."""
import base64
import json
import unittest

import events
import grpc
from client import ref
from reflection_test import Stub
from server import Server

CATALOG, AUTHZ, LINEAGE, SEARCH, AUDIT = (f"cadastre.{name}.v1.{name.capitalize()}Service" for name in
                                          ("catalog", "authz", "lineage", "search", "audit"))
NAMESPACE = "file://" + "n" * 500
MIB = 1 << 20


def long_name(number, size=1000):
    return f"{number:05}-".ljust(size, "x")


def table(number):
    return {"namespace": NAMESPACE, "name": long_name(number), "facets": {}}


class LargeAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        # What a client of any language has that sets nothing.
        cls.channel = cls.enterClassContext(grpc.insecure_channel(cls.server.grpc))
        cls.stub = Stub(cls.channel, cls.server.admin_token)
        cls.admin = cls.server.admin()

    def pages(self, service, method, request, field):
        """The rows of each page; every page is one that the client took."""
        request, pages = dict(request), []
        while True:
            answer = self.stub.call(service, method, request)
            pages.append(answer.get(field, []))
            if not answer.get("nextPageToken"):
                return pages
            request["pageToken"] = answer["nextPageToken"]

    def rows(self, service, method, request, field, key):
        """Keys of all rows; there were several pages, though one asks for all, and each but the last is well filled."""
        pages = self.pages(service, method, {**request, "pageSize": 1000}, field)
        self.assertGreater(len(pages), 1, "the rows are too small to test anything")
        self.assertGreater(min(len(page) for page in pages[:-1]), 30)
        return [key(row) for page in pages for row in page]

    def label(self, number, tags):
        return {"asset": ref("dataset", NAMESPACE, long_name(number)),
                "aspect": {"tags": {"tags": [{"key": f"t{number:04}-{tag:02}-".ljust(250, "t")} for tag in range(tags)]}}}

    def test_assets_and_hits(self):
        count = 500
        for first in range(0, count, 100):
            self.admin.call("catalog.v1.CatalogService/UpsertAspects",
                            {"upserts": [self.label(number, 32) for number in range(first, first + 100)]})
        names = [long_name(number) for number in range(count)]
        listed = {"kind": "dataset", "namespace": NAMESPACE, "namePrefix": "00"}
        self.assertEqual(self.rows(CATALOG, "ListAssets", listed, "assets", lambda row: row["ref"]["name"])[:count], names)
        revision = self.stub.call(AUTHZ, "WhoAmI", {})["revision"]
        for order in ("", "name desc"):
            with self.subTest(order):
                found = [hit["asset"]["ref"]["name"] for page in self.pages(
                    SEARCH, "Search", {"filters": [{"facet": "kind", "values": ["dataset"]}], "facets": ["tag", "namespace"],
                                       "orderBy": order, "pageSize": 100, "minRevision": revision}, "hits") for hit in page]
                self.assertEqual(sorted(name for name in found if len(name) == 1000 and name < long_name(count)), names)
                self.assertEqual(len(found), len(set(found)))

    def test_an_asset_with_long_values(self):
        asset = ref("dataset", NAMESPACE, long_name(20_000))
        fields = [{"name": f"c{number:05}", "description": "d" * 300} for number in range(9_000)]
        stated = [{"schema": {"fields": fields}}, {"documentation": {"text": "t" * (2 * MIB)}}]
        stated += [{"facet": {"name": f"f{number}", "json": base64.b64encode(b'"' + b"x" * MIB + b'"').decode()}} for number in range(3)]
        for aspect in stated:
            self.admin.call("catalog.v1.CatalogService/UpsertAspects", {"upserts": [{"asset": asset, "aspect": aspect}]})
        named = [f"f{number}" for number in range(3)]
        for view in ("ASSET_VIEW_BASIC", "ASSET_VIEW_FULL"):
            for more in ({}, {"facets": named}, {"kinds": ["ASPECT_KIND_DOCUMENTATION"], "facets": named}):
                with self.subTest(view=view, more=more):
                    answer = self.stub.call(CATALOG, "GetAsset", {"asset": asset, "view": view, **more})["asset"]
                    self.assertTrue(answer["truncated"])
                    self.assertEqual([one["aspect"]["facet"]["name"] for one in answer["facets"]], named)
        answer = self.stub.call(CATALOG, "GetAsset", {"asset": asset, "kinds": ["ASPECT_KIND_DOCUMENTATION"]})["asset"]
        self.assertEqual(len(answer["business"][0]["aspect"]["documentation"]["text"]), 2 * MIB)

    def test_accounts_and_policy(self):
        roles = [f"role-{number:03}".ljust(128, "r") for number in range(250)]
        for role in roles:
            self.stub.call(AUTHZ, "PutRole", {"role": {"id": role, "description": "d" * 100}})
        people = [f"person-{number:03}".ljust(128, "p") for number in range(150)]
        for person in people:
            self.stub.call(AUTHZ, "PutPrincipal", {"principal": {"id": person, "kind": "PRINCIPAL_KIND_PERSON", "roles": roles}})
        known = self.rows(AUTHZ, "ListPrincipals", {}, "principals", lambda row: row["id"])
        self.assertEqual([one for one in known if one in people], people)
        self.assertEqual(len(known), len(set(known)))

    def test_walks(self):
        count = 3000
        inputs = [table(10_000 + number) for number in range(count)]
        for number in range(0, count, 500):
            event = events.event("fan", events.run_id(1), inputs=inputs[number:number + 500], outputs=[table(9_999)])
            self.assertEqual(self.admin.push(event)[0], 201)
        start = ref("dataset", NAMESPACE, long_name(9_999))
        revision = self.stub.call(AUTHZ, "WhoAmI", {})["revision"]
        request = {"asset": start, "direction": "DIRECTION_UPSTREAM", "maxNodes": 10_000, "minRevision": revision}
        named, edges, pages = [], 0, 0
        while True:
            answer = self.stub.call(LINEAGE, "GetLineage", request)
            pages += 1
            named += [node["asset"]["ref"]["name"] for node in answer.get("nodes", [])]
            edges += len(answer.get("edges", []))
            if not answer.get("nextPageToken"):
                break
            request["pageToken"] = answer["nextPageToken"]
        self.assertGreater(pages, 1)
        self.assertEqual(len(named), len(set(named)))
        self.assertEqual(set(named), {long_name(10_000 + number) for number in range(count)} | {long_name(9_999), "fan"})
        self.assertEqual(edges, count + 1)
        run = {"job": ref("job", "etl", "fan"), "runId": events.run_id(1), "pageSize": 20_000}
        read, pages = [], 0
        while True:
            answer = self.stub.call(CATALOG, "GetRun", run)
            pages += 1
            self.assertEqual(answer["run"]["datasetCount"], count + 1)
            read += [one["dataset"]["name"] for one in answer["run"].get("inputs", []) + answer["run"].get("outputs", [])]
            if not answer.get("nextPageToken"):
                break
            run["pageToken"] = answer["nextPageToken"]
        self.assertGreater(pages, 1)
        self.assertEqual((len(read), len(set(read))), (count + 1, count + 1))
        # The records of those walks name thousands of long names.
        indexes = self.rows_of_audit()
        self.assertEqual(indexes, sorted(set(indexes), reverse=True))

    def rows_of_audit(self):
        pages = self.pages(AUDIT, "ListRecords", {"pageSize": 1000}, "records")
        self.assertGreater(len(pages), 1)
        return [int(row.get("index", 0)) for page in pages for row in page]

    def test_runs_and_their_facets(self):
        job = long_name(1, 1000)
        body = events.event(job, "r", run={"parent": events.facet(
            run={"runId": "p" * 250}, job={"namespace": NAMESPACE, "name": long_name(2)},
            root={"run": {"runId": "q" * 250}, "job": {"namespace": NAMESPACE, "name": long_name(3)}})})
        body["job"]["namespace"] = NAMESPACE
        for first in range(0, 1200, 100):
            batch = [{**body, "run": {**body["run"], "runId": f"{number:04}-".ljust(250, "r")}} for number in range(first, first + 100)]
            status, answer = self.admin.push(json.dumps(batch).encode(), "/api/v1/lineage/batch")
            self.assertEqual(status, 201, answer["rejected"])
        listed = {"job": ref("job", NAMESPACE, job)}
        ids = self.rows(CATALOG, "ListRuns", listed, "runs", lambda row: row["runId"])
        self.assertEqual((len(ids), len(set(ids))), (1200, 1200))
        self.assertEqual(self.admin.push(events.event("big", events.run_id(7), run={
            "long": events.facet(text="x" * (2 * MIB)), "longer": events.facet(text="x" * (3 * MIB)),
            "short": events.facet(text="x")}))[0], 201)
        run = {"job": ref("job", "etl", "big"), "runId": events.run_id(7)}
        self.assertNotIn("facets", self.stub.call(CATALOG, "GetRun", run)["run"])
        full = self.stub.call(CATALOG, "GetRun", {**run, "view": "RUN_VIEW_FULL"})["run"]
        self.assertEqual([one["facet"]["name"] for one in full["facets"]], ["short"])
        self.assertEqual((full["omittedCount"], sorted(one["name"] for one in full["omitted"])), (2, ["long", "longer"]))
        whole = self.stub.call(CATALOG, "GetRun", {**run, "view": "RUN_VIEW_FULL", "facets": ["longer"]})["run"]
        self.assertEqual([one["facet"]["name"] for one in whole["facets"]], ["longer"])
        self.assertNotIn("omitted", whole)
        # Of several an answer holds what fits, and tells of the rest.
        some = self.stub.call(CATALOG, "GetRun", {**run, "view": "RUN_VIEW_FULL", "facets": ["long", "longer", "short"]})["run"]
        self.assertEqual(sorted(one["facet"]["name"] for one in some["facets"]), ["long", "short"])
        self.assertEqual([(one["name"], int(one["bytes"]) > 3 * MIB) for one in some["omitted"]], [("longer", True)])

    def test_chosen_facets_of_many_datasets_of_a_run(self):
        names = ["one", "two", "three"]
        tables = [{**table(20_000 + number), "inputFacets": {name: events.facet(text="x" * 700_000) for name in names}}
                  for number in range(6)]
        for half in (tables[:3], tables[3:]):
            self.assertEqual(self.admin.push(events.event("wide", events.run_id(8), inputs=half))[0], 201)
        run = {"job": ref("job", "etl", "wide"), "runId": events.run_id(8), "view": "RUN_VIEW_FULL", "facets": names}
        read = []
        while True:
            # More than 4 MiB would be refused by the client.
            answer = self.stub.call(CATALOG, "GetRun", run)
            read += [(one["dataset"]["name"], len(one["facets"])) for one in answer["run"]["inputs"]]
            if not answer.get("nextPageToken"):
                break
            run["pageToken"] = answer["nextPageToken"]
        self.assertEqual(sorted(read), [(long_name(20_000 + number), 3) for number in range(6)])


if __name__ == "__main__":
    unittest.main()
