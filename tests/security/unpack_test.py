"""Small bodies that unpack to large ones, and batches of thousands of bad events: bounded in memory, time and audit."""
import gzip
import threading
import time
import unittest

import attack
from attack import LINEAGE, MIB, Server, Watch, in_threads, leaves

BOMBS = 60
EVENTS = 9_900
JSON_GZIP = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


def bomb():
    """A batch of events that are none, of nearly 16 MiB, in some tens of KiB."""
    padding = b" " * ((16 * MIB - EVENTS * 16) // EVENTS)
    return gzip.compress(b"[" + b",".join(b'{"a":' + padding + b"1}" for _ in range(EVENTS)) + b"]", 9)


class Unpack(unittest.TestCase):
    def attacked(self, *privileges):
        """Statuses and leaves of 60 bombs at once, how long they took, and what others noticed."""
        with Server() as server:
            token, other = attack.principal(server, "bomber", *privileges), attack.principal(server, "other")
            body, statuses, lock = bomb(), [], threading.Lock()
            self.assertLess(len(body), 100 << 10)
            told = leaves(server)
            begun = time.monotonic()

            def throw(_):
                client = server.client(token, timeout=200)
                status, _, _ = client.request("POST", LINEAGE, body, JSON_GZIP)
                with lock:
                    statuses.append(status)
            with Watch(server, other) as watch:
                in_threads(BOMBS, throw)
            took = time.monotonic() - begun
            # What was asked beside them stands in the log too.
            told = leaves(server) - told - len(watch.other.took)
            print(f"{sorted(set(statuses))} in {took:.1f} s, {told} leaves")
            self.assertEqual(len(statuses), BOMBS)
            return statuses, told, took, watch

    def test_who_may_not_push_unpacks_nothing(self):
        statuses, told, took, watch = self.attacked()
        self.assertEqual(set(statuses), {403})
        self.assertLess(told, BOMBS + 20)
        # Whoever unpacks first and asks then needs 1 GB and 25 s.
        watch.assert_unharmed(self, more_mib=100, median=0.5)
        self.assertLess(took, 15)

    def test_who_may_push_is_bounded_and_a_batch_is_a_leaf(self):
        statuses, told, _, watch = self.attacked("PRIVILEGE_PUSH")
        self.assertLessEqual(set(statuses), {400, 429})
        self.assertIn(400, statuses)
        self.assertLess(told, BOMBS + 20)
        watch.assert_unharmed(self, more_mib=600)

    def test_what_is_refused_of_a_batch_is_counted_in_its_leaf(self):
        with Server() as server:
            client = server.client(attack.principal(server, "pusher", "PRIVILEGE_PUSH"))
            status, _ = client.push([{}] * 300 + [attack.event("good")] + [{"eventTime": 1}] * 200)
            self.assertEqual(status, 201)
            told = attack.records(server, "POST /api/v1/lineage")
            refused = [one for one in told if one["outcome"] == "OUTCOME_INVALID_ARGUMENT"]
            self.assertEqual([(one["principal"], int(one["count"])) for one in refused], [("pusher", 500)])
            self.assertEqual(len(told), 2)


if __name__ == "__main__":
    unittest.main()
