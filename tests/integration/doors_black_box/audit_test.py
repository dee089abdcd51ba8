"""What the audit log says of writes: what they were about, which change they made; and that a client can verify the lot."""
import subprocess
import unittest

import events
from client import Refused, ref
from server import BIN, Server

AUDIT = "audit.v1.AuditService/"


class Audit(unittest.TestCase):
    def newest(self, client, **filters):
        """The newest record of what was asked for; reading is recorded itself, so by operation."""
        return client.call(AUDIT + "ListRecords", {"pageSize": 1, **filters})["records"][0]

    def test_a_write_of_policy_names_its_target(self):
        with Server() as server:
            client = server.admin()
            client.call("authz.v1.AuthzService/PutRole", {"role": {"id": "readers"}})
            record = self.newest(client, operation="cadastre.authz.v1.AuthzService/PutRole")
            self.assertEqual(record["targets"], [{"kind": "TARGET_KIND_ROLE", "id": "readers"}])
            client.call("authz.v1.AuthzService/CreateToken", {"description": "for a test"})
            record = self.newest(client, operation="cadastre.authz.v1.AuthzService/CreateToken")
            self.assertEqual([target["kind"] for target in record["targets"]], ["TARGET_KIND_TOKEN"])
            self.assertTrue(record["targets"][0]["id"].startswith("admin/"))
            found = self.newest(client, target={"kind": "TARGET_KIND_ROLE", "id": "readers"})
            self.assertEqual(found["operation"], "cadastre.authz.v1.AuthzService/PutRole")
            with self.assertRaises(Refused) as refused:
                client.call(AUDIT + "ListRecords", {"target": {"id": "readers"}})
            self.assertEqual(refused.exception.code, "invalid_argument")

    def test_a_refused_write_names_what_it_asked_for(self):
        with Server() as server:
            client, table = server.admin(), ref("dataset", events.WAREHOUSE, "gold.t1")
            asked = {
                "authz.v1.AuthzService/PutGrant": ({"grant": {"id": "open-all", "role": "nobody"}}, "grant open-all"),
                "authz.v1.AuthzService/DeleteRole": ({"id": "readers"}, "readers"),
                "authz.v1.AuthzService/RevokeToken": ({"id": "eve/none"}, "eve/none"),
                "catalog.v1.CatalogService/DeleteAsset": ({"asset": table}, f"dataset:{events.WAREHOUSE}#gold.t1"),
            }
            for method, (request, named) in asked.items():
                with self.assertRaises(Refused):
                    client.call(method, request)
                record = self.newest(client, operation="cadastre." + method)
                self.assertNotEqual(record["outcome"], "OUTCOME_OK")
                self.assertIn(named, record.get("detail", ""), method)

    def test_a_refused_push_names_what_it_asked_for(self):
        with Server() as server:
            client = server.admin()
            client.call("authz.v1.AuthzService/PutRole", {"role": {"id": "pusher"}})
            client.call("authz.v1.AuthzService/PutGrant", {"grant": {
                "id": "elsewhere", "role": "pusher", "privileges": ["PRIVILEGE_PUSH"], "scope": {"namespace": "elsewhere"}}})
            client.call("authz.v1.AuthzService/PutPrincipal", {
                "principal": {"id": "pusher", "kind": "PRINCIPAL_KIND_SERVICE", "roles": ["pusher"]}})
            pusher = server.client(client.call("authz.v1.AuthzService/CreateToken", {"principal": "pusher"})["token"])
            one = events.event("copy", events.run_id(1), inputs=[events.dataset("raw.a")], outputs=[events.dataset("gold.a")])
            pusher.push(one)
            pusher.close()
            record = self.newest(client, operation="POST /api/v1/lineage", principal="pusher")
            self.assertEqual(record["outcome"], "OUTCOME_PERMISSION_DENIED")
            for name in (f"job:{one['job']['namespace']}#copy", f"dataset:{events.WAREHOUSE}#raw.a", f"dataset:{events.WAREHOUSE}#gold.a",
                         "job ×1"):
                self.assertIn(name, record["detail"])

    def test_a_push_names_what_it_speaks_of_also_where_it_says_nothing_new(self):
        with Server() as server:
            client = server.admin()
            one = events.event("copy", events.run_id(1), inputs=[events.dataset("raw.a")], outputs=[events.dataset("gold.a")])
            for turn in range(2):
                self.assertEqual(client.push(one)[0], 201)
                shown = self.newest(client, operation="POST /api/v1/lineage")["shown"]
                self.assertEqual({item["asset"]["name"] for item in shown}, {"copy", "raw.a", "gold.a"}, turn)

    def test_a_leaf_and_its_change_find_each_other(self):
        with Server() as server:
            client = server.admin()
            revision = client.call("authz.v1.AuthzService/PutRole", {"role": {"id": "readers"}})["revision"]
            self.assertEqual(client.push(events.copy_of(1))[0], 201)
            found = client.call(AUDIT + "ListRecords", {"change": revision})["records"]
            self.assertEqual([record["operation"] for record in found], ["cadastre.authz.v1.AuthzService/PutRole"])
            pushed = self.newest(client, operation="POST /api/v1/lineage")
            table = ref("dataset", events.WAREHOUSE, "gold.t1")
            difference = client.call("catalog.v1.CatalogService/DiffAsset", {
                "asset": table, "before": {"knownAtRevision": pushed["revision"]},
                "after": {"knownAtRevision": pushed["change"]}})
            self.assertFalse(difference.get("existedBefore", False))
            self.assertTrue(difference["existedAfter"])

    def test_a_client_verifies_the_lot(self):
        with Server() as server:
            client = server.admin()
            for number in range(1, 4):
                self.assertEqual(client.push(events.copy_of(number))[0], 201)
                client.call("catalog.v1.CatalogService/GetAsset", {"asset": ref("dataset", events.WAREHOUSE, f"gold.t{number}")})
            told = subprocess.run([BIN / "cadastre", "audit", "verify"], capture_output=True, text=True, timeout=60,
                                  env={"CADASTRE_URL": server.http, "CADASTRE_TOKEN": server.admin_token})
            self.assertEqual(told.returncode, 0, told.stderr)
            self.assertIn("verified", told.stdout)


if __name__ == "__main__":
    unittest.main()
