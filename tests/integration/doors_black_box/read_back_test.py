"""The read-back checker finds nothing unexplained, on the demo's events and on events with every imperfection."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import events
from server import BIN, Server

CHECKER = events.TESTS / "tools" / "check_openlineage.py"


class ReadBack(unittest.TestCase):
    def check(self, path, *more):
        with Server() as server:
            answer = subprocess.run([sys.executable, CHECKER, path, "--url", server.http, "--token", server.admin_token, "--push",
                                     "http", "--only", *more], capture_output=True, text=True, timeout=240)
            print(answer.stdout)
            self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)

    def test_imperfect_events_are_read_back_whole(self):
        self.check(events.TESTS / "data" / "openlineage" / "imperfect.ndjson", "--shuffle", "7")

    def test_the_demo_is_read_back_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([BIN / "cadastre-demo-events", "--out", folder, "--end", "2025-06-30T00:00:00Z"], check=True,
                           stdout=subprocess.DEVNULL)
            self.check(pathlib.Path(folder) / "events.ndjson")


if __name__ == "__main__":
    unittest.main()
