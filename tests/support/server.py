"""Starts the real server on a folder of its own and ends it, by its process id alone."""
import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from client import Client

BIN = pathlib.Path(os.environ.get("CADASTRE_BIN", "build/dev/bin"))
READY_SECONDS = 60


class Server:
    """`with Server() as server:` has a ready server on free ports; its folder goes with it unless it was given."""

    def __init__(self, data_dir=None, config=None, files_max=None):
        self.own = data_dir is None
        self.data_dir = pathlib.Path(data_dir or tempfile.mkdtemp(prefix="cadastre-test-"))
        self.config = config
        # How many files it may open, hard; None: as many as this process.
        self.files_max = files_max
        self.process = None
        self.http = self.grpc = None
        self.log_path = self.data_dir.parent / (self.data_dir.name + ".log")

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.kill()
        if self.own:
            shutil.rmtree(self.data_dir, ignore_errors=True)
            self.log_path.unlink(missing_ok=True)

    def start(self):
        addresses = self.data_dir / "addresses.json"
        addresses.unlink(missing_ok=True)
        command = [str(BIN / "cadastred"), "--data-dir", str(self.data_dir), "--http-address", "127.0.0.1:0",
                   "--grpc-address", "127.0.0.1:0"]
        if self.config:
            path = self.data_dir.parent / (self.data_dir.name + ".yaml")
            path.write_text("".join(f"{key}: {json.dumps(value)}\n" for key, value in self.config.items()))
            command += ["--config", str(path)]
        if self.files_max:
            command = ["prlimit", f"--nofile={self.files_max}:{self.files_max}", *command]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._await(addresses.exists, "addresses.json")
        self._await(lambda: self._read_addresses(addresses), "whole addresses.json")
        self._await(self.ready, "/readyz")
        return self

    def _read_addresses(self, path):
        try:
            found = json.loads(path.read_text())
        except ValueError:
            return False
        self.http, self.grpc = found["http"], found["grpc"]
        return True

    def _await(self, condition, what):
        end = time.monotonic() + READY_SECONDS
        while not condition():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode} before {what}:\n{self.log()[-3000:]}")
            if time.monotonic() > end:
                raise RuntimeError(f"no {what} after {READY_SECONDS} s:\n{self.log()[-3000:]}")
            time.sleep(0.02)

    def ready(self):
        # Who asks for a client's certificate cannot be asked without; that it listens is all there is to see.
        if (self.config or {}).get("tls_client_ca"):
            return "serving" in self.log()
        # Tests make their own authorities; what is asked here is no secret.
        trusting = ssl._create_unverified_context() if self.http.startswith("https") else None  # pylint: disable=protected-access
        try:
            with urllib.request.urlopen(self.http + "/readyz", timeout=5, context=trusting) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    @property
    def admin_token(self):
        return (self.data_dir / "admin.token").read_text().strip()

    def admin(self, **options):
        return Client(self.http, self.admin_token, **options)

    def client(self, token=None, **options):
        return Client(self.http, token, **options)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def terminate(self, timeout=30):
        """Asks it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout)

    def memory_peak_kib(self):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
        raise RuntimeError("no VmHWM")
