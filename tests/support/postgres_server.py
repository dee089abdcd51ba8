"""A PostgreSQL server of a test's own: Debian's, in a temporary folder, on a Unix socket alone."""
import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import time

POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")


class Postgres:
    """A server of its own on a Unix socket; as root it runs as the user of Debian's package."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cadastre-postgres-"))
        self.user = {}
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        data = self.folder / "data"
        subprocess.run([POSTGRES / "initdb", "-D", data, "-U", "admin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                        "--no-sync"], check=True, cwd="/", stdout=subprocess.DEVNULL, **self.user)
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen([POSTGRES / "postgres", "-D", data, "-k", self.folder, "-c", "listen_addresses=", "-c",
                                         "fsync=off"], cwd="/", stdout=self.log, stderr=self.log, **self.user)
        end = time.monotonic() + 60
        while subprocess.run([POSTGRES / "pg_isready", "-q", "-h", self.folder], check=False).returncode != 0:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, database, *statements):
        for statement in statements:
            subprocess.run([POSTGRES / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "admin", "-d", database,
                            "-c", statement], check=True)
