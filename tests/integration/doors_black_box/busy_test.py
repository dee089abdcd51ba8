"""A server that has more to do than it takes on: streams wait, nothing is refused or lost."""
import concurrent.futures
import json
import unittest

import events
import grpc
from client import ref
from reflection_test import Stub
from server import Server

STREAMS = 4
EVENTS = 400


class Busy(unittest.TestCase):
    def test_streams_slow_down_where_the_queue_is_full(self):
        with Server(config={"executor_threads": 1, "executor_queue": 16}) as server:
            def push(stream):
                # No client's second try: the stream itself must bear it.
                numbers = range(stream * EVENTS + 1, (stream + 1) * EVENTS + 1)
                bodies = [(place, json.dumps(events.copy_of(number)).encode()) for place, number in enumerate(numbers, 1)]
                with grpc.insecure_channel(server.grpc) as channel:
                    return Stub(channel, server.admin_token).push(f"stream-{stream}", bodies)[-1].sequence

            with concurrent.futures.ThreadPoolExecutor(STREAMS) as threads:
                self.assertEqual(list(threads.map(push, range(STREAMS))), [EVENTS] * STREAMS)
            client = server.admin()
            for number in range(1, STREAMS * EVENTS + 1, 37):
                client.call("catalog.v1.CatalogService/GetRun", {"view": "RUN_VIEW_FULL", "job": ref("job", "etl", f"copy_{number}"),
                                                                 "runId": events.run_id(number)})


if __name__ == "__main__":
    unittest.main()
