"""One warehouse seen three times, by a crawl of PostgreSQL, by dbt's artefacts and by the events of dbt's runs, is one graph
without a duplicate."""
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from events import TESTS
from client import ref
from postgres_server import Postgres
from server import BIN, Server

CATALOG, LINEAGE = "catalog.v1.CatalogService/", "lineage.v1.LineageService/"
WAREHOUSE = "postgres://db:5432"
PRODUCER = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/dbt"
TABLES = {"raw.customers", "raw.orders", "raw.payments_v2", "dbt_seeds.countries", "dbt_stg.stg_customers", "dbt_stg.stg_orders",
          "dbt_marts.fct_orders", "dbt_marts.revenue_daily", "dbt_marts.forecast", "dbt_util.dates", "snap.customers_snapshot"}
VIEWS = {"dbt_stg.stg_customers": "raw.customers", "dbt_stg.stg_orders": "raw.orders"}
JOBS = {"seed.shop.countries", "model.shop.stg_customers", "model.shop.stg_orders", "model.shop.fct_orders", "model.shop.revenue_daily",
        "model.shop.forecast", "model.calendar.dates", "snapshot.shop.customers_snapshot", "exposure.shop.mailer"}


def table(name):
    return ref("dataset", WAREHOUSE, f"shop.{name}")


def event(kind, job, number, inputs=(), output=None, **facets):
    """As `dbt-ol --consume-structured-logs` sends it."""
    def named(name):
        return {"namespace": WAREHOUSE, "name": f"shop.{name}", "facets": {}}
    return {"eventType": kind, "eventTime": f"2026-11-21T04:40:{number:02d}Z", "producer": PRODUCER,
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": f"01900000-0000-7000-8000-{number:012x}", "facets": {}},
            "job": {"namespace": "dbt", "name": job, "facets": facets},
            "inputs": [named(name) for name in inputs], "outputs": [named(output)] if output else []}


EVENTS = [
    event("COMPLETE", "model.shop.stg_customers", 1, ["raw.customers"], "dbt_stg.stg_customers"),
    event("COMPLETE", "model.shop.stg_orders", 2, ["raw.orders"], "dbt_stg.stg_orders"),
    event("COMPLETE", "model.shop.fct_orders", 3, ["dbt_stg.stg_customers", "dbt_stg.stg_orders", "dbt_seeds.countries"],
          "dbt_marts.fct_orders"),
    event("COMPLETE", "model.shop.fct_orders.sql.1", 4),
    event("FAIL", "model.shop.revenue_daily", 5, ["dbt_marts.fct_orders"], "dbt_marts.revenue_daily"),
]


class OneWarehouse(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        statements = [f"CREATE SCHEMA {schema}" for schema in sorted({name.split(".")[0] for name in TABLES})]
        statements += [f"CREATE TABLE {name} (id int PRIMARY KEY, email text NOT NULL)" for name in sorted(TABLES - VIEWS.keys())]
        statements += [f"CREATE VIEW {name} AS SELECT id, email FROM {source}" for name, source in VIEWS.items()]
        cls.postgres.run("postgres", "CREATE DATABASE shop")
        cls.postgres.run("shop", *statements)
        cls.target = cls.folder / "target"
        shutil.copytree(TESTS / "data" / "dbt" / "shop", cls.target)
        (cls.folder / "postgres.yml").write_text(
            f"source: {{type: postgres, name: warehouse, host: '{cls.postgres.folder}', user: admin, databases: [shop]}}\n"
            f"namespace: {WAREHOUSE}\nscope: {{schemas: {{exclude: [public]}}}}\n")
        (cls.folder / "dbt.yml").write_text(
            f"source: {{type: dbt, name: shop-dbt, target: target, structure: false}}\nnamespace: {WAREHOUSE}\n")

    def setUp(self):
        self.server = self.enterContext(Server())
        self.client = self.server.admin()
        self.addCleanup(self.client.close)
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "CADASTRE_URL": self.server.http,
                            "CADASTRE_TOKEN": (self.server.data_dir / "admin.token").read_text().strip()}

    def crawl(self, recipe, code=0):
        ended = subprocess.run([BIN.resolve() / "cadastre-ingest", "run", self.folder / recipe, "--json"], env=self.environment,
                               capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return json.loads(ended.stdout)["totals"]

    def push(self):
        status, _, answer = self.client.request("POST", "/api/v1/lineage", json.dumps(EVENTS),
                                                {"Content-Type": "application/json"})
        self.assertLess(status, 300, answer)

    def read(self, method, **request):
        revision = self.client.call("authz.v1.AuthzService/WhoAmI")["revision"]
        return self.client.call(method, {**request, "minRevision": revision})

    def names(self, kind, namespace):
        listed = self.read(CATALOG + "ListAssets", kind=kind, namespace=namespace, pageSize=1000).get("assets", [])
        return sorted(one["ref"]["name"] for one in listed)

    def upstream(self, name):
        walk = self.read(LINEAGE + "GetLineage", asset=table(name), direction="DIRECTION_UPSTREAM", depth=20)
        nodes = {node.get("index", 0): node["asset"]["ref"]["name"] for node in walk["nodes"]}
        edges = [(nodes[edge.get("from", 0)], nodes[edge.get("to", 0)]) for edge in walk.get("edges", [])]
        self.assertEqual(len(nodes), len(set(nodes.values())))
        self.assertEqual(len(edges), len(set(edges)), "an edge that three state is one edge")
        return set(nodes.values()), set(edges)

    def assert_one_graph(self):
        self.assertEqual(self.names("dataset", WAREHOUSE), sorted(f"shop.{name}" for name in TABLES))
        self.assertEqual(self.names("job", "dbt"), sorted(JOBS))
        self.assertEqual(self.names("dashboard", "dbt"), ["exposure.shop.revenue_dashboard"])
        nodes, edges = self.upstream("dbt_marts.revenue_daily")
        self.assertEqual(nodes, {f"shop.{name}" for name in (
            "dbt_marts.revenue_daily", "dbt_marts.fct_orders", "dbt_seeds.countries", "dbt_stg.stg_customers", "dbt_stg.stg_orders",
            "raw.customers", "raw.orders")} | {"seed.shop.countries", "model.shop.stg_customers", "model.shop.stg_orders",
                                               "model.shop.fct_orders", "model.shop.revenue_daily"})
        self.assertIn(("shop.raw.customers", "model.shop.stg_customers"), edges)
        self.assertIn(("model.shop.stg_customers", "shop.dbt_stg.stg_customers"), edges)
        self.assertIn(("shop.raw.customers", "shop.dbt_stg.stg_customers"), edges, "the view itself says so")
        orders = self.read(CATALOG + "GetAsset", asset=table("dbt_marts.fct_orders"), view="ASSET_VIEW_FULL")["asset"]
        self.assertEqual([(column["path"], column.get("type", "")) for column in orders["columns"] if not column.get("orphaned")
                          and column.get("type")], [(["id"], "integer"), (["email"], "text")], "the warehouse's own columns stand")
        self.assertEqual(orders["summary"]["description"], "Order facts")
        results, = [value["aspect"]["qualityResults"]["results"] for value in orders["operational"] if "qualityResults" in value["aspect"]]
        self.assertEqual({one["assertion"]: one.get("success", False) for one in results},
                         {"accepted_values": False, "not_null": False, "relationships": False, "unique": True})
        runs = self.read(CATALOG + "ListRuns", job=ref("job", "dbt", "model.shop.revenue_daily"))["runs"]
        self.assertEqual([run["state"] for run in runs], ["RUN_STATE_FAILED"])

    def test_whoever_comes_first_the_graph_is_one(self):
        self.crawl("postgres.yml")
        self.crawl("dbt.yml")
        self.push()
        self.assert_one_graph()
        self.assertEqual(self.crawl("dbt.yml")["changed"], 0)
        self.assertEqual(self.crawl("postgres.yml")["changed"], 0)
        self.assert_one_graph()

    def test_events_before_crawls(self):
        self.push()
        self.crawl("dbt.yml")
        self.crawl("postgres.yml")
        self.assert_one_graph()

    def test_names_that_need_quotes_are_one_name(self):
        odd = [("raw", "a.b"), ("raw", 'say "hi"'), ("일별 매출", "주문 😀"), ("a.b", "c.d")]
        for schema, name in odd:
            schema, name = (part.replace('"', '""') for part in (schema, name))
            if schema != "raw":
                self.postgres.run("shop", f'CREATE SCHEMA "{schema}"')
            self.postgres.run("shop", f'CREATE TABLE "{schema}"."{name}" (id int)')
            self.addCleanup(self.postgres.run, "shop", f'DROP TABLE "{schema}"."{name}"')
        whole = (self.target / "manifest.json").read_text()
        self.addCleanup((self.target / "manifest.json").write_text, whole)
        manifest = json.loads(whole)
        for number, (schema, name) in enumerate(odd):
            source = {**manifest["sources"]["source.shop.raw.orders"], "schema": schema, "identifier": name}
            manifest["sources"][f"source.shop.raw.odd{number}"] = source
        (self.target / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False))
        self.crawl("postgres.yml")
        before = self.names("dataset", WAREHOUSE)
        self.assertEqual(len(before), len(TABLES) + len(odd))
        self.crawl("dbt.yml")
        self.assertEqual(self.names("dataset", WAREHOUSE), before)

    def test_a_part_of_a_project_wipes_no_lineage(self):
        self.crawl("dbt.yml")
        before = self.upstream("dbt_marts.revenue_daily")
        whole = (self.target / "manifest.json").read_text()
        self.addCleanup((self.target / "manifest.json").write_text, whole)
        manifest = json.loads(whole)
        for node in manifest["nodes"].values():
            node.pop("depends_on")
        for gone in ("model.shop.forecast", "model.shop.revenue_daily"):
            manifest["nodes"].pop(gone)
        (self.target / "manifest.json").write_text(json.dumps(manifest))
        for _ in range(3):
            totals = self.crawl("dbt.yml", code=1)
            self.assertEqual((totals["missed"], totals["dropped"]), (0, 0))
        self.assertEqual(self.upstream("dbt_marts.revenue_daily"), before)


if __name__ == "__main__":
    unittest.main()
