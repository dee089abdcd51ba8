"""What is wrong with one entry of a list, or with a field inside one, is told by its whole path with the entry's place, in
the spelling of the request."""
import unittest

import events
from client import Refused, ref
from server import Server

CATALOG, AUTHZ, SEARCH, LINEAGE = ("catalog.v1.CatalogService/", "authz.v1.AuthzService/", "search.v1.SearchService/",
                                   "lineage.v1.LineageService/")
ORDERS = ref("dataset", events.WAREHOUSE, "orders")
LONG = "x" * 600


def upsert(aspect, **more):
    return CATALOG + "UpsertAspects", {"upserts": [{"asset": ORDERS, "aspect": {"displayName": {"name": "x"}}},
                                                   {"asset": ORDERS, "aspect": aspect, **more}]}


def grant(**members):
    return AUTHZ + "PutGrant", {"grant": {"id": "g", "role": "reader", "privileges": ["PRIVILEGE_READ"], **members}}


PLACES = [
    ("upserts[1].aspect.schema.fields[1].fields[0].name", upsert({"schema": {"fields": [
        {"name": "a"}, {"name": "b", "fields": [{"name": LONG}]}]}})),
    ("upserts[1].aspect.tags.tags[1].key", upsert({"tags": {"tags": [{"key": "a"}, {}]}})),
    ("upserts[1].aspect.ownership.owners[0].owner", upsert({"ownership": {"owners": [{"type": "OWNER"}]}})),
    ("upserts[1].aspect.links.links[2].url", upsert({"links": {"links": [{"url": "https://a"}] * 2 + [{"url": "ftp://a"}]}})),
    ("upserts[1].aspect.facet.name", upsert({"facet": {}})),
    ("upserts[1].aspect.container.container.kind", upsert({"container": {"container": {"name": "x"}}})),
    ("upserts[1].aspect.tags.tags[1].field", upsert({"tags": {"tags": [{"key": "a"}, {"key": "b", "field": "none"}]}})),
    ("upserts[1].column.path[1]", upsert({"documentation": {"text": "t"}}, column={"path": ["a", LONG]})),
    ("upserts[1].aspect.documentation.text", upsert({"documentation": {"text": "a\0b"}})),
    ("aliases[0].to", (CATALOG + "UpsertAspects", {"aliases": [{"from": ORDERS, "to": ref("job", "etl", "load")}]})),
    ("assets[1].kind", (CATALOG + "BatchGetAssets", {"assets": [ORDERS, {"kind": "tabel", "name": "x"}]})),
    ("kind", (CATALOG + "ListAssets", {"kind": "tabel"})),
    ("states[1]", (CATALOG + "ListRuns", {"states": ["RUN_STATE_FAILED", "RUN_STATE_UNSPECIFIED"]})),
    ("asOf.knownAtRevision", (CATALOG + "GetAsset", {"asset": ORDERS, "asOf": {"knownAtRevision": "none"}})),
    ("after.knownAtRevision", (CATALOG + "DiffAsset", {"asset": ORDERS, "after": {"knownAtRevision": "none"}})),
    ("grant.scope.kinds[1]", grant(scope={"kinds": ["dataset", "tabel"]})),
    ("grant.privileges[1]", grant(privileges=["PRIVILEGE_READ", "PRIVILEGE_UNSPECIFIED"])),
    ("grant.scope.domain.name", grant(scope={"domain": {"kind": "domain"}})),
    ("grant.scope.domain", grant(scope={"domain": ref("domain", "", "none")})),
    ("facets[1]", (SEARCH + "Search", {"facets": ["kind", "colour"]})),
    ("filters[1].facet", (SEARCH + "Search", {"filters": [{"facet": "kind", "values": ["job"]}, {"facet": "colour"}]})),
    ("filters[0].values", (SEARCH + "Search", {"filters": [{"facet": "kind"}]})),
    ("column.path[1]", (LINEAGE + "GetLineage", {"asset": ORDERS, "level": "LEVEL_COLUMN", "column": {"path": ["a", LONG]}})),
]


class RefusedPlaces(unittest.TestCase):
    def test_every_refusal_names_the_entry(self):
        with Server() as server:
            admin = server.admin()
            admin.call(*upsert({"schema": {"fields": [{"name": "a"}]}}))
            admin.call(AUTHZ + "PutRole", {"role": {"id": "reader"}})
            for place, (method, request) in PLACES:
                with self.subTest(place), self.assertRaises(Refused) as refused:
                    admin.call(method, request)
                self.assertEqual(refused.exception.answer["message"].split(": ")[0], place)
            admin.close()


if __name__ == "__main__":
    unittest.main()
