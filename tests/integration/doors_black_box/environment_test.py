"""What a grant by environment opens follows the rule that gives namespaces their environment, from the very next request on."""
import unittest

import events  # noqa: F401  (puts the support folder on the path)
from client import Refused, ref
from server import Server

LIVE = ref("dataset", "postgres://live:5432", "shop.orders")
TRIAL = ref("dataset", "postgres://trial:5432", "shop.orders")
CATALOG = "catalog.v1.CatalogService/"
AUTHZ = "authz.v1.AuthzService/"


class Environment(unittest.TestCase):
    def setUp(self):
        self.server = self.enterContext(Server())
        self.admin = self.server.admin()
        self.addCleanup(self.admin.close)
        self.rule("live", LIVE["namespace"], "production")
        self.rule("trial", TRIAL["namespace"], "staging")
        for asset in (LIVE, TRIAL):
            self.admin.call(CATALOG + "UpsertAspects", {"upserts": [
                {"asset": asset, "aspect": {"documentation": {"text": "orders of a day"}}}]})
        self.admin.call(AUTHZ + "PutRole", {"role": {"id": "reader"}})
        self.admin.call(AUTHZ + "PutGrant", {"grant": {
            "id": "reads", "role": "reader", "privileges": ["PRIVILEGE_BROWSE", "PRIVILEGE_READ"],
            "scope": {"environment": "production"}}})
        self.admin.call(AUTHZ + "PutPrincipal", {"principal": {"id": "reader", "kind": "PRINCIPAL_KIND_SERVICE",
                                                               "roles": ["reader"]}})
        self.reader = self.server.client(self.admin.call(AUTHZ + "CreateToken", {"principal": "reader"})["token"])
        self.addCleanup(self.reader.close)

    def rule(self, name, namespace, environment):
        self.admin.call(AUTHZ + "PutEnvironmentRule", {"rule": {"id": name, "namespace": namespace,
                                                                "environment": environment}})

    def read(self, asset):
        try:
            return self.reader.call(CATALOG + "GetAsset", {"asset": asset})["asset"]["summary"]
        except Refused as refused:
            self.assertEqual(refused.code, "not_found")
            return None

    def listed(self):
        by_name = [asset["ref"]["namespace"] for asset in
                   self.reader.pages(CATALOG + "ListAssets", {"kind": "dataset"}, "assets")]
        found = self.reader.call("search.v1.SearchService/Search", {"query": "orders"}).get("hits", [])
        self.assertEqual(sorted(hit["asset"]["ref"]["namespace"] for hit in found), by_name)
        return by_name

    def test_it_opens_that_environment_alone(self):
        shown = self.read(LIVE)
        self.assertEqual((shown["environment"], shown["description"]), ("production", "orders of a day"))
        self.assertIsNone(self.read(TRIAL))
        self.assertEqual(self.listed(), [LIVE["namespace"]])

    def test_a_rule_moved_moves_what_is_open(self):
        self.rule("trial", TRIAL["namespace"], "production")
        self.assertIsNotNone(self.read(TRIAL))
        self.assertEqual(self.listed(), [LIVE["namespace"], TRIAL["namespace"]])
        self.rule("live", LIVE["namespace"], "retired")
        self.assertIsNone(self.read(LIVE))
        self.assertEqual(self.listed(), [TRIAL["namespace"]])


if __name__ == "__main__":
    unittest.main()
