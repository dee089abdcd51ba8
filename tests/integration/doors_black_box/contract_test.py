"""The wire contract, seen from outside: answers are bounded, lists are paged, a check writes nothing."""
import base64
import json
import unittest

import events
from client import Refused
from server import Server

CATALOG = "catalog.v1.CatalogService/"
WIDE = {"kind": "dataset", "namespace": "postgres://db:5432", "name": "shop.public.wide"}
CLIENTS_TAKE = 4 << 20


class Contract(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.client = self.server.admin()
        self.addCleanup(self.client.close)

    def upsert(self, *upserts, **more):
        return self.client.call(CATALOG + "UpsertAspects", {"upserts": list(upserts), **more})

    def raw(self, method, request):
        """The answer byte for byte."""
        status, _, body = self.client.request("POST", "/cadastre." + CATALOG + method, json.dumps(request).encode(),
                                              {"Content-Type": "application/json"})
        self.assertEqual(status, 200, body[:300])
        return body

    def test_a_wide_asset_is_answered_in_bounds_and_its_columns_in_pages(self):
        fields = [{"name": f"c{i:05}", "type": "text", "description": "d" * 200} for i in range(5000)]
        facet = base64.b64encode(b'"' + b"x" * (3 << 20) + b'"').decode()
        self.upsert({"asset": WIDE, "aspect": {"schema": {"fields": fields}}})
        self.upsert({"asset": WIDE, "aspect": {"facet": {"name": "huge", "json": facet}}})
        body = self.raw("GetAsset", {"asset": WIDE})
        self.assertLess(len(body), CLIENTS_TAKE)
        asset = json.loads(body)["asset"]
        self.assertTrue(asset["truncated"])
        self.assertEqual((len(asset["columns"]), asset["columnCount"]), (100, 5000))
        schema, = [one for one in asset["technical"] if "schema" in one["aspect"]]
        self.assertEqual(schema["aspect"]["schema"], {}, "its fields are the columns")
        self.assertEqual(asset["facets"][0]["aspect"]["facet"], {"name": "huge"})
        self.assertEqual(int(asset["facets"][0]["omittedBytes"]), (3 << 20) + 2)
        named = self.client.call(CATALOG + "GetAsset", {"asset": WIDE, "facets": ["huge"]})["asset"]
        self.assertEqual(named["facets"][0]["aspect"]["facet"]["json"], facet)
        whole = self.client.call(CATALOG + "GetAsset", {"asset": WIDE, "view": "ASSET_VIEW_FULL"})["asset"]
        self.assertEqual(len(whole["columns"]), 5000)
        listed = list(self.client.pages(CATALOG + "ListColumns", {"asset": WIDE, "pageSize": 100000}, "columns"))
        self.assertEqual([column["path"] for column in listed], [[field["name"]] for field in fields])
        self.assertEqual(listed[0]["description"], "d" * 200)
        found = self.client.call(CATALOG + "ListColumns", {"asset": WIDE, "filter": "C0499"})
        self.assertEqual((found["totalSize"], len(found["columns"])), (10, 10))
        records = self.client.call("audit.v1.AuditService/ListRecords",
                                   {"operation": "cadastre.catalog.v1.CatalogService/ListColumns", "pageSize": 1})["records"]
        self.assertEqual(len(records[0]["shown"][0]["columns"]), 10, "what was found, and nothing else, was shown")

    def test_namespaces_are_those_of_visible_assets(self):
        for namespace in ("a://one", "b://two", "c://three"):
            self.upsert({"asset": {"kind": "dataset", "namespace": namespace, "name": "t"}, "aspect": {"displayName": {"name": "t"}}})
        listed = list(self.client.pages(CATALOG + "ListNamespaces", {"kind": "dataset", "pageSize": 1}, "namespaces"))
        self.assertEqual(listed, ["a://one", "b://two", "c://three"])
        self.client.call(CATALOG + "DeleteAsset", {"asset": {"kind": "dataset", "namespace": "b://two", "name": "t"}})
        self.assertEqual(self.client.call(CATALOG + "ListNamespaces")["namespaces"], ["a://one", "c://three"])

    def test_writes_answer_with_what_they_left(self):
        answer = self.upsert({"asset": WIDE, "aspect": {"documentation": {"text": "one"}}})
        etag = answer["values"][0]["etag"]
        self.assertEqual(answer["values"][0]["aspect"]["documentation"]["text"], "one")
        answer = self.upsert({"asset": WIDE, "aspect": {"documentation": {"text": "two"}}, "etag": etag},
                             {"asset": WIDE, "change": "CHANGE_ADD", "aspect": {"tags": {"tags": [{"key": "new"}]}}})
        self.assertNotEqual(answer["values"][0]["etag"], etag)
        self.assertEqual(answer["values"][1]["aspect"]["tags"]["tags"], [{"key": "new"}])
        answer = self.upsert({"asset": WIDE, "withdraw": True, "aspect": {"documentation": {}}})
        self.assertEqual(answer["values"], [{}])
        self.assertTrue(self.client.call(CATALOG + "DeleteAsset", {"asset": WIDE})["asset"]["deleted"])
        self.assertNotIn("deleted", self.client.call(CATALOG + "RestoreAsset", {"asset": WIDE})["asset"])

    def test_a_check_writes_nothing(self):
        self.assertNotIn("revision", self.upsert({"asset": WIDE, "aspect": {"documentation": {"text": "x"}}}, validateOnly=True))
        with self.assertRaises(Refused) as refused:
            self.client.call(CATALOG + "GetAsset", {"asset": WIDE})
        self.assertEqual(refused.exception.code, "not_found")
        with self.assertRaises(Refused) as refused:
            self.upsert({"asset": WIDE, "aspect": {"tags": {"tags": [{"key": ""}]}}}, validateOnly=True)
        self.assertIn("upserts[0]", refused.exception.answer["message"])
        self.upsert({"asset": WIDE, "aspect": {"documentation": {"text": "x"}}})
        self.client.call(CATALOG + "DeleteAsset", {"asset": WIDE, "validateOnly": True})
        self.client.call(CATALOG + "GetAsset", {"asset": WIDE})

    def test_a_check_of_policy_writes_nothing_and_refuses_as_the_write_does(self):
        authz, check = "authz.v1.AuthzService/", {"validateOnly": True}
        role, person = {"id": "readers"}, {"id": "kim", "kind": "PRINCIPAL_KIND_PERSON"}
        grant = {"id": "g", "role": "readers", "privileges": ["PRIVILEGE_READ"]}
        rule = {"id": "pg", "namespace": "postgres://*", "environment": "production"}
        stands = [("Role", "role", role), ("Principal", "principal", person), ("Grant", "grant", grant),
                  ("EnvironmentRule", "rule", rule)]
        for kind, field, value in stands:
            with self.subTest(kind):
                tokens = self.client.call(authz + "ListTokens").get("tokens", [])
                answer = self.client.call(authz + "Put" + kind, {field: value, **check})
                self.assertNotIn("revision", answer)
                self.assertEqual({key: answer[field].get(key) for key in value}, value)
                with self.assertRaises(Refused) as refused:
                    self.client.call(authz + "Get" + kind, {"id": value["id"]})
                self.assertEqual(refused.exception.code, "not_found")
                self.client.call(authz + "Put" + kind, {field: value})
                self.assertNotIn("revision", self.client.call(authz + "Delete" + kind, {"id": value["id"], **check}))
                self.client.call(authz + "Get" + kind, {"id": value["id"]})
                with self.assertRaises(Refused) as refused:
                    self.client.call(authz + "Delete" + kind, {"id": value["id"], "etag": "another", **check})
                self.assertEqual(refused.exception.code, "aborted")
                self.assertEqual(self.client.call(authz + "ListTokens").get("tokens", []), tokens)
        with self.assertRaises(Refused) as refused:
            self.client.call(authz + "DeleteRole", {"id": "readers", **check})
        self.assertEqual(refused.exception.code, "failed_precondition")
        self.assertEqual(self.client.call(authz + "CreateToken", {"description": "d", **check}), {})
        token = self.client.call(authz + "CreateToken", {"description": "d"})["info"]
        self.assertEqual(self.client.call(authz + "RevokeToken", {"id": token["id"], **check}), {})
        self.client.call(authz + "GetToken", {"id": token["id"]})
        self.check_of_a_password(authz, check)
        record = self.client.call("audit.v1.AuditService/ListRecords", {"operation": "cadastre.authz.v1.AuthzService/DeleteRole",
                                                                         "pageSize": 2})["records"][1]
        self.assertEqual((record["detail"], record.get("write", False)), ("validate_only readers", False))

    def check_of_a_password(self, authz, check):
        self.client.call(authz + "PutPrincipal", {"principal": {"id": "lee", "kind": "PRINCIPAL_KIND_PERSON"}, "password": "old password"})
        lee = self.server.client(self.client.call(authz + "Login", {"user": "lee", "password": "old password"})["token"])
        self.addCleanup(lee.close)
        pair = {"oldPassword": "old password", "newPassword": "new password"}
        self.assertEqual(lee.call(authz + "ChangePassword", {**pair, **check}), {})
        record = self.client.call("audit.v1.AuditService/ListRecords", {"operation": "cadastre.authz.v1.AuthzService/ChangePassword",
                                                                         "pageSize": 1})["records"][0]
        self.assertEqual((record["principal"], record["detail"], record.get("write", False)), ("lee", "validate_only", False))
        for wrong, field in (("oldPassword", "old_password"), ("newPassword", "new_password")):
            with self.assertRaises(Refused) as refused:
                lee.call(authz + "ChangePassword", {**pair, wrong: "short", **check})
            self.assertEqual(refused.exception.code, "invalid_argument")
            self.assertIn(wrong, refused.exception.answer["message"])
        self.client.call(authz + "Login", {"user": "lee", "password": "old password"})
        self.assertIn("revision", lee.call(authz + "ChangePassword", pair))
        self.client.call(authz + "Login", {"user": "lee", "password": "new password"})

    def test_a_column_is_named_in_segments_everywhere(self):
        fields = [{"name": "a.b", "type": "text"}, {"name": "a", "fields": [{"name": "b", "type": "text"}]}]
        paths = [["a.b"], ["a"], ["a", "b"]]
        self.upsert({"asset": WIDE, "aspect": {"schema": {"fields": fields}}})
        for path in paths[::2]:
            text = {"documentation": {"text": json.dumps(path)}}
            self.upsert({"asset": WIDE, "column": {"path": path}, "aspect": text})
            asset = self.client.call(CATALOG + "GetAsset", {"asset": WIDE, "column": {"path": path}})["asset"]
            self.assertEqual([column["path"] for column in asset["columns"]], [path])
            self.assertEqual(asset["columns"][0]["aspects"][0]["aspect"], text)
            self.assertEqual(self.shown_by("GetAsset"), [path], "the other one was not shown")
        self.client.call(CATALOG + "ListColumns", {"asset": WIDE})
        self.assertEqual(sorted(self.shown_by("ListColumns")), sorted(paths))
        for column, code in (({"path": ["b"]}, "not_found"), ({}, "invalid_argument"), ({"path": ["a"], "asset": WIDE}, "invalid_argument")):
            with self.assertRaises(Refused) as refused:
                self.client.call(CATALOG + "GetAsset", {"asset": WIDE, "column": column})
            self.assertEqual(refused.exception.code, code)

    def shown_by(self, method):
        records = self.client.call("audit.v1.AuditService/ListRecords",
                                   {"operation": "cadastre." + CATALOG + method, "pageSize": 1})["records"]
        return [column["path"] for column in records[0]["shown"][0]["columns"]]

    def test_runs_are_found_by_job_dataset_parent_and_over_all(self):
        parent = {"parent": events.facet(run={"runId": events.run_id(1)}, job={"namespace": "etl", "name": "dag"})}
        for event in (events.event("dag", events.run_id(1), time="2026-03-01T09:00:00Z"),
                      events.event("task", events.run_id(2), time="2026-03-01T10:00:00Z", run=parent,
                                   inputs=[events.dataset("raw")], outputs=[events.dataset("gold")]),
                      events.event("other", events.run_id(3), time="2026-03-02T10:00:00Z", kind="FAIL",
                                   inputs=[events.dataset("gold")])):
            self.assertEqual(self.client.push(event)[0], 201)

        def runs(**request):
            return [run["runId"] for run in self.client.pages(CATALOG + "ListRuns", {"pageSize": 1, **request}, "runs")]
        one, two, three = (events.run_id(number) for number in (1, 2, 3))
        gold = {"kind": "dataset", "namespace": events.WAREHOUSE, "name": "gold"}
        self.assertEqual(runs(), [three, two, one])
        self.assertEqual(runs(dataset=gold), [three, two])
        self.assertEqual(runs(dataset=gold, states=["RUN_STATE_FAILED"]), [three])
        self.assertEqual(runs(parent={"job": {"kind": "job", "namespace": "etl", "name": "dag"}, "runId": one}), [two])
        self.assertEqual(runs(job={"kind": "job", "namespace": "etl", "name": "task"}), [two])
        rollups = self.client.call(CATALOG + "ListRunRollups", {"job": {"kind": "job", "namespace": "etl", "name": "other"}})["rollups"]
        self.assertEqual([(day["day"], day["counts"]) for day in rollups],
                         [("2026-03-02T00:00:00Z", [{"state": "RUN_STATE_FAILED", "runs": "1"}])])
        with self.assertRaises(Refused) as refused:
            self.client.call(CATALOG + "ListRuns", {"dataset": gold, "job": gold})
        self.assertEqual(refused.exception.code, "invalid_argument")

    def test_a_page_size_beyond_its_bound_is_cut(self):
        for method, request in (("catalog.v1.CatalogService/ListAssets", {}), ("search.v1.SearchService/Search", {}),
                                ("catalog.v1.CatalogService/ListRuns", {}), ("audit.v1.AuditService/ListRecords", {}),
                                ("authz.v1.AuthzService/ListRoles", {}), ("authz.v1.AuthzService/ListGrants", {}),
                                ("authz.v1.AuthzService/ListTokens", {})):
            with self.subTest(method):
                self.client.call(method, {**request, "pageSize": 2_000_000_000})


if __name__ == "__main__":
    unittest.main()
