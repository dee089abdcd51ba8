"""What a crawl does when the catalog goes away, another run is at it, or it is killed: nothing is taken away that is still
there, nothing is half-written, and the exit code and the report say what happened."""
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))
from between import Between  # noqa: E402
from postgres_server import Postgres  # noqa: E402
from server import BIN, Server  # noqa: E402

TABLES = 30
# With the database and its schema.
OBJECTS = TABLES + 2
SECONDS = 60


class BadDays(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.postgres.run("postgres", "CREATE DATABASE shop", "CREATE ROLE reader LOGIN")
        cls.postgres.run("shop", "".join(f"CREATE TABLE t{i} (id int PRIMARY KEY, name text); COMMENT ON TABLE t{i} IS 'table {i}';"
                                         for i in range(TABLES)))

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = Server()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.between = self.enterContext(Between(self.server))
        self.admin_token = self.server.admin_token
        (self.folder / "token").write_text(self.admin_token)
        self.state = self.folder / "state"
        self.recipe = self.folder / "shop.yml"
        self.recipe.write_text(
            f"source: {{type: postgres, name: shop, host: '{self.postgres.folder}', user: reader, databases: [shop]}}\n"
            "namespace: postgres://db:5432\n"
            f"sink: {{url: '{self.between.http}', token_file: token, patience_seconds: 2}}\n"
            f"spool: {{folder: '{self.state}'}}\n")
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder)}

    def begin(self, *words):
        return subprocess.Popen([BIN / "cadastre-ingest", "run", self.recipe, "--json", *words], env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, process, code):
        out, err = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, code, out + err)
        self.assertNotIn(self.admin_token, out + err)
        return json.loads(out)

    def run_once(self, *words, code=0):
        return self.end(self.begin(*words), code)

    def spools(self):
        return sorted(self.state.glob("*/*.spool"))

    def restart(self):
        self.server.start()

    def remembered(self):
        """By name: how often each was missed. Fails where one is there twice."""
        source = {"kind": "job", "namespace": "cadastre-ingest", "name": "shop"}
        listed = self.server.admin().call("ingest.v1.IngestService/ListCrawledObjects", {"source": source, "pageSize": 10000})
        names = [one["asset"]["name"] for one in listed.get("objects", [])]
        self.assertEqual(len(names), len(set(names)))
        self.assertEqual({one.get("missed", 0) for one in listed.get("objects", [])} - {0}, set())
        return set(names)

    def everything_is_there_once(self):
        names = self.remembered()
        self.assertEqual(len(names), OBJECTS, names)
        again = self.run_once()
        self.assertEqual((again["totals"]["unchanged"], again["totals"]["missed"], again["totals"]["dropped"]), (OBJECTS, 0, 0))
        self.assertEqual(again["replayed"], [])

    def test_the_catalog_down_then_up(self):
        self.server.kill()
        report = self.run_once(code=4)
        self.assertEqual((report["exit_code"], report["state"], report["crawl"]), (4, "not begun", 0))
        self.assertEqual(report["spooled"]["objects"], OBJECTS)
        self.assertIn(f"{OBJECTS} objects are kept for the next run", report["reason"])
        self.assertEqual([str(path) for path in self.spools()], [report["spooled"]["path"]])
        self.assertNotIn(self.admin_token.encode(), self.spools()[0].read_bytes())
        self.assertEqual(self.spools()[0].stat().st_mode & 0o777, 0o600)
        self.restart()
        report = self.run_once()
        self.assertEqual([(one["sent"], one["objects"]) for one in report["replayed"]], [(True, OBJECTS)])
        self.assertEqual((report["totals"]["unchanged"], report["totals"]["added"]), (OBJECTS, 0))
        self.assertEqual(self.spools(), [])
        self.everything_is_there_once()

    def test_the_catalog_lost_in_mid_push(self):
        # The first batch is durable, its answer lost; nobody is there after it.
        def first(forward):
            forward()
            self.server.kill()
        self.between.on("RecordCrawledObjects", first)
        report = self.run_once(code=4)
        self.assertGreater(report["spooled"]["objects"], 0)
        self.between.on("RecordCrawledObjects", lambda forward: forward())
        self.restart()
        began = time.monotonic()
        report = self.run_once()
        self.assertLess(time.monotonic() - began, 30, "it does not wait for its own lease")
        self.assertTrue(report["replayed"][0]["sent"])
        self.everything_is_there_once()

    def test_the_catalog_restarted_in_mid_push(self):
        restarts = []

        def first(forward):
            forward()
            if not restarts:
                restarts.append(1)
                self.server.kill()
                self.restart()
                return None
            return forward()
        self.between.on("RecordCrawledObjects", first)
        report = self.run_once()
        self.assertEqual((report["state"], report["totals"]["added"]), ("complete", OBJECTS))
        self.assertEqual(report["spooled"]["objects"], 0)
        self.everything_is_there_once()

    def test_an_answer_to_begin_that_was_lost(self):
        lost = []

        def first(forward):
            answer = forward()
            if lost:
                return answer
            lost.append(answer)
            return None
        self.between.on("BeginCrawl", first)
        report = self.run_once()
        self.assertEqual((report["crawl"], report["state"]), (2, "complete"), "the one nobody heard of is abandoned")
        self.everything_is_there_once()

    def hold(self, method):
        """Holds calls of this method until it is set; the second says when one is held."""
        go, held = threading.Event(), threading.Event()

        def wait(forward):
            held.set()
            go.wait(SECONDS)
            return forward()
        self.between.on(method, wait)
        self.addCleanup(go.set)
        return go, held

    def test_two_runs_at_once(self):
        go, held = self.hold("RecordCrawledObjects")
        first = self.begin()
        self.assertTrue(held.wait(SECONDS))
        report = self.run_once(code=75)
        self.assertIn(f"process {first.pid} on this machine", report["reason"])
        self.assertEqual(self.run_once("--if-locked", "skip")["crawl"], 0)
        self.assertEqual(self.run_once("--if-locked", "wait", "--wait-seconds", "1", code=75)["crawl"], 0)
        # On another machine, which has a place of its own, it is the catalog's lease that holds.
        elsewhere = self.run_once("--spool", str(self.folder / "elsewhere"), code=75)
        self.assertIn("holds its lease", elsewhere["reason"])
        waiting = self.begin("--if-locked", "wait")
        go.set()
        self.assertEqual(self.end(first, 0)["totals"]["added"], OBJECTS)
        self.assertEqual(self.end(waiting, 0)["totals"]["unchanged"], OBJECTS)
        self.everything_is_there_once()

    def test_a_crawler_that_is_killed(self):
        _, held = self.hold("RecordCrawledObjects")
        dead = self.begin()
        self.assertTrue(held.wait(SECONDS))
        dead.send_signal(signal.SIGKILL)
        dead.communicate()
        self.between.on("RecordCrawledObjects", lambda forward: forward())
        elsewhere = self.run_once("--spool", str(self.folder / "elsewhere"), code=75)
        self.assertIn("holds its lease", elsewhere["reason"], "elsewhere nobody knows that it is dead")
        report = self.run_once()
        self.assertEqual((report["crawl"], report["state"], report["totals"]["added"]), (2, "complete", OBJECTS))
        self.everything_is_there_once()

    def test_a_crawler_that_is_told_to_stop(self):
        go, held = self.hold("RecordCrawledObjects")
        stopped = self.begin()
        self.assertTrue(held.wait(SECONDS))
        stopped.send_signal(signal.SIGTERM)
        go.set()
        report = self.end(stopped, 1)
        self.assertEqual(report["reason"], "it was told to stop")
        elsewhere = self.run_once("--spool", str(self.folder / "elsewhere"))
        self.assertEqual(elsewhere["state"], "complete", "it gave the lease back")
        self.everything_is_there_once()

    def test_a_kill_in_mid_spool_loses_that_spool_alone(self):
        self.server.kill()
        whole = self.run_once(code=4)["spooled"]["path"]
        # Whoever is killed there leaves this behind, whole or not.
        folder = pathlib.Path(whole).parent
        (folder / "00000002.spool.new").write_bytes(pathlib.Path(whole).read_bytes()[:-40])
        self.restart()
        report = self.run_once()
        self.assertEqual([(one["sent"], one["objects"]) for one in report["replayed"]], [(True, OBJECTS)])
        self.assertEqual(sorted(path.name for path in folder.iterdir()), ["lock", "state"])
        self.everything_is_there_once()

    def test_a_torn_spool_is_told_and_not_applied(self):
        self.server.kill()
        path = pathlib.Path(self.run_once(code=4)["spooled"]["path"])
        path.write_bytes(path.read_bytes()[:-100])
        self.restart()
        # Not by the run's own crawl either: the source cannot be read.
        self.recipe.write_text(self.recipe.read_text().replace("user: reader", "user: nobody_of_that_name"))
        report = self.run_once(code=3)
        self.assertFalse(report["replayed"][0]["sent"])
        self.assertIn("no whole spool", report["replayed"][0]["told"])
        self.assertEqual(self.remembered(), set())

    def test_what_another_machine_said_since_stands(self):
        self.postgres.run("shop", "COMMENT ON TABLE t3 IS 'before'")
        self.server.kill()
        self.run_once(code=4)
        self.postgres.run("shop", "COMMENT ON TABLE t3 IS 'after'")
        self.restart()
        self.run_once("--spool", str(self.folder / "elsewhere"))
        records = self.between.called.count("RecordCrawledObjects")
        report = self.run_once()
        self.assertFalse(report["replayed"][0]["sent"])
        self.assertIn("another crawl of the source began since", report["replayed"][0]["told"])
        self.assertEqual(self.between.called.count("RecordCrawledObjects"), records)
        self.everything_is_there_once()


if __name__ == "__main__":
    unittest.main()
