"""One bad part never refuses an event, and nothing that is taken makes an asset unreadable."""
import gzip
import json
import unittest

import events
from client import ref
from server import Server

TIME = "2026-03-01T09:30:00Z"
GET_ASSET = "catalog.v1.CatalogService/GetAsset"


def event(name, members, run=None, time=TIME):
    """Bytes of a COMPLETE event of `etl`#`name` whose output `kept.<name>` is good; `members` is JSON of more members."""
    body = {"eventTime": time, "eventType": "COMPLETE", "producer": "https://example.org/etl", "schemaURL": "s",
            "run": run or {"runId": events.run_id(1)}, "job": {"namespace": "etl", "name": name},
            "outputs": [{"namespace": events.WAREHOUSE, "name": "kept." + name, "facets": {"schema": {"fields": [{"name": "a"}]}}}]}
    text = json.dumps(body)[:-1].encode()
    return text + (b"," + members if members else b"") + b"}"


def dataset(members):
    return b'"inputs":[' + members + b"]"


# What is bad, the rest of the event, the cause told and its place.
BAD = {
    "type": (dataset(b'{"namespace":{},"name":"x"}'), "not_text", "inputs[0].namespace"),
    "long": (dataset(b'{"namespace":"n","name":"' + b"x" * 1025 + b'"}'), "name_too_long", "inputs[0].name"),
    "nul": (dataset(b'{"namespace":"n","name":"x\\u0000"}'), "text_not_kept", "inputs[0].name"),
    "utf8": (dataset(b'{"namespace":"n","name":"x\xff"}'), "text_not_kept", "inputs[0].name"),
    "surrogate": (dataset(b'{"namespace":"n","name":"\\ud800"}'), "text_not_kept", "inputs[0].name"),
    "nameless": (dataset(b'{"namespace":"n","name":"d","facets":{"":{}}}'), "facet_without_name", "inputs[0].facets"),
    "deep": (dataset(b'{"namespace":"n","name":"d","facets":{"f":' + b"[" * 70 + b"]" * 70 + b"}}"), "facet_too_deep",
             "inputs[0].facets.f"),
    "huge": (dataset(b'{"namespace":"n","name":"d","facets":{"f":{"n":1e999}}}'), "integer_beyond_64_bits", "inputs[0].facets.f"),
    "facets": (dataset(b'{"namespace":"n","name":"d","facets":{' + b",".join(b'"f%d":{}' % i for i in range(300)) + b"}}"),
               "too_many_facets", "inputs[0].facets"),
    "owner": (dataset(b'{"namespace":"n","name":"d","facets":{"ownership":{"owners":[{"name":"\\u0000"},{"name":"kim"}]}}}'),
              "text_not_kept", "inputs[0].facets.ownership"),
    # Its text is 13 bytes for each of 4: a typed value larger than the facet it came in.
    "grows": (dataset(b'{"namespace":"n","name":"d","facets":{"tags":{"tags":[{"key":"k","value":[' + b",".join([b"1E9"] * 700_000)
                      + b"]}]}}}"), "aspect_not_kept", f"dataset:n#d aspect"),
    "subject": (b'"dataset":[]', "not_an_object", "dataset"),
}


def field(number, wire, payload):
    return bytes([number << 3 | wire]) + payload


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def message(number, content):
    # Field numbers up to 2,047 take two bytes.
    return varint(number << 3 | 2) + varint(len(content)) + content


class BadParts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()

    def asset(self, name):
        return self.admin.call(GET_ASSET, {"asset": ref("dataset", events.WAREHOUSE, name)})["asset"]

    def test_what_cannot_be_kept_is_left_out_and_told_with_its_place(self):
        for name, (members, cause, place) in BAD.items():
            with self.subTest(name):
                status, answer = self.admin.push(event(name, members))
                self.assertEqual(status, 201, answer)
                self.assertIn({"index": 0, "cause": cause, "field": place}, answer["warning_places"])
                self.assertGreaterEqual(answer["warnings"][cause], 1)
                self.assertEqual([column["path"] for column in self.asset("kept." + name)["columns"]], [["a"]])
                run = self.admin.call("catalog.v1.CatalogService/GetRun", {"view": "RUN_VIEW_FULL", "job": ref("job", "etl", name), "runId": events.run_id(1)})
                self.assertEqual(run["run"]["state"], "RUN_STATE_COMPLETE")

    def test_only_its_own_run_job_or_time_refuses_an_event(self):
        for what, bad in (("run.runId", event("refused", b"", {"runId": "a\0"})), ("eventTime", event("refused", b"", time="soon")),
                          ("job.name", event("x" * 1025, b""))):
            with self.subTest(what):
                status, answer = self.admin.push(bad)
                self.assertEqual((status, answer["rejected"][0]["field"]), (400, what), answer)

    def test_the_wire_form_is_judged_by_the_bytes(self):
        one, two = event("form.one", b""), event("form.two", b"")
        forms = {
            "packed without saying so": (gzip.compress(one), {}, 1),
            "unpacked on the way": (one, {"Content-Encoding": "gzip"}, 1),
            "packed and said so": (gzip.compress(one), {"Content-Encoding": "gzip"}, 1),
            "an array": (b"[" + one + b"," + two + b"]", {}, 2),
            "one behind the other": (one + b"\n" + two + b"\n", {}, 2),
        }
        for what, (body, headers, count) in forms.items():
            with self.subTest(what):
                status, answer = self.admin.push(body, headers=headers)
                self.assertEqual((status, answer.get("accepted")), (201, count), answer)

    def test_a_time_before_1970_with_a_fraction_is_read_back(self):
        run = {"runId": events.run_id(2), "facets": {"nominalTime": {"nominalStartTime": "1969-12-31T23:59:58.5Z",
                                                                    "nominalEndTime": "9999-12-31T23:59:59-10:00"}}}
        status, answer = self.admin.push(event("early", b"", run, "1960-01-01T00:00:00.25Z"))
        self.assertEqual(status, 201, answer)
        read = self.admin.call("catalog.v1.CatalogService/GetRun", {"view": "RUN_VIEW_FULL", "job": ref("job", "etl", "early"), "runId": events.run_id(2)})["run"]
        self.assertEqual(read["nominalTime"], {"start": "1969-12-31T23:59:58.500Z"})
        self.assertEqual(read["startedAt"], "1960-01-01T00:00:00.250Z")
        self.assertEqual(self.asset("kept.early")["lastSeenAt"], "1960-01-01T00:00:00.250Z")

    def test_a_time_no_message_can_hold_is_refused_at_the_binary_door(self):
        target = message(1, message(1, b"dataset") + message(2, events.WAREHOUSE.encode()) + message(3, b"poisoned"))
        for what, stamp in (("fraction", field(1, 0, varint(-5)) + field(2, 0, varint(-500_000_000))),
                            ("year 10000", field(1, 0, varint(253_402_300_800)))):
            with self.subTest(what):
                # UpsertAspects{upserts{asset, aspect{freshness{updated_at}}}}: freshness is aspect 80.
                freshness = message(3, message(80, message(1, stamp)))
                status, _, body = self.admin.request("POST", "/cadastre.catalog.v1.CatalogService/UpsertAspects",
                                                     message(1, target + freshness), {"Content-Type": "application/proto"})
                self.assertEqual(status, 400, body)
                self.assertIn(b"upserts[0].aspect.freshness.updated_at", body)


if __name__ == "__main__":
    unittest.main()
