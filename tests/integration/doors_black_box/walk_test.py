"""The main job through the HTTP door: log in, push, read, search, walk, and find it all in the audit log."""
import unittest

import events
from client import Refused, ref
from server import Server

ORDERS = ref("dataset", events.WAREHOUSE, "shop.orders")
REVENUE = ref("dataset", events.WAREHOUSE, "gold.revenue")
JOB = ref("job", "etl", "daily_revenue")
CATALOG = "catalog.v1.CatalogService/"


def loads(day, columns):
    start = f"2026-03-{day:02d}T09:30:00Z"
    inputs = [events.dataset("shop.orders", ("id", "amount"))]
    outputs = [events.dataset("gold.revenue", columns, columnLineage=events.derived("shop.orders", "amount"),
                              documentation=events.facet(description="Revenue of a day"))]
    yield events.event("daily_revenue", events.run_id(day), time=start, kind="START", inputs=inputs)
    yield events.event("daily_revenue", events.run_id(day), time=start.replace("09:30", "09:40"), inputs=inputs, outputs=outputs)


class Walk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()
        cls.make_people()
        cls.pipeline = cls.server.client(cls.admin.call("authz.v1.AuthzService/CreateToken", {"principal": "pipeline"})["token"])
        for day, columns in ((1, ("amount",)), (2, ("amount", "currency"))):
            for one in loads(day, columns):
                status, cls.pushed = cls.pipeline.push(one)
                assert status == 201, cls.pushed
        login = cls.server.client().call("authz.v1.AuthzService/Login", {"user": "kim", "password": "kim-password"})
        cls.kim = cls.server.client(login["token"])

    @classmethod
    def make_people(cls):
        authz = "authz.v1.AuthzService/"
        everything = [f"PRIVILEGE_{word}" for word in ("BROWSE", "READ", "READ_COLUMNS", "READ_CODE", "READ_OPERATIONS")]
        for role, privileges in (("reader", everything), ("pusher", ["PRIVILEGE_PUSH"])):
            cls.admin.call(authz + "PutRole", {"role": {"id": role}})
            cls.admin.call(authz + "PutGrant", {"grant": {"id": role, "role": role, "privileges": privileges, "scope": {}}})
        cls.admin.call(authz + "PutPrincipal", {"principal": {"id": "pipeline", "kind": "PRINCIPAL_KIND_SERVICE",
                                                              "roles": ["pusher"]}})
        cls.admin.call(authz + "PutPrincipal", {"principal": {"id": "kim", "kind": "PRINCIPAL_KIND_PERSON", "roles": ["reader"]},
                                                "password": "kim-password"})

    def test_an_asset_shows_what_was_pushed_and_by_whom(self):
        asset = self.kim.call(CATALOG + "GetAsset", {"asset": REVENUE, "minRevision": self.pushed["revision"]})["asset"]
        self.assertEqual([column["path"] for column in asset["columns"]], [["amount"], ["currency"]])
        document, = [value for value in asset["business"] if "documentation" in value["aspect"]]
        self.assertEqual(document["aspect"]["documentation"]["text"], "Revenue of a day")
        self.assertEqual((document["sources"][0]["principal"], document["sources"][0]["tool"]), ("pipeline", "spark"))
        # Stated by the first run and again by the second.
        self.assertEqual(asset["lastSeenAt"], "2026-03-02T09:40:00Z")

    def test_lineage_leads_from_table_to_table_and_column_to_column(self):
        answer = self.kim.call("lineage.v1.LineageService/GetLineage",
                               {"asset": REVENUE, "direction": "DIRECTION_UPSTREAM", "includeStale": True})
        self.assertLessEqual({"gold.revenue", "shop.orders", "daily_revenue"},
                             {node["asset"]["ref"]["name"] for node in answer["nodes"]})
        # The last run of the job said so.
        self.assertEqual({edge["lastStatedAt"] for edge in answer["edges"]}, {"2026-03-02T09:40:00Z"})
        answer = self.kim.call("lineage.v1.LineageService/GetLineage", {
            "asset": REVENUE, "column": {"path": ["amount"]}, "level": "LEVEL_COLUMN", "direction": "DIRECTION_UPSTREAM",
            "includeStale": True})
        self.assertIn(("shop.orders", ["amount"]),
                      [(node["asset"]["ref"]["name"], node.get("column", {}).get("path")) for node in answer["nodes"]])

    def test_a_refused_read_is_recorded_with_what_was_asked_for(self):
        missing = ref("dataset", events.WAREHOUSE, "never.was")
        for request in ({"asset": missing}, {"asset": missing, "minRevision": "nonsense"}):
            with self.assertRaises(Refused):
                self.kim.call(CATALOG + "GetAsset", request)
        # The same connection's reads are recorded in their order; this one's record stands first.
        records = self.admin.call("audit.v1.AuditService/ListRecords", {"principal": "kim", "pageSize": 2})["records"]
        self.assertEqual([(record["outcome"], record["detail"]) for record in records],
                         [(word, f"dataset:{events.WAREHOUSE}#never.was") for word in ("OUTCOME_INVALID_ARGUMENT", "OUTCOME_NOT_FOUND")])

    def test_runs_are_listed_newest_first(self):
        runs = self.kim.call(CATALOG + "ListRuns", {"job": JOB})["runs"]
        self.assertEqual([run["runId"] for run in runs], [events.run_id(2), events.run_id(1)])
        self.assertEqual({run["state"] for run in runs}, {"RUN_STATE_COMPLETE"})
        run = self.kim.call(CATALOG + "GetRun", {"view": "RUN_VIEW_FULL", "job": JOB, "runId": events.run_id(1)})["run"]
        self.assertEqual((run["startedAt"], run["endedAt"]), ("2026-03-01T09:30:00Z", "2026-03-01T09:40:00Z"))

    def test_the_history_and_the_difference_show_the_column_that_came(self):
        entries = self.kim.call(CATALOG + "GetHistory", {"asset": REVENUE})["entries"]
        held = [entry["source"]["heldAt"] for entry in entries if entry["kind"] == "ASPECT_KIND_SCHEMA"]
        self.assertEqual(sorted(held), ["2026-03-01T09:40:00Z", "2026-03-02T09:40:00Z"])
        difference = self.kim.call(CATALOG + "DiffAsset", {
            "asset": REVENUE, "before": {"heldAt": "2026-03-01T12:00:00Z"}, "after": {"heldAt": "2026-03-02T12:00:00Z"}})
        self.assertEqual(difference["columnsAdded"], [{"path": ["currency"]}])
        self.assertNotIn("columnsRemoved", difference)

    def test_a_read_of_the_past_shows_the_past(self):
        for day, columns in ((1, [["amount"]]), (2, [["amount"], ["currency"]])):
            asset = self.kim.call(CATALOG + "GetAsset", {"asset": REVENUE, "asOf": {"heldAt": f"2026-03-0{day}T12:00:00Z"}})
            self.assertEqual([column["path"] for column in asset["asset"]["columns"]], columns)

    def test_search_finds_by_name_and_by_description(self):
        for words in ("revenue", "gold", "Revenue of a day"):
            answer = self.kim.call("search.v1.SearchService/Search", {"query": words, "minRevision": self.pushed["revision"]})
            self.assertIn("gold.revenue", [hit["asset"]["ref"]["name"] for hit in answer.get("hits", ())], words)

    def test_the_audit_log_says_who_read_what(self):
        self.kim.call(CATALOG + "GetAsset", {"asset": ORDERS})
        with self.assertRaises(Refused) as refused:
            self.kim.call("audit.v1.AuditService/ListRecords", {})
        self.assertEqual(refused.exception.code, "permission_denied")
        records = self.admin.call("audit.v1.AuditService/ListRecords", {"principal": "kim"})["records"]
        newest = [record for record in records if record["operation"].endswith("/GetAsset")][0]
        self.assertEqual(newest["shown"][0]["asset"], ORDERS)
        pushes = self.admin.call("audit.v1.AuditService/ListRecords", {"principal": "pipeline"})["records"]
        self.assertEqual([record["write"] for record in pushes], [True] * 4)
        self.assertEqual({record["operation"] for record in pushes}, {"POST /api/v1/lineage"})

    def test_a_search_stands_in_the_audit_log_with_its_hits(self):
        self.kim.call("search.v1.SearchService/Search", {"query": "revenue"})
        records = self.admin.call("audit.v1.AuditService/ListRecords", {
            "principal": "kim", "operation": "cadastre.search.v1.SearchService/Search"})["records"]
        self.assertIn(REVENUE, [shown["asset"] for shown in records[0]["shown"]])
        self.assertIn("revenue", records[0]["detail"])


if __name__ == "__main__":
    unittest.main()
