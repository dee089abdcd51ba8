"""A PostgreSQL server of a test's own: Debian's, in a temporary folder, on a Unix socket alone."""
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")


class Postgres:
    """A server of its own on a Unix socket; as root it runs as the user of Debian's package. `of` another it is that one's standby."""

    def __init__(self, of=None):
        self.of = of

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cadastre-postgres-"))
        self.user = {}
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        data = self.folder / "data"
        make = ["initdb", "-U", "admin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        if self.of is not None:
            make = ["pg_basebackup", "-h", self.of.folder, "-U", "admin", "-R", "-c", "fast"]
        subprocess.run([POSTGRES / make[0], *make[1:], "-D", data, "--no-sync"], check=True, cwd="/", stdout=subprocess.DEVNULL,
                       **self.user)
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([POSTGRES / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-c",
                                         "fsync=off"], cwd="/", stdout=self.log, stderr=self.log, **self.user)
        end = time.monotonic() + 60
        while subprocess.run([POSTGRES / "pg_isready", "-q", "-h", self.folder], check=False).returncode != 0:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.1)
        return self

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def __exit__(self, *_):
        self.stop()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, database, statement):
        """What it answers, as text."""
        return subprocess.run([POSTGRES / "psql", "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "admin", "-d",
                               database, "-c", statement], check=True, capture_output=True, text=True).stdout.strip()

    def hold(self, database, statement):
        """A session that began a transaction with this statement; `say` more to it, `close` it. What it says is read to its end."""
        return Session(self, database, statement)

    def run(self, database, *statements):
        for statement in statements:
            subprocess.run([POSTGRES / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "admin", "-d", database,
                            "-c", statement], check=True)


class Session:
    def __init__(self, postgres, database, statement):
        self.process = subprocess.Popen([POSTGRES / "psql", "-q", "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", postgres.folder, "-U",
                                         "admin", "-d", database], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.say(f"SET client_min_messages = warning; BEGIN; {statement};")

    def say(self, statement):
        """Done when this returns."""
        self.process.stdin.write(f"{statement}\n\\echo said\n")
        self.process.stdin.flush()
        while (line := self.process.stdout.readline()) != "said\n":
            if not line:
                raise RuntimeError(f"the session ended at: {statement}")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
