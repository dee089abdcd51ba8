"""The server's own log: one line a request, tied to its answer and its audit record, without secrets."""
import contextlib
import json
import socket
import tempfile
import time
import unittest
import urllib.parse

import events  # says where client and server are
import certificates
import grpc
from client import Refused, ref
from reflection_test import Stub
from server import Server

GET_ASSET = "catalog.v1.CatalogService/GetAsset"
WHO_AM_I = "authz.v1.AuthzService/WhoAmI"


def requests(server):
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    return [line for line in lines if line["event"] == "request"]


class Log(unittest.TestCase):
    def test_at_the_default_level_refusals_are_told_and_good_answers_are_not(self):
        with Server() as server:
            server.admin().call(WHO_AM_I)
            server.admin().push(events.copy_of(1))
            with self.assertRaises(Refused):
                server.client("nonsense").call(WHO_AM_I, headers={"x-request-id": "mine-1"})
            with self.assertRaises(Refused):
                server.admin().call(GET_ASSET, {"aset": 1}, headers={"x-request-id": "mine-2"})
            told = [(line["level"], line["request_id"], line["method"], line["principal"], line["code"], line["http_status"])
                    for line in requests(server)]
            self.assertEqual(told, [("info", "mine-1", "cadastre." + WHO_AM_I, "", "unauthenticated", 401),
                                    ("info", "mine-2", "cadastre." + GET_ASSET, "admin", "invalid_argument", 400)])

    def test_at_debug_every_request_is_one_line_without_secrets(self):
        with Server(config={"log_level": "debug"}) as server:
            admin = server.admin()
            admin.call("authz.v1.AuthzService/PutPrincipal", {
                "principal": {"id": "lee", "kind": "PRINCIPAL_KIND_PERSON"}, "password": "hidden-password"})
            session = admin.call("authz.v1.AuthzService/Login", {"user": "lee", "password": "hidden-password"})["token"]
            admin.call("search.v1.SearchService/Search", {"query": "hidden-words"})
            admin.request("GET", "/assets-of/hidden-path?q=hidden-words")
            # Three events are one request.
            self.assertEqual(admin.push([events.copy_of(number) for number in (1, 2, 3)])[0], 201)
            with grpc.insecure_channel(server.grpc) as channel:
                stub = Stub(channel, server.admin_token)
                stub.push("s", [(1, json.dumps(events.copy_of(4)).encode()), (2, json.dumps(events.copy_of(5)).encode())])
                stub.call("cadastre." + WHO_AM_I.split("/")[0], "WhoAmI", {})
            told = [(line["door"], line["method"].split(".")[-1], line["principal"], line["code"])
                    for line in requests(server) if line["method"] != "/readyz"]
            self.assertEqual(told, [
                ("http", "AuthzService/PutPrincipal", "admin", "ok"), ("http", "AuthzService/Login", "lee", "ok"),
                ("http", "SearchService/Search", "admin", "ok"), ("http", "web UI", "", "ok"),
                ("http", "POST /api/v1/lineage".split(".")[-1], "admin", "ok"), ("grpc", "IngestService/Push", "admin", "ok"),
                ("grpc", "AuthzService/WhoAmI", "admin", "ok")])
            for secret in ("hidden", session, server.admin_token, session[4:]):
                self.assertNotIn(secret, server.log())

    def test_a_failed_handshake_is_told_with_its_address_and_a_flood_of_them_in_few_lines(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        pem = certificates.make(folder)
        with Server(config={"tls_certificate": pem["cert"], "tls_key": pem["key"]}) as server:
            address = urllib.parse.urlsplit(server.http)

            def knock():
                with socket.create_connection((address.hostname, address.port), timeout=20) as sock:
                    sock.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                    with contextlib.suppress(OSError):
                        while sock.recv(4096):
                            pass
            begun = time.monotonic()
            for _ in range(200):
                knock()
            time.sleep(1.1)
            knock()
            seconds = int(time.monotonic() - begun) + 2
            told = [json.loads(line) for line in server.log().splitlines() if "TLS handshake" in line]
            self.assertEqual({line["peer"] for line in told}, {"127.0.0.1"})
            self.assertTrue(all(line["cause"] for line in told), told)
            self.assertLessEqual(len(told), 10 * seconds)
            self.assertEqual(len(told) + sum(line["lines_left_out"] for line in told), 201)

    def test_answer_log_and_record_carry_one_request_id(self):
        with Server(config={"log_level": "debug"}) as server:
            admin = server.admin()

            def ask(sent):
                _, headers, _ = admin.request("POST", "/cadastre." + WHO_AM_I, b"{}",
                                              {"Content-Type": "application/json", **({"X-Request-Id": sent} if sent else {})})
                return headers["X-Request-Id"]
            self.assertEqual(ask("0af7651916cd43dd.8448-eb_211"), "0af7651916cd43dd.8448-eb_211")
            for sent in ("", "a b", "x" * 65, "<script>"):
                self.assertRegex(ask(sent), "^[0-9a-f]{16}$")
            made = ask("")
            with grpc.insecure_channel(server.grpc) as channel:
                stub = Stub(channel, server.admin_token)
                asked, answered = stub.types("cadastre.authz.v1.AuthzService", "WhoAmI")
                call = channel.unary_unary("/cadastre." + WHO_AM_I, request_serializer=asked.SerializeToString,
                                           response_deserializer=answered.FromString)
                _, state = call.with_call(asked(), metadata=stub.metadata + [("x-request-id", "of-grpc")], timeout=20)
                self.assertIn(("x-request-id", "of-grpc"), [tuple(pair) for pair in state.initial_metadata()])
            records = list(admin.pages("audit.v1.AuditService/ListRecords", {}, "records"))
            recorded = {one.get("requestId") for one in records}
            logged = {line["request_id"] for line in requests(server)}
            for id_ in (made, "of-grpc", "0af7651916cd43dd.8448-eb_211"):
                self.assertIn(id_, recorded)
                self.assertIn(id_, logged)


if __name__ == "__main__":
    unittest.main()
