"""The OpenLineage endpoints answer as the clients of that standard need it."""
import datetime
import gzip
import json
import unittest

import events
from client import Client, Refused, ref
from server import Server

HOSTILE = events.TESTS / "data" / "openlineage" / "hostile"


class Answers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.client = cls.server.admin()

    def assert_taken(self, status, answer, received=1):
        self.assertEqual(status, 201, answer)
        self.assertEqual((answer["received"], answer["accepted"], answer["rejected"]), (received, received, []))

    def test_an_event_is_taken_with_a_small_body(self):
        status, answer = self.client.push(events.copy_of(1))
        self.assert_taken(status, answer)

    def test_both_paths_are_taken_with_and_without_a_slash(self):
        for number, path in enumerate(("/api/v1/lineage", "/api/v1/lineage/", "/api/v1/lineage/batch", "/api/v1/lineage/batch/")):
            with self.subTest(path):
                self.assert_taken(*self.client.push(events.copy_of(10 + number), path))

    def test_an_array_is_taken_event_by_event(self):
        batch = [events.copy_of(20), {"eventTime": "2026-03-01T09:30:00Z"}, events.copy_of(21)]
        for path in ("/api/v1/lineage", "/api/v1/lineage/batch"):
            status, answer = self.client.push(batch, path)
            self.assertEqual((status, answer["received"], answer["accepted"]), (201, 3, 2))
            self.assertEqual([(one["index"], one["field"]) for one in answer["rejected"]], [(1, "job.name")])

    def test_a_batch_of_which_nothing_was_taken_is_refused_with_the_same_body(self):
        status, answer = self.client.push([{"eventTime": "2026-03-01T09:30:00Z"}, {}], "/api/v1/lineage/batch")
        self.assertEqual((status, answer["received"], answer["accepted"]), (400, 2, 0))
        self.assertEqual([one["field"] for one in answer["rejected"]], ["job.name", "eventTime"])

    def test_a_chunked_body_is_taken(self):
        body = json.dumps(events.copy_of(30)).encode()
        status, _, answer = self.client.request("POST", "/api/v1/lineage", iter([body[:100], body[100:]]),
                                                {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
        self.assert_taken(status, json.loads(answer))

    def test_a_packed_body_is_taken_and_one_that_lies_is_refused(self):
        body = gzip.compress(json.dumps(events.copy_of(31)).encode())
        self.assert_taken(*self.client.push(body, headers={"Content-Encoding": "gzip"}))
        for broken in (body[:40], b"not gzip", body + b"tail"):
            self.assertEqual(self.client.push(broken, headers={"Content-Encoding": "gzip"})[0], 400)
        self.assertEqual(self.client.push(body, headers={"Content-Encoding": "br"})[0], 400)

    def test_a_charset_parameter_is_taken(self):
        for media in ("application/json; charset=utf-8", "application/json;charset=UTF-8", "application/vnd.openlineage+json"):
            with self.subTest(media):
                self.assert_taken(*self.client.push(events.copy_of(32), headers={"Content-Type": media}))

    def test_a_body_over_the_limit_is_refused_with_the_limit(self):
        big = b'{"a":"' + b"x" * (16 << 20) + b'"}'
        for headers, body in (({}, big), ({"Transfer-Encoding": "chunked"}, [big]), ({"Content-Encoding": "gzip"}, gzip.compress(big, 1))):
            with self.subTest(headers):
                client = self.server.admin()
                sent = {"Content-Type": "application/json", **headers}
                status, _, answer = client.request("POST", "/api/v1/lineage", iter(body) if isinstance(body, list) else body, sent)
                self.assertEqual(status, 413)
                self.assertIn("16777216", answer.decode().replace(",", ""))

    def test_who_has_no_token_is_refused(self):
        for token in (None, "", "nonsense", self.server.admin_token[:-1] + "!"):
            client = self.server.client(token)
            self.assertEqual(client.push(events.copy_of(1))[0], 401)
            with self.assertRaises(Refused) as refused:
                client.call("catalog.v1.CatalogService/GetAsset", {"asset": ref("job", "etl", "copy_1")})
            self.assertEqual((refused.exception.status, refused.exception.code), (401, "unauthenticated"))

    def test_other_methods_are_not_allowed(self):
        for path in ("/api/v1/lineage", "/api/v1/lineage/batch", "/cadastre.catalog.v1.CatalogService/GetAsset"):
            for method in ("GET", "PUT", "DELETE"):
                status, headers, _ = self.client.request(method, path)
                self.assertEqual((status, headers["Allow"]), (405, "POST"), f"{method} {path}")

    def test_nothing_is_ever_redirected(self):
        for path in ("/api/v1/lineage/", "/api/v1/lineage//", "/api/v1/lineage/batch/", "/api/v1", "/cadastre.nothing/X", "/assets"):
            for method in ("GET", "POST"):
                status, headers, _ = self.client.request(method, path, b"{}" if method == "POST" else None)
                self.assertFalse(300 <= status < 400, f"{method} {path}: {status}")
                self.assertIsNone(headers["Location"])

    def test_an_unknown_rpc_is_not_the_web_page(self):
        status, _, answer = self.client.request("POST", "/cadastre.catalog.v1.CatalogService/Nothing", b"{}")
        self.assertIn(status, (404, 501))
        self.assertNotIn(b"<html", answer)

    def test_an_unknown_field_of_a_request_is_named(self):
        with self.assertRaises(Refused) as refused:
            self.client.call("catalog.v1.CatalogService/GetAsset", {"aset": ref("job", "etl", "copy_1")})
        self.assertEqual((refused.exception.status, refused.exception.code), (400, "invalid_argument"))
        self.assertIn("aset", refused.exception.answer["message"])

    def test_hostile_bodies_come_to_what_is_written_beside_them(self):
        for case in json.loads((HOSTILE / "expect.json").read_text())["files"]:
            with self.subTest(case["file"]):
                status, answer = self.client.push((HOSTILE / case["file"]).read_bytes())
                if case["outcome"] == "batch":
                    self.check_batch(case, status, answer)
                elif case["outcome"] == "left_out":
                    self.assertEqual((status, answer["accepted"]), (201, 1), answer)
                    self.assertGreaterEqual(answer["warnings"][case["cause"]], 1)
                else:
                    self.check_refusal(case, status, answer)
        self.assertTrue(self.server.ready())

    def check_batch(self, case, status, answer):
        self.assertEqual(status, 201 if case["accepted"] else 400)
        if case["received"] == 0:
            return
        self.assertEqual((answer["received"], answer["accepted"]), (case["received"], case["accepted"]))
        self.assertEqual([(one["index"], one["field"]) for one in answer["rejected"]],
                         [(one["index"], one["field"]) for one in case["rejected"]])

    def check_refusal(self, case, status, answer):
        self.assertEqual(status, 400, answer)
        rejected = answer.get("rejected") or [answer]
        # What is no event at all is refused as a body.
        self.assertIn(rejected[0].get("field"), {case["field"], "body"} if case["field"] == "event" else {case["field"]}, answer)

    def test_a_refused_event_leaves_nothing(self):
        bad = events.copy_of(40)
        bad["run"]["runId"] = "x" * 2000
        self.assertEqual(self.client.push(bad)[0], 400)
        for kind, namespace, name in (("job", "etl", "copy_40"), ("dataset", events.WAREHOUSE, "raw.t40")):
            with self.assertRaises(Refused) as refused:
                self.client.call("catalog.v1.CatalogService/GetAsset", {"asset": ref(kind, namespace, name)})
            self.assertEqual(refused.exception.status, 404)

    def test_imperfect_events_are_taken_and_counted_by_cause(self):
        event = events.copy_of(41)
        del event["producer"], event["schemaURL"]
        event["run"]["runId"] = "manual__2026"
        status, answer = self.client.push(event)
        self.assertEqual(status, 201)
        self.assertLessEqual({"missing_producer": 1, "missing_schema_url": 1, "run_id_not_uuid": 1}.items(),
                             answer["warnings"].items())

    def test_a_clock_ahead_of_the_servers_is_counted(self):
        for minutes, counted in ((2, 0), (30, 1), (60 * 24 * 365, 1)):
            at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
            status, answer = self.client.push(events.event("ahead", events.run_id(42), time=at.isoformat()))
            self.assertEqual((status, answer["warnings"].get("event_time_in_future", 0)), (201, counted), minutes)

    def test_more_column_pairs_than_an_edge_holds_lose_no_event(self):
        columns = {f"c{i}": {"inputFields": [{"namespace": events.WAREHOUSE, "name": "raw.wide", "field": f"c{i}"}]}
                   for i in range(10_001)}
        outputs = [events.dataset("gold.wide", columnLineage=events.facet(fields=columns))]
        status, answer = self.client.push(events.event("wide", events.run_id(43), outputs=outputs))
        self.assertEqual((status, answer["warnings"].get("too_many_column_pairs")), (201, 1), answer)
        shown = self.client.call("catalog.v1.CatalogService/GetAsset", {
            "asset": ref("dataset", events.WAREHOUSE, "gold.wide"), "minRevision": answer["revision"]})["asset"]
        self.assertEqual([one["aspect"]["facet"]["name"] for one in shown["facets"]], ["columnLineage"])


class Hidden(unittest.TestCase):
    def test_hidden_looks_missing(self):
        with Server() as server:
            admin = server.admin()
            for number in (1, 2):
                self.assertEqual(admin.push(events.copy_of(number))[0], 201)
            authz = "authz.v1.AuthzService/"
            admin.call(authz + "PutRole", {"role": {"id": "narrow"}})
            admin.call(authz + "PutGrant", {"grant": {
                "id": "narrow", "role": "narrow", "scope": {"namespace": events.WAREHOUSE, "kinds": ["dataset"], "namePrefix": "raw.t1"},
                "privileges": ["PRIVILEGE_BROWSE", "PRIVILEGE_READ", "PRIVILEGE_READ_OPERATIONS"]}})
            admin.call(authz + "PutPrincipal", {"principal": {"id": "lee", "kind": "PRINCIPAL_KIND_PERSON", "roles": ["narrow"]}})
            token = admin.call(authz + "CreateToken", {"principal": "lee"})["token"]
            lee = Client(server.http, token)
            self.assertIn("asset", lee.call("catalog.v1.CatalogService/GetAsset", {"asset": ref("dataset", events.WAREHOUSE, "raw.t1")}))
            for method, request in self.reads():
                with self.subTest(method):
                    self.assertEqual(self.answer_to(lee, method, request("t2")), self.answer_to(lee, method, request("t9")))

    def reads(self):
        def dataset(name):
            return ref("dataset", events.WAREHOUSE, "raw." + name)

        def job(name):
            return ref("job", "etl", name.replace("t", "copy_"))
        seen = ref("dataset", events.WAREHOUSE, "raw.t1")
        at = {"heldAt": "2026-03-02T00:00:00Z"}
        catalog = "catalog.v1.CatalogService/"
        yield catalog + "GetAsset", lambda name: {"asset": dataset(name)}
        yield catalog + "GetAsset", lambda name: {"asset": dataset(name), "asOf": at, "includeDeleted": True}
        yield catalog + "BatchGetAssets", lambda name: {"assets": [dataset(name), seen]}
        yield catalog + "ListAssets", lambda name: {"kind": "dataset", "namespace": events.WAREHOUSE, "namePrefix": "raw." + name}
        yield catalog + "ListAssets", lambda name: {"container": dataset(name)}
        yield catalog + "GetHistory", lambda name: {"asset": dataset(name)}
        yield catalog + "DiffAsset", lambda name: {"asset": dataset(name), "before": at, "after": {}}
        yield catalog + "ListRuns", lambda name: {"job": job(name)}
        yield catalog + "GetRun", lambda name: {"view": "RUN_VIEW_FULL", "job": job(name), "runId": events.run_id(2)}
        yield "lineage.v1.LineageService/GetLineage", lambda name: {"asset": dataset(name)}
        yield "lineage.v1.LineageService/GetLineage", lambda name: {"asset": dataset(name), "level": "LEVEL_COLUMN", "asOf": at}
        yield "lineage.v1.LineageService/FindPaths", lambda name: {"from": seen, "to": dataset(name)}
        yield catalog + "DeleteAsset", lambda name: {"asset": dataset(name)}
        yield catalog + "RestoreAsset", lambda name: {"asset": dataset(name)}
        yield "search.v1.SearchService/Search", lambda name: {"query": name, "facets": ["kind", "namespace"]}
        yield "search.v1.SearchService/Suggest", lambda name: {"prefix": name}

    def answer_to(self, client, method, request):
        """Status and body; the request id and the sealed revision differ from answer to answer."""
        status, _, body = client.request("POST", "/cadastre." + method, json.dumps(request).encode(),
                                         {"Content-Type": "application/json"})
        answer = json.loads(body)
        for changing in ("revision", "request_id", "requestId"):
            answer.pop(changing, None)
        return status, answer


if __name__ == "__main__":
    unittest.main()
