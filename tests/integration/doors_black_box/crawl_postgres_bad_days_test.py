"""What a crawl does on a PostgreSQL's bad days: nothing is taken away that is still there, the report says what happened, and the
exit code is right."""
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "support"))
from postgres_server import Postgres  # noqa: E402
from server import BIN, Server  # noqa: E402

# In order of their names; relations are read 200 at a time, so the first is behind when the last is read.
TABLES = {"aa": 50, "mm": 200, "zz": 30}
# And a view on each of the last schema's; two databases, their schemas with those called public.
OBJECTS = sum(TABLES.values()) + TABLES["zz"] + 2 + 5
SECONDS = 100
PASSWORD = "not-the-password-9d1"


class Day(unittest.TestCase):
    """A shop that was crawled once."""

    @staticmethod
    def make(world, enter):
        world.postgres = enter(Postgres())
        world.server = enter(Server())
        world.folder = pathlib.Path(enter(tempfile.TemporaryDirectory()))
        world.environment = {"PATH": "/usr/bin:/bin", "HOME": str(world.folder), "CADASTRE_URL": world.server.http,
                             "CADASTRE_TOKEN": world.server.admin_token}
        world.postgres.run("postgres", "CREATE DATABASE shop", "CREATE DATABASE other", "CREATE ROLE reader LOGIN")
        statements = []
        for schema, tables in TABLES.items():
            statements += [f"CREATE SCHEMA {schema}", *[f"CREATE TABLE {schema}.t{i} (id int)" for i in range(tables)]]
        statements += [f"CREATE VIEW zz.v{i} AS SELECT id FROM zz.t{i}" for i in range(TABLES["zz"])]
        # When it was analysed, no standby knows.
        world.postgres.run("shop", "; ".join(statements), "ANALYZE aa.t1")

    def crawled_once(self):
        first = self.crawl()
        self.assertEqual((first["state"], first["totals"]["added"] + first["totals"]["unchanged"]), ("complete", OBJECTS))

    def begin(self, more="", folder=None, words=("run",)):
        recipe = self.folder / "shop.yml"
        recipe.write_text(f"source: {{type: postgres, name: shop, host: '{folder or self.postgres.folder}', user: reader, "
                          f"databases: [shop, other]{more}}}\nnamespace: postgres://db:5432\n")
        return subprocess.Popen([BIN / "cadastre-ingest", words[0], recipe, *words[1:], "--json"], env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def end(self, process, code):
        out, err = process.communicate(timeout=SECONDS)
        self.assertEqual(process.returncode, code, out[-3000:] + err)
        self.assertNotIn(PASSWORD, out + err)
        report = json.loads(out)
        self.scopes = {scope["scope"]: scope for scope in report["scopes"]}
        return report

    def crawl(self, more="", code=0, **options):
        return self.end(self.begin(more, **options), code)

    def nothing_was_missed(self, objects=OBJECTS):
        source = {"kind": "job", "namespace": "cadastre-ingest", "name": "shop"}
        listed = self.server.admin().call("ingest.v1.IngestService/ListCrawledObjects", {"source": source, "pageSize": 10000})
        self.assertEqual(len(listed["objects"]), objects)
        self.assertEqual([one for one in listed["objects"] if one.get("missed", 0)], [])

    def hold(self, statement):
        session = self.postgres.hold("shop", statement)
        self.addCleanup(session.close)
        return session

    def until_it_waits(self):
        """The process id of the crawler's session."""
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            pid = self.postgres.ask("postgres", "SELECT pid FROM pg_stat_activity WHERE application_name = 'cadastre-ingest' "
                                                "AND wait_event_type = 'Lock'")
            if pid:
                return pid
            time.sleep(0.05)
        raise AssertionError("it never waited")


class NothingChanged(Day):
    @classmethod
    def setUpClass(cls):
        cls.make(cls, cls.enterClassContext)

    def setUp(self):
        self.crawled_once()

    def test_the_connection_cut_in_mid_crawl(self):
        session = self.hold("LOCK TABLE zz.t3 IN ACCESS EXCLUSIVE MODE")
        crawl = self.begin(", lock_seconds: 60")
        self.postgres.ask("postgres", f"SELECT pg_terminate_backend({self.until_it_waits()})")
        self.end(crawl, 1)
        self.assertEqual(self.scopes["shop.aa"]["state"], "complete")
        for scope in ("shop.mm", "shop.zz"):
            self.assertEqual(self.scopes[scope]["state"], "partial")
            self.assertIn("terminating connection due to administrator command", self.scopes[scope]["reason"])
        self.assertEqual(self.scopes["other.public"]["state"], "complete", "the next database is another connection")
        self.nothing_was_missed()
        session.close()
        self.assertEqual(self.crawl()["totals"]["unchanged"], OBJECTS)

    def test_one_table_behind_a_lock(self):
        self.hold("LOCK TABLE zz.t3 IN ACCESS EXCLUSIVE MODE")
        report = self.crawl(", lock_seconds: 1", code=1)
        self.assertEqual([one["object"] for one in report["failures"]], ["shop.zz.v3"])
        self.assertIn("lock timeout", report["failures"][0]["reason"])
        self.assertEqual((report["totals"]["unchanged"], self.scopes["shop.zz"]["state"]), (OBJECTS - 1, "complete"))
        self.nothing_was_missed()

    def test_many_tables_behind_a_lock_are_waited_for_once(self):
        self.hold("LOCK TABLE " + ", ".join(f"zz.t{i}" for i in range(TABLES["zz"])) + " IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        report = self.crawl(", lock_seconds: 3", code=1)
        self.assertLess(time.monotonic() - began, 3 * TABLES["zz"] / 2)
        self.assertEqual((report["totals"]["failed"], report["totals"]["unchanged"]), (TABLES["zz"], OBJECTS - TABLES["zz"]))
        self.nothing_was_missed()

    def test_one_slow_table(self):
        # What waits for a lock is slow, too.
        self.hold("LOCK TABLE zz.t3 IN ACCESS EXCLUSIVE MODE")
        report = self.crawl(", lock_seconds: 60, statement_seconds: 1", code=1)
        self.assertEqual([one["object"] for one in report["failures"]], ["shop.zz.v3"])
        self.assertIn("statement timeout", report["failures"][0]["reason"])
        self.nothing_was_missed()

    def test_a_slow_server_is_not_asked_on_and_on(self):
        self.hold("LOCK TABLE " + ", ".join(f"zz.t{i}" for i in range(TABLES["zz"])) + " IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        self.crawl(", lock_seconds: 60, statement_seconds: 1", code=1)
        self.assertLess(time.monotonic() - began, TABLES["zz"])
        self.assertEqual(self.scopes["shop.aa"]["state"], "complete")
        self.assertEqual(self.scopes["shop.zz"]["state"], "partial")
        self.assertIn("statement timeout", self.scopes["shop.zz"]["reason"])
        self.nothing_was_missed()


class SomethingChanged(Day):
    def setUp(self):
        self.make(self, self.enterContext)
        self.crawled_once()

    def test_a_schema_dropped_while_it_is_crawled(self):
        session = self.hold("LOCK TABLE zz.t3 IN ACCESS EXCLUSIVE MODE")
        crawl = self.begin(", lock_seconds: 60")
        self.until_it_waits()
        session.say("DROP SCHEMA zz CASCADE; COMMIT;")
        report = self.end(crawl, 1)
        self.assertEqual({one["object"] for one in report["failures"]}, {f"shop.zz.v{i}" for i in range(TABLES["zz"])})
        self.assertEqual(report["totals"]["unchanged"], OBJECTS - TABLES["zz"])
        self.nothing_was_missed()
        # It is gone now, which is more than goes by itself.
        stopped = self.crawl(code=5)
        self.assertTrue(stopped["removals_stopped"])
        self.nothing_was_missed()
        gone = self.crawl(words=("run", "--allow-removals", "100"))
        self.assertEqual((gone["totals"]["missed"], gone["totals"]["dropped"]), (2 * TABLES["zz"] + 1, 0))

    def test_a_table_dropped_before_it_is_read(self):
        self.postgres.run("shop", "CREATE VIEW aa.v AS SELECT id FROM aa.t3", "CREATE TYPE zz.mood AS ENUM ('ok')",
                          "CREATE TABLE zz.moody (id int, mood zz.mood)")
        self.assertEqual(self.crawl()["totals"]["added"], 2)
        session = self.hold("LOCK TABLE aa.t3 IN ACCESS EXCLUSIVE MODE")
        crawl = self.begin(", lock_seconds: 60")
        self.until_it_waits()
        session.say("DROP TABLE zz.moody; DROP TYPE zz.mood; COMMIT;")
        report = self.end(crawl, 1)
        self.assertEqual([(one["object"], one["reason"]) for one in report["failures"]],
                         [("shop.zz.moody", "it was dropped while it was read")])
        self.assertEqual(report["totals"]["unchanged"], OBJECTS + 1, "the crawl's state is that of its begin")
        self.nothing_was_missed(OBJECTS + 2)
        self.assertEqual(self.crawl()["totals"]["missed"], 1)

    def test_a_database_that_may_not_be_read_any_more(self):
        self.postgres.run("postgres", "REVOKE CONNECT ON DATABASE shop FROM PUBLIC")
        report = self.crawl(", first_database: other", code=1)
        self.assertEqual(self.scopes["shop"]["state"], "failed")
        self.assertIn("permission denied for database", self.scopes["shop"]["reason"])
        self.assertEqual(report["totals"]["failed"], 0)
        self.nothing_was_missed()
        # Nothing at all can be read where even the list of databases cannot.
        report = self.crawl(code=3)
        self.assertEqual(report["state"], "failed")
        self.nothing_was_missed()

    def test_a_catalog_that_may_not_be_read_any_more(self):
        self.postgres.run("shop", "REVOKE SELECT ON pg_catalog.pg_policy FROM PUBLIC")
        report = self.crawl(code=1)
        self.assertEqual((self.scopes["shop"]["state"], report["totals"]["failed"]), ("complete", 0), "told once, not of each table")
        for scope in TABLES:
            self.assertEqual(self.scopes[f"shop.{scope}"]["state"], "partial")
            self.assertIn("permission denied for table pg_policy", self.scopes[f"shop.{scope}"]["reason"])
        self.nothing_was_missed()

    def test_a_wrong_password(self):
        self.postgres.run("postgres", "ALTER ROLE reader PASSWORD 'right'")
        (self.postgres.folder / "data" / "pg_hba.conf").write_text("local all reader scram-sha-256\nlocal all all trust\n")
        self.postgres.ask("postgres", "SELECT pg_reload_conf()")
        end = time.monotonic() + SECONDS
        while self.postgres.ask("postgres", "SELECT count(*) FROM pg_hba_file_rules") != "2" and time.monotonic() < end:
            time.sleep(0.05)
        report = self.crawl(f", password: {PASSWORD}", code=3)
        self.assertEqual(report["state"], "failed")
        self.assertIn('password authentication failed for user "reader"', report["reason"])
        self.nothing_was_missed()
        self.assertEqual(self.crawl(", password: right")["totals"]["unchanged"], OBJECTS)

    def test_a_standby_in_recovery(self):
        with Postgres(of=self.postgres) as standby:
            self.assertEqual(standby.ask("shop", "SELECT pg_is_in_recovery()"), "t")
            self.assertEqual(self.crawl(folder=standby.folder)["totals"]["unchanged"], OBJECTS, "it is the same source")
            self.nothing_was_missed()
            # And as one that is cut off from its primary.
            self.postgres.stop()
            self.assertEqual(self.crawl(folder=standby.folder)["totals"]["unchanged"], OBJECTS)
        report = self.crawl(code=3)
        self.assertEqual(report["state"], "failed")
        self.nothing_was_missed()


if __name__ == "__main__":
    unittest.main()
