"""Who sends comes first: without a valid token nothing is told but that one is needed, whatever else is wrong."""
import gzip
import json
import threading
import time
import unittest
import urllib.request

import events  # says where client and server are
import grpc
from reflection_test import Stub
from server import Server

GET_ASSET = "/cadastre.catalog.v1.CatalogService/GetAsset"
LINEAGE = "/api/v1/lineage"
JSON = {"Content-Type": "application/json"}

# (what is wrong, path, method, headers, body, status for who may ask)
MISFITS = [
    ("no JSON", GET_ASSET, "POST", JSON, b"{", 400),
    ("unknown field", GET_ASSET, "POST", JSON, b'{"aset": {}}', 400),
    ("not UTF-8", GET_ASSET, "POST", JSON, b"\xff", 400),
    ("U+0000", GET_ASSET, "POST", JSON, b'{"asset": {"kind": "job", "namespace": "a\\u0000", "name": "b"}}', 400),
    ("no message", GET_ASSET, "POST", {"Content-Type": "application/proto"}, b"\xff\xff", 400),
    ("media", GET_ASSET, "POST", {"Content-Type": "text/plain"}, b"{}", 415),
    ("no media", GET_ASSET, "POST", {}, b"{}", 415),
    ("timeout", GET_ASSET, "POST", {**JSON, "Connect-Timeout-Ms": "soon"}, b"{}", 400),
    ("encoding", GET_ASSET, "POST", {**JSON, "Content-Encoding": "br"}, b"{}", 400),
    ("gzip", GET_ASSET, "POST", {**JSON, "Content-Encoding": "gzip"}, b"no gzip", 400),
    ("unpacked size", GET_ASSET, "POST", {**JSON, "Content-Encoding": "gzip"}, gzip.compress(b" " * (17 << 20), 1), 413),
    ("method", GET_ASSET, "GET", {}, None, 405),
    ("method", GET_ASSET, "DELETE", {}, None, 405),
    ("no event", LINEAGE, "POST", JSON, b"{", 400),
    ("gzip", LINEAGE, "POST", {**JSON, "Content-Encoding": "gzip"}, b"no gzip", 400),
    ("encoding", LINEAGE, "POST", {**JSON, "Content-Encoding": "br"}, b"{}", 400),
    ("method", LINEAGE, "PUT", JSON, b"{}", 405),
    ("method", LINEAGE + "/batch", "GET", {}, None, 405),
]


class SenderFirst(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())

    def test_without_a_token_every_misfit_is_401(self):
        for token in (None, "nonsense"):
            client = self.server.client(token)
            for name, path, method, headers, body, _ in MISFITS:
                with self.subTest(f"{name}: {method} {path}"):
                    status, answered, answer = client.request(method, path, body, headers)
                    self.assertEqual((status, json.loads(answer)["code"]), (401, "unauthenticated"))
                    self.assertEqual(answered["WWW-Authenticate"], "Bearer")

    def test_with_a_token_every_misfit_is_told_in_one_line_of_json(self):
        client = self.server.admin()
        for name, path, method, headers, body, expected in MISFITS:
            with self.subTest(f"{name}: {method} {path}"):
                status, answered, answer = client.request(method, path, body, headers)
                self.assertEqual((status, answered["Content-Type"]), (expected, "application/json"), answer)
                # An event that cannot be used is told as one of a batch.
                answer = json.loads(answer)
                for one in answer.get("rejected") or [answer]:
                    told = one.get("message") or one["reason"]
                    self.assertNotIn("\n", told)
                    if expected == 400:
                        self.assertTrue(one["field"])
                if status == 405:
                    self.assertEqual(answered["Allow"], "POST")
                if status == 413:
                    self.assertIn("16777216", told)

    def test_the_web_page_takes_no_other_method_and_says_so(self):
        status, headers, answer = self.server.client().request("PUT", "/", b"{}", JSON)
        self.assertEqual((status, headers["Allow"], headers["Content-Type"]), (405, "GET, HEAD", "application/json"))
        self.assertIn("GET, HEAD", json.loads(answer)["message"])

    def test_grpc_tells_the_same(self):
        with grpc.insecure_channel(self.server.grpc) as channel:
            for token, unary, stream in (("nonsense", "UNAUTHENTICATED", "UNAUTHENTICATED"),
                                         (self.server.admin_token, "INVALID_ARGUMENT", "INVALID_ARGUMENT")):
                stub = Stub(channel, token)
                with self.assertRaises(grpc.RpcError) as refused:
                    stub.call("cadastre.catalog.v1.CatalogService", "GetAsset",
                              {"asset": {"kind": "job", "namespace": "a\0", "name": "b"}})
                self.assertEqual(refused.exception.code().name, unary)
                for number, stream_id in ((0, "s"), (1, "")):
                    with self.assertRaises(grpc.RpcError) as refused:
                        stub.push(stream_id, [(number, b"{}")])
                    self.assertEqual(refused.exception.code().name, stream)


class Recorded(unittest.TestCase):
    def test_refused_misfits_are_counted_and_told_ones_recorded(self):
        with Server() as server:
            for _ in range(7):
                self.assertEqual(server.client().request("POST", GET_ASSET, b"{", JSON)[0], 401)
            self.assertEqual(server.admin().request("POST", GET_ASSET, b"{", JSON)[0], 400)
            # What is counted of a minute is written at its end, or at the stop.
            self.assertEqual(server.terminate(), 0)
            server.start()
            records = list(server.admin().pages("audit.v1.AuditService/ListRecords", {}, "records"))
            counted = [one for one in records if one["operation"] == "unauthenticated"]
            self.assertEqual([(int(one["count"]), one["peer"]) for one in counted], [(7, "127.0.0.1")])
            told = [one for one in records if one["operation"].endswith("/GetAsset")]
            self.assertEqual([(one["principal"], one["outcome"]) for one in told], [("admin", "OUTCOME_INVALID_ARGUMENT")])


class Unblocked(unittest.TestCase):
    def test_large_bodies_hold_up_nobody_at_the_door(self):
        with Server(config={"http_threads": 1}) as server:
            body = json.dumps({"query": "a", "facets": ["kind"] * 1_000_000}).encode()
            done = threading.Event()

            def send():
                client = server.admin()
                while not done.is_set():
                    client.request("POST", "/cadastre.search.v1.SearchService/Search", body, JSON)

            senders = [threading.Thread(target=send) for _ in range(3)]
            for sender in senders:
                sender.start()
            took = []
            try:
                for _ in range(60):
                    begun = time.monotonic()
                    with urllib.request.urlopen(server.http + "/healthz", timeout=30) as answer:
                        self.assertEqual(answer.status, 200)
                    took.append(time.monotonic() - begun)
                    time.sleep(0.02)
            finally:
                done.set()
                for sender in senders:
                    sender.join()
            # One body takes a second to parse here; the machine may be busy with other things.
            self.assertLess(sorted(took)[len(took) * 9 // 10], 0.25, took)


if __name__ == "__main__":
    unittest.main()
