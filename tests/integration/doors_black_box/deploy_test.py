"""The files of deploy/: each is what its reader takes it for, and each command in them is run, with its paths alone changed,
against a real source and a real catalog."""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

import yaml

ROOT = pathlib.Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "tests/support"))
from client import Refused  # noqa: E402
from postgres_server import Postgres  # noqa: E402
from server import BIN, Server  # noqa: E402

DEPLOY = ROOT / "deploy"
SECONDS = 60


def settings(path):
    """A unit file's settings by section and key, each as the list of its values."""
    found, section = {}, None
    for line in path.read_text().splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, value = line.split("=", 1)
            section.setdefault(key, []).append(value)
    return found


class Deploy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.postgres = cls.enterClassContext(Postgres())
        cls.postgres.run("postgres", "CREATE DATABASE shop", "CREATE ROLE reader LOGIN")
        cls.postgres.run("shop", "CREATE TABLE t (id int PRIMARY KEY)")

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.server = self.enterContext(Server())
        for folder in ("bin", "etc", "state"):
            (self.folder / folder).mkdir(mode=0o700)
        (self.folder / "bin/cadastre-ingest").symlink_to((BIN / "cadastre-ingest").resolve())
        (self.folder / "etc/token").write_text(self.server.admin_token)
        self.recipe = self.folder / "etc/shop.yml"
        self.recipe.write_text(f"source: {{type: postgres, name: shop, host: '{self.postgres.folder}', user: reader, databases: [shop]}}\n"
                               f"namespace: postgres://db:5432\nsink: {{url: '{self.server.http}', token_file: token}}\n"
                               "schedule: '@daily'\n")
        self.environment = {"PATH": f"{self.folder}/bin:/usr/bin:/bin", "HOME": str(self.folder / "state")}

    def here(self, text, instance="shop"):
        """A command with the machine's places as this test has them."""
        for there, here in (("/usr/bin/cadastre-ingest", f"{self.folder}/bin/cadastre-ingest"),
                            ("%S/cadastre-ingest", f"{self.folder}/state"), ("%i", instance),
                            ("/etc/cadastre/ingest", f"{self.folder}/etc"), ("/var/lib/cadastre-ingest", f"{self.folder}/state")):
            text = text.replace(there, here)
        self.assertNotIn("/etc/cadastre", text)
        self.assertNotIn("/var/", text)
        return text

    def run_command(self, words):
        ended = subprocess.run(words, env=self.environment, capture_output=True, text=True, check=False, timeout=SECONDS)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
        return ended.stdout

    def crawls(self):
        source = {"kind": "job", "namespace": "cadastre-ingest", "name": "shop"}
        try:
            return [one["state"] for one in self.server.admin().call("ingest.v1.IngestService/ListCrawls", {"source": source})["crawls"]]
        except Refused as refused:
            self.assertEqual(refused.code, "not_found")
            return []

    def verified(self, *names):
        """As systemd reads them, with a program in its place so that it finds one."""
        units = self.folder / "units"
        units.mkdir()
        for name in names:
            instance = name.replace("@.", "@shop.")
            text = (DEPLOY / "systemd" / name).read_text().replace("/usr/bin/cadastre-ingest", f"{self.folder}/bin/cadastre-ingest")
            (units / instance).write_text(re.sub(r"(?m)^User=.*\n", "", text))
        told = subprocess.run(["systemd-analyze", "verify", "--man=no", *[str(path) for path in sorted(units.iterdir())]],
                              capture_output=True, text=True, check=False)
        complaints = [line for line in (told.stdout + told.stderr).splitlines() if "cadastre" in line]
        self.assertEqual(complaints, [])

    def test_the_crontab_line(self):
        lines = [line for line in (DEPLOY / "cron/cadastre-ingest").read_text().splitlines() if line and not line.startswith("#")]
        entry = [line for line in lines if "=" not in line.split()[0]]
        self.assertEqual(len(entry), 1)
        minute, hour, day, month, weekday, user, command = entry[0].split(None, 6)
        self.assertEqual(user, "cadastre-ingest")
        self.run_command(["/bin/sh", "-c", self.here(command)])
        self.assertEqual(self.crawls(), ["CRAWL_STATE_COMPLETE"])
        self.assertIn("cadastre_ingest_last_run_exit_code", (self.folder / "state/shop.prom").read_text())
        # Its times are times to our own reader of crontabs too.
        self.recipe.write_text(self.recipe.read_text().replace("@daily", f"{minute} {hour} {day} {month} {weekday}"))
        self.run_command([self.folder / "bin/cadastre-ingest", "test", self.recipe])

    def test_the_line_of_the_guide(self):
        found = re.findall(r"(?m)^0 2 \* \* \*  (cadastre-ingest run .*)$", (ROOT / "docs/ingest.md").read_text())
        self.assertEqual(len(found), 1)
        command = self.here(found[0].replace("/var/lib/node_exporter", str(self.folder / "state")))
        self.run_command(["/bin/sh", "-c", command])
        self.assertEqual(self.crawls(), ["CRAWL_STATE_COMPLETE"])

    def test_the_timer_and_its_service(self):
        self.verified("cadastre-ingest@.service", "cadastre-ingest@.timer")
        service = settings(DEPLOY / "systemd/cadastre-ingest@.service")["Service"]
        self.run_command(shlex.split(self.here(service["ExecStart"][0])))
        self.assertEqual(self.crawls(), ["CRAWL_STATE_COMPLETE"])
        self.assertTrue((self.folder / "state/shop.prom").exists())
        timer = settings(DEPLOY / "systemd/cadastre-ingest@.timer")["Timer"]
        told = subprocess.run(["systemd-analyze", "calendar", timer["OnCalendar"][0]], capture_output=True, text=True, check=False)
        self.assertEqual(told.returncode, 0, told.stderr)

    def test_the_agent(self):
        self.verified("cadastre-ingest-agent.service")
        service = settings(DEPLOY / "systemd/cadastre-ingest-agent.service")["Service"]
        words = shlex.split(self.here(service["ExecStart"][0]))
        state = pathlib.Path(words[words.index("--state") + 1])
        state.write_text(json.dumps({"recipes": {str(self.recipe): {"schedule": "@daily UTC", "taken": "2026-01-01T12:00:00Z"}}}))
        agent = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            end = time.monotonic() + SECONDS
            while self.crawls() != ["CRAWL_STATE_COMPLETE"]:
                self.assertLess(time.monotonic(), end)
                time.sleep(0.1)
            reload = service["ExecReload"][0].replace("$MAINPID", str(agent.pid))
            subprocess.run(shlex.split(reload), check=True)
            time.sleep(1)
            self.assertIsNone(agent.poll(), "a reload does not end it")
            agent.terminate()
            self.assertEqual(agent.wait(SECONDS), 0)
        finally:
            if agent.poll() is None:
                agent.kill()
                agent.wait()

    def test_the_cron_job(self):
        documents = list(yaml.safe_load_all((DEPLOY / "kubernetes/cadastre-ingest.yaml").read_text()))
        by_kind = {document["kind"]: document for document in documents}
        self.assertEqual(sorted(by_kind), ["ConfigMap", "CronJob", "PersistentVolumeClaim", "Secret"])
        job = by_kind["CronJob"]["spec"]
        self.assertEqual(job["concurrencyPolicy"], "Forbid")
        pod = job["jobTemplate"]["spec"]["template"]["spec"]
        container = pod["containers"][0]
        # What is mounted is there, and every file that is named lies in a mount.
        volumes = {volume["name"]: volume for volume in pod["volumes"]}
        self.assertEqual({mount["name"] for mount in container["volumeMounts"]}, set(volumes))
        self.assertEqual(volumes["recipe"]["configMap"]["name"], by_kind["ConfigMap"]["metadata"]["name"])
        self.assertEqual(volumes["secrets"]["secret"]["secretName"], by_kind["Secret"]["metadata"]["name"])
        self.assertEqual(volumes["state"]["persistentVolumeClaim"]["claimName"], by_kind["PersistentVolumeClaim"]["metadata"]["name"])
        recipe = yaml.safe_load(by_kind["ConfigMap"]["data"]["shop.yml"])
        secrets = [recipe["source"]["password_file"], recipe["sink"]["token_file"]]
        self.assertEqual({pathlib.Path(path).name for path in secrets}, set(by_kind["Secret"]["stringData"]))
        self.assertEqual({str(pathlib.Path(path).parent) for path in secrets}, {"/etc/cadastre/secrets"})
        # The recipe as it stands, but for where things are.
        for name, text in {**by_kind["Secret"]["stringData"], "ingest-shop.token": self.server.admin_token}.items():
            (self.folder / "etc" / name).write_text(text)
        recipe["source"].update({"host": str(self.postgres.folder), "user": "reader", "databases": ["shop"],
                                 "password_file": "shop.secret"})
        recipe["sink"].update({"url": self.server.http, "token_file": "ingest-shop.token"})
        self.recipe.write_text(yaml.safe_dump({**recipe, "namespace": "postgres://db:5432"}))
        words = [self.here(word) for word in container["command"] + container["args"]]
        # A volume that a group may write is no place of its own; a folder in it is.
        (self.folder / "state").chmod(0o770)
        self.assertEqual(json.loads(self.run_command(words))["state"], "complete")
        self.assertEqual(self.crawls(), ["CRAWL_STATE_COMPLETE"])

    def test_whoever_reads_them_is_there(self):
        self.assertIsNotNone(shutil.which("systemd-analyze"), "the package systemd is not installed")


if __name__ == "__main__":
    unittest.main()
