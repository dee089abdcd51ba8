"""What many clients at once, and the largest bodies, may not do."""
import json
import threading
import time
import unittest
import urllib.request

import events
from server import Server

CLIENTS = 64
BODY_BYTES = 16 << 20
MEMORY_KIB_MAX = 1 << 20


def largest_body(number):
    """An event that is exactly as large as may be, most of it in facets of just under the 4 MiB each may have."""
    event = events.copy_of(number)
    for name in ("a", "b", "c"):
        event["run"]["facets"][name] = {"filler": "x" * ((4 << 20) - 100)}
    event["run"]["facets"]["d"] = {"filler": ""}
    spare = BODY_BYTES - len(json.dumps(event))
    event["run"]["facets"]["d"]["filler"] = "x" * spare
    body = json.dumps(event).encode()
    assert len(body) == BODY_BYTES
    return body


def in_threads(count, work):
    threads = [threading.Thread(target=work, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Load(unittest.TestCase):
    def test_memory_stays_bounded_while_64_clients_send_the_largest_bodies(self):
        with Server() as server:
            token, body, statuses, slowest = server.admin_token, largest_body(1), [], []

            def send(_):
                client = server.client(token, timeout=240)
                status, _ = client.push(body)
                statuses.append(status)

            def watch():
                while len(statuses) < CLIENTS:
                    begin = time.monotonic()
                    with urllib.request.urlopen(server.http + "/healthz", timeout=30) as answer:
                        answer.read()
                    slowest.append(time.monotonic() - begin)
                    time.sleep(0.05)
            watcher = threading.Thread(target=watch)
            watcher.start()
            in_threads(CLIENTS, send)
            watcher.join()
            peak = server.memory_peak_kib()
            print(f"peak {peak >> 10} MiB, statuses {sorted(set(statuses))}, slowest health {max(slowest) * 1000:.0f} ms")
            self.assertLess(peak, MEMORY_KIB_MAX)
            self.assertLessEqual(set(statuses), {201, 429, 503})
            self.assertIn(201, statuses)

    def test_health_answers_while_many_clients_push(self):
        with Server() as server:
            token, stop, slowest = server.admin_token, threading.Event(), []

            def send(number):
                client = server.client(token)
                for turn in range(1_000_000):
                    if stop.is_set():
                        return
                    client.push([events.copy_of(number * 1000 + turn * 20 + one) for one in range(20)])

            threads = [threading.Thread(target=send, args=(number,)) for number in range(32)]
            for thread in threads:
                thread.start()
            for _ in range(30):
                begin = time.monotonic()
                with urllib.request.urlopen(server.http + "/healthz", timeout=30) as answer:
                    answer.read()
                slowest.append(time.monotonic() - begin)
                time.sleep(0.05)
            stop.set()
            for thread in threads:
                thread.join()
            # The clients of this test share the machine with the server, so the bound is on the median.
            print(f"health: median {sorted(slowest)[15] * 1000:.1f} ms, slowest {max(slowest) * 1000:.1f} ms")
            self.assertLess(sorted(slowest)[15], 0.1)


if __name__ == "__main__":
    unittest.main()
