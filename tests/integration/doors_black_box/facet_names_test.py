"""What facets of a real event name of what a viewer may not see, by every answer that carries facets."""
import base64
import unittest

import events
from client import ref
from server import Server

CATALOG = "catalog.v1.CatalogService/"


def texts(value):
    """All texts of an answer; bytes, which JSON carries in base64, as what they are."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from [base64.b64decode(inner).decode()] if key.lower().endswith("json") and isinstance(inner, str) else texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    else:
        yield str(value)


class FacetNames(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.admin = cls.server.admin()

    def viewer(self, name):
        """Sees everything but what is called hidden…, values of the data included."""
        authz = "authz.v1.AuthzService/"
        self.admin.call(authz + "PutRole", {"role": {"id": name}})
        opened = ["BROWSE", "READ", "READ_CODE", "READ_OPERATIONS", "READ_SAMPLES"]
        for number, grant in enumerate(({"privileges": ["PRIVILEGE_" + one for one in opened]},
                                        *({"privileges": ["PRIVILEGE_BROWSE"], "deny": True, "scope": {"namespace": ns, "namePrefix": "hidden"}}
                                          for ns in ("etl", events.WAREHOUSE)))):
            self.admin.call(authz + "PutGrant", {"grant": {"id": f"{name}-{number}", "role": name, **grant}})
        self.admin.call(authz + "PutPrincipal", {"principal": {"id": name, "kind": "PRINCIPAL_KIND_SERVICE", "roles": [name]}})
        return self.server.client(self.admin.call(authz + "CreateToken", {"principal": name})["token"])

    def test_no_answer_names_what_is_hidden(self):
        job = lambda name: {"namespace": "etl", "name": name}
        table = lambda name: {"namespace": events.WAREHOUSE, "name": name}
        depends = [{"job": job(name), "run": {"runId": events.run_id(5)}} for name in ("hidden_load", "open_load")]
        run = {
            "parent": events.facet(job=job("hidden_parent"), run={"runId": events.run_id(6)}, more="than specified"),
            "jobDependencies": events.facet(upstream=depends, more="than specified"),
            "plan": events.facet(reads=[table("hidden_table"), table("open_table"), table("hidden_none")]),
            "test": events.facet(tests=[{"name": "about hidden_table", "status": "pass", "params": {"of": table("hidden_table")}}]),
        }
        output = events.dataset("out", ["id"], lifecycleStateChange=events.facet(
            lifecycleStateChange="ALTER", previousIdentifier=table("hidden_table"), more="than specified"),
                                uses=events.facet(tables=[table("hidden_table"), table("open_table")]))
        for name in ("hidden_table", "open_table"):
            self.assertEqual(self.admin.push(events.event("make_" + name, events.run_id(9), outputs=[events.dataset(name)]))[0], 201)
        status, answer = self.admin.push(events.event("etl", events.run_id(7), outputs=[output], run=run))
        self.assertEqual((status, answer.get("rejected")), (201, []), answer)
        asked = [(CATALOG + "GetRun", {"job": ref("job", "etl", "etl"), "runId": events.run_id(7), "view": "RUN_VIEW_FULL"}),
                 (CATALOG + "GetAsset", {"asset": ref("dataset", events.WAREHOUSE, "out"), "view": "ASSET_VIEW_FULL"}),
                 (CATALOG + "GetHistory", {"asset": ref("dataset", events.WAREHOUSE, "out")}),
                 (CATALOG + "ListRuns", {"job": ref("job", "etl", "etl")})]
        viewer = self.viewer("vera")
        for method, request in asked:
            seen = "\n".join(texts(viewer.call(method, request)))
            self.assertNotIn("hidden", seen, method)
            if method != CATALOG + "ListRuns":
                self.assertIn("open_table", seen, method)
                self.assertIn("hidden_table", "\n".join(texts(self.admin.call(method, request))), method)


if __name__ == "__main__":
    unittest.main()
