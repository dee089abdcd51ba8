"""What a server says and does when it starts, while it gets ready, and when it is asked to stop."""
import json
import pathlib
import re
import signal
import subprocess
import tempfile
import threading
import time
import unittest

import events  # says where client and server are
import grpc
from client import Client
from server import BIN, Server


def health(channel, method="Check", timeout=5):
    """What grpc.health.v1.Health says of the whole server, by its number."""
    call = channel.unary_unary(f"/grpc.health.v1.Health/{method}", lambda sent: sent, lambda got: got)
    answer = call(b"", timeout=timeout)
    return {b"": "UNKNOWN", b"\x08\x01": "SERVING", b"\x08\x02": "NOT_SERVING"}[answer]


def start_with(*words):
    return subprocess.run([BIN / "cadastred", *words], capture_output=True, text=True, timeout=60)


class Start(unittest.TestCase):
    def test_a_configuration_that_is_a_folder_is_told_so(self):
        with tempfile.TemporaryDirectory() as folder:
            done = start_with("--data-dir", folder + "/data", "--config", folder)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--config", done.stderr)
            self.assertIn("is a folder", done.stderr)

    def test_every_key_is_in_the_page_about_them(self):
        printed = start_with("--print-config").stdout
        page = (pathlib.Path(__file__).resolve().parents[3] / "docs/configuration.md").read_text()
        self.assertEqual(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE), re.findall(r"^(\w+):", printed, re.MULTILINE))

    def test_a_data_dir_that_is_a_file_is_told_so(self):
        with tempfile.NamedTemporaryFile() as file:
            done = start_with("--data-dir", file.name)
            self.assertEqual(done.returncode, 3)
            self.assertIn("data_dir", done.stderr)

    def test_a_folder_that_is_there_keeps_its_mode_and_its_files_are_the_owners(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder) / "data"
            data.mkdir()
            data.chmod(0o755)
            with Server(data) as server:
                self.assertEqual(data.stat().st_mode & 0o777, 0o755)
                self.assertIn("chmod 700", server.log())
                self.assertEqual(server.admin().push(events.copy_of(1))[0], 201)
                self.assertEqual(server.terminate(), 0)
            open_to_others = [path for path in data.rglob("*") if path.stat().st_mode & 0o077]
            self.assertEqual(open_to_others, [])

    def test_a_folder_it_makes_is_the_owners(self):
        with tempfile.TemporaryDirectory() as folder:
            with Server(pathlib.Path(folder) / "made") as server:
                self.assertEqual(server.data_dir.stat().st_mode & 0o777, 0o700)
                self.assertNotIn("chmod 700", server.log())

    def test_plain_text_where_others_listen_is_warned_of(self):
        with Server(config={"http_address": "127.0.0.1:0"}) as server:
            self.assertNotIn("plain text", server.log())
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log"
            with open(log, "ab") as file:
                process = subprocess.Popen([BIN / "cadastred", "--data-dir", folder + "/data", "--http-address", "127.0.0.1:0",
                                            "--grpc-address", "0.0.0.0:0"], stderr=file)
            try:
                end = time.monotonic() + 60
                while "serving" not in log.read_text() or "plain text" not in log.read_text():
                    self.assertLess(time.monotonic(), end, log.read_text())
                    time.sleep(0.05)
                lines = [json.loads(line) for line in log.read_text().splitlines()]
                self.assertEqual([line["door"] for line in lines if line["event"].startswith("plain text")], ["grpc_address"])
            finally:
                process.kill()
                process.wait()

    def test_every_line_of_the_log_is_json(self):
        with Server(config={"log_level": "debug"}) as server:
            with grpc.insecure_channel(server.grpc) as channel:
                self.assertEqual(health(channel), "SERVING")
            self.assertEqual(server.terminate(), 0)
            for line in server.log().splitlines():
                self.assertIn("event", json.loads(line))
            # RocksDB's own log file is none that anybody would look for.
            self.assertFalse((server.data_dir / "store" / "LOG").exists())


class Stopping(unittest.TestCase):
    def slow_push(self, server):
        """A batch of events that takes a while, under way when this returns."""
        outcome, body = [], json.dumps([events.copy_of(number) for number in range(8_000)]).encode()

        def send():
            try:
                outcome.append(Client(server.http, server.admin_token).push(body)[0])
            except OSError:
                outcome.append(0)
        thread = threading.Thread(target=send)
        thread.start()
        time.sleep(0.2)
        self.assertEqual(outcome, [], "the batch was over too soon to stop the server meanwhile")
        return thread, outcome

    def test_health_and_ready_say_so_while_it_stops(self):
        # On a busy machine the batch takes longer than a stop usually waits.
        with Server(config={"stop_grace_seconds": 120}) as server:
            kept = Client(server.http)
            self.assertEqual(kept.request("GET", "/readyz")[0], 200)
            with grpc.insecure_channel(server.grpc) as channel:
                self.assertEqual(health(channel), "SERVING")
                thread, outcome = self.slow_push(server)
                server.process.send_signal(signal.SIGTERM)
                time.sleep(0.15)
                status, _, body = kept.request("GET", "/readyz")
                self.assertEqual((status, body), (503, b"stopping\n"))
                self.assertEqual(health(channel), "NOT_SERVING")
                thread.join()
            self.assertEqual((server.process.wait(150), outcome), (0, [201]))

    def test_a_second_signal_ends_it_at_once(self):
        with Server() as server:
            thread, _ = self.slow_push(server)
            server.process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
            self.assertIsNone(server.process.poll())
            began = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            self.assertEqual(server.process.wait(10), -signal.SIGTERM)
            self.assertLess(time.monotonic() - began, 1)
            thread.join()

    def test_idle_streams_do_not_hold_the_stop(self):
        with Server() as server:
            with grpc.insecure_channel(server.grpc) as channel:
                watch = channel.unary_stream("/grpc.health.v1.Health/Watch", lambda sent: sent, lambda got: got)(b"")
                self.assertEqual(next(watch), b"\x08\x01")
                waiting = threading.Event()

                def nothing():
                    waiting.wait()
                    yield b""
                push = channel.stream_stream("/cadastre.ingest.v1.IngestService/Push", lambda sent: sent, lambda got: got)
                stream = push(nothing(), metadata=[("authorization", f"Bearer {server.admin_token}")])
                time.sleep(0.5)
                began = time.monotonic()
                self.assertEqual(server.terminate(), 0)
                took = time.monotonic() - began
                waiting.set()
                del stream
            self.assertLess(took, 5)


if __name__ == "__main__":
    unittest.main()
