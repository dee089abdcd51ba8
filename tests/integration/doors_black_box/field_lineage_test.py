"""Lineage as the field asked for it: situations that broke other catalogs, each pushed to the server and read back."""
import unittest

import events
from client import Refused, ref
from server import Server

GET_LINEAGE = "lineage.v1.LineageService/GetLineage"
SNOWFLAKE = "snowflake://acme-eu"
LAKE = "s3://lake-demo"


def named(namespace, name, **facets):
    return {"namespace": namespace, "name": name, "facets": facets}


def columns(*pairs):
    """columnLineage of (column, input namespace, input name, input column)."""
    fields = {}
    for column, namespace, name, source in pairs:
        fields.setdefault(column, {"inputFields": []})["inputFields"].append({"namespace": namespace, "name": name, "field": source})
    return events.facet(fields=fields)


def job_event(name, time, inputs, outputs, **facets):
    return {"eventTime": time, "producer": events.PRODUCER, "schemaURL": "s",
            "job": {"namespace": "etl", "name": name, "facets": facets}, "inputs": inputs, "outputs": outputs}


class FieldLineage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()
        cls.runs = 0

    def push(self, *pushed):
        for one in pushed:
            status, answer = self.admin.push(one)
            self.assertEqual((status, answer.get("rejected")), (201, []), answer)
            type(self).newest = answer["revision"]

    def run_of(self, job, inputs, outputs, *, time="2026-03-01T09:30:00Z", run=None, **facets):
        type(self).runs += 1
        self.push(events.event(job, run or events.run_id(1000 + self.runs), time=time, inputs=inputs, outputs=outputs,
                               job_facets=facets))

    def person(self, name, grants):
        authz = "authz.v1.AuthzService/"
        self.admin.call(authz + "PutRole", {"role": {"id": name}})
        for number, grant in enumerate(grants):
            self.admin.call(authz + "PutGrant", {"grant": {"id": f"{name}-{number}", "role": name, **grant}})
        self.admin.call(authz + "PutPrincipal", {"principal": {"id": name, "kind": "PRINCIPAL_KIND_SERVICE", "roles": [name]}})
        return self.server.client(self.admin.call(authz + "CreateToken", {"principal": name})["token"])

    def walk(self, asset, direction, **more):
        """Names by hops, and edges as (from, kind, to, stale), as of the last push or later."""
        if "asOf" not in more:
            more["minRevision"] = self.newest
        answer = self.admin.call(GET_LINEAGE, {"asset": asset, "direction": "DIRECTION_" + direction, "depth": 10, **more})
        nodes = answer.get("nodes", []) + answer.get("earlier", [])
        name = {node.get("index", 0): ".".join([node["asset"]["ref"]["name"], *node.get("column", {}).get("path", ())]) for node in nodes}
        edges = {(name[edge.get("from", 0)], edge["kind"].removeprefix("EDGE_KIND_").lower(), name[edge.get("to", 0)], edge.get("stale", False))
                 for edge in answer.get("edges", [])}
        return {name[node.get("index", 0)]: node.get("hops", 0) for node in nodes}, edges

    def names(self, asset, direction, **more):
        return set(self.walk(asset, direction, **more)[0])

    def exists(self, asset):
        """The name the asset goes by, or None."""
        try:
            return self.admin.call("catalog.v1.CatalogService/GetAsset", {"asset": asset})["asset"]["ref"]["name"]
        except Refused:
            return None

    def test_patterns_of_partitions_are_the_table(self):
        self.run_of("f02_write", [], [named(LAKE, "events/clicks")])
        patterns = ["events/clicks/dt=2026-11-25/*.parquet", "events/clicks/year=2025/month=01/day=07/*/*.parquet",
                    "events/clicks/2026/11/25/part-*", "events/clicks/**/*.json"]
        for number, pattern in enumerate(patterns):
            self.run_of(f"f02_read_{number}", [named(LAKE, pattern)], [named(LAKE, f"f02/report_{number}")])
        found = self.names(ref("dataset", LAKE, "events/clicks"), "DOWNSTREAM")
        self.assertEqual(found, {"events/clicks"} | {f"f02_read_{n}" for n in range(4)} | {f"f02/report_{n}" for n in range(4)})
        listed = [asset["ref"]["name"] for asset in self.admin.pages(
            "catalog.v1.CatalogService/ListAssets", {"kind": "dataset", "namespace": LAKE, "namePrefix": "events/"}, "assets")]
        self.assertEqual(listed, ["events/clicks"])
        # Any spelling leads to it, heard of or not.
        for pattern in [*patterns, "/events/clicks/dt=1999-12-31/hour=7/"]:
            self.assertEqual(self.exists(ref("dataset", LAKE, pattern)), "events/clicks")

    def test_a_leading_slash_below_a_bucket_tells_nothing(self):
        self.run_of("f03_spark", [], [named("gs://lake-demo", "/raw/orders")])
        self.run_of("f03_airflow", [named("gs://lake-demo", "raw/orders")], [named("gs://lake-demo", "f03/out")])
        self.assertEqual(self.names(ref("dataset", "gs://lake-demo", "f03/out"), "UPSTREAM"),
                         {"f03/out", "f03_airflow", "raw/orders", "f03_spark"})

    def test_a_definition_replaces_the_one_before(self):
        def define(day, *sources):
            return job_event("views.open_orders", f"2026-03-0{day}T00:00:00Z", [named(events.WAREHOUSE, "f04." + name) for name in sources],
                             [named(events.WAREHOUSE, "f04.view", columnLineage=columns(
                                 *(("id", events.WAREHOUSE, "f04." + name, "id") for name in sources)))])
        self.push(define(1, "orders", "clients", "regions"), define(2, "orders", "stores"))
        view = ref("dataset", events.WAREHOUSE, "f04.view")
        self.assertEqual(self.names(view, "UPSTREAM"), {"f04.view", "views.open_orders", "f04.orders", "f04.stores"})
        self.assertEqual(self.names(view, "UPSTREAM", asOf={"heldAt": "2026-03-01T12:00:00Z"}),
                         {"f04.view", "views.open_orders", "f04.orders", "f04.clients", "f04.regions"})
        stale = {edge for edge in self.walk(view, "UPSTREAM", includeStale=True)[1] if edge[3]}
        self.assertIn(("f04.clients", "consumes", "views.open_orders", True), stale)
        self.assertIn(("f04.clients", "derives", "f04.view", True), stale)

    def test_a_view_that_speaks_for_itself_is_redefined_too(self):
        for day, source in ((1, "f04.old"), (2, "f04.new")):
            self.push({"eventTime": f"2026-03-0{day}T00:00:00Z", "producer": events.PRODUCER, "schemaURL": "s", "dataset": named(
                events.WAREHOUSE, "f04.self", columnLineage=columns(("id", events.WAREHOUSE, source, "id")))})
        view = ref("dataset", events.WAREHOUSE, "f04.self")
        self.assertEqual(self.names(view, "UPSTREAM"), {"f04.self", "f04.new"})

    def test_runs_whose_sql_changed_leave_the_old_sources_stale(self):
        for day, sql, sources in ((1, "select * from orders join clients", ("orders", "clients")),
                                  (2, "select * from orders join clients", ("orders", "clients")),
                                  (3, "select * from orders join stores", ("orders", "stores"))):
            self.run_of("f04.model", [named(events.WAREHOUSE, "f04r." + name) for name in sources], [named(events.WAREHOUSE, "f04r.out")],
                        time=f"2026-03-0{day}T00:00:00Z", sql=events.facet(query=sql))
        out = ref("dataset", events.WAREHOUSE, "f04r.out")
        self.assertEqual(self.names(out, "UPSTREAM"), {"f04r.out", "f04.model", "f04r.orders", "f04r.stores"})
        self.assertIn(("f04r.clients", "consumes", "f04.model", True), self.walk(out, "UPSTREAM", includeStale=True)[1])

    def test_quotes_around_upper_case_tell_nothing(self):
        self.run_of("f06_spark", [], [named(SNOWFLAKE, '"DB"."SCHEMA"."TABLE"')])
        self.run_of("f06_other", [named(SNOWFLAKE, "DB.SCHEMA.TABLE")], [named(SNOWFLAKE, "DB.SCHEMA.OUT")])
        self.assertEqual(self.names(ref("dataset", SNOWFLAKE, "DB.SCHEMA.OUT"), "UPSTREAM"),
                         {"DB.SCHEMA.OUT", "f06_other", "DB.SCHEMA.TABLE", "f06_spark"})

    def test_one_run_id_of_two_jobs_is_two_runs(self):
        run = events.run_id(777)
        self.run_of("f07_a", [named(LAKE, "f07/a")], [named(LAKE, "f07/b")], run=run)
        self.run_of("f07_b", [named(LAKE, "f07/c")], [named(LAKE, "f07/d")], run=run)
        self.assertEqual(self.names(ref("dataset", LAKE, "f07/b"), "BOTH"), {"f07/a", "f07_a", "f07/b"})

    def test_column_lineage_of_a_partition_is_that_of_the_table(self):
        self.run_of("f10", [named(LAKE, "raw/sales")], [named(LAKE, "curated/sales_daily", columnLineage=columns(
            ("amount", LAKE, "raw/sales/year=2026/month=03/day=01", "amount")))])
        start = ref("dataset", LAKE, "curated/sales_daily")
        self.assertEqual(self.walk(start, "UPSTREAM", level="LEVEL_COLUMN")[1],
                         {("raw/sales.amount", "derives", "curated/sales_daily.amount", False)})
        self.assertEqual(self.names(start, "UPSTREAM"), {"curated/sales_daily", "f10", "raw/sales"})

    def test_column_lineage_hides_no_input_it_does_not_name(self):
        sources = [named(LAKE, "part/" + name) for name in "abc"]
        self.run_of("partial", sources, [named(LAKE, "part/out", columnLineage=columns(("x", LAKE, "part/a", "x")))])
        self.assertEqual(self.names(ref("dataset", LAKE, "part/out"), "UPSTREAM"),
                         {"part/out", "partial", "part/a", "part/b", "part/c"})

    def test_a_column_that_is_gone_has_no_current_edge(self):
        def state(day, fields, target):
            self.run_of("gone", [named(LAKE, "gone/in", schema=events.facet(fields=[{"name": name} for name in fields]))], [named(
                LAKE, "gone/out", schema=events.facet(fields=[{"name": target}]),
                columnLineage=columns((target, LAKE, "gone/in", fields[0])))], time=f"2026-03-0{day}T00:00:00Z")
        state(1, ["a", "b"], "old")
        state(2, ["b"], "new")
        start = ref("dataset", LAKE, "gone/out")
        self.assertEqual(self.walk(start, "UPSTREAM", level="LEVEL_COLUMN")[1], {("gone/in.b", "derives", "gone/out.new", False)})
        self.assertIn(("gone/in.a", "derives", "gone/out.old", True),
                      self.walk(start, "UPSTREAM", level="LEVEL_COLUMN", includeStale=True)[1])

    def test_a_dropped_table_says_so_until_it_is_back(self):
        for day, change, dropped in ((1, "CREATE", False), (2, "DROP", True), (3, "RENAME", True), (4, "OVERWRITE", False)):
            self.run_of("life", [], [named(LAKE, "life/t", lifecycleStateChange=events.facet(lifecycleStateChange=change))],
                        time=f"2026-03-0{day}T00:00:00Z")
            hit, = self.admin.call("search.v1.SearchService/Search", {"query": "life/t"}).get("hits", [])[:1]
            self.assertEqual(hit["asset"].get("dropped", False), dropped, change)
            node = self.admin.call(GET_LINEAGE, {"asset": ref("dataset", LAKE, "life/t"), "minRevision": self.newest})["nodes"][0]
            self.assertEqual(node["asset"].get("dropped", False), dropped, change)

    def test_a_newer_tags_facet_takes_back_tags_of_columns(self):
        fields = events.facet(fields=[{"name": "a"}, {"name": "b"}])
        for day, tags in ((1, [{"key": "pii", "field": "a"}, {"key": "key", "field": "b"}]), (3, [{"key": "key", "field": "b"}]),
                          (2, [{"key": "late", "field": "a"}])):
            self.run_of("tags", [], [named(LAKE, "tags/t", schema=fields, tags=events.facet(tags=tags))], time=f"2026-03-0{day}T00:00:00Z")
        page = self.admin.call("catalog.v1.CatalogService/GetAsset", {"asset": ref("dataset", LAKE, "tags/t")})["asset"]
        found = {column["path"][0]: [tag["key"] for value in column.get("aspects", ()) for tag in value["aspect"].get("tags", {}).get("tags", ())]
                 for column in page["columns"]}
        self.assertEqual(found, {"a": [], "b": ["key"]})

    def test_statements_are_dbts_alone(self):
        for number in (1, 2):
            self.run_of(f"load.sql.{number}", [], [named(LAKE, f"load/{number}")])
        self.assertEqual(self.names(ref("dataset", LAKE, "load/1"), "UPSTREAM"), {"load/1", "load.sql.1"})

    def test_what_dbt_calls_a_statement_leaves_other_producers_jobs_alone(self):
        dbt = "https://github.com/OpenLineage/OpenLineage/tree/1.30.1/integration/dbt"
        self.push({**events.event("model.shop.sql.1", events.run_id(901)), "producer": dbt})
        self.assertEqual(self.exists(ref("job", "etl", "model.shop.sql.1")), "model.shop")
        self.push({**events.event("model.shop.sql.1", events.run_id(902)), "producer": "https://airflow.apache.org/"})
        self.assertEqual(self.exists(ref("job", "etl", "model.shop.sql.1")), "model.shop.sql.1")

    def test_nobody_leads_anothers_name_elsewhere(self):
        stranger = self.person("stranger", [{"privileges": ["PRIVILEGE_PUSH"], "scope": {"namespace": "mine"}}])
        sent = events.event("nightly", events.run_id(903))
        sent["job"]["namespace"] = "mine"
        sent["producer"] = "https://github.com/OpenLineage/OpenLineage/tree/1.30.1/integration/dbt"
        sent["run"]["facets"] = {"parent": events.facet(run={"runId": events.run_id(904)}, job={"namespace": "etl", "name": "theirs.sql.1"})}
        self.assertEqual(stranger.push(sent)[0], 201)
        self.assertIsNone(self.exists(ref("job", "etl", "theirs.sql.1")))
        self.push(events.event("theirs.sql.1", events.run_id(905)))
        self.assertEqual(self.exists(ref("job", "etl", "theirs.sql.1")), "theirs.sql.1")

    def test_a_spelling_passes_no_deny(self):
        self.run_of("f11", [], [named("s3://closed", "raw/orders")])
        pusher = self.person("pusher", [{"privileges": ["PRIVILEGE_PUSH"], "scope": {}},
                                        {"privileges": ["PRIVILEGE_PUSH"], "scope": {"namespace": "s3://closed", "namePrefix": "raw/"}, "deny": True}])
        spellings = ("raw/orders", "/raw/orders", "raw/orders/dt=2026-11-29")
        for number, name in enumerate(spellings):
            sent = events.event("f11_reader", events.run_id(910 + number), inputs=[named("s3://closed", name, documentation=events.facet(description="sent"))])
            status, answer = pusher.push(sent)
            self.assertEqual(status, 201, answer)
            said = ref("dataset", "s3://closed", name)
            writes = [{"upserts": [{"asset": said, "aspect": {"documentation": {"text": "stated"}}}]},
                      {"aliases": [{"from": said, "to": ref("dataset", "s3://open", "copy"), "type": "TABLE"}]},
                      {"aliases": [{"from": ref("dataset", "s3://open", "copy"), "to": said, "type": "TABLE"}]}]
            for write in writes[:2]:
                with self.assertRaises(Refused, msg=write):
                    pusher.call("catalog.v1.CatalogService/UpsertAspects", write)
            pusher.call("catalog.v1.CatalogService/UpsertAspects", writes[2])
            for method in ("DeleteAsset", "RestoreAsset"):
                with self.assertRaises(Refused):
                    pusher.call("catalog.v1.CatalogService/" + method, {"asset": said})
        page = self.admin.call("catalog.v1.CatalogService/GetAsset", {"asset": ref("dataset", "s3://closed", "/raw/orders")})["asset"]
        self.assertEqual(page["ref"]["name"], "raw/orders")
        self.assertNotIn("sent", str(page))
        self.assertNotIn("stated", str(page))
        self.assertEqual([alias["state"] for alias in page.get("aliases", [])], ["ALIAS_STATE_CLAIMED"])

    def test_a_run_started_again_runs_again(self):
        run = events.run_id(888)
        for time, kind, state in (("2026-03-01T10:00:00Z", "COMPLETE", "COMPLETE"), ("2026-03-01T09:00:00Z", "START", "COMPLETE"),
                                  ("2026-03-01T11:00:00Z", "OTHER", "COMPLETE"), ("2026-03-01T12:00:00Z", "FAIL", "FAILED")):
            self.push(events.event("again", run, time=time, kind=kind))
            shown = self.admin.call("catalog.v1.CatalogService/GetRun", {"view": "RUN_VIEW_FULL", "job": ref("job", "etl", "again"), "runId": run})["run"]
            self.assertEqual(shown["state"], "RUN_STATE_" + state, kind)


if __name__ == "__main__":
    unittest.main()
