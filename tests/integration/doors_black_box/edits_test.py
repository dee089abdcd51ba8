"""People who edit at once: what each was told is written stays written."""
import os
import subprocess
import unittest

import events  # noqa: F401  (puts the support folder on the path)
from client import Refused
from server import BIN, Server

CATALOG, AUTHZ = "catalog.v1.CatalogService/", "authz.v1.AuthzService/"
ORDERS = {"kind": "dataset", "namespace": "postgres://db:5432", "name": "shop.public.orders"}
ORDERS_TEXT = "dataset:postgres://db:5432#shop.public.orders"


def value(asset, kind):
    for one in asset.get("business", []):
        if kind in one["aspect"]:
            return one
    return {"aspect": {kind: {}}}


class Edits(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.client = self.server.admin()
        self.addCleanup(self.client.close)
        self.client.call(CATALOG + "UpsertAspects", {"upserts": [
            {"asset": ORDERS, "aspect": {"schema": {"fields": [{"name": n} for n in ("a", "b", "c")]}}}]})

    def asset(self):
        return self.client.call(CATALOG + "GetAsset", {"asset": ORDERS})["asset"]

    def at_once(self, *commands):
        environment = {**os.environ, "CADASTRE_URL": self.server.http, "CADASTRE_TOKEN": self.client.token}
        running = [subprocess.Popen([str(BIN / "cadastre"), *words], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                   for words in commands]
        for one in running:
            _, told = one.communicate(timeout=120)
            self.assertEqual(one.returncode, 0, told)

    def test_eight_who_tag_and_classify_at_once_keep_all(self):
        for round_ in range(3):
            tags = [f"t{round_}_{i}" for i in range(8)]
            classes = [f"c{round_}_{i}" for i in range(8)]
            self.at_once(*[["tag", ORDERS_TEXT, one] for one in tags])
            self.at_once(*[["classify", ORDERS_TEXT, one] for one in classes])
            asset = self.asset()
            stated = {one["key"] for one in value(asset, "tags")["aspect"]["tags"]["tags"]}
            self.assertLessEqual(set(tags), stated)
            self.assertEqual(len(stated), 8 * (round_ + 1))
            stated = {one["name"] for one in value(asset, "classifications")["aspect"]["classifications"]["classifications"]}
            self.assertEqual(len(stated), 8 * (round_ + 1))
        self.at_once(*[["untag", ORDERS_TEXT, f"t0_{i}"] for i in range(8)])
        self.assertEqual(len(value(self.asset(), "tags")["aspect"]["tags"]["tags"]), 16)

    def test_one_batch_tags_three_columns(self):
        self.client.call(CATALOG + "UpsertAspects", {"upserts": [
            {"asset": ORDERS, "column": {"path": [name]}, "change": "CHANGE_ADD", "aspect": {"tags": {"tags": [{"key": "key"}]}}}
            for name in ("a", "b", "c")]})
        for column in self.asset()["columns"]:
            self.assertEqual(column["aspects"][0]["aspect"]["tags"]["tags"], [{"key": "key"}], column)

    def test_an_etag_guards_a_whole_value(self):
        def describe(text, **precondition):
            return self.client.call(CATALOG + "UpsertAspects", {"upserts": [
                {"asset": ORDERS, "aspect": {"documentation": {"text": text}}, **precondition}]})
        describe("first", absent=True)
        with self.assertRaises(Refused) as refused:
            describe("again", absent=True)
        self.assertEqual(refused.exception.code, "already_exists")
        etag = value(self.asset(), "documentation")["etag"]
        describe("second", etag=etag)
        with self.assertRaises(Refused) as refused:
            describe("third", etag=etag)
        self.assertEqual(refused.exception.code, "aborted")
        # Unlike others it is no bad request, and names its field all the same.
        self.assertEqual(refused.exception.answer["field"], "upserts[0].etag")
        self.assertTrue(refused.exception.answer["message"].startswith("upserts[0].etag: "), refused.exception.answer)
        self.assertEqual(value(self.asset(), "documentation")["aspect"]["documentation"]["text"], "second")


def value_of(asset, kind):
    return value(asset, kind)["aspect"][kind]


class Pushed(unittest.TestCase):
    """What `push` alone lets through."""

    def setUp(self):
        self.server = Server()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.admin = self.server.admin()
        self.addCleanup(self.admin.close)
        self.upsert(self.admin, {"schema": {"fields": [{"name": "a"}]}})

    def person(self, name, *privileges, deny=None, scope=None):
        def grant(id_, names, **more):
            self.admin.call(AUTHZ + "PutGrant", {"grant": {
                "id": id_, "role": name, "privileges": ["PRIVILEGE_" + one.upper() for one in names], **more}})
        self.admin.call(AUTHZ + "PutRole", {"role": {"id": name}})
        grant(name, privileges)
        if deny:
            grant(name + "-deny", [deny], deny=True, **({"scope": scope} if scope else {}))
        self.admin.call(AUTHZ + "PutPrincipal", {"principal": {"id": name, "kind": "PRINCIPAL_KIND_PERSON", "roles": [name]}})
        client = self.server.client(self.admin.call(AUTHZ + "CreateToken", {"principal": name})["token"])
        self.addCleanup(client.close)
        return client

    def upsert(self, client, aspect, asset=ORDERS, **more):
        return client.call(CATALOG + "UpsertAspects", {"upserts": [{"asset": asset, "aspect": aspect, **more}]})

    def business(self, kind, asset=ORDERS):
        return value(self.admin.call(CATALOG + "GetAsset", {"asset": asset})["asset"], kind)

    def test_what_is_pushed_never_takes_the_place_of_what_a_person_wrote(self):
        pusher = self.person("pusher", "browse", "read", "push")
        both = self.person("both", "browse", "read", "push", "edit_docs")
        for kind, members in (("documentation", "text"), ("displayName", "name"), ("contract", "text"), ("serviceLevel", "text")):
            with self.subTest(kind):
                self.upsert(self.admin, {kind: {members: "by hand"}})
                self.upsert(pusher, {kind: {members: "pushed"}})
                self.assertEqual(self.business(kind)["aspect"][kind][members], "by hand")
                # Neither does he take back by push what he did not say by it.
                self.upsert(pusher, {kind: {}}, withdraw=True)
                self.assertEqual(self.business(kind)["aspect"][kind][members], "by hand")
                self.upsert(both, {kind: {members: "edited"}})
                self.assertEqual(self.business(kind)["aspect"][kind][members], "edited")
        # Where nobody wrote anything it stands, as a source's.
        self.upsert(pusher, {"customProperties": {"properties": {"from": "pushed"}}})
        stated = self.business("customProperties")
        self.assertEqual(stated["aspect"]["customProperties"]["properties"], {"from": "pushed"})
        self.assertEqual([(one["principal"], one["tool"]) for one in stated["sources"]], [("pusher", "api")])

    def test_one_request_edits_some_kinds_and_pushes_others(self):
        writer = self.person("writer", "browse", "read", "push", "edit_docs")
        new = {**ORDERS, "name": "shop.public.new"}
        self.upsert(self.admin, {"schema": {"fields": [{"name": "a"}]}}, asset=new)
        writer.call(CATALOG + "UpsertAspects", {"upserts": [
            {"asset": new, "aspect": {"schema": {"fields": [{"name": "a"}, {"name": "b"}]}}},
            {"asset": new, "column": {"path": ["b"]}, "aspect": {"documentation": {"text": "of a new column"}}},
            {"asset": new, "aspect": {"documentation": {"text": "by hand"}}}]})
        asset = self.admin.call(CATALOG + "GetAsset", {"asset": new})["asset"]
        self.assertEqual(value_of(asset, "documentation"), {"text": "by hand"})
        self.assertEqual([one["tool"] for one in value(asset, "documentation")["sources"]], ["person"])

    def test_who_makes_an_asset_that_he_may_edit_speaks_for_himself(self):
        def tools_of(name, client):
            asset = {**ORDERS, "name": name}
            self.upsert(client, {"documentation": {"text": name}}, asset=asset)
            return [one["tool"] for one in self.business("documentation", asset)["sources"]]
        both = self.person("maker", "browse", "read", "push", "edit_docs")
        self.assertEqual(tools_of("shop.public.made", both), ["person"])
        self.assertEqual(tools_of("shop.public.pushed", self.person("bringer", "browse", "read", "push")), ["api"])
        # What he made is his to take back, also while it is deleted.
        made = {**ORDERS, "name": "shop.public.made"}
        self.admin.call(CATALOG + "DeleteAsset", {"asset": made})
        self.upsert(both, {"documentation": {}}, asset=made, withdraw=True)
        self.admin.call(CATALOG + "RestoreAsset", {"asset": made})
        self.assertEqual(self.business("documentation", made)["aspect"]["documentation"], {})

    def test_of_what_is_hidden_nobody_speaks_as_one_who_edits_it(self):
        self.upsert(self.admin, {"documentation": {"text": "by hand"}})
        self.upsert(self.admin, {"tags": {"tags": [{"key": "closed"}]}})
        shut = self.person("shut", "browse", "read", "push", "edit_docs", deny="browse", scope={"tag": "closed"})
        self.upsert(shut, {"documentation": {"text": "pushed"}})
        self.assertEqual(self.business("documentation")["aspect"]["documentation"]["text"], "by hand")

    def test_push_stands_in_for_no_privilege_that_is_denied(self):
        denied = self.person("denied", "browse", "read", "push", deny="edit_docs")
        refused_code = {}
        for name in ("shop.public.orders", "shop.public.absent"):
            with self.subTest(name), self.assertRaises(Refused) as refused:
                self.upsert(denied, {"documentation": {"text": "pushed"}}, asset={**ORDERS, "name": name})
            refused_code[name] = refused.exception.code
        self.assertEqual(refused_code["shop.public.orders"], "permission_denied")
        # What is not denied is pushed as ever.
        self.upsert(denied, {"tags": {"tags": [{"key": "pushed"}]}})

    def test_a_deny_by_a_label_holds_where_the_label_is_and_for_all_that_is_hidden(self):
        self.upsert(self.admin, {"tags": {"tags": [{"key": "closed"}]}})
        other = {**ORDERS, "name": "shop.public.other"}
        self.upsert(self.admin, {"schema": {"fields": [{"name": "a"}]}}, asset=other)
        labelled = self.person("labelled", "browse", "read", "push", deny="edit_docs", scope={"tag": "closed"})
        with self.assertRaises(Refused) as refused:
            self.upsert(labelled, {"documentation": {"text": "pushed"}})
        self.assertEqual(refused.exception.code, "permission_denied")
        self.upsert(labelled, {"documentation": {"text": "pushed"}}, asset=other)
        # Who sees neither is told the same of what carries the label, of what does not, and of what there is not.
        blind = self.person("blind", "push", deny="edit_docs", scope={"tag": "closed"})
        told = []
        for name in ("shop.public.orders", "shop.public.other", "shop.public.none"):
            with self.assertRaises(Refused) as refused:
                self.upsert(blind, {"documentation": {"text": "pushed"}}, asset={**ORDERS, "name": name})
            told.append((refused.exception.code, refused.exception.answer["message"]))
        self.assertEqual(len(set(told)), 1, told)

    def test_a_pushed_merge_gives_way_to_who_tends_both_names(self):
        pusher = self.person("merger", "browse", "read", "push")
        other = {**ORDERS, "name": "shop.public.second"}
        self.upsert(self.admin, {"schema": {"fields": [{"name": "a"}]}}, asset=other)

        def alias(client, **more):
            client.call(CATALOG + "UpsertAspects", {"aliases": [{"from": ORDERS, "to": other, **more}]})

        def merged():
            return [one.get("state") for one in self.admin.call(CATALOG + "GetAsset", {"asset": ORDERS})["asset"].get("aliases", [])]
        alias(pusher)
        together = merged()
        alias(self.admin, takeBack=True)
        parted = merged()
        self.assertNotEqual(together, parted)
        alias(pusher)
        self.assertEqual(merged(), parted)

    def test_a_pusher_takes_back_what_he_merged_and_no_more(self):
        old = {**ORDERS, "name": "shop.public.old"}
        self.upsert(self.admin, {"schema": {"fields": [{"name": "a"}]}}, asset=old)

        def alias(client, **more):
            client.call(CATALOG + "UpsertAspects", {"aliases": [{"from": ORDERS, "to": old, **more}]})

        def merged():
            asset = self.admin.call(CATALOG + "GetAsset", {"asset": ORDERS})["asset"]
            return any(one["ref"] == old and one["state"] == "ALIAS_STATE_MERGED" for one in asset.get("aliases", []))
        source = self.person("source", "browse", "push")
        alias(source)
        self.assertTrue(merged())
        alias(self.person("other_source", "browse", "push"), takeBack=True)
        self.assertTrue(merged(), "another's statement")
        denied = self.person("denied_source", "browse", "push", deny="edit_technical")
        for take_back in (False, True):
            with self.assertRaises(Refused) as refused:
                alias(denied, takeBack=take_back)
            self.assertEqual(refused.exception.code, "permission_denied")
        self.assertTrue(merged())
        alias(source, takeBack=True)
        self.assertFalse(merged())


if __name__ == "__main__":
    unittest.main()
