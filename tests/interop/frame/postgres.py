"""A PostgreSQL of Debian's, made for one peer and thrown away with it."""
import os
import pathlib
import signal
import socket
import subprocess

from program import Program, await_that, run
from steps import step

BINARIES = "/usr/lib/postgresql"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def binaries():
    """The newest version that is installed."""
    found = sorted(pathlib.Path(BINARIES).glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise RuntimeError(f"no PostgreSQL in {BINARIES}: the Debian package postgresql is needed")
    return found[-1].parent


class Postgres(Program):
    """`with Postgres(folder) as database:` is ready at `port`; anybody on this machine may log in."""

    def __init__(self, folder):
        self.binaries, self.data, self.port = binaries(), folder / "postgres", free_port()
        # PostgreSQL refuses to run as root.
        self.other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        self.data.mkdir()
        if self.other:
            subprocess.run(["chown", "postgres:", self.data], check=True)
            folder.chmod(0o755)
        with step("PostgreSQL makes its folder"):
            run("initdb", [*self.other, self.binaries / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-N"],
                folder / "initdb.log", 120, cwd=self.data)
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off", "max_connections": "100"}
        super().__init__(
            "PostgreSQL",
            [*self.other, self.binaries / "postgres", "-D", self.data, "-p", self.port,
             *(f"--{name}={value}" for name, value in settings.items())],
            # SIGTERM would wait for whoever is connected.
            folder / "postgres.log", stop=signal.SIGINT, cwd=self.data)

    def __enter__(self):
        super().__enter__()
        try:
            await_that(self._answers, "answer from PostgreSQL", 60, self)
        except BaseException:
            self.end()
            raise
        return self

    def _answers(self):
        asked = subprocess.run([self.binaries / "pg_isready", "-q", "-U", "postgres", "-h", "127.0.0.1", "-p", str(self.port)],
                               timeout=20)
        return asked.returncode == 0

    def execute(self, sql, database="postgres", user="postgres"):
        done = subprocess.run(
            [self.binaries / "psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
             "-U", user, "-d", database], input=sql, capture_output=True, text=True, timeout=60)
        if done.returncode:
            raise RuntimeError(f"psql: {done.stderr}")
        return done.stdout.strip()

    def make_shop(self):
        """The database `shop`, owned by `shop`, with orders and customers in the schema `raw`."""
        self.execute("CREATE ROLE shop LOGIN PASSWORD 'shop'")
        self.execute("CREATE DATABASE shop OWNER shop")
        self.execute(SHOP, "shop", "shop")


SHOP = """
CREATE SCHEMA raw; CREATE SCHEMA stg; CREATE SCHEMA mart;
CREATE TABLE raw.customers (id int PRIMARY KEY, email text NOT NULL, country char(2));
CREATE TABLE raw.orders (id bigserial PRIMARY KEY, customer_id int REFERENCES raw.customers(id), amount numeric(12,2) NOT NULL,
                         created_at timestamptz NOT NULL);
INSERT INTO raw.customers
  SELECT i, 'U' || i || '@example.org', (ARRAY['CH', 'DE', 'FR'])[1 + i % 3] FROM generate_series(1, 30) i;
INSERT INTO raw.orders (customer_id, amount, created_at)
  SELECT 1 + i % 30, i * 1.5, timestamptz '2026-01-01 00:00Z' + i * interval '1 hour' FROM generate_series(0, 199) i;
CREATE TABLE mart.orders_daily (day date, country char(2), revenue numeric, n bigint);
"""
