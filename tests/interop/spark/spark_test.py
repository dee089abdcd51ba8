"""What Spark's OpenLineage listener tells of a job over files and tables is there."""
import pathlib

import program
from environments import environment
from jars import jars, java_home
from place import PeerCase, Place, ref
from postgres import Postgres
from steps import step

HERE = pathlib.Path(__file__).resolve().parent
JOBS, JAVA = "spark-shop", 17
JOB_SECONDS = 240
TO_FILES = "shop_totals.adaptive_spark_plan.work_totals"
TO_TABLE = "shop_totals.execute_save_into_data_source_command.mart_country_totals"


def job(name):
    return ref("job", JOBS, name)


class Spark(PeerCase):
    @classmethod
    def setUpClass(cls):
        made = environment("spark", HERE / "requirements.txt")
        archives = jars("spark", HERE / "pom.xml")
        cls.place = cls.enterClassContext(Place())
        database = cls.enterClassContext(Postgres(cls.place.folder))
        database.make_shop()
        cls.tables, cls.work = f"postgres://127.0.0.1:{database.port}", cls.place.folder / "work"
        cls.work.mkdir()
        around = program.surroundings(cls.place.folder, SERVER_URL=cls.place.url, SERVER_TOKEN=cls.place.push_token,
                                      JAVA_HOME=java_home(JAVA), SPARK_LOCAL_IP="127.0.0.1")
        with step("Spark runs the shop's job"):
            program.run("the Spark job", [made / "bin" / "python", HERE / "job.py", cls.work, database.port,
                                          ",".join(map(str, archives))],
                        cls.place.folder / "spark.log", JOB_SECONDS, env=around, cwd=cls.work)

    def table(self, name):
        return ref("dataset", self.tables, f"shop.{name}")

    def file(self, name):
        return ref("dataset", "file", str(self.work / name))

    def test_the_application_and_its_actions_are_jobs_with_their_runs(self):
        whole = self.run_of(job("shop_totals"))
        self.assertEqual((whole["state"], whole["events"]), ("RUN_STATE_COMPLETE", 2))
        for name in (TO_FILES, TO_TABLE):
            run = self.run_of(job(name))
            self.assertEqual(run["state"], "RUN_STATE_COMPLETE", name)
            self.assertEqual((run["parent"]["job"], run["parent"]["runId"]), (whole["job"], whole["runId"]), name)
            engine, = [facet["processingEngine"] for facet in run["facets"] if "processingEngine" in facet]
            self.assertEqual((engine["name"], engine["version"]), ("spark", "3.5.7"), name)

    def test_a_run_that_nobody_ended_is_not_a_failure(self):
        run = self.run_of(job("shop_totals.map_partitions_parallel_collection"))
        self.assertEqual(run["state"], "RUN_STATE_RUNNING")

    def test_files_and_tables_have_their_schemas(self):
        self.assertEqual(self.place.schema(self.file("countries.csv")), [("code", "string"), ("name", "string")])
        self.assertEqual(self.place.schema(self.table("raw.orders")), [
            ("id", "long"), ("customer_id", "integer"), ("amount", "decimal(12,2)"), ("created_at", "timestamp")])
        self.assertEqual(self.place.schema(self.file("totals")), [
            ("country", "string"), ("customer", "string"), ("total", "decimal(22,2)"), ("n", "long")])
        self.assertEqual(self.place.schema(self.table("mart.country_totals")),
                         [("country", "string"), ("total", "decimal(32,2)")])

    def test_lineage_leads_over_files_from_table_to_table(self):
        self.assertEqual(self.place.neighbours(self.table("mart.country_totals"), "UPSTREAM", 4), {
            ("job", JOBS, TO_TABLE): 1, ("dataset", "file", str(self.work / "totals")): 2, ("job", JOBS, TO_FILES): 3,
            ("dataset", "file", str(self.work / "countries.csv")): 4, ("dataset", self.tables, "shop.raw.orders"): 4,
            ("dataset", self.tables, "shop.raw.customers"): 4})

    def test_columns_lead_back_and_what_decides_them_all_is_told(self):
        totals, countries = self.file("totals"), str(self.work / "countries.csv")
        self.assertEqual(self.place.sources_of_column(totals, "country"), {("file", countries, "name", "DIRECT", "IDENTITY")})
        self.assertEqual({one[:3] for one in self.place.sources_of_column(totals, "total")},
                         {(self.tables, "shop.raw.orders", "amount")})
        self.assertEqual({one[:3] for one in self.place.sources_of_column(totals, "customer")},
                         {(self.tables, "shop.raw.customers", "email")})
        deciding = {("file", countries, "name", "INDIRECT", "GROUP_BY"), ("file", countries, "code", "INDIRECT", "JOIN")}
        self.assertLessEqual(deciding, self.place.sources_of_all_columns(totals, "total"))
        self.assertEqual(self.place.sources_of_column(self.table("mart.country_totals"), "total"),
                         {("file", totals["name"], "total", "DIRECT", "AGGREGATION")})

    def test_what_was_written_is_counted(self):
        for name, asset, rows in ((TO_FILES, self.file("totals"), "30"), (TO_TABLE, self.table("mart.country_totals"), "3")):
            written, = self.run_of(job(name))["outputs"]
            self.assertEqual(written["dataset"], asset)
            self.assertEqual([facet["ioStatistics"]["rows"] for facet in written["facets"]], [rows])

    def test_search_finds_files_tables_and_jobs(self):
        self.assertEqual(set(self.place.hits("kind:dataset column:total")),
                         {"shop.mart.country_totals", str(self.work / "totals")})
        self.assertIn(TO_TABLE, self.place.hits("kind:job country_totals"))

    def test_what_spark_told_looks_missing_without_the_grant(self):
        self.assert_hidden(self.file("totals"), self.table("mart.country_totals"), job(TO_FILES))
