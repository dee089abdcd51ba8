"""The demo's changes show on the right date by held-at, and before and after their own commit by known-at."""
import datetime
import json
import pathlib
import subprocess
import tempfile
import unittest

import events  # noqa: F401  (finds the support)
from client import Refused
from server import BIN, Server

# In the past of any clock: a time in the future would be cut to that of the commit.
END = "2025-06-30T00:00:00Z"
CATALOG = "catalog.v1.CatalogService/"
LINEAGE = "lineage.v1.LineageService/"


def shifted(time, seconds):
    at = datetime.datetime.fromisoformat(time.replace("Z", "+00:00")) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"


class Story(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        subprocess.run([BIN / "cadastre-demo-events", "--out", folder, "--end", END], check=True, stdout=subprocess.DEVNULL)
        cls.story = {change["kind"]: change for change in json.loads((folder / "story.json").read_text())["changes"]}
        lines = (folder / "events.ndjson").read_bytes().splitlines()
        cls.server = cls.enterClassContext(Server())
        cls.client = cls.server.admin()
        # Revisions just before and just after the event that tells a change first.
        cls.known = {}
        done = 0
        for kind, change in sorted(cls.story.items(), key=lambda item: item[1].get("line", len(lines) + 1)):
            line = change.get("line")
            if line is None:
                continue
            cls.load(lines[done:line - 1])
            earlier = cls.revision()
            cls.load(lines[line - 1:line])
            cls.known[kind] = (earlier, cls.revision())
            done = line
        cls.load(lines[done:])

    @classmethod
    def load(cls, lines):
        for at in range(0, len(lines), 100):
            status, answer = cls.client.push(b"[" + b",".join(lines[at:at + 100]) + b"]", "/api/v1/lineage/batch")
            assert status == 201 and not answer["rejected"], answer

    @classmethod
    def revision(cls):
        return cls.client.call("authz.v1.AuthzService/WhoAmI")["revision"]

    def asset(self, ref, as_of=None):
        return self.client.call(CATALOG + "GetAsset", {"asset": ref, "asOf": as_of or {}, "minRevision": self.revision()})["asset"]

    def columns(self, ref, as_of=None):
        return [".".join(column["path"]) for column in self.asset(ref, as_of)["columns"] if not column.get("orphaned")]

    def aliases(self, ref, as_of):
        return {alias["ref"]["name"] for alias in self.asset(ref, as_of).get("aliases", ())}

    def neighbours(self, ref, direction, as_of=None, stale=False, depth=1):
        answer = self.client.call(LINEAGE + "GetLineage", {
            "asset": ref, "direction": "DIRECTION_" + direction, "depth": depth, "asOf": as_of or {}, "includeStale": stale,
            "minRevision": self.revision()})
        return {node["asset"]["ref"]["name"] for node in answer["nodes"] if node.get("hops")}

    def known_at(self, kind):
        return [{"knownAtRevision": revision} for revision in self.known[kind]]

    def test_a_dropped_column_goes_on_its_day(self):
        change = self.story["column_dropped"]
        self.assertIn("fax_number", self.columns(change["asset"], {"heldAt": shifted(change["held_at"], -1)}))
        self.assertNotIn("fax_number", self.columns(change["asset"], {"heldAt": change["held_at"]}))
        earlier, later = self.known_at("column_dropped")
        self.assertIn("fax_number", self.columns(change["asset"], earlier))
        self.assertNotIn("fax_number", self.columns(change["asset"], later))
        for ref in change["later_in"]:
            self.assertNotIn("fax_number", self.columns(ref))
        difference = self.client.call(CATALOG + "DiffAsset", {
            "asset": change["asset"], "before": {"heldAt": shifted(change["held_at"], -1)}, "after": {"heldAt": change["held_at"]}})
        self.assertEqual(difference["columnsRemoved"], [{"path": ["fax_number"]}])

    def test_a_renamed_table_answers_to_both_names_once_it_is_known(self):
        change = self.story["table_renamed"]
        earlier, later = self.known_at("table_renamed")
        with self.assertRaises(Refused) as refused:
            self.asset(change["asset"], earlier)
        self.assertEqual(refused.exception.status, 404)
        self.assertIn(change["previous"]["name"], self.aliases(change["asset"], later))
        self.assertNotIn(change["asset"]["name"], self.aliases(change["previous"], earlier))
        self.assertIn(change["asset"]["name"], self.aliases(change["previous"], later))
        # Names answer by known-at alone: what is known now holds for the past as well.
        past = {"heldAt": shifted(change["held_at"], -86400)}
        self.assertIn(change["previous"]["name"], self.aliases(change["asset"], past))
        self.assertTrue(self.columns(change["asset"], past))

    def test_a_job_pointed_elsewhere_reads_the_new_table_from_that_moment(self):
        change = self.story["job_repointed"]
        old, new = change["from"]["name"], change["to"]["name"]
        then, now = {"heldAt": shifted(change["held_at"], -1)}, {"heldAt": change["held_at"]}

        def sources(as_of):
            return self.neighbours(change["output"], "UPSTREAM", as_of, depth=2) & {old, new}
        self.assertEqual((sources(then), sources(now)), ({old}, {new}))
        earlier, later = self.known_at("job_repointed")
        self.assertEqual(sources({**earlier, **now}), {old})
        self.assertEqual(sources({**later, **now}), {new})

    def test_an_edge_nobody_states_any_more_goes_stale_on_its_day(self):
        change = self.story["edge_goes_stale"]
        for seconds, current in ((-1, True), (0, False)):
            at = {"heldAt": shifted(change["held_at"], seconds)}
            self.assertEqual(change["from"]["name"] in self.neighbours(change["job"], "UPSTREAM", at, depth=2), current, at)
        self.assertIn(change["from"]["name"], self.neighbours(change["job"], "UPSTREAM", stale=True, depth=2))

    def test_a_late_event_corrects_the_past_and_was_not_known_before(self):
        change = self.story["late_event"]
        earlier, later = self.known_at("late_event")
        at = {"heldAt": change["held_at"]}
        self.assertIn(change["from"]["name"], self.neighbours(change["job"], "UPSTREAM", {**later, **at}, depth=2))
        with self.assertRaises(Refused) as refused:
            self.neighbours(change["job"], "UPSTREAM", {**earlier, **at})
        self.assertEqual(refused.exception.status, 404)
        run = self.client.call(CATALOG + "GetRun", {"view": "RUN_VIEW_FULL", "job": change["job"], "runId": change["run_id"]})["run"]
        self.assertEqual(run["state"], "RUN_STATE_COMPLETE")

    def test_a_run_that_never_ends_is_unknown_not_failed(self):
        change = self.story["run_without_end"]
        run = self.client.call(CATALOG + "GetRun", {"view": "RUN_VIEW_FULL", "job": change["job"], "runId": change["run_id"]})["run"]
        self.assertEqual(run["state"], "RUN_STATE_UNKNOWN")
        self.assertNotIn("endedAt", run)

    def test_failures_show_their_error(self):
        change = self.story["recurring_failure"]
        runs = self.client.call(CATALOG + "ListRuns", {"job": change["job"], "states": ["RUN_STATE_FAILED"]})["runs"]
        self.assertLessEqual(set(change["failed_run_ids"]), {run["runId"] for run in runs})
        run = self.client.call(CATALOG + "GetRun", {"view": "RUN_VIEW_FULL", "job": change["job"], "runId": change["failed_run_ids"][0]})["run"]
        self.assertIn(change["error"], [facet["errorMessage"]["message"] for facet in run["facets"] if "errorMessage" in facet])

    def test_a_masked_column_says_so_on_its_edge(self):
        change = self.story["column_masked"]
        answer = self.client.call(LINEAGE + "GetLineage", {
            "asset": change["to"], "column": {"path": [change["to_column"]]}, "level": "LEVEL_COLUMN", "depth": 1, "includeStale": True,
            "direction": "DIRECTION_UPSTREAM", "minRevision": self.revision()})
        pairs = [pair for edge in answer["edges"] for pair in edge.get("columns", ())
                 if pair["from"] == {"path": [change["from_column"]]}]
        self.assertTrue(pairs and all(pair["masking"] for pair in pairs))


if __name__ == "__main__":
    unittest.main()
