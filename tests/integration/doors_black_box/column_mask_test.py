"""A masked column is told under none of its spellings: by pages, histories, lineage, searches, statistics and types."""
import json
import unittest

import events
from client import ref
from server import Server

JOB = ref("job", "etl", "load")
CATALOG = "catalog.v1.CatalogService/"
AUTHZ = "authz.v1.AuthzService/"
SECRET = "zeppelin"

SPELLINGS = [
    "items.{}", "items.element.{}", "items._element.{}", "items.list.element.{}", "items.bag.array_element.{}", "items.array.{}",
    "items.value.{}", "items.key_value.value.{}", "items.0.{}", "items[0].{}", "items[*].{}", "items[].{}", "items[1:2].{}",
    "items[OFFSET(0)].{}", "items['k'].{}", "get(items, 0).{}", "element_at(items, 'k').{}", "items->0->>'{}'",
    "lower(payload.items[0].{})", "payload:items[0].{}::string", "payload #>> '{{items,0,{}}}'", "$.items[0].{}",
    "[version=2.0].[type=struct].items.[type=array].[type=struct].{}", "items．{}", "items·{}", "items\u00a0{}",
    "„items“.„{}“", "«items».«{}»", "items\u200b{}", "ITEMS.{}", "s.orders.items.{}", "t.items.{}"]
TYPES = [
    "array<struct<a:int,{}:string>>", "array<struct<a:int,\n\t{} string>>", "row({} varchar)", "struct X {{ 1: optional string {}; }}",
    '{{"type":"record","fields":[{{"name":"{}","type":"string"}}]}}', '{{"properties":{{"{}":{{"type":"string"}}}}}}',
    "message m {{ optional group items (LIST) {{ repeated group list {{ optional binary {} (UTF8); }} }} }}"]


class ColumnMask(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.admin = self.server.admin()
        self.addCleanup(self.admin.close)
        self.admin.call(AUTHZ + "PutRole", {"role": {"id": "reader"}})
        privileges = ["BROWSE", "READ", "READ_OPERATIONS", "READ_SAMPLES", "READ_CODE"]
        self.admin.call(AUTHZ + "PutGrant", {"grant": {
            "id": "reads", "role": "reader", "privileges": [f"PRIVILEGE_{word}" for word in privileges], "scope": {}}})
        self.admin.call(AUTHZ + "PutPrincipal", {"principal": {"id": "reader", "kind": "PRINCIPAL_KIND_SERVICE",
                                                               "roles": ["reader"]}})
        self.reader = self.server.client(self.admin.call(AUTHZ + "CreateToken", {"principal": "reader"})["token"])
        self.addCleanup(self.reader.close)

    def push(self, orders, report, spelling, type_text, run):
        fields = [{"name": "id", "type": "int"}, {"name": "items", "type": type_text}, {"name": spelling, "type": "string"}]
        source = {"namespace": orders["namespace"], "name": orders["name"]}
        quality = {
            "dataQualityMetrics": events.facet(rowCount=7, columnMetrics={spelling: {"nullCount": 3}, "id": {"nullCount": 0}}),
            "dataQualityAssertions": events.facet(assertions=[
                {"assertion": "not_null", "success": True, "column": spelling},
                {"assertion": "unique", "success": True, "column": "id"}])}
        pairs = {column: {"inputFields": [{**source, "field": field}]}
                 for column, field in (("id", "id"), ("shown", spelling))}
        status, answer = self.admin.push(events.event(
            "load", run, inputs=[{**source, "facets": {"schema": events.facet(fields=fields)}, "inputFacets": quality}],
            outputs=[{"namespace": report["namespace"], "name": report["name"],
                      "facets": {"columnLineage": events.facet(fields=pairs)}}]))
        self.assertEqual(status, 201, answer)

    def told(self, client, orders, report, run):
        column = {"level": "LEVEL_COLUMN", "includeStale": True}
        for method, request in (
                (CATALOG + "GetAsset", {"asset": orders}), (CATALOG + "GetAsset", {"asset": report}),
                (CATALOG + "ListColumns", {"asset": orders}), (CATALOG + "GetHistory", {"asset": orders}),
                (CATALOG + "ListRuns", {"dataset": orders}), (CATALOG + "GetRun", {"job": JOB, "runId": run, "view": "RUN_VIEW_FULL"}),
                ("lineage.v1.LineageService/GetLineage", {**column, "asset": report, "direction": "DIRECTION_UPSTREAM"}),
                ("lineage.v1.LineageService/GetLineage", {**column, "asset": orders, "direction": "DIRECTION_DOWNSTREAM"}),
                ("search.v1.SearchService/Search", {"query": "shop"}), ("search.v1.SearchService/Search", {"query": SECRET})):
            yield method, json.dumps(client.call(method, request), ensure_ascii=False)

    def test_no_answer_names_it(self):
        for number, spelling in enumerate(SPELLINGS):
            orders = ref("dataset", events.WAREHOUSE, f"shop.orders_{number}")
            report = ref("dataset", events.WAREHOUSE, f"shop.report_{number}")
            run = events.run_id(number)
            with self.subTest(spelling=spelling):
                self.admin.call(CATALOG + "UpsertAspects", {"allowUnknownColumns": True, "upserts": [
                    {"asset": orders, "column": {"path": ["items", SECRET]},
                     "aspect": {"classifications": {"classifications": [{"name": "pii"}]}}}]})
                self.push(orders, report, spelling.format(SECRET), TYPES[number % len(TYPES)].format(SECRET), run)
                for method, answer in self.told(self.reader, orders, report, run):
                    self.assertNotIn(SECRET, answer, method)
                shown = self.reader.call(CATALOG + "ListColumns", {"asset": orders})["columns"]
                self.assertEqual([column["path"] for column in shown], [["id"], ["items"]])
                whole = [answer.count(SECRET) for _, answer in self.told(self.admin, orders, report, run)]
                self.assertGreater(min(whole[0], whole[2], whole[3], whole[5], whole[6], whole[7]), 0, "who may see it does")


if __name__ == "__main__":
    unittest.main()
