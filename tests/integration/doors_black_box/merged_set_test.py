"""A second name opens nothing: a symlink or a rename takes no mask off and lifts no deny, and the set is one hit."""
import unittest

import events
from client import Refused, ref
from server import Server

HIVE = ref("dataset", "hive://m", "hr.staff")
LAKE = ref("dataset", "s3://l", "hr/staff")
OLD = ref("dataset", "postgres://db:5432", "shop.a")
NEW = ref("dataset", "postgres://db:5432", "shop.b")
CATALOG = "catalog.v1.CatalogService/"
AUTHZ = "authz.v1.AuthzService/"


def said(of, run, **facets):
    one = {"namespace": of["namespace"], "name": of["name"], "facets": facets}
    return events.event("load", events.run_id(run), time=f"2026-03-{run:02d}T09:30:00Z", outputs=[one])


class MergedSet(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.admin = self.server.admin()
        self.addCleanup(self.admin.close)
        self.admin.call(AUTHZ + "PutRole", {"role": {"id": "reader"}})
        self.grant("reads", ["BROWSE", "READ"], {})
        self.admin.call(AUTHZ + "PutPrincipal", {"principal": {"id": "reader", "kind": "PRINCIPAL_KIND_SERVICE",
                                                               "roles": ["reader"]}})
        self.reader = self.server.client(self.admin.call(AUTHZ + "CreateToken", {"principal": "reader"})["token"])
        self.addCleanup(self.reader.close)

    def grant(self, name, privileges, scope, deny=False):
        self.admin.call(AUTHZ + "PutGrant", {"grant": {
            "id": name, "role": "reader", "privileges": [f"PRIVILEGE_{word}" for word in privileges], "scope": scope,
            "deny": deny}})

    def push(self, event):
        status, answer = self.admin.push(event)
        self.assertEqual(status, 201, answer)
        return answer["revision"]

    def upsert(self, *upserts):
        self.admin.call(CATALOG + "UpsertAspects", {"upserts": list(upserts)})

    def columns(self, asset):
        page = self.reader.call(CATALOG + "GetAsset", {"asset": asset})["asset"]
        return [".".join(column["path"]) for column in page.get("columns", [])]

    def found(self, query, **more):
        answer = self.reader.call("search.v1.SearchService/Search", {"query": query, **more})
        return [hit["asset"]["ref"]["name"] for hit in answer.get("hits", [])], answer

    def symlink(self):
        return said(LAKE, 3, symlinks=events.facet(identifiers=[
            {"namespace": HIVE["namespace"], "name": HIVE["name"], "type": "TABLE"}]))

    def test_a_symlink_takes_no_mask_off(self):
        fields = [{"name": "iban", "type": "string"}, {"name": "id", "type": "int"}]
        self.push(said(HIVE, 1, schema=events.facet(fields=fields)))
        self.push(said(LAKE, 2, schema=events.facet(fields=fields)))
        self.upsert({"asset": HIVE, "column": {"path": ["IBAN"]},
                     "aspect": {"classifications": {"classifications": [{"name": "pii"}]}}})
        self.assertEqual(self.columns(HIVE), ["id"])
        self.push(self.symlink())
        for name in (HIVE, LAKE):
            self.assertEqual(self.columns(name), ["id"])
        self.assertEqual(self.found("iban")[0], [])
        hits, answer = self.found("staff", facets=["namespace"])
        self.assertEqual((len(hits), answer["total"]), (1, "1"))

    def test_a_rename_lifts_no_deny_and_taking_it_back_parts_them(self):
        self.push(said(OLD, 1))
        self.push(said(NEW, 2))
        self.upsert({"asset": OLD, "aspect": {"tags": {"tags": [{"key": "secret"}]}}})
        self.grant("not-secret", ["BROWSE"], {"tag": "secret"}, deny=True)
        self.columns(NEW)
        alias = {"from": NEW, "to": OLD, "type": "RENAME"}
        self.admin.call(CATALOG + "UpsertAspects", {"aliases": [alias]})
        with self.assertRaises(Refused):
            self.columns(NEW)
        self.assertEqual(self.found("shop")[0], [])
        self.admin.call(CATALOG + "UpsertAspects", {"aliases": [dict(alias, takeBack=True)]})
        self.columns(NEW)

    def test_what_was_said_of_the_old_name_is_found_under_the_new(self):
        self.push(said(OLD, 1, schema=events.facet(fields=[{"name": "id", "type": "int"}])))
        self.upsert({"asset": OLD, "aspect": {"documentation": {"text": "ledger of parcels"}}},
                    {"asset": OLD, "aspect": {"tags": {"tags": [{"key": "gold"}]}}},
                    {"asset": OLD, "aspect": {"ownership": {"owners": [{"owner": "reader"}]}}},
                    {"asset": OLD, "column": {"path": ["id"]}, "aspect": {"documentation": {"text": "parcel number"}}})
        self.push(said(NEW, 2, lifecycleStateChange=events.facet(
            lifecycleStateChange="RENAME",
            previousIdentifier={"namespace": OLD["namespace"], "name": OLD["name"]}),
            schema=events.facet(fields=[{"name": "id", "type": "int"}])))
        for query in ("parcels", "tag:gold", "owner:reader", "parcel number"):
            self.assertEqual(self.found(query)[0], ["shop.b"], query)
        page = self.reader.call(CATALOG + "GetAsset", {"asset": NEW})["asset"]
        summary = page["summary"]
        self.assertEqual((summary["description"], summary["tags"], summary["owners"]),
                         ("ledger of parcels", ["gold"], ["reader"]))

    def test_runs_of_a_jobs_names_are_one_jobs(self):
        jobs = [ref("job", "etl", "nightly"), ref("job", "etl", "dag.nightly")]
        ids = [events.run_id(number) for number in (501, 502)]
        for job, run in zip(jobs, ids):
            self.push(events.event(job["name"], run))
            self.push({**events.event("step", events.run_id(503 + ids.index(run)), run={"parent": events.facet(
                run={"runId": ids[0]}, job={"namespace": "etl", "name": job["name"]})})})
        self.admin.call(CATALOG + "UpsertAspects", {"aliases": [{"from": jobs[0], "to": jobs[1], "type": "RENAME"}]})
        for job in jobs:
            listed = self.admin.call(CATALOG + "ListRuns", {"job": job})["runs"]
            self.assertEqual({run["runId"] for run in listed}, set(ids))
            below = self.admin.call(CATALOG + "ListRuns", {"parent": {"job": job, "runId": ids[0]}})["runs"]
            self.assertEqual(len(below), 2)
            day, = self.admin.call(CATALOG + "ListRunRollups", {"job": job})["rollups"]
            self.assertEqual([count["runs"] for count in day["counts"]], ["2"])
            for run, sent_as in zip(ids, jobs):
                found = self.admin.call(CATALOG + "GetRun", {"view": "RUN_VIEW_FULL", "job": job, "runId": run})["run"]
                self.assertEqual((found["state"], found["job"]), ("RUN_STATE_COMPLETE", sent_as))

    def test_an_unknown_column_is_an_error_unless_asked_for(self):
        self.push(said(OLD, 1, schema=events.facet(fields=[{"name": "email", "type": "text"}])))
        one = {"asset": OLD, "column": {"path": ["mail"]},
               "aspect": {"classifications": {"classifications": [{"name": "pii"}]}}}
        with self.assertRaises(Refused) as refused:
            self.upsert(one)
        self.assertEqual(refused.exception.answer["field"], "upserts[0].column.path")
        self.admin.call(CATALOG + "UpsertAspects", {"upserts": [one], "allowUnknownColumns": True})


if __name__ == "__main__":
    unittest.main()
