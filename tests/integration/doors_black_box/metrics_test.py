"""What /metrics exports, and that the dashboard and the page for operators name nothing else."""
import json
import pathlib
import re
import unittest

import events  # says where client and server are
import grpc
from client import Client, Refused
from reflection_test import Stub
from server import Server

ROOT = pathlib.Path(__file__).resolve().parents[3]
WHO_AM_I = "cadastre.authz.v1.AuthzService/WhoAmI"


def series(text):
    """{name with labels: value}."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            found[name] = float(value)
    return found


def families(text):
    return set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE))


class Metrics(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__)
        cls.server.start()
        admin = cls.server.admin()
        admin.push(events.copy_of(1))
        admin.call(WHO_AM_I.removeprefix("cadastre."))
        try:
            cls.server.client("nobody").call(WHO_AM_I.removeprefix("cadastre."))
        except Refused:
            pass
        with grpc.insecure_channel(cls.server.grpc) as channel:
            Stub(channel, cls.server.admin_token).call(*WHO_AM_I.split("/"), {})
        cls.text = admin.request("GET", "/metrics")[2].decode()

    def test_requests_are_told_by_door_method_and_outcome(self):
        found = series(self.text)

        def count(door, code):
            return found.get(f'cadastre_requests_total{{code="{code}",door="{door}",method="{WHO_AM_I}"}}', 0)
        self.assertEqual((count("http", "ok"), count("http", "unauthenticated"), count("grpc", "ok")), (1, 1, 1))
        self.assertEqual(found[f'cadastre_request_seconds_count{{method="{WHO_AM_I}"}}'], 3)
        self.assertEqual(found['cadastre_requests_total{code="ok",door="http",method="POST /api/v1/lineage"}'], 1)

    def test_what_is_measured_is_something(self):
        found = series(self.text)
        for name in ("cadastre_revision", "cadastre_audit_leaves", "cadastre_resident_bytes", "cadastre_open_descriptors",
                     "cadastre_descriptors_max", "cadastre_rocksdb_memtable_bytes", "cadastre_cpu_centiseconds_total"):
            self.assertGreater(found[name], 0, name)
        self.assertEqual(found["cadastre_ready"], 1)
        self.assertLess(found["cadastre_open_descriptors"], found["cadastre_descriptors_max"])
        self.assertEqual({name for name in found if name.startswith("cadastre_follower_lag")},
                         {f'cadastre_follower_lag_revisions{{follower="{one}"}}' for one in ("lineage", "search")})

    def test_an_address_of_its_own_asks_for_a_token_only_where_others_reach_it(self):
        for config, open_to_all in [({"metrics_address": "127.0.0.1:0"}, True), ({"metrics_address": "0.0.0.0:0"}, False),
                                    ({"metrics_address": "0.0.0.0:0", "metrics_open": 1}, True)]:
            with Server(config=config) as server:
                at = json.loads((server.data_dir / "addresses.json").read_text())["metrics"].removesuffix("/metrics")
                at = at.replace("0.0.0.0", "127.0.0.1")
                status, _, body = Client(at).request("GET", "/metrics")
                self.assertEqual(status, 200 if open_to_all else 401, config)
                self.assertEqual(b"cadastre_revision" in body, open_to_all)
                status, _, body = Client(at, server.admin_token).request("GET", "/metrics")
                self.assertEqual((status, b"cadastre_revision" in body), (200, True))
                # Nothing else is answered there, whoever asks.
                for path in ("/", "/readyz", "/api/v1/lineage", "/cadastre.authz.v1.AuthzService/WhoAmI"):
                    self.assertEqual(Client(at, server.admin_token).request("GET", path)[0], 404, path)

    def test_the_dashboard_asks_for_what_is_exported(self):
        dashboard = json.loads((ROOT / "deploy/grafana/cadastre.json").read_text())
        asked = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
        self.assertGreater(len(asked), 20)
        names = set(re.findall(r"\bcadastre_\w+", " ".join(asked)))
        exported = families(self.text)
        exported |= {name + part for name in exported for part in ("_bucket", "_sum", "_count")}
        self.assertEqual(names - exported, set())

    def test_the_operators_page_lists_each_one(self):
        page = (ROOT / "docs/operations.md").read_text()
        told = set(re.findall(r"^\| `(cadastre_\w+)", page, re.MULTILINE))
        self.assertEqual(told, families(self.text))


if __name__ == "__main__":
    unittest.main()
