"""Pushing the same events again, shuffled and twice, changes nothing a reader can see but last-seen times and counts."""
import random
import unittest

import events
from client import ref
from dump import dump
from openlineage_model.event import Event
from server import Server


def of_every_kind():
    """The imperfect events, which hold every facet, and a job of five runs whose schema changes and returns."""
    path = events.TESTS / "data" / "openlineage" / "imperfect.ndjson"
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    # What lies in the future is held from its commit on: pushed again, that is another moment.
    lines = [line for line in lines if Event(line).time < 2**51]
    found = [line.encode() for line in lines]
    for day in range(1, 6):
        columns = ("id", "amount", "late")[:2 + day % 2]
        found.append(events.event("churn", events.run_id(day), time=f"2026-03-0{day}T09:30:00Z",
                                  inputs=[events.dataset("raw.churn", columns)],
                                  outputs=[events.dataset("gold.churn", columns, columnLineage=events.derived("raw.churn", columns[-1]))]))
    return found


class Repeat(unittest.TestCase):
    maxDiff = 4000

    def test_pushing_again_in_another_order_changes_nothing(self):
        with Server() as server:
            client, pushed = server.admin(), of_every_kind()
            for event in pushed:
                self.assertEqual(client.push(event)[0], 201)
            before = dump(client)
            self.assertGreater(len(before), 100)
            for seed in (1, 2):
                random.Random(seed).shuffle(pushed)
                for event in pushed:
                    self.assertEqual(client.push(event)[0], 201)
            self.assertEqual(before, dump(client))

    def test_order_of_arrival_does_not_matter(self):
        dumps = []
        for seed in (None, 3):
            with Server() as server:
                client, pushed = server.admin(), of_every_kind()
                if seed is not None:
                    random.Random(seed).shuffle(pushed)
                for event in pushed:
                    self.assertEqual(client.push(event)[0], 201)
                dumps.append(dump(client, history=False))
        self.assertEqual(*dumps)

    def test_what_is_pushed_again_makes_no_version(self):
        with Server() as server:
            client = server.admin()
            asset = {"asset": ref("dataset", events.WAREHOUSE, "gold.t1")}
            counts = []
            for _ in range(3):
                self.assertEqual(client.push(events.copy_of(1))[0], 201)
                counts.append(len(client.call("catalog.v1.CatalogService/GetHistory", asset)["entries"]))
            self.assertEqual(counts, counts[:1] * 3)


if __name__ == "__main__":
    unittest.main()
