"""What dbt tells through its OpenLineage wrapper is there: models, columns, tests, by both of the wrapper's modes."""
import json
import os
import pathlib
import shutil
import subprocess

import program
from environments import environment
from place import CATALOG, LINEAGE, READING, SEARCH, PeerCase, Place, ref
from postgres import Postgres
from steps import step

HERE = pathlib.Path(__file__).resolve().parent
DBT_SECONDS = 180


class _Dbt(PeerCase):
    """The shop's project, built once by `dbt-ol` with `arguments`, its jobs in the namespace `jobs`."""

    arguments = ()
    jobs = ""

    @classmethod
    def setUpClass(cls):
        cls.environment = environment("dbt", HERE / "requirements.txt")
        cls.place = cls.enterClassContext(Place())
        database = cls.enterClassContext(Postgres(cls.place.folder))
        database.make_shop()
        cls.tables, cls.port = f"postgres://127.0.0.1:{database.port}", database.port
        cls.project = cls.place.folder / "project"
        shutil.copytree(HERE / "project", cls.project)
        with step(f"dbt-ol {' '.join(cls.arguments)}"):
            cls.log = cls.build("dbt.log", cls.jobs, cls.place.push_token)

    @classmethod
    def build(cls, log, jobs, token):
        """What dbt-ol said."""
        around = program.surroundings(
            cls.place.folder, OPENLINEAGE_URL=cls.place.url, OPENLINEAGE_API_KEY=token, OPENLINEAGE_NAMESPACE=jobs,
            DBT_PROFILES_DIR=cls.project, SHOP_PORT=cls.port)
        around["PATH"] = f"{cls.environment / 'bin'}:{around['PATH']}"
        program.run("dbt-ol", ["dbt-ol", *cls.arguments, "--project-dir", cls.project], cls.place.folder / log, DBT_SECONDS,
                    env=around, cwd=cls.project)
        return (cls.place.folder / log).read_text(errors="replace")

    def table(self, name):
        return ref("dataset", self.tables, f"shop.{name}")

    def job(self, name):
        return ref("job", self.jobs, name)

    def tables_above(self, name, depth):
        """{table: hops}, jobs left out."""
        return {above.removeprefix("shop."): hops
                for (kind, namespace, above), hops in self.place.neighbours(self.table(name), "UPSTREAM", depth).items()
                if kind == "dataset" and namespace == self.tables}

    def assert_described(self):
        orders = self.place.asset(self.table("dbt_marts.fct_orders"))
        self.assertEqual(orders["summary"]["description"], "Order facts")
        key, = [column for column in orders["columns"] if column["path"] == ["order_id"]]
        self.assertEqual([value["aspect"]["documentation"]["text"] for value in key["aspects"]], ["Order key"])
        source, = self.place.aspects(self.table("raw.orders"), "documentation")
        self.assertEqual(source["text"], "One row per order")
        # An owner that a pipeline states is a claim: no policy may read it.
        owned, = [value for value in orders["business"] if "ownership" in value["aspect"]]
        self.assertEqual([owner["owner"] for owner in owned["aspect"]["ownership"]["owners"]], ["data-team"])
        self.assertEqual([(one["principal"], one["tool"], one["claim"]) for one in owned["sources"]], [("pusher", "dbt", True)])
        self.assertIn("dbt_model", [facet["name"] for facet in self.place.aspects(self.table("dbt_marts.fct_orders"), "facet")])

    def assert_bad_token_says_so(self):
        said = self.build("refused.log", f"{self.jobs}-refused", "cad_nobody")
        self.assertIn("401", said)
        self.assertIn("PASS=10 WARN=1 ERROR=0", said)
        self.assertEqual(self.place.names(kind="job", namespace=f"{self.jobs}-refused"), set())


def outcome(result):
    return result["assertion"], result.get("column", ""), result.get("success", False), result["severity"]


ORDERS_TESTED = [("accepted_values", "country", False, "warn"), ("not_null", "order_id", True, "error"),
                 ("unique", "order_id", True, "error")]


class DbtAfterwards(_Dbt):
    """The wrapper's default: it reads dbt's artifacts when dbt has ended."""

    arguments, jobs = ("build",), "dbt-shop"
    models = {"stg_orders": "dbt_stg", "stg_customers": "dbt_stg", "fct_orders": "dbt_marts", "revenue_daily": "dbt_marts"}

    def test_every_model_and_every_test_is_a_job_that_ended_well(self):
        models = {f"shop.{schema}.shop.{model}.build.run" for model, schema in self.models.items()}
        tests = {"shop.raw.source.shop.raw.orders.build.test", "shop.dbt_marts.shop.fct_orders.build.test",
                 "shop.dbt_marts.shop.revenue_daily.build.test", "test.shop.revenue_not_negative"}
        self.assertEqual(self.place.names(kind="job", namespace=self.jobs), models | tests | {"dbt-run-shop"})
        whole = self.run_of(self.job("dbt-run-shop"))
        for job in models | tests:
            run = self.run_of(self.job(job))
            self.assertEqual((run["state"], run["events"]), ("RUN_STATE_COMPLETE", 2), job)
            self.assertEqual((run["parent"]["job"], run["parent"]["runId"]), (self.job("dbt-run-shop"), whole["runId"]), job)
        engine, = [facet["processingEngine"] for facet in whole["facets"] if "processingEngine" in facet]
        self.assertEqual((engine["name"], engine["version"]), ("dbt", "1.10.23"))

    def test_models_lead_back_to_the_tables_of_the_shop(self):
        # This mode leaves the seed out of a model's inputs; only the column that comes from it tells.
        self.assertEqual(self.tables_above("dbt_marts.fct_orders", 4), {
            "dbt_stg.stg_orders": 2, "dbt_stg.stg_customers": 2, "dbt_seeds.countries": 2, "raw.orders": 4, "raw.customers": 4})
        self.assertEqual(self.tables_above("dbt_marts.revenue_daily", 6), {
            "dbt_marts.fct_orders": 2, "dbt_stg.stg_orders": 4, "dbt_stg.stg_customers": 4, "dbt_seeds.countries": 4,
            "raw.orders": 6, "raw.customers": 6})

    def test_columns_lead_back_to_the_columns_they_come_from(self):
        for name, column, source, source_column in (
                ("dbt_stg.stg_orders", "order_id", "raw.orders", "id"),
                ("dbt_stg.stg_orders", "day", "raw.orders", "created_at"),
                ("dbt_stg.stg_customers", "email", "raw.customers", "email"),
                ("dbt_marts.fct_orders", "amount", "dbt_stg.stg_orders", "amount"),
                ("dbt_marts.fct_orders", "country", "dbt_stg.stg_customers", "country"),
                ("dbt_marts.fct_orders", "country_name", "dbt_seeds.countries", "name"),
                ("dbt_marts.revenue_daily", "revenue", "dbt_marts.fct_orders", "amount")):
            found = self.place.sources_of_column(self.table(name), column)
            self.assertEqual({one[:3] for one in found}, {(self.tables, f"shop.{source}", source_column)}, f"{name}.{column}")

    def test_tests_and_their_outcome_stand_at_the_table(self):
        orders, = self.place.aspects(self.table("dbt_marts.fct_orders"), "qualityResults")
        self.assertEqual(sorted(map(outcome, orders["results"])), ORDERS_TESTED)
        source, = self.place.aspects(self.table("raw.orders"), "qualityResults")
        self.assertEqual(sorted(map(outcome, source["results"])),
                         [("not_null", "id", True, "error"), ("unique", "id", True, "error")])
        daily, = self.place.aspects(self.table("dbt_marts.revenue_daily"), "qualityResults")
        self.assertEqual([outcome(one) for one in daily["results"]], [("revenue_not_negative", "", True, "error")])

    def test_rows_written_and_the_sql_are_told(self):
        run = self.run_of(self.job("shop.dbt_marts.shop.fct_orders.build.run"))
        written, = run["outputs"]
        self.assertEqual(written["dataset"], self.table("dbt_marts.fct_orders"))
        self.assertEqual([facet["ioStatistics"]["rows"] for facet in written["facets"]], ["200"])
        self.assertEqual({one["dataset"]["name"] for one in run["inputs"]},
                         {"shop.dbt_stg.stg_orders", "shop.dbt_stg.stg_customers"})
        definition, = self.place.aspects(self.job("shop.dbt_marts.shop.fct_orders.build.run"), "definition")
        self.assertIn("left join", definition["sql"])

    def test_descriptions_owners_and_dbts_own_facets_arrive(self):
        self.assert_described()

    def test_search_finds_models_by_name_and_description(self):
        self.assertEqual(self.place.hits("Revenue by day and country"), ["shop.dbt_marts.revenue_daily"])
        self.assertEqual(set(self.place.hits("kind:job fct_orders")),
                         {f"shop.dbt_marts.shop.fct_orders.build.{what}" for what in ("run", "test")})
        self.assertEqual(self.place.hits("column:revenue"), ["shop.dbt_marts.revenue_daily"])

    def test_what_dbt_told_looks_missing_without_the_grant(self):
        self.assert_hidden(self.table("dbt_marts.fct_orders"), self.table("raw.customers"),
                           self.job("shop.dbt_marts.shop.fct_orders.build.run"))

    def test_who_sees_the_sources_alone_sees_no_trace_of_what_comes_of_them(self):
        clerk = self.place.admit("clerk", READING, {"namespace": self.tables, "name_prefix": "shop.raw."})
        orders = self.table("raw.orders")
        self.assertEqual(clerk.call(CATALOG + "GetAsset", {"asset": orders})["asset"]["ref"], orders)
        for level in ("LEVEL_ASSET", "LEVEL_COLUMN"):
            walk = clerk.call(LINEAGE + "GetLineage", {
                "asset": orders, "direction": "DIRECTION_BOTH", "depth": 9, "level": level})
            self.assertEqual({node["asset"]["ref"]["name"] for node in walk["nodes"]}, {orders["name"]}, level)
            self.assertEqual((walk.get("edges", []), walk.get("truncated", False)), ([], False), level)
        found = clerk.call(SEARCH + "Search", {"query": "orders", "facets": ["kind"]})
        self.assertEqual(([hit["asset"]["ref"]["name"] for hit in found["hits"]], int(found["total"])), ([orders["name"]], 1))
        facet, = found["facets"]
        self.assertEqual([(one["value"], int(one["count"])) for one in facet["counts"]], [("dataset", 1)])

    def test_a_token_nobody_has_stops_the_events_and_not_dbt(self):
        self.assert_bad_token_says_so()


class DbtLive(_Dbt):
    """The wrapper's other mode: it follows dbt's log and sends while dbt runs. Its jobs bear other names."""

    arguments, jobs = ("build", "--consume-structured-logs"), "dbt-live"

    def test_models_seeds_and_tests_are_jobs_and_their_statements_are_not(self):
        jobs = self.place.names(kind="job", namespace=self.jobs)
        plain = {f"model.shop.{model}" for model in DbtAfterwards.models} | {
            "seed.shop.countries", "dbt-run-shop", "test.shop.revenue_not_negative"}
        self.assertLessEqual(plain, jobs)
        self.assertEqual({job.rsplit(".", 1)[0] for job in jobs - plain}, {
            f"test.shop.{test}" for test in (
                "accepted_values_fct_orders_country__CH__DE", "not_null_fct_orders_order_id", "unique_fct_orders_order_id",
                "source_not_null_raw_orders_id", "source_unique_raw_orders_id")})
        self.assertEqual(len(jobs), len(plain) + 5)

    def test_every_run_ended_well_and_belongs_to_the_whole(self):
        whole = self.run_of(self.job("dbt-run-shop"))
        self.assertEqual(whole["state"], "RUN_STATE_COMPLETE")
        for job in self.place.names(kind="job", namespace=self.jobs) - {"dbt-run-shop"}:
            runs = self.place.runs(self.job(job))
            self.assertEqual({run["state"] for run in runs}, {"RUN_STATE_COMPLETE"}, job)
            own, = [run for run in runs if run["parent"]["job"] != self.job(job)]
            self.assertEqual((own["parent"]["job"], own["parent"]["runId"]), (self.job("dbt-run-shop"), whole["runId"]), job)
            # The statements of a model ran inside its run.
            self.assertEqual({run["parent"]["runId"] for run in runs if run is not own}, {own["runId"]}, job)

    def test_models_lead_back_to_tables_and_seeds(self):
        self.assertEqual(self.tables_above("dbt_marts.fct_orders", 4), {
            "dbt_stg.stg_orders": 2, "dbt_stg.stg_customers": 2, "dbt_seeds.countries": 2, "raw.orders": 4, "raw.customers": 4})

    def test_the_outcome_of_every_test_stands_at_its_table(self):
        # Each test is an event of its own.
        orders, = self.place.aspects(self.table("dbt_marts.fct_orders"), "qualityResults")
        self.assertEqual(sorted(map(outcome, orders["results"])), ORDERS_TESTED)
        source, = self.place.aspects(self.table("raw.orders"), "qualityResults")
        self.assertEqual(sorted(map(outcome, source["results"])),
                         [("not_null", "id", True, "error"), ("unique", "id", True, "error")])

    def test_a_statement_says_nothing_of_its_model(self):
        job = self.job("model.shop.fct_orders")
        self.assertEqual([one["jobType"] for one in self.place.aspects(job, "jobType")], ["MODEL"])
        # Its own events tell no SQL in this mode.
        self.assertEqual(self.place.aspects(job, "definition"), [])
        statements = [run for run in self.place.runs(job) if run["parent"]["job"] == job]
        self.assertTrue(statements)
        for run in statements:
            whole = self.place.run(job, run["runId"])
            self.assertTrue([facet for facet in whole["facets"] if "definition" in facet], whole["facets"])

    def test_the_outcome_of_every_test_is_in_the_history_of_its_table(self):
        entries = self.place.read(CATALOG + "GetHistory", asset=self.table("dbt_marts.fct_orders"))["entries"]
        results = [result for entry in entries if "qualityResults" in entry.get("aspect", {})
                   for result in entry["aspect"]["qualityResults"]["results"]]
        self.assertEqual(sorted(map(outcome, results)), ORDERS_TESTED)

    def test_descriptions_owners_and_dbts_own_facets_arrive(self):
        self.assert_described()

    def test_search_finds_models_by_name_and_description(self):
        self.assertEqual(self.place.hits("Order facts"), ["shop.dbt_marts.fct_orders"])
        self.assertIn("seed.shop.countries", self.place.hits("kind:job countries"))

    def test_what_dbt_told_looks_missing_without_the_grant(self):
        self.assert_hidden(self.table("dbt_seeds.countries"), self.job("model.shop.fct_orders"))

    def test_a_token_nobody_has_stops_the_events_and_not_dbt(self):
        self.assert_bad_token_says_so()


class _Crawled:
    """The same project crawled as well, from the artefacts that dbt left: each of its things is one asset."""

    job_names = ""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = {kind: cls.place.names(kind=kind, namespace=namespace)
                    for kind, namespace in (("dataset", cls.tables), ("job", cls.jobs))}
        target = cls.project / "target"
        shutil.copy(target / "run_results.json", cls.place.folder / "results.json")
        around = program.surroundings(cls.place.folder, DBT_PROFILES_DIR=cls.project, SHOP_PORT=cls.port)
        around["PATH"] = f"{cls.environment / 'bin'}:{around['PATH']}"
        program.run("dbt docs", ["dbt", "docs", "generate", "--project-dir", cls.project], cls.place.folder / "docs.log", DBT_SECONDS,
                    env=around, cwd=cls.project)
        (cls.place.folder / "dbt.yml").write_text(
            f"source: {{type: dbt, name: shop, target: '{target}', run_results: [results.json], job_namespace: {cls.jobs}, "
            f"job_names: {cls.job_names}}}\nnamespace: {cls.tables}\n")
        cls.report = cls.crawl("run", "--json")

    @classmethod
    def crawl(cls, *words):
        token = (cls.place.server.data_dir / "admin.token").read_text().strip()
        ended = subprocess.run([pathlib.Path(os.environ["CADASTRE_BIN"]) / "cadastre-ingest", *words, cls.place.folder / "dbt.yml"],
                               env={"PATH": "/usr/bin:/bin", "HOME": str(cls.place.folder), "CADASTRE_URL": cls.place.url,
                                    "CADASTRE_TOKEN": token}, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return json.loads(ended.stdout) if "--json" in words else ended.stdout

    def test_no_table_and_no_job_is_there_twice(self):
        # A seed's table is known by a column that comes from it; its job by the events of one mode alone.
        self.assertEqual(self.place.names(kind="dataset", namespace=self.tables), self.seen["dataset"])
        self.assertEqual(self.place.names(kind="job", namespace=self.jobs), self.seen["job"])
        self.assertEqual(self.report["totals"]["failed"], 0)

    def test_the_outcome_of_a_test_is_told_once(self):
        orders, = self.place.aspects(self.table("dbt_marts.fct_orders"), "qualityResults")
        self.assertEqual(sorted(map(outcome, orders["results"])), ORDERS_TESTED)
        daily, = self.place.aspects(self.table("dbt_marts.revenue_daily"), "qualityResults")
        self.assertEqual([outcome(one) for one in daily["results"]], [("revenue_not_negative", "", True, "error")])

    def test_a_model_leads_back_to_its_tables_and_its_seed(self):
        above = self.tables_above("dbt_marts.fct_orders", 4)
        self.assertEqual(above, {"dbt_stg.stg_orders": 2, "dbt_stg.stg_customers": 2, "dbt_seeds.countries": 2, "raw.orders": 4,
                                 "raw.customers": 4})

    def test_columns_are_those_of_the_warehouse(self):
        self.assertEqual(self.place.schema(self.table("dbt_stg.stg_customers")),
                         [("customer_id", "integer"), ("email", "text"), ("country", "character(2)")])

    def test_the_recipe_is_found_good(self):
        told = self.crawl("test")
        self.assertIn("the manifest is of the whole project: shop and its packages", told)
        self.assertNotIn("missing", told)

    def test_results_of_compiling_are_known_by_their_command(self):
        recipe = self.place.folder / "dbt.yml"
        self.addCleanup(recipe.write_text, recipe.read_text())
        recipe.write_text(recipe.read_text().replace("run_results: [results.json], ", ""))
        self.assertIn("it is that of `dbt generate`", self.crawl("test"))


class DbtLiveCrawled(_Crawled, _Dbt):
    arguments, jobs, job_names = ("build", "--consume-structured-logs"), "dbt-live-crawled", "unique_id"


class DbtAfterwardsCrawled(_Crawled, _Dbt):
    arguments, jobs, job_names = ("build",), "dbt-crawled", "build"
