"""A source's crawls over the wire: what one saw is there for the next, though the server was killed in between."""
import base64
import unittest

import events  # noqa: F401  (puts the support folder on the path)
from client import Refused, ref
from server import Server

INGEST = "ingest.v1.IngestService/"
SOURCE = ref("job", "cadastre", "shop")
SCOPE = "shop.public"
TOOL = "postgres"


def table(name):
    return ref("dataset", "postgres://db:5432", f"shop.public.{name}")


class Crawls(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.server.__enter__()
        self.addCleanup(self.server.__exit__)
        self.client = self.server.admin()

    def call(self, method, request=None):
        return self.client.call(INGEST + method, {"source": SOURCE, **(request or {})})

    def begin(self, holder="here:1"):
        return self.call("BeginCrawl", {"holder": holder})["crawl"]

    def record(self, crawl, *names, **more):
        objects = [{"asset": table(name), "sourceId": name, "digest": base64.b64encode(name.encode()).decode(), **more}
                   for name in names]
        return self.call("RecordCrawledObjects", {"crawl": crawl, "scope": SCOPE, "tool": TOOL, "objects": objects})

    def miss(self, crawl, *names):
        return self.call("MissCrawledObjects",
                         {"crawl": crawl, "scope": SCOPE, "tool": TOOL, "assets": [table(name) for name in names]})

    def finish(self, crawl):
        return self.call("FinishCrawl", {"crawl": crawl, "state": "CRAWL_STATE_COMPLETE", "scopes": [
            {"scope": SCOPE, "state": "SCOPE_STATE_COMPLETE", "seen": "1"}]})

    def remembered(self):
        return [(one["sourceId"], one.get("missed", 0)) for one in self.call("ListCrawledObjects").get("objects", [])]

    def dropped(self, name):
        asset = self.client.call("catalog.v1.CatalogService/GetAsset", {"asset": table(name)})["asset"]
        return asset["summary"].get("dropped", False)

    def test_what_one_crawl_saw_outlives_the_server(self):
        first = self.begin()
        schema = {"aspect": {"schema": {"fields": [{"name": "id"}]}}}
        self.assertEqual(self.record(first, "a", "b", aspects=[schema]).get("rejected", []), [])
        self.assertEqual(self.finish(first)["crawl"]["seen"], "1")
        for round_ in range(2):
            self.server.kill()
            self.server.start()
            self.client = self.server.admin()
            self.assertEqual(self.remembered(), [("a", 0), ("b", round_)])
            crawl = self.begin()
            self.record(crawl, "a")
            answer = self.miss(crawl, "b")
            self.assertEqual(answer.get("dropped" if round_ else "missed"), "1")
            self.assertEqual(self.dropped("b"), bool(round_))
            self.finish(crawl)
        self.assertEqual(self.remembered(), [("a", 0)])
        self.record(self.begin(), "b")
        self.assertFalse(self.dropped("b"))
        source = self.client.call(INGEST + "ListSources")["sources"][0]
        self.assertEqual(source["objects"], "2")
        self.assertEqual(source["newest"]["state"], "CRAWL_STATE_RUNNING")
        self.assertIn("completeAt", source)

    def test_one_crawl_at_a_time(self):
        crawl = self.begin()
        with self.assertRaises(Refused) as refused:
            self.begin("here:2")
        self.assertEqual(refused.exception.code, "aborted")
        self.assertIn("here:1", str(refused.exception))
        self.finish(crawl)
        with self.assertRaises(Refused) as refused:
            self.record(crawl, "a")
        self.assertEqual(refused.exception.code, "failed_precondition")
        self.assertGreater(int(self.begin()), int(crawl))

    def test_who_comes_back_does_not_wait_for_himself(self):
        dead = self.begin()
        alive = self.begin()
        self.assertGreater(int(alive), int(dead))
        with self.assertRaises(Refused) as refused:
            self.record(dead, "a")
        self.assertEqual(refused.exception.code, "aborted")
        self.record(alive, "a")
        self.assertEqual(self.remembered(), [("a", 0)])


if __name__ == "__main__":
    unittest.main()
