"""People who edit at once: what each was told is written stays written."""
import os
import subprocess
import unittest

import events  # noqa: F401  (puts the support folder on the path)
from client import Refused
from server import BIN, Server

CATALOG = "catalog.v1.CatalogService/"
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


if __name__ == "__main__":
    unittest.main()
