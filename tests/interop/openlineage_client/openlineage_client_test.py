"""What the OpenLineage client for Python sends is there, whole, over every transport it has for HTTP."""
import base64
import datetime
import json
import pathlib
import subprocess

from environments import environment
from place import PeerCase, Place, moment, ref
from program import surroundings
from steps import step

HERE = pathlib.Path(__file__).resolve().parent
TRANSPORTS = ("http", "gzip", "async_http", "async_gzip")
SHOP, LAKE, JOBS = "postgres://shop-db:5432", "s3://shop-lake", "shop-jobs"


def shifted(time, seconds):
    at = datetime.datetime.fromisoformat(time.replace("Z", "+00:00")) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


class OpenLineageClient(PeerCase):
    @classmethod
    def setUpClass(cls):
        cls.python = environment("openlineage_client", HERE / "requirements.txt") / "bin" / "python"
        cls.place = cls.enterClassContext(Place())
        cls.moment = moment(3600)
        cls.said = {}
        for transport in TRANSPORTS:
            for story in ("runs", "static"):
                with step(f"the client sends {story} by {transport}"):
                    cls.said[story, transport] = cls.emit(story, transport)

    @classmethod
    def emit(cls, story, transport, token=None):
        """What emit.py printed."""
        around = surroundings(cls.place.folder, SERVER_URL=cls.place.url, SERVER_TOKEN=token or cls.place.push_token)
        done = subprocess.run([cls.python, HERE / "emit.py", story, transport, cls.moment], env=around, cwd=cls.place.folder,
                              capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"emit.py {story} {transport} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return json.loads(done.stdout.splitlines()[-1])

    @staticmethod
    def each():
        """(transport, orders, revenue, job) of each transport."""
        for transport in TRANSPORTS:
            yield (transport, ref("dataset", SHOP, f"shop.public.orders_{transport}"),
                   ref("dataset", LAKE, f"gold/revenue_{transport}"), ref("job", JOBS, f"revenue_{transport}"))

    def test_every_event_is_accepted(self):
        for (story, transport), said in self.said.items():
            with self.subTest(f"{story} by {transport}"):
                self.assertNotIn("error", said)
                self.assertTrue(said["closed"])
                if transport.startswith("async"):
                    self.assertEqual(said["counts"], {"pending": 0, "success": 5 if story == "runs" else 2, "failed": 0})

    def test_schemas_arrive_with_types_and_descriptions(self):
        for transport, orders, revenue, _ in self.each():
            self.assertEqual(self.place.schema(orders), [("day", "date"), ("amount", "numeric(12,2)")])
            self.assertEqual(self.place.schema(revenue), [("day", "date"), ("revenue", "decimal(18,2)")])
            columns = self.place.asset(revenue)["columns"]
            self.assertEqual([column.get("description", "") for column in columns], ["", "sum of the orders of a day"])

    def test_facets_of_datasets_and_jobs_become_typed_aspects(self):
        for transport, orders, revenue, job in self.each():
            with self.subTest(transport):
                text, = self.place.aspects(revenue, "documentation")
                self.assertEqual(text["text"], "일별 매출: revenue of a day")
                tags, = self.place.aspects(revenue, "tags")
                self.assertEqual([(tag["key"], tag["value"]) for tag in tags["tags"]], [("tier", "gold")])
                text, = self.place.aspects(job, "documentation")
                self.assertEqual(text["text"], "Sums the orders of a day.")
                definition, = self.place.aspects(job, "definition")
                self.assertIn("INSERT INTO gold.revenue", definition["sql"])
                owners, = self.place.aspects(job, "ownership")
                self.assertEqual([(owner["owner"], owner["type"]) for owner in owners["owners"]], [("team:finance", "OWNER")])
                kind, = self.place.aspects(job, "jobType")
                self.assertEqual(kind, {"processingType": "BATCH", "integration": "SHOP", "jobType": "TASK"})
                results, = self.place.aspects(orders, "qualityResults")
                self.assertEqual([(one["assertion"], one.get("success", False), one["column"]) for one in results["results"]],
                                 [("not_null", True, "amount"), ("unique", False, "day")])

    def test_lineage_leads_from_table_to_table_and_column_to_column(self):
        for transport, orders, revenue, job in self.each():
            with self.subTest(transport):
                self.assertEqual(self.place.neighbours(revenue, "UPSTREAM", 2),
                                 {("job", JOBS, job["name"]): 1, ("dataset", SHOP, orders["name"]): 2})
                self.assertEqual(self.place.sources_of_column(revenue, "revenue"),
                                 {(SHOP, orders["name"], "amount", "DIRECT", "AGGREGATION")})
                self.assertEqual(self.place.sources_of_column(revenue, "day"),
                                 {(SHOP, orders["name"], "day", "DIRECT", "IDENTITY")})

    def test_runs_end_as_their_events_say(self):
        for transport, orders, revenue, job in self.each():
            with self.subTest(transport):
                runs = sorted(self.place.runs(job), key=lambda run: run["runId"])
                self.assertEqual([run["state"] for run in runs], ["RUN_STATE_COMPLETE", "RUN_STATE_FAILED", "RUN_STATE_RUNNING"])
                self.assertEqual([(run["startedAt"], run.get("endedAt")) for run in runs], [
                    (self.moment, shifted(self.moment, 90)), (shifted(self.moment, 100), shifted(self.moment, 130)),
                    (shifted(self.moment, 140), None)])
                self.assertEqual([self.place.run(job, run["runId"])["events"] for run in runs], [2, 2, 1])

    def test_a_run_tells_its_parent_its_facets_and_what_it_wrote(self):
        for transport, orders, revenue, job in self.each():
            with self.subTest(transport):
                complete, failed, _ = (self.place.run(job, run["runId"])
                                       for run in sorted(self.place.runs(job), key=lambda run: run["runId"]))
                self.assertEqual(complete["nominalTime"], {"start": self.moment, "end": shifted(self.moment, 3600)})
                self.assertEqual(complete["parent"]["job"], ref("job", JOBS, f"nightly_{transport}"))
                self.assertEqual([one["dataset"] for one in complete["inputs"]], [orders])
                written, = complete["outputs"]
                self.assertEqual(written["dataset"], revenue)
                self.assertIn({"ioStatistics": {"rows": "31", "bytes": "4096"}}, written["facets"])
                own, = [facet["facet"] for facet in complete["facets"] if facet.get("facet", {}).get("name") == "shop_warehouse"]
                told = json.loads(base64.b64decode(own["json"]))
                self.assertEqual((told["credits"], told["steps"]), (0.125, ["scan", "집계"]))
                error, = [facet["errorMessage"] for facet in failed["facets"] if "errorMessage" in facet]
                self.assertEqual((error["message"], error["programmingLanguage"], error["stackTrace"]),
                                 ("division by zero", "PYTHON", "Traceback: line 3"))

    def test_datasets_and_jobs_told_about_without_a_run_are_there(self):
        for transport in TRANSPORTS:
            with self.subTest(transport):
                customers = ref("dataset", LAKE, f"gold/customers_{transport}")
                declared = ref("job", JOBS, f"declared_{transport}")
                self.assertEqual(self.place.schema(customers), [("id", "bigint"), ("email", "string")])
                aliases = {alias["ref"]["name"]: alias["state"] for alias in self.place.asset(customers)["aliases"]}
                self.assertEqual(aliases, {f"table/gold/{transport}": "ALIAS_STATE_MERGED"})
                self.assertEqual(self.place.runs(declared), [])
                self.assertIn(("dataset", LAKE, customers["name"]), self.place.neighbours(declared, "UPSTREAM"))
                mailing = ("dataset", LAKE, f"gold/mailing_{transport}")
                self.assertEqual(self.place.neighbours(declared, "DOWNSTREAM"), {mailing: 1})

    def test_search_finds_what_was_sent(self):
        for transport, orders, revenue, job in self.each():
            with self.subTest(transport):
                self.assertIn(revenue["name"], self.place.hits("일별매출"))
                self.assertIn(orders["name"], self.place.hits(f"orders_{transport}"))
                self.assertIn(job["name"], self.place.hits("kind:job revenue"))
                self.assertIn(revenue["name"], self.place.hits("column:revenue"))

    def test_a_storm_of_asynchronous_events_loses_none(self):
        with step("the client sends 600 events, 100 at a time"):
            said = self.emit("many", "async_gzip")
        self.assertEqual((said.get("error"), said["counts"]), (None, {"pending": 0, "success": 600, "failed": 0}))
        jobs = self.place.names(kind="job", namespace="many-async_gzip")
        self.assertEqual(jobs, {f"job_{number}" for number in range(300)})
        for name in sorted(jobs)[::30]:
            run = self.run_of(ref("job", "many-async_gzip", name))
            self.assertEqual((run["state"], run["events"]), ("RUN_STATE_COMPLETE", 2))
        orders = ref("dataset", SHOP, "shop.public.orders_async_gzip")
        self.assertLessEqual({("dataset", LAKE, f"many/{number}_async_gzip") for number in range(300)},
                             set(self.place.neighbours(orders, "DOWNSTREAM", 2)))

    def test_a_token_nobody_has_is_refused_clearly(self):
        for transport in ("http", "gzip"):
            said = self.emit("static", transport, token="cad_nobody")
            self.assertEqual(said["status"], 401, said)
        said = self.emit("static", "async_http", token="cad_nobody")
        self.assertEqual(said["counts"], {"pending": 0, "success": 0, "failed": 2})

    def test_who_may_only_read_cannot_push(self):
        said = self.emit("runs", "http", token=self.place.analyst.token)
        self.assertEqual(said["status"], 403, said)

    def test_an_event_of_no_use_is_refused_with_the_field(self):
        for transport in ("http", "gzip"):
            said = self.emit("broken", transport)
            self.assertEqual(said["status"], 400, said)
            self.assertIn("job.name", said["body"])
        said = self.emit("broken", "async_gzip")
        self.assertEqual(said["counts"], {"pending": 0, "success": 0, "failed": 1})

    def test_what_was_sent_looks_missing_without_the_grant(self):
        for transport, orders, revenue, job in self.each():
            with self.subTest(transport):
                self.assert_hidden(orders, revenue, job)
