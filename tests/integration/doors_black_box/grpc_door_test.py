"""The gRPC door: who sends is known before a byte of a message is read, and every refusal says what a library can read."""
import base64
import json
import time
import unittest

import events
import grpc
from client import Refused, ref
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, duration_pb2, message_factory
from reflection_test import Stub
from server import Server
from silent import Silent

CATALOG, AUTHZ, INGEST = ("cadastre.catalog.v1.CatalogService", "cadastre.authz.v1.AuthzService",
                          "cadastre.ingest.v1.IngestService")
RPC = "google.rpc."
MIB = 1 << 20


def details_messages():
    """google.rpc.Status, BadRequest and RetryInfo as every client's library knows them."""
    pool = descriptor_pool.DescriptorPool()
    for known in (any_pb2, duration_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    file = descriptor_pb2.FileDescriptorProto(name="details.proto", package="google.rpc", syntax="proto3",
                                              dependency=["google/protobuf/any.proto", "google/protobuf/duration.proto"])
    text, inner, int32 = 9, 11, 5

    def message(name, *fields):
        made = file.message_type.add(name=name)
        for field_name, number, kind, type_name, repeated in fields:
            made.field.add(name=field_name, number=number, type=kind, type_name=type_name, label=3 if repeated else 1)
    message("Status", ("code", 1, int32, None, False), ("message", 2, text, None, False),
            ("details", 3, inner, ".google.protobuf.Any", True))
    message("RetryInfo", ("retry_delay", 1, inner, ".google.protobuf.Duration", False))
    message("Violation", ("field", 1, text, None, False), ("description", 2, text, None, False))
    message("BadRequest", ("field_violations", 1, inner, ".google.rpc.Violation", True))
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return {name: factory.GetPrototype(pool.FindMessageTypeByName(RPC + name)) for name in
            ("Status", "RetryInfo", "BadRequest")}


MESSAGES = details_messages()


def details_of(error):
    """{type: message} of a gRPC error's details."""
    trailers = dict(error.trailing_metadata())
    status = MESSAGES["Status"].FromString(trailers["grpc-status-details-bin"])
    assert (status.code, status.message) == (error.code().value[0], error.details()), status
    return {one.type_url.split("/" + RPC)[1]: MESSAGES[one.type_url.split("/" + RPC)[1]].FromString(one.value)
            for one in status.details}


class GrpcDoor(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.channel = cls.enterClassContext(grpc.insecure_channel(
            cls.server.grpc, options=[("grpc.max_send_message_length", 64 * MIB), ("grpc.enable_retries", 0)]))
        cls.stub = Stub(cls.channel, cls.server.admin_token)

    def raw(self, service, method, requests, token=None, timeout=20, **options):
        call = self.channel.stream_stream(f"/{service}/{method}", request_serializer=bytes, response_deserializer=bytes)
        metadata = [("authorization", "Bearer " + token)] if token else []
        return call(requests, metadata=metadata, timeout=timeout, **options)

    def refused(self, call):
        with self.assertRaises(grpc.RpcError) as refused:
            list(call)
        return refused.exception

    def person(self, name):
        admin = self.server.admin()
        admin.call("authz.v1.AuthzService/PutPrincipal", {"principal": {"id": name, "kind": "PRINCIPAL_KIND_SERVICE"}})
        return admin.call("authz.v1.AuthzService/CreateToken", {"principal": name, "lifetime": "3600s"})["token"]

    def test_who_sends_is_known_before_a_message_is_read(self):
        nobody = self.person("nobody")
        for service, method in ((CATALOG, "GetAsset"), (AUTHZ, "WhoAmI"), (AUTHZ, "PutRole"), (INGEST, "Push")):
            for token, expected in (("", "UNAUTHENTICATED"), ("nonsense", "UNAUTHENTICATED"), (nobody, "PERMISSION_DENIED")):
                if token == nobody and method == "WhoAmI":
                    continue
                silent = Silent()
                with self.subTest(f"{method} as {token or 'no one'}"):
                    self.assertEqual(self.refused(self.raw(service, method, silent, token)).code().name, expected)
                silent.over.set()

    def test_large_messages_of_nobody_take_no_memory(self):
        before = self.server.memory_peak_kib()
        large = b"\0" * (16 * MIB)
        for service, method in ((CATALOG, "UpsertAspects"), (INGEST, "Push")):
            for _ in range(8):
                self.assertEqual(self.refused(self.raw(service, method, iter([large]), "nonsense")).code().name,
                                 "UNAUTHENTICATED")
        self.assertLess(self.server.memory_peak_kib() - before, 64 << 10)

    def test_a_refusal_of_who_may_not_is_recorded_once(self):
        token = self.person("someone")
        self.refused(self.raw(INGEST, "Push", iter([b"x" * MIB] * 8), token))
        records = self.server.admin().call("audit.v1.AuditService/ListRecords", {"principal": "someone"})["records"]
        self.assertEqual([(one["operation"], one["outcome"]) for one in records], [(INGEST + "/Push", "OUTCOME_PERMISSION_DENIED")])

    def test_a_bad_field_is_told_in_the_details(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.stub.call(CATALOG, "GetAsset", {"asset": ref("job", "a", "b"), "asOf": {"knownAt": "0001-01-01T00:00:00Z"},
                                                 "minRevision": "nonsense"})
        violation = details_of(refused.exception)["BadRequest"].field_violations[0]
        self.assertEqual(violation.field, "min_revision")
        self.assertTrue(violation.description)

    def test_json_is_told_in_the_senders_spelling(self):
        for sent, field in (({"minRevision": "nonsense"}, "minRevision"), ({"min_revision": "nonsense"}, "min_revision"),
                            ({"pageSize": -1}, "pageSize"), ({"page_size": -1}, "page_size")):
            with self.subTest(sent), self.assertRaises(Refused) as refused:
                self.server.admin().call("catalog.v1.CatalogService/ListAssets", sent)
            answer = refused.exception.answer
            self.assertEqual(answer["field"], field)
            self.assertTrue(answer["message"].startswith(field + ": "), answer)
            detail = answer["details"][0]
            self.assertEqual(detail["type"], RPC + "BadRequest")
            raw = base64.b64decode(detail["value"] + "=" * (-len(detail["value"]) % 4), validate=True)
            self.assertEqual(MESSAGES["BadRequest"].FromString(raw).field_violations[0].field, field)

    def test_logins_that_send_nothing_hold_no_more_than_their_share(self):
        silents = [Silent() for _ in range(32)]
        calls = [self.raw(AUTHZ, "Login", silent, timeout=30) for silent in silents]
        try:
            ended = time.monotonic() + 20
            while not any(call.done() for call in calls) and time.monotonic() < ended:
                time.sleep(0.02)
            refused = next(call for call in calls if call.done())
            self.assertEqual(refused.code().name, "RESOURCE_EXHAUSTED")
            self.assertGreater(details_of(refused)["RetryInfo"].retry_delay.seconds, 0)
            # Of a principal nobody holds anything.
            self.assertEqual(self.stub.call(AUTHZ, "WhoAmI", {})["principal"]["id"], "admin")
        finally:
            for call, silent in zip(calls, silents):
                call.cancel()
                silent.over.set()

    def test_a_call_without_a_message_is_a_bad_request(self):
        error = self.refused(self.raw(AUTHZ, "WhoAmI", iter([]), self.server.admin_token))
        self.assertEqual(error.code().name, "INVALID_ARGUMENT")
        self.assertEqual(details_of(error)["BadRequest"].field_violations[0].field, "body")

    def test_one_message_is_answered_before_the_client_closes(self):
        held = Silent()

        def once():
            yield b""
            yield from held
        self.assertEqual(len(list(self.raw(AUTHZ, "WhoAmI", once(), self.server.admin_token))), 1)
        held.over.set()

    def test_what_is_no_message_is_a_bad_request(self):
        error = self.refused(self.raw(CATALOG, "GetAsset", iter([b"\xff\xff"]), self.server.admin_token))
        self.assertEqual(error.code().name, "INVALID_ARGUMENT")

    def test_a_message_too_long_is_refused_and_the_next_is_answered(self):
        error = self.refused(self.raw(CATALOG, "GetAsset", iter([b"\0" * (17 * MIB)]), self.server.admin_token))
        self.assertEqual(error.code().name, "RESOURCE_EXHAUSTED")
        self.assertTrue(self.stub.call(AUTHZ, "WhoAmI", {})["principal"])

    def test_compressed_messages_are_read(self):
        asked, answered = self.stub.types(CATALOG, "ListAssets")
        for algorithm in (grpc.Compression.Gzip, grpc.Compression.Deflate):
            answer = list(self.raw(CATALOG, "ListAssets", iter([asked(name_prefix="", page_size=10).SerializeToString()]),
                                   self.server.admin_token, compression=algorithm))
            self.assertEqual(len(answer), 1)
            answered.FromString(answer[0])

    def test_a_message_is_unpacked_no_further_than_one_may_grow(self):
        admin = self.server.admin_token
        # Of a login what is packed is short too.
        calls = ((CATALOG, "GetAsset", admin, 60 * MIB), (AUTHZ, "Login", None, 8 * MIB), (INGEST, "Push", admin, 60 * MIB))
        for algorithm in (grpc.Compression.Gzip, grpc.Compression.Deflate):
            for service, method, token, size in calls:
                with self.subTest(method, algorithm=algorithm):
                    error = self.refused(self.raw(service, method, iter([b"\0" * size]), token, compression=algorithm))
                    self.assertEqual(error.code().name, "INVALID_ARGUMENT")
                    self.assertIn("bytes unpacked", error.details())

    def test_a_login_is_short_packed_or_not(self):
        asked, _ = self.stub.types(AUTHZ, "Login")
        for size, told in ((100, "UNAUTHENTICATED"), (17 << 10, "INVALID_ARGUMENT")):
            # What a later version may say beside them is passed over, as long as it is short.
            message = asked(user="nobody", password="a password").SerializeToString() + b"\xfa\x7f" + \
                (size.to_bytes(1, "little") if size < 128 else bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14])) + b"\0" * size
            for algorithm in (grpc.Compression.NoCompression, grpc.Compression.Gzip):
                with self.subTest(size, algorithm=algorithm):
                    error = self.refused(self.raw(AUTHZ, "Login", iter([message]), compression=algorithm))
                    self.assertEqual(error.code().name, told, error.details())

    def test_a_deadline_and_a_cancelled_call_end_alone(self):
        silent = Silent()
        late = self.raw(AUTHZ, "WhoAmI", silent, self.server.admin_token, timeout=0.3)
        self.assertEqual(self.refused(late).code().name, "DEADLINE_EXCEEDED")
        cancelled = self.raw(AUTHZ, "WhoAmI", silent, self.server.admin_token)
        cancelled.cancel()
        silent.over.set()
        self.assertEqual(cancelled.code().name, "CANCELLED")
        self.assertTrue(self.stub.call(AUTHZ, "WhoAmI", {})["principal"])

    def test_an_unknown_method_is_unimplemented(self):
        error = self.refused(self.raw(CATALOG, "Nothing", iter([b""]), self.server.admin_token))
        self.assertEqual(error.code().name, "UNIMPLEMENTED")


class PushScope(unittest.TestCase):
    def test_an_event_outside_the_scope_stops_none_beside_it(self):
        with Server() as server, grpc.insecure_channel(server.grpc) as channel:
            admin = server.admin()
            for job in ("copy_1", "copy_3"):
                admin.call("authz.v1.AuthzService/PutRole", {"role": {"id": "copier"}})
                admin.call("authz.v1.AuthzService/PutGrant", {"grant": {
                    "id": job.replace("_", "-"), "role": "copier", "privileges": ["PRIVILEGE_PUSH"], "scope": {"namespace": "etl", "namePrefix": job}}})
            admin.call("authz.v1.AuthzService/PutPrincipal", {
                "principal": {"id": "copier", "kind": "PRINCIPAL_KIND_SERVICE", "roles": ["copier"]}})
            token = admin.call("authz.v1.AuthzService/CreateToken", {"principal": "copier"})["token"]
            answers = Stub(channel, token).push(
                "scoped", [(number, json.dumps(events.copy_of(number)).encode()) for number in (1, 2, 3)])
            self.assertEqual(answers[-1].sequence, 3)
            self.assertEqual([(one.sequence, one.field) for answer in answers for one in answer.rejections], [(2, "job")])


class PushBounds(unittest.TestCase):
    def test_a_stream_holds_no_more_than_its_bytes(self):
        with Server() as server, grpc.insecure_channel(
                server.grpc, options=[("grpc.max_send_message_length", 64 * MIB)]) as channel:
            stub = Stub(channel, server.admin_token)
            stub.push("warm", [(1, json.dumps(events.copy_of(1)).encode())])
            before = server.memory_peak_kib()
            # No event: rejected one by one, and held while it waits.
            body = b'{"eventTime": "' + b"x" * (12 * MIB) + b'"}'
            answers = stub.push("large", [(number, body) for number in range(1, 41)])
            self.assertEqual(answers[-1].sequence, 40)
            self.assertEqual(sum(len(answer.rejections) for answer in answers), 40)
            self.assertLess(server.memory_peak_kib() - before, 320 << 10)


if __name__ == "__main__":
    unittest.main()
