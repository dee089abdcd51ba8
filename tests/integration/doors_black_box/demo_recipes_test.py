"""The recipes that `./dev run` leaves beside the demo are run as they are, and tell more of the demo's own assets."""
import contextlib
import json
import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

from events import TESTS
from client import ref
from postgres_server import POSTGRES, Postgres
from server import BIN, Server

CATALOG, LINEAGE = "catalog.v1.CatalogService/", "lineage.v1.LineageService/"
DEMO = TESTS.parent / "demo"
SHOP, WAREHOUSE = "postgres://shop-db:5432", "postgres://warehouse:5432"
VIEW = "shop.public.order_totals"
# In the past of any clock, as a time in the future would be cut to that of the commit.
END = "2025-06-30T00:00:00Z"


class DemoRecipes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.server = cls.enterClassContext(Server())
        cls.client = cls.server.admin()
        cls.addClassCleanup(cls.client.close)
        cls.environment = {"PATH": "/usr/bin:/bin", "HOME": str(cls.folder), "CADASTRE_URL": cls.server.http,
                           "CADASTRE_GRPC": cls.server.grpc, "CADASTRE_TOKEN": cls.server.admin_token}
        cls.ask("cadastre-demo-events", "--out", cls.folder / "demo", "--end", END)
        cls.ask("cadastre-demo-load", cls.folder / "demo")
        cls.recipes = cls.folder / "recipes"
        cls.write_recipes()

    @classmethod
    def ask(cls, program, *arguments):
        ended = subprocess.run([BIN.resolve() / program, *arguments], env=cls.environment, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, (arguments, ended.returncode, ended.stdout, ended.stderr)
        return ended.stdout

    @classmethod
    def write_recipes(cls):
        subprocess.run([DEMO / "recipes" / "write", BIN.resolve(), cls.recipes], env=cls.environment, check=True)

    def ingest(self, command, recipe, *more):
        """By the recipe's own account: nobody else's token is at hand."""
        environment = {**self.environment}
        environment.pop("CADASTRE_TOKEN")
        ended = subprocess.run([BIN.resolve() / "cadastre-ingest", command, self.recipes / recipe, *more], env=environment,
                               capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 0, (command, ended.stdout, ended.stderr))
        return ended.stdout

    def crawl(self, recipe):
        """As a newcomer does."""
        self.ingest("test", recipe)
        planned = json.loads(self.ingest("plan", recipe, "--json"))["totals"]
        totals = json.loads(self.ingest("run", recipe, "--json"))["totals"]
        self.assertEqual(totals, planned)
        self.assertGreater(totals["added"], 0)
        self.assertEqual(totals["failed"], 0)

    def read(self, method, **request):
        revision = self.client.call("authz.v1.AuthzService/WhoAmI")["revision"]
        return self.client.call(method, {**request, "minRevision": revision})

    def names(self, kind, namespace):
        listed = self.read(CATALOG + "ListAssets", kind=kind, namespace=namespace, pageSize=1000).get("assets", [])
        return {one["ref"]["name"] for one in listed}

    def asset(self, asset):
        return self.read(CATALOG + "GetAsset", asset=asset, view="ASSET_VIEW_FULL")["asset"]

    def columns(self, asset):
        return {column["path"][-1]: column for column in self.asset(asset)["columns"] if not column.get("orphaned")}

    def edges(self, asset):
        walk = self.read(LINEAGE + "GetLineage", asset=asset, direction="DIRECTION_UPSTREAM", depth=20)
        nodes = {node.get("index", 0): (node["asset"]["ref"]["namespace"], node["asset"]["ref"]["name"]) for node in walk["nodes"]}
        return {(nodes[edge.get("from", 0)], nodes[edge.get("to", 0)]) for edge in walk.get("edges", [])}

    def test_dbt_tells_more_of_the_models_that_are_there(self):
        models = [ref("dataset", WAREHOUSE, f"dw.gold.{name}")
                  for name in ("daily_sales", "daily_sales_by_category", "monthly_sales", "customer_360")]

        def seen():
            kinds = [(kind, namespace) for kind in ("dataset", "container", "job", "dashboard") for namespace in (WAREHOUSE, "dbt-haru")]
            return ({place: self.names(*place) for place in kinds}, [self.edges(model) for model in models],
                    [self.columns(model).keys() for model in models])
        before = seen()
        self.assertNotIn("aspects", self.columns(models[0])["order_count"])
        self.crawl("dbt.yml")
        self.assertEqual(seen(), before, "no second asset, edge or column of what the demo has")
        asset = self.asset(models[0])
        counted, = [column for column in asset["columns"] if column["path"] == ["order_count"]]
        text, = [value["aspect"]["documentation"]["text"] for value in counted["aspects"]]
        self.assertIn("cancelled ones not counted", text)
        self.assertIn("일별 매출", asset["summary"]["description"])
        names = {result["name"] for value in asset["operational"] if "qualityResults" in value["aspect"]
                 for result in value["aspect"]["qualityResults"]["results"]}
        self.assertIn("net_sales_is_gross_less_discount_and_refunds", names)

    def test_a_postgres_tells_more_of_the_tables_that_are_there(self):
        postgres = self.enterContext(Postgres())
        subprocess.run([POSTGRES / "createdb", "-h", postgres.folder, "-U", "admin", "shop"], check=True)
        subprocess.run([POSTGRES / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", postgres.folder, "-U", "admin", "shop", "-f",
                        DEMO / "postgres" / "shop.sql"], check=True)
        orders = ref("dataset", SHOP, "shop.public.orders")
        tables = postgres.ask("shop", "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        before = self.names("dataset", SHOP)
        columns = {name: self.columns(ref("dataset", SHOP, f"shop.public.{name}")).keys() for name in tables.split()}
        recipe = self.recipes / "postgres.yml"
        edited = recipe.read_text().replace("host: /var/run/postgresql", f"host: {postgres.folder}").replace("# user: cadastre ", "user: admin ")
        recipe.write_text(edited)
        self.write_recipes()
        self.assertEqual(recipe.read_text(), edited, "what a person made of a recipe stays")
        self.crawl("postgres.yml")
        self.assertEqual(self.names("dataset", SHOP), before | {VIEW})
        for name, known in columns.items():
            self.assertEqual(self.columns(ref("dataset", SHOP, f"shop.public.{name}")).keys(), known, name)
        properties, = [value["aspect"]["customProperties"]["properties"] for value in self.asset(orders)["business"]
                       if "customProperties" in value["aspect"]]
        self.assertEqual(properties["primary key orders_pkey"], "PRIMARY KEY (order_id)")
        self.assertIn(((SHOP, "shop.public.orders"), (SHOP, VIEW)), self.edges(ref("dataset", SHOP, VIEW)))

    def test_recipes_have_accounts_of_their_own(self):
        for name, recipe in (("haru-shop", "postgres.yml"), ("haru-dbt", "dbt.yml")):
            token = self.recipes / f"ingest-{name}.token"
            self.assertEqual(stat.S_IMODE(token.stat().st_mode), 0o600)
            self.assertEqual(stat.S_IMODE((self.recipes / recipe).stat().st_mode), 0o600)
            with contextlib.closing(self.server.client(token.read_text().strip())) as client:
                self.assertEqual(client.call("authz.v1.AuthzService/WhoAmI")["principal"]["id"], f"svc-ingest-{name}")

    def test_a_second_time_changes_nothing_and_what_is_taken_away_is_made_anew(self):
        def files():
            return {path: path.read_bytes() for path in self.recipes.rglob("*") if path.is_file()}
        before = files()
        self.write_recipes()
        self.assertEqual(files(), before)
        (self.recipes / "dbt.yml").unlink()
        self.write_recipes()
        self.assertEqual(files().keys(), before.keys())
        self.ingest("plan", "dbt.yml")

    def test_one_that_could_not_be_finished_is_finished_the_next_time(self):
        other = self.folder / "unfinished"
        environment = {**self.environment, "CADASTRE_TOKEN": "nobody's"}
        ended = subprocess.run([DEMO / "recipes" / "write", BIN.resolve(), other], env=environment, capture_output=True, check=False)
        self.assertNotEqual(ended.returncode, 0)
        self.assertFalse(os.path.exists(other / "postgres.yml"))
        subprocess.run([DEMO / "recipes" / "write", BIN.resolve(), other], env=self.environment, check=True)
        self.assertGreater((other / "ingest-haru-shop.token").stat().st_size, 0)
        self.assertTrue((other / "postgres.yml").exists() and (other / "dbt.yml").exists())


if __name__ == "__main__":
    unittest.main()
