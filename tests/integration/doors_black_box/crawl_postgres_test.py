"""From an empty server to a crawled PostgreSQL by what the guide says: setup, test, plan, run, and what cannot be taken away."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))
from postgres_server import Postgres  # noqa: E402
from server import BIN, Server  # noqa: E402


class CrawlPostgres(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.server = cls.enterClassContext(Server())
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.environment = {"PATH": f"{BIN.resolve()}:/usr/bin:/bin", "HOME": str(cls.folder), "CADASTRE_URL": cls.server.http}
        cls.admin = {**cls.environment, "CADASTRE_TOKEN": (cls.server.data_dir / "admin.token").read_text().strip()}
        cls.postgres.run("postgres", "CREATE DATABASE shop", "CREATE ROLE reader LOGIN")
        cls.postgres.run("shop", *[f"CREATE TABLE t{i} (id int PRIMARY KEY, name text)" for i in range(20)],
                         "CREATE VIEW names AS SELECT id, name FROM t3", "COMMENT ON TABLE t3 IS '주문'")
        cls.recipe = cls.folder / "shop.yml"
        cls.recipe.write_text(f"source: {{type: postgres, name: shop, host: '{cls.postgres.folder}', user: reader, databases: [shop]}}\n"
                              "namespace: postgres://db:5432\nsink: {token_file: ingest-shop.token}\n")
        # The token that the recipe names is what setup leads to: whether the source can be read is told without it.
        assert cls.ingest("test").returncode == 0 and cls.ingest("plan").returncode == 2
        commands = cls.ingest("setup").stdout
        subprocess.run(["sh", "-e", "-c", commands], check=True, env=cls.admin, cwd=cls.folder, stdout=subprocess.DEVNULL)

    @classmethod
    def ingest(cls, *words):
        return subprocess.run([BIN / "cadastre-ingest", words[0], cls.recipe, *words[1:]], env=cls.environment, capture_output=True,
                              text=True, check=False)

    def report(self, *words, code=0):
        ended = self.ingest(*words, "--json")
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return json.loads(ended.stdout)

    def asset(self, name):
        told = subprocess.run([BIN / "cadastre", "get", f"dataset:postgres://db:5432#{name}", "--json"], env=self.admin,
                              capture_output=True, text=True, check=False)
        return told.stdout

    def test_a_source_comes_in_changes_and_goes(self):
        self.assertEqual(self.ingest("test").returncode, 0)
        self.assertEqual(self.report("plan")["totals"]["added"], 23)
        self.assertNotIn("shop.public.t3", self.asset("shop.public.t3"))
        self.assertEqual(self.report("run")["totals"]["added"], 23)
        self.assertIn("주문", self.asset("shop.public.t3"))
        again = self.report("run")
        self.assertEqual((again["totals"]["unchanged"], again["totals"]["changed"]), (23, 0))

        lineage = subprocess.run([BIN / "cadastre", "lineage", "dataset:postgres://db:5432#shop.public.names", "--json"], env=self.admin,
                                 capture_output=True, text=True, check=True).stdout
        self.assertIn("shop.public.t3", lineage)

        self.postgres.run("shop", "ALTER TABLE t5 RENAME TO five")
        self.assertEqual(self.report("run")["totals"]["renamed"], 1)

        self.postgres.run("shop", "DROP TABLE t7")
        self.assertEqual(self.report("run")["totals"]["missed"], 1)
        self.assertEqual(self.report("run")["totals"]["dropped"], 1)
        self.assertIn("DROP", self.asset("shop.public.t7"))

        self.postgres.run("shop", *[f"DROP TABLE t{i}" for i in range(10, 18)], "CREATE TABLE fresh (x int)")
        stopped = self.report("run", code=5)
        self.assertTrue(stopped["removals_stopped"])
        self.assertEqual(stopped["totals"]["added"], 1)
        self.assertEqual(self.report("run", "--allow-removals", "8")["totals"]["missed"], 8)
        self.assertEqual(self.report("run", "--allow-removals", "8")["totals"]["dropped"], 8)

    def test_a_foreign_table_comes_from_the_remote_one(self):
        self.postgres.run("postgres", "CREATE DATABASE lake")
        self.postgres.run("lake", "CREATE EXTENSION postgres_fdw",
                          f"CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '{self.postgres.folder}', dbname 'shop')",
                          "CREATE USER MAPPING FOR admin SERVER loop OPTIONS (user 'admin', password 'hunter7')",
                          "IMPORT FOREIGN SCHEMA public LIMIT TO (t19) FROM SERVER loop INTO public",
                          "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'far.example.com', dbname 'shop')",
                          "CREATE FOREIGN TABLE orders (id int) SERVER far OPTIONS (schema_name 'sales')")
        # The account of `shop`, which may push nothing of the far server.
        recipe = self.folder / "lake.yml"
        recipe.write_text(self.recipe.read_text().replace("name: shop,", "name: shop_lake,").replace("[shop]", "[lake]"))
        ended = subprocess.run([BIN / "cadastre-ingest", "run", recipe, "--json"], env=self.environment, capture_output=True, text=True,
                               check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        self.assertNotIn("hunter7", ended.stdout + ended.stderr)
        for table, remote in (("t19", "db:5432#shop.public.t19"), ("orders", "far.example.com:5432#shop.sales.orders")):
            lineage = subprocess.run([BIN / "cadastre", "lineage", f"dataset:postgres://db:5432#lake.public.{table}", "--json"],
                                     env=self.admin, capture_output=True, text=True, check=True).stdout
            self.assertIn(remote.split("#")[1], lineage)
            self.assertIn("postgres://" + remote.split("#")[0], lineage)

    def test_no_secret_is_told(self):
        ended = self.ingest("run")
        token = (self.folder / "ingest-shop.token").read_text().strip()
        self.assertNotIn(token, ended.stdout + ended.stderr)


if __name__ == "__main__":
    unittest.main()
