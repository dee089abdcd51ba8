"""One principal's largest work and another's smallest question: neither threads nor queue belong to who asks for most."""
import json
import threading
import unittest

import attack
from attack import MIB, Server, Watch


def large_event(name, size=7 * MIB):
    """An event of that many bytes that is all work: datasets and columns."""
    made = attack.event(name, outputs=1, columns=40)
    one = len(json.dumps(made["outputs"][0])) + 2
    body = json.dumps(attack.event(name, outputs=size // one, columns=40)).encode()
    assert size * 0.9 < len(body) < size * 1.1, len(body)
    return body


def wide_event(name, size=7 * MIB):
    """An event of that many bytes that is all names: column lineage alone, each column from a dataset of its own."""
    def output(number):
        inputs = [{"namespace": "pg", "name": f"{name}.{number}.{place}", "field": "f"} for place in range(10)]
        return {"namespace": "pg", "name": f"{name}.{number}", "facets": {"columnLineage": {
            "_producer": "https://example.org", "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json",
            "fields": {"c": {"inputFields": inputs}}}}}
    made, one = attack.event(name, outputs=0), len(json.dumps(output(1000))) + 2
    made["outputs"] = [output(number) for number in range(size // one)]
    body = json.dumps(made).encode()
    assert size * 0.9 < len(body) < size * 1.1, len(body)
    return body


class Share(unittest.TestCase):
    def test_two_large_events_do_not_hold_up_anothers_question(self):
        self.push_beside([large_event("a"), large_event("b")])

    def test_two_events_of_many_names_do_not_hold_up_anothers_question(self):
        self.push_beside([wide_event("a"), wide_event("b")])

    def push_beside(self, bodies):
        with Server(config={"executor_threads": 2}) as server:
            pusher = attack.principal(server, "pusher", "PRIVILEGE_PUSH")
            other = attack.principal(server, "other")
            statuses = []

            def push(body):
                statuses.append(server.client(pusher, timeout=240).push(body)[0])
            threads = [threading.Thread(target=push, args=(body,)) for body in bodies]
            with Watch(server, other, pause=0.02) as watch:
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
            self.assertEqual(statuses, [201, 201])
            ordered = sorted(watch.other.took)
            # Where both threads are taken from the first to the last byte of them there are few answers at all.
            self.assertGreater(len(ordered), 50)
            self.assertLess(ordered[len(ordered) * 9 // 10], 0.3, ordered[-10:])
            # Where whoever asks while one of them is committed waits for all of it, that is three seconds and more.
            watch.assert_unharmed(self, more_mib=1500, slowest=2)

    def test_a_queue_full_of_ones_calls_takes_anothers(self):
        with Server(config={"executor_threads": 1, "executor_queue": 16}) as server:
            pusher = attack.principal(server, "pusher", "PRIVILEGE_PUSH")
            other = attack.principal(server, "other")
            body, stop = json.dumps([attack.event(f"e{number}", columns=60) for number in range(400)]).encode(), threading.Event()

            def push():
                client = server.client(pusher, timeout=120)
                while not stop.is_set():
                    client.push(body)
            threads = [threading.Thread(target=push) for _ in range(12)]
            for thread in threads:
                thread.start()
            try:
                with Watch(server, other) as watch:
                    stop.wait(6)
            finally:
                stop.set()
                for thread in threads:
                    thread.join()
            watch.assert_unharmed(self, more_mib=600, median=0.3)


if __name__ == "__main__":
    unittest.main()
