"""What Airflow's OpenLineage provider tells of DAGs, tasks and their tables is there."""
import pathlib

import program
from airflow_server import AirflowServer
from environments import environment
from place import PeerCase, Place, ref
from postgres import Postgres
from steps import step

HERE = pathlib.Path(__file__).resolve().parent
JOBS = "airflow-shop"
RUNS_SECONDS, LAST_EVENTS_SECONDS = 180, 60
ENDS = {"shop_daily": "RUN_STATE_COMPLETE", "shop_fail": "RUN_STATE_FAILED", "shop_consumer": "RUN_STATE_COMPLETE"}
TASKS = ("shop_daily.stage_orders", "shop_daily.orders_daily", "shop_daily.export", "shop_consumer.notify")


def job(name):
    return ref("job", JOBS, name)


class Airflow(PeerCase):
    @classmethod
    def setUpClass(cls):
        made = environment("airflow", HERE / "requirements.txt")
        cls.place = cls.enterClassContext(Place())
        database = cls.enterClassContext(Postgres(cls.place.folder))
        database.make_shop()
        cls.tables = f"postgres://127.0.0.1:{database.port}"
        transport = {"type": "http", "url": cls.place.url, "endpoint": "api/v1/lineage",
                     "auth": {"type": "api_key", "apiKey": cls.place.push_token}}
        airflow = cls.enterClassContext(AirflowServer(made, cls.place.folder, database, transport, HERE / "dags"))
        with step("Airflow runs the shop's DAGs"):
            airflow.trigger("shop_daily")
            airflow.trigger("shop_fail")
            airflow.await_runs(RUNS_SECONDS, shop_daily="success", shop_fail="failed", shop_consumer="success")
        with step("the last events arrive"):
            program.await_that(cls.all_ended, "end of every DAG's run in the catalog", LAST_EVENTS_SECONDS, *airflow.parts)

    @classmethod
    def all_ended(cls):
        names = cls.place.names(kind="job", namespace=JOBS)
        return all(name in names and {run["state"] for run in cls.place.runs(job(name))} == {end} for name, end in ENDS.items())

    def table(self, name):
        return ref("dataset", self.tables, f"shop.{name}")

    def test_every_dag_and_every_task_is_a_job_with_its_run(self):
        self.assertEqual(self.place.names(kind="job", namespace=JOBS), {*ENDS, *TASKS, "shop_fail.boom"})
        for name in TASKS:
            run, whole = self.run_of(job(name)), self.run_of(job(name.split(".")[0]))
            self.assertEqual((run["state"], run["events"]), ("RUN_STATE_COMPLETE", 2), name)
            self.assertEqual((run["parent"]["job"], run["parent"]["runId"]), (whole["job"], whole["runId"]), name)
            self.assertLessEqual(whole["startedAt"], run["startedAt"], name)
            engine, = [facet["processingEngine"] for facet in run["facets"] if "processingEngine" in facet]
            self.assertEqual((engine["name"], engine["version"]), ("Airflow", "3.3.2"), name)

    def test_a_task_that_failed_says_why(self):
        run = self.run_of(job("shop_fail.boom"))
        self.assertEqual(run["state"], "RUN_STATE_FAILED")
        error, = [facet["errorMessage"] for facet in run["facets"] if "errorMessage" in facet]
        self.assertIn('relation "mart.nope" does not exist', error["message"])
        self.assertEqual([one["dataset"] for one in run["inputs"]], [self.table("raw.orders")])
        self.assertNotIn("outputs", run)

    def test_the_tables_that_sql_names_have_their_schemas(self):
        self.assertEqual(self.place.schema(self.table("raw.orders")), [
            ("id", "int8"), ("customer_id", "int4"), ("amount", "numeric"), ("created_at", "timestamptz")])
        self.assertEqual(self.place.schema(self.table("stg.orders")), [
            ("id", "int8"), ("customer_id", "int4"), ("country", "bpchar"), ("amount", "numeric"), ("day", "date")])
        self.assertEqual(self.place.schema(self.table("mart.orders_daily")), [
            ("day", "date"), ("country", "bpchar"), ("revenue", "numeric"), ("n", "int8")])

    def test_sql_leads_from_table_to_table_and_column_to_column(self):
        self.assertEqual(self.place.neighbours(self.table("mart.orders_daily"), "UPSTREAM", 4), {
            ("job", JOBS, "shop_daily.orders_daily"): 1, ("dataset", self.tables, "shop.stg.orders"): 2,
            ("job", JOBS, "shop_daily.stage_orders"): 3, ("dataset", self.tables, "shop.raw.orders"): 4,
            ("dataset", self.tables, "shop.raw.customers"): 4})
        for name, column, source, source_column in (
                ("stg.orders", "id", "raw.orders", "id"), ("stg.orders", "day", "raw.orders", "created_at"),
                ("stg.orders", "country", "raw.customers", "country"),
                ("mart.orders_daily", "country", "stg.orders", "country")):
            found = self.place.sources_of_column(self.table(name), column)
            self.assertEqual({one[:3] for one in found}, {(self.tables, f"shop.{source}", source_column)}, f"{name}.{column}")

    def test_datasets_and_assets_named_by_hand_are_read_and_written(self):
        run = self.run_of(job("shop_daily.export"))
        self.assertEqual([one["dataset"] for one in run["inputs"]], [ref("dataset", "s3://shop-exports", "orders_daily.parquet")])
        self.assertEqual([one["dataset"] for one in run["outputs"]], [ref("dataset", "file", "/srv/out/orders.csv")])

    def test_a_run_set_off_by_an_asset_names_the_job_it_waited_for(self):
        run = self.run_of(job("shop_consumer"))
        waited, = [facet["jobDependencies"] for facet in run["facets"] if "jobDependencies" in facet]
        self.assertEqual([(one["job"], one["runId"]) for one in waited["upstream"]],
                         [(job("shop_daily.export"), self.run_of(job("shop_daily.export"))["runId"])])

    def test_descriptions_tags_owners_and_code_arrive(self):
        text, = self.place.aspects(job("shop_daily"), "documentation")
        self.assertEqual(text["text"], "Orders to daily revenue")
        tags, = self.place.aspects(job("shop_daily"), "tags")
        self.assertLessEqual({"shop", "finance"}, {tag["key"] for tag in tags["tags"]})
        owners, = self.place.aspects(job("shop_daily"), "ownership")
        self.assertEqual([owner["owner"] for owner in owners["owners"]], ["data-team"])
        definition, = self.place.aspects(job("shop_daily.orders_daily"), "definition")
        self.assertIn("INSERT INTO mart.orders_daily", definition["sql"])
        code, = self.place.aspects(job("shop_daily.export"), "sourceCode")
        self.assertEqual((code["language"], code["source"]), ("bash", "echo exported"))

    def test_search_finds_jobs_and_tables(self):
        self.assertEqual(self.place.hits("kind:dataset column:revenue"), ["shop.mart.orders_daily"])
        self.assertIn("shop_daily", self.place.hits("Orders to daily revenue"))
        self.assertEqual(self.place.hits("boom"), ["shop_fail.boom"])

    def test_what_airflow_told_looks_missing_without_the_grant(self):
        self.assert_hidden(self.table("mart.orders_daily"), job("shop_daily.stage_orders"), job("shop_fail"))
