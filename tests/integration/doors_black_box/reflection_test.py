"""A client that has nothing but an address finds every service by reflection, and calls them."""
import json
import unittest

import events
import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from client import Refused, ref
from server import Server

SERVICES = {"catalog": "Catalog", "lineage": "Lineage", "search": "Search", "authz": "Authz", "audit": "Audit",
            "ingest": "Ingest", "admin": "Admin"}
NAMES = {f"cadastre.{package}.v1.{word}Service" for package, word in SERVICES.items()}


def reflection_messages():
    """The two messages of grpc.reflection.v1alpha that are used here, as far as they are used."""
    file = descriptor_pb2.FileDescriptorProto(name="reflection.proto", package="grpc.reflection.v1alpha", syntax="proto3")

    def message(name, *fields):
        made = file.message_type.add(name=name)
        for field_name, number, kind, type_name, repeated in fields:
            made.field.add(name=field_name, number=number, type=kind, type_name=type_name, label=3 if repeated else 1)
    text, raw, inner = 9, 12, 11
    scope = ".grpc.reflection.v1alpha."
    message("ServerReflectionRequest", ("file_containing_symbol", 4, text, None, False), ("list_services", 7, text, None, False))
    message("FileDescriptorResponse", ("file_descriptor_proto", 1, raw, None, True))
    message("ServiceResponse", ("name", 1, text, None, False))
    message("ListServiceResponse", ("service", 1, inner, scope + "ServiceResponse", True))
    message("ServerReflectionResponse", ("file_descriptor_response", 4, inner, scope + "FileDescriptorResponse", False),
            ("list_services_response", 6, inner, scope + "ListServiceResponse", False))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    return [factory.GetPrototype(pool.FindMessageTypeByName(scope[1:] + name))
            for name in ("ServerReflectionRequest", "ServerReflectionResponse")]


class Stub:
    """Methods of a server that is known by reflection alone; messages go in and out as dicts."""

    def __init__(self, channel, token):
        self.channel, self.metadata = channel, [("authorization", "Bearer " + token)]
        self.request, self.response = reflection_messages()
        self.pool = descriptor_pool.DescriptorPool()
        self.known = set()
        self.factory = message_factory.MessageFactory(self.pool)

    def reflect(self, **question):
        call = self.channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                                          request_serializer=self.request.SerializeToString,
                                          response_deserializer=self.response.FromString)
        return next(call(iter([self.request(**question)])))

    def services(self):
        return {service.name for service in self.reflect(list_services="*").list_services_response.service}

    def learn(self, service):
        files = [descriptor_pb2.FileDescriptorProto.FromString(raw) for raw in
                 self.reflect(file_containing_symbol=service).file_descriptor_response.file_descriptor_proto]
        by_name = {file.name: file for file in files}

        def add(file):
            if file.name in self.known:
                return
            self.known.add(file.name)
            for needed in file.dependency:
                if needed in by_name:
                    add(by_name[needed])
            self.pool.Add(file)
        for file in files:
            add(file)
        return self.pool.FindServiceByName(service)

    def types(self, service, name):
        method = self.learn(service).FindMethodByName(name)
        return self.factory.GetPrototype(method.input_type), self.factory.GetPrototype(method.output_type)

    def call(self, service, name, request, metadata=None):
        asked, answered = self.types(service, name)
        call = self.channel.unary_unary(f"/{service}/{name}", request_serializer=asked.SerializeToString,
                                        response_deserializer=answered.FromString)
        answer = call(json_format.ParseDict(request, asked()), metadata=metadata or self.metadata, timeout=20)
        return json_format.MessageToDict(answer)

    def push(self, stream_id, numbered):
        asked, answered = self.types("cadastre.ingest.v1.IngestService", "Push")
        call = self.channel.stream_stream("/cadastre.ingest.v1.IngestService/Push", request_serializer=asked.SerializeToString,
                                          response_deserializer=answered.FromString)
        requests = [asked(stream_id=stream_id, sequence=number, openlineage=body) for number, body in numbered]
        return list(call(iter(requests), metadata=self.metadata, timeout=30))


class Reflection(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.channel = cls.enterClassContext(grpc.insecure_channel(cls.server.grpc))
        cls.stub = Stub(cls.channel, cls.server.admin_token)

    def test_every_service_is_found(self):
        self.assertLessEqual(NAMES | {"grpc.health.v1.Health"}, self.stub.services())
        for name in sorted(NAMES):
            self.assertTrue(self.stub.learn(name).methods)

    def test_pushed_events_are_acknowledged_read_walked_and_found(self):
        bodies = [(number, json.dumps(events.copy_of(number)).encode()) for number in range(1, 301)]
        answers = self.stub.push("stream-1", bodies)
        self.assertEqual(answers[-1].sequence, 300)
        self.assertFalse([one for answer in answers for one in answer.rejections])
        revision = answers[-1].revision
        target = ref("dataset", events.WAREHOUSE, "gold.t300")
        asset = self.stub.call("cadastre.catalog.v1.CatalogService", "GetAsset", {"asset": target, "minRevision": revision})
        self.assertEqual([column["path"] for column in asset["asset"]["columns"]], [["id"], ["amount"]])
        lineage = self.stub.call("cadastre.lineage.v1.LineageService", "GetLineage",
                                 {"asset": target, "minRevision": revision, "includeStale": True})
        self.assertEqual(len(lineage["nodes"]), 3)
        hits = self.stub.call("cadastre.search.v1.SearchService", "Search", {"query": "t300", "minRevision": revision})
        self.assertIn(target, [hit["asset"]["ref"] for hit in hits["hits"]])

    def test_how_many_rows_are_asked_for_is_cut_to_its_bound_and_refused_below_none(self):
        sizes, methods = ("page_size", "limit", "max_nodes", "max_paths"), 0
        for service in sorted(NAMES):
            for method in self.stub.learn(service).methods:
                for size in sizes:
                    if size not in method.input_type.fields_by_name:
                        continue
                    methods += 1
                    with self.subTest(method.full_name + " " + size):
                        self.assertNotIn(size, self.refusal(service, method.name, {size: 2_000_000_000}))
                        self.assertEqual(self.refusal(service, method.name, {size: -1}).split(": ")[0], size)
        self.assertGreaterEqual(methods, 15)

    def refusal(self, service, method, request):
        """What the call is refused with; nothing, where it is not."""
        try:
            self.stub.call(service, method, request)
        except grpc.RpcError as error:
            return error.details()
        return ""

    def test_a_cut_stream_resumes_where_it_was(self):
        bodies = [(number, json.dumps(events.copy_of(1000 + number)).encode()) for number in range(1, 21)]
        self.assertEqual(self.stub.push("stream-2", bodies[:10])[-1].sequence, 10)
        self.assertEqual(self.stub.push("stream-2", bodies[10:])[-1].sequence, 20)
        self.assertEqual(self.stub.push("stream-2", bodies)[-1].sequence, 20)
        run = self.stub.call("cadastre.catalog.v1.CatalogService", "GetRun",
                             {"view": "RUN_VIEW_FULL", "job": ref("job", "etl", "copy_1005"), "runId": events.run_id(1005)})["run"]
        self.assertEqual((run["state"], len(run["inputs"]), len(run["outputs"])), ("RUN_STATE_COMPLETE", 1, 1))

    def test_a_stream_goes_on_behind_what_is_durable(self):
        body = json.dumps(events.copy_of(1001)).encode()
        self.assertEqual(self.stub.push("stream-gap", [(1, body), (2, body)])[-1].sequence, 2)
        for stream, first in (("stream-gap", 4), ("stream-new", 20)):
            with self.subTest(stream), self.assertRaises(grpc.RpcError) as refused:
                self.stub.push(stream, [(first, body)])
            self.assertEqual(refused.exception.code().name, "INVALID_ARGUMENT")
            self.assertIn("sequence", refused.exception.details())

    def test_a_bad_event_is_rejected_by_its_sequence(self):
        bodies = [(1, json.dumps(events.copy_of(2001)).encode()), (2, b"{}"), (3, json.dumps(events.copy_of(2003)).encode())]
        answers = self.stub.push("stream-3", bodies)
        self.assertEqual(answers[-1].sequence, 3)
        self.assertEqual([(one.sequence, one.field) for answer in answers for one in answer.rejections], [(2, "eventTime")])

    def test_who_has_no_token_is_unauthenticated(self):
        with self.assertRaises(grpc.RpcError) as refused:
            self.stub.call("cadastre.authz.v1.AuthzService", "WhoAmI", {}, metadata=[("authorization", "Bearer nonsense")])
        self.assertEqual(refused.exception.code(), grpc.StatusCode.UNAUTHENTICATED)

    def test_without_a_token_no_request_tells_anything_else(self):
        client = self.server.client()
        for service in sorted(NAMES):
            for method in self.stub.learn(service).methods:
                if method.name in ("Login", "Push"):
                    continue
                for request in ({}, {"pageSize": -1, "minRevision": "nonsense", "limit": -1, "maxHops": -1}):
                    known = {key: value for key, value in request.items()
                             if key in {field.json_name for field in method.input_type.fields}}
                    with self.assertRaises(Refused) as refused:
                        client.call(f"{service[len('cadastre.'):]}/{method.name}", known)
                    self.assertEqual(refused.exception.status, 401, (service, method.name, known))

    def test_health_is_serving(self):
        call = self.channel.unary_unary("/grpc.health.v1.Health/Check", request_serializer=bytes, response_deserializer=bytes)
        # HealthCheckResponse{status: SERVING}.
        self.assertEqual(call(b"", timeout=5), b"\x08\x01")


if __name__ == "__main__":
    unittest.main()
