"""An agent and its runs as real processes: what it begins, what falls, what it is told, and what it tells."""
import json
import os
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

SECONDS = 60


class CrawlAgent(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.postgres.run("postgres", "CREATE DATABASE shop", "CREATE ROLE reader LOGIN PASSWORD 'sesame-open'")
        cls.postgres.run("shop", "CREATE TABLE t (id int PRIMARY KEY)")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = self.enterContext(Server())
        self.between = self.enterContext(Between(self.server))
        self.recipes = self.folder / "recipes"
        self.recipes.mkdir()
        (self.recipes / "token").write_text(self.server.admin_token)
        self.state = self.folder / "agent.json"
        self.metrics = self.folder / "metrics"
        self.metrics.mkdir()
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder), "SHOP_PASSWORD": "sesame-open"}
        self.path = self.recipe("shop")

    def recipe(self, name, schedule="0 2 * * *"):
        path = self.recipes / f"{name}.yml"
        path.write_text(
            f"source: {{type: postgres, name: {name}, host: '{self.postgres.folder}', user: reader, databases: [shop], "
            "password: '${SHOP_PASSWORD}'}\n"
            "namespace: postgres://db:5432\n"
            f"sink: {{url: '{self.between.http}', token_file: token, patience_seconds: 2}}\n"
            f"schedule: '{schedule}'\nschedule_timezone: Europe/Berlin\n")
        return path

    def due(self, *paths):
        """As an agent left it that has been down for some days: each recipe makes up for its times at once."""
        self.state.write_text(json.dumps({"recipes": {
            str(path): {"schedule": "0 2 * * * Europe/Berlin", "taken": "2026-01-01T12:00:00Z"} for path in paths}}))

    def start(self, *words):
        log = open(self.folder / "log", "ab")
        self.addCleanup(log.close)
        agent = subprocess.Popen([BIN / "cadastre-ingest", "agent", self.recipes, "--state", self.state, "--textfile-folder",
                                  self.metrics, "--spool", self.folder / "spool", *words],
                                 env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.addCleanup(self.end, agent)
        return agent

    @staticmethod
    def end(agent):
        if agent.poll() is None:
            agent.kill()
        agent.wait()

    def log(self):
        return (self.folder / "log").read_text()

    def told(self, *words):
        return subprocess.run([BIN / "cadastre-ingest", "agent", "--status", "--state", self.state, *words], env=self.environment,
                              capture_output=True, text=True, check=False)

    def status(self, path=None):
        return json.loads(self.told("--json").stdout)["recipes"].get(str(path or self.path), {})

    def until(self, condition, what):
        end = time.monotonic() + SECONDS
        while not condition():
            self.assertLess(time.monotonic(), end, f"{what}\n{self.log()}")
            time.sleep(0.05)

    def hold(self, method):
        go, held = threading.Event(), threading.Event()

        def wait(forward):
            held.set()
            go.wait(SECONDS)
            return forward()
        self.between.on(method, wait)
        self.addCleanup(go.set)
        return go, held

    def crawls(self):
        source = {"kind": "job", "namespace": "cadastre-ingest", "name": "shop"}
        return [one["state"] for one in self.server.admin().call("ingest.v1.IngestService/ListCrawls", {"source": source})["crawls"]]

    def processes_of(self, agent):
        return [int(word) for word in pathlib.Path(f"/proc/{agent.pid}/task/{agent.pid}/children").read_text().split()]

    def test_what_went_by_is_made_up_for_and_told(self):
        self.due(self.path)
        self.assertIn("no agent is running", self.told().stdout)
        self.assertEqual(self.told().returncode, 1)
        agent = self.start()
        self.until(lambda: self.status().get("runs") == 1, "no run ended")
        self.assertEqual(self.crawls(), ["CRAWL_STATE_COMPLETE"])
        told = self.told()
        self.assertEqual(told.returncode, 0, told.stdout)
        self.assertIn(f"running as process {agent.pid}", told.stdout)
        self.assertIn("ended with 0", told.stdout)
        self.assertGreater(self.status()["missed"], 0)
        self.assertIn("of its times went by", self.log())
        self.assertIn("cadastre_ingest_agent_well", (self.metrics / "cadastre-ingest-agent.prom").read_text())
        self.assertIn('last_run_exit_code{source="shop"} 0', (self.metrics / "cadastre-ingest-shop.prom").read_text())
        second = self.start()
        self.assertEqual(second.wait(SECONDS), 75, "one agent of a state at a time")
        agent.terminate()
        self.assertEqual(agent.wait(SECONDS), 0)
        self.assertEqual(self.told().returncode, 1)
        for text in (self.log(), self.state.read_text(), *[file.read_text() for file in self.metrics.iterdir()]):
            self.assertNotIn("sesame-open", text)
            self.assertNotIn(self.server.admin_token, text)

    def test_a_run_that_falls_takes_nobody_along(self):
        other = self.recipe("other")
        self.due(self.path, other)
        go, held = self.hold("RecordCrawledObjects")
        agent = self.start("--parallel", "1")
        self.assertTrue(held.wait(SECONDS))
        self.assertEqual(len(self.processes_of(agent)), 1, "one at a time")
        fallen = self.processes_of(agent)[0]
        words = pathlib.Path(f"/proc/{fallen}/cmdline").read_text().split("\0")
        self.assertNotIn(self.server.admin_token, words)
        self.assertNotIn("sesame-open", words)
        os.kill(fallen, signal.SIGKILL)
        go.set()
        self.until(lambda: self.status().get("runs") == 1 and self.status(other).get("runs") == 1, "both ended")
        self.assertEqual(sorted([self.status()["exit_code"], self.status(other)["exit_code"]]), [0, 137])
        self.assertEqual(self.told().returncode, 1, "one is to be looked into")
        self.assertIsNone(agent.poll())

    def test_stopping_is_passed_on(self):
        self.due(self.path)
        go, held = self.hold("RecordCrawledObjects")
        agent = self.start()
        self.assertTrue(held.wait(SECONDS))
        agent.terminate()
        time.sleep(1)
        self.assertIsNone(agent.poll(), "it waits for its run")
        go.set()
        self.assertEqual(agent.wait(SECONDS), 0)
        self.assertEqual(self.crawls(), ["CRAWL_STATE_PARTIAL"], "the run gave its lease back")
        self.assertIn("it was told to stop", self.log())
        self.assertEqual(json.loads(self.state.read_text())["recipes"][str(self.path)]["exit_code"], 1)

    def test_an_agent_that_is_killed_leaves_no_run_behind(self):
        self.due(self.path)
        go, held = self.hold("RecordCrawledObjects")
        agent = self.start()
        self.assertTrue(held.wait(SECONDS))
        run = self.processes_of(agent)[0]
        agent.kill()
        agent.wait()
        go.set()

        def gone():
            try:
                return "\nState:\tZ" in pathlib.Path(f"/proc/{run}/status").read_text()
            except FileNotFoundError:
                return True
        self.until(gone, "the run still goes on")
        again = self.start()
        self.until(lambda: str(again.pid) in self.told().stdout, "the next one does not start")
        self.assertFalse(self.status()["running"])

    def test_recipes_are_read_again(self):
        agent = self.start()
        self.until(lambda: self.status().get("next"), "it does not know the recipe")
        before = self.status()["next"]
        self.recipe("shop", "0 3 * * *")
        self.until(lambda: self.status()["next"] != before, "the change was not seen")
        self.path.write_text("source: {type: postgres, name: shop, hots: x}\n")
        self.until(lambda: "there is no key `source.hots`" in self.status()["problem"], "the mistake is not told")
        self.assertEqual(self.told().returncode, 1)
        self.recipe("shop")
        self.until(lambda: self.status()["problem"] == "", "the mend was not seen")
        # A change that is in no recipe's file.
        (self.recipes / "token").unlink()
        agent.send_signal(signal.SIGHUP)
        self.until(lambda: "the file cannot be read" in self.status()["problem"], "it did not read again")
        self.path.unlink()
        self.until(lambda: self.status() == {}, "it is still there")
        self.assertIsNone(agent.poll())


if __name__ == "__main__":
    unittest.main()
