"""A push stream that is cut and taken up again: no event is lost, none is applied twice."""
import json
import time
import unittest

import events  # says where client and server are
import grpc
from reflection_test import Stub
from server import Server

EVENTS = 500


class Resume(unittest.TestCase):
    def cut(self, server, stream_id, bodies):
        """Sends all and breaks off at the first acknowledgement, with the rest under way; what was acknowledged."""
        with grpc.insecure_channel(server.grpc) as channel:
            stub = Stub(channel, server.admin_token)
            asked, answered = stub.types("cadastre.ingest.v1.IngestService", "Push")
            push = channel.stream_stream("/cadastre.ingest.v1.IngestService/Push", request_serializer=asked.SerializeToString,
                                         response_deserializer=answered.FromString)
            call = push((asked(stream_id=stream_id, sequence=number, openlineage=body) for number, body in bodies),
                        metadata=stub.metadata, timeout=30)
            reached = next(call).sequence
            call.cancel()
            return reached

    def applied(self, server):
        """How many commits of pushed events changed something, by the audit log."""
        records = server.admin().pages("audit.v1.AuditService/ListRecords",
                                       {"operation": "cadastre.ingest.v1.IngestService/Push", "pageSize": 1000}, "records")
        return sum(1 for one in records if one.get("shown"))

    def test_every_event_is_applied_once(self):
        with Server() as server:
            bodies = [(number, json.dumps(events.copy_of(number)).encode()) for number in range(1, EVENTS + 1)]
            for _ in range(3):
                self.assertGreaterEqual(self.cut(server, "s", bodies), 1)
            with grpc.insecure_channel(server.grpc) as channel:
                stub = Stub(channel, server.admin_token)
                self.assertEqual(stub.push("s", bodies)[-1].sequence, EVENTS)
                self.assertEqual(self.applied(server), EVENTS)
                # Of a stream that is over nothing is applied again either.
                self.assertEqual(stub.push("s", bodies[100:])[-1].sequence, EVENTS)
            time.sleep(0.5)
            self.assertEqual(self.applied(server), EVENTS)

    def test_a_sequence_beyond_its_bound_is_refused(self):
        with Server() as server, grpc.insecure_channel(server.grpc) as channel:
            body = json.dumps(events.copy_of(1)).encode()
            with self.assertRaises(grpc.RpcError) as refused:
                Stub(channel, server.admin_token).push("s", [(2**63 - 1, body)])
            self.assertEqual(refused.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
            self.assertIn("sequence", refused.exception.details())

    def test_a_killed_server_forgets_nothing_that_was_done(self):
        with Server() as server:
            bodies = [(number, json.dumps(events.copy_of(number)).encode()) for number in range(1, EVENTS + 1)]
            reached = self.cut(server, "s", bodies)
            server.kill()
            server.start()
            with grpc.insecure_channel(server.grpc) as channel:
                # The client goes on where it was acknowledged, which is not as far as the server was.
                self.assertEqual(Stub(channel, server.admin_token).push("s", bodies[reached:])[-1].sequence, EVENTS)
            self.assertEqual(self.applied(server), EVENTS)

    def test_a_killed_server_remembers_what_was_rejected(self):
        """No commit tells of a rejected event, and its acknowledgement said that it is done with."""
        with Server() as server:
            bodies = [(number, b"{}") for number in range(1, 21)]
            with grpc.insecure_channel(server.grpc) as channel:
                answers = Stub(channel, server.admin_token).push("s", bodies)
                self.assertEqual(sum(len(one.rejections) for one in answers), 20)
            reached = self.cut(server, "t", [(number, b"{}") for number in range(1, 301)])
            server.kill()
            server.start()
            with grpc.insecure_channel(server.grpc) as channel:
                stub = Stub(channel, server.admin_token)
                self.assertEqual(stub.push("s", [(21, json.dumps(events.copy_of(21)).encode())])[-1].sequence, 21)
                self.assertEqual(stub.push("t", [(reached + 1, b"{}")])[-1].sequence, reached + 1)


if __name__ == "__main__":
    unittest.main()
