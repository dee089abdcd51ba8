"""Stopping, starting again, and backups of a server that is being written to."""
import pathlib
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

import events
from client import Refused, ref
from dump import dump
from server import BIN, Server


class Stop(unittest.TestCase):
    def test_a_stop_answers_what_is_under_way_and_ends_with_0(self):
        with Server() as server:
            token, outcomes, stopping = server.admin_token, [], threading.Event()

            def send(number):
                client = server.client(token)
                for turn in range(10_000):
                    one = number * 10_000 + turn
                    began = stopping.is_set()
                    try:
                        outcomes.append((one, client.push(events.copy_of(one))[0]))
                    except OSError:
                        # Sent before the stop, it would have had to be answered; a connection may be refused after.
                        outcomes.append((one, "cut" if not began else "refused"))
                        return

            threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            stopping.set()
            self.assertEqual(server.terminate(), 0, server.log()[-2000:])
            for thread in threads:
                thread.join()
            taken = [number for number, status in outcomes if status == 201]
            self.assertGreater(len(taken), 20)
            self.assertLessEqual({status for _, status in outcomes}, {201, 503, "refused", "cut"})
            # A request that was on its way in when the door closed may be cut; one a client, at most.
            self.assertLessEqual(sum(status == "cut" for _, status in outcomes), len(threads))
            begin = time.monotonic()
            server.start()
            self.assertLess(time.monotonic() - begin, 10)
            client = server.admin()
            for number in taken:
                client.call("catalog.v1.CatalogService/GetRun", {"view": "RUN_VIEW_FULL", "job": ref("job", "etl", f"copy_{number}"),
                                                                 "runId": events.run_id(number)})

    def test_a_restart_answers_the_same(self):
        with Server() as server:
            client = server.admin()
            for number in range(1, 11):
                self.assertEqual(client.push(events.copy_of(number))[0], 201)
            before = dump(client)
            self.assertEqual(server.terminate(), 0)
            server.start()
            self.assertEqual(before, dump(server.admin()))

    def test_a_second_server_on_the_same_folder_is_refused(self):
        with Server() as server:
            with self.assertRaises(RuntimeError):
                second = Server(server.data_dir)
                addresses = (server.data_dir / "addresses.json").read_text()
                try:
                    second.start()
                finally:
                    (server.data_dir / "addresses.json").write_text(addresses)
            self.assertTrue(server.ready())


class Backup(unittest.TestCase):
    def test_a_backup_is_made_while_writing_and_holds_keys_and_store(self):
        with Server() as server:
            token, stop = server.admin_token, threading.Event()

            def send():
                client, number = server.client(token), 0
                while not stop.is_set():
                    number += 1
                    self.assertEqual(client.push(events.copy_of(number))[0], 201)
            thread = threading.Thread(target=send)
            thread.start()
            time.sleep(0.3)
            answer = server.admin().call("admin.v1.AdminService/Backup", {"name": "first"})
            time.sleep(0.2)
            stop.set()
            thread.join()
            path = pathlib.Path(answer["path"])
            self.assertTrue(path.is_dir())
            self.assertGreater(int(answer["bytes"]), 0)
            with self.assertRaises(Refused) as refused:
                server.admin().call("admin.v1.AdminService/Backup", {"name": "first"})
            self.assertEqual(refused.exception.code, "already_exists")
            for name in ("", "../up", "a/b", ".hidden", "x" * 129):
                with self.assertRaises(Refused) as refused:
                    server.admin().call("admin.v1.AdminService/Backup", {"name": name})
                self.assertEqual(refused.exception.code, "invalid_argument", name)

    def test_a_restored_backup_answers_as_it_did_and_begins_an_audit_log_of_its_own(self):
        with Server() as server, tempfile.TemporaryDirectory() as folder:
            client = server.admin()
            for number in range(1, 6):
                self.assertEqual(client.push(events.copy_of(number))[0], 201)
            before, old = dump(client), client.call("audit.v1.AuditService/GetHead")
            path = client.call("admin.v1.AdminService/Backup", {"name": "first"})["path"]
            self.assertEqual(client.push(events.copy_of(6))[0], 201)
            target = pathlib.Path(folder) / "data"
            told = subprocess.run([BIN / "cadastred", "restore", "--from", path, "--data-dir", target], check=True,
                                  capture_output=True, text=True, timeout=60).stdout
            self.assertIn("verifies", told)
            token = server.admin_token
            with Server(target) as restored:
                client = restored.client(token)
                self.assertEqual(before, dump(client))
                self.assertEqual(client.push(events.copy_of(7))[0], 201)
                head = client.call("audit.v1.AuditService/GetHead")
                self.assertNotEqual(head["logId"], old["logId"])
                self.assertEqual([one["logId"] for one in head["previous"]], [old["logId"]])
                records = list(client.pages("audit.v1.AuditService/ListRecords", {"pageSize": 1000}, "records"))
                self.assertEqual((records[-1].get("index", "0"), records[-1]["operation"]), ("0", "system/restore"))
                earlier = list(client.pages("audit.v1.AuditService/ListRecords", {"pageSize": 1000, "logId": old["logId"]}, "records"))
                self.assertIn("POST /api/v1/lineage", {record["operation"] for record in earlier})
                told = subprocess.run([BIN / "cadastre", "audit", "verify"], capture_output=True, text=True, timeout=60,
                                      env={"CADASTRE_URL": restored.http, "CADASTRE_TOKEN": token})
                self.assertEqual(told.returncode, 0, told.stderr)

    def test_backups_never_wreck_each_other(self):
        with Server() as server:
            self.assertEqual(server.admin().push(events.copy_of(1))[0], 201)
            paths = [pathlib.Path(self.backup(server, name)) for name in ("a.partial", "a")]
            for path in paths:
                self.assertTrue((path / "store").is_dir() and (path / "keys" / "audit-signing.1").is_file(), path)
            ended = []

            def back_up():
                try:
                    ended.append(self.backup(server, "twice"))
                except Refused as refused:
                    ended.append(refused.code)
            threads = [threading.Thread(target=back_up) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(ended.count("already_exists"), 3, ended)
            with tempfile.TemporaryDirectory() as folder:
                self.assertEqual(self.restore([one for one in ended if "/" in one][0], folder + "/data").returncode, 0)

    def test_a_restore_that_did_not_finish_leaves_nothing_to_start_on(self):
        with Server() as server, tempfile.TemporaryDirectory() as folder:
            self.assertEqual(server.admin().push(events.copy_of(1))[0], 201)
            live = self.restore(server.data_dir, pathlib.Path(folder) / "live")
            self.assertEqual(live.returncode, 3, live.stderr)
            self.assertIn("not a server's data folder", live.stderr)
            whole = self.backup(server, "whole")
            damaged, target = pathlib.Path(folder) / "damaged", pathlib.Path(folder) / "data"
            shutil.copytree(whole, damaged)
            (damaged / "keys" / "audit-signing.1").unlink()
            refused = self.restore(damaged, target)
            self.assertEqual(refused.returncode, 3, refused.stderr)
            self.assertIn("signing key", refused.stderr)
            with self.assertRaisesRegex(RuntimeError, "did not finish"):
                with Server(target):
                    pass
            # As a kill between two parts would leave it.
            (target / "keys").mkdir()
            self.assertEqual(self.restore(whole, target).returncode, 0)
            with Server(target) as restored:
                self.assertEqual(dump(restored.client(server.admin_token)), dump(server.admin()))
            self.assertEqual(self.restore(whole, target).returncode, 3, "over a folder in use")

    @staticmethod
    def backup(server, name):
        return server.admin().call("admin.v1.AdminService/Backup", {"name": name})["path"]

    @staticmethod
    def restore(backup, target):
        return subprocess.run([BIN / "cadastred", "restore", "--from", backup, "--data-dir", target],
                              capture_output=True, text=True, timeout=60)


if __name__ == "__main__":
    unittest.main()
