"""`kill -9` in the middle of pushes: what was acknowledged is there whole, the rest wholly or not at all."""
import http.client
import os
import random
import subprocess
import threading
import unittest

import events
from client import Refused, ref
from server import BIN, Server

ROUNDS = int(os.environ.get("KILL_ROUNDS", "20"))
SEED = int(os.environ.get("KILL_SEED", "1"))
CLIENTS = 6
CATALOG = "catalog.v1.CatalogService/"


class Pushing:
    """Clients that push until the server is gone."""

    def __init__(self, server, first):
        self.server, self.token = server, server.admin_token
        self.next, self.lock = first, threading.Lock()
        self.sent, self.acknowledged = set(), set()
        self.threads = [threading.Thread(target=self._push) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def _push(self):
        client = self.server.client(self.token, timeout=20)
        while True:
            with self.lock:
                number, self.next = self.next, self.next + 1
                self.sent.add(number)
            try:
                status, answer = client.push(events.copy_of(number))
            except (OSError, http.client.HTTPException):
                return
            if status == 201 and answer["accepted"] == 1:
                with self.lock:
                    self.acknowledged.add(number)

    def join(self):
        for thread in self.threads:
            thread.join()


class Kill(unittest.TestCase):
    def test_every_acknowledged_event_survives_kills(self):
        print(f"{ROUNDS} rounds, seed {SEED}")
        chance, first, acknowledged = random.Random(SEED), 1, set()
        with Server() as server:
            for _ in range(ROUNDS):
                pushing = Pushing(server, first)
                pushing.threads[0].join(chance.uniform(0.05, 0.2))
                server.kill()
                pushing.join()
                server.start()
                self.check(server, pushing)
                first, acknowledged = pushing.next, acknowledged | pushing.acknowledged
            print(f"{len(acknowledged)} events acknowledged of {first - 1} sent")
            self.assertGreater(len(acknowledged), ROUNDS * 5)
            for number in chance.sample(sorted(acknowledged), 100):
                self.assertTrue(self.is_whole(server.admin(), number), number)
            self.check_audit(server)

    def check(self, server, pushing):
        client = server.admin()
        present = 0
        for number in sorted(pushing.sent):
            whole = self.is_whole(client, number)
            present += whole
            if number in pushing.acknowledged:
                self.assertTrue(whole, f"event {number} was acknowledged and is gone")
        # Every edge in memory: the follower has caught up when the server says it is ready.
        if pushing.acknowledged:
            target = ref("dataset", events.WAREHOUSE, f"gold.t{max(pushing.acknowledged)}")
            answer = client.call("lineage.v1.LineageService/GetLineage", {"asset": target, "includeStale": True, "depth": 3})
            self.assertEqual(len(answer["nodes"]), 3)

    def is_whole(self, client, number):
        """All of an event, or nothing of it; a part fails the test."""
        job, source, target = ref("job", "etl", f"copy_{number}"), f"raw.t{number}", f"gold.t{number}"
        parts = {}
        for name, method, request in (
                ("job", CATALOG + "GetAsset", {"asset": job}),
                ("run", CATALOG + "GetRun", {"view": "RUN_VIEW_FULL", "job": job, "runId": events.run_id(number)}),
                ("source", CATALOG + "GetAsset", {"asset": ref("dataset", events.WAREHOUSE, source)}),
                ("target", CATALOG + "GetAsset", {"asset": ref("dataset", events.WAREHOUSE, target)}),
                ("edge", "lineage.v1.LineageService/GetLineage", {
                    "asset": ref("dataset", events.WAREHOUSE, target), "level": "LEVEL_COLUMN", "includeStale": True, "depth": 1})):
            try:
                parts[name] = client.call(method, request)
            except Refused as refused:
                self.assertEqual(refused.status, 404, refused)
        if not parts:
            return False
        self.assertEqual(set(parts), {"job", "run", "source", "target", "edge"}, f"event {number} is half there")
        run = parts["run"]["run"]
        self.assertEqual(run["state"], "RUN_STATE_COMPLETE")
        self.assertEqual([io["dataset"]["name"] for io in run["inputs"] + run["outputs"]], [source, target])
        for name in ("source", "target"):
            self.assertEqual([column["path"] for column in parts[name]["asset"]["columns"]], [["id"], ["amount"]])
        self.assertEqual([pair["to"]["path"] for edge in parts["edge"]["edges"] for pair in edge["columns"]], [["amount"]])
        return True

    def check_audit(self, server):
        """The log has every record without a gap, and what it says of itself verifies."""
        client = server.admin()
        head = client.call("audit.v1.AuditService/GetHead")
        indexes = [int(record.get("index", 0)) for record in
                   client.pages("audit.v1.AuditService/ListRecords", {"pageSize": 1000}, "records")]
        self.assertEqual(indexes, list(range(indexes[0], -1, -1)))
        self.assertGreaterEqual(indexes[0] + 1, int(head["treeSize"]))
        answer = subprocess.run([BIN / "cadastre", "audit", "verify"], capture_output=True, text=True, timeout=120,
                                env={"CADASTRE_URL": server.http, "CADASTRE_TOKEN": server.admin_token, "HOME": "/nonexistent"})
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)


if __name__ == "__main__":
    unittest.main()
