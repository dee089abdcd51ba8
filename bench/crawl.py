#!/usr/bin/env python3
"""Crawls a PostgreSQL of many tables into a server of its own, beside `pg_dump --schema-only` of the same database. Needs the
packages postgresql-15 and postgresql-client-15.

    ./dev bench crawl [--tables 10000] [--rounds 3]
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "support"))
import server as support  # noqa: E402
from postgres_server import POSTGRES, Postgres  # noqa: E402
from report_block import put_into  # noqa: E402

COLUMNS = 20
SCHEMAS = 10
# A transaction holds a lock on each table that it makes.
TABLES_A_TRANSACTION = 200


def fill(postgres, tables):
    postgres.run("postgres", "CREATE DATABASE shop", "CREATE ROLE reader LOGIN")
    postgres.run("shop", *[f"CREATE SCHEMA s{schema}" for schema in range(SCHEMAS)])
    types = ["text", "int", "numeric(12, 2)", "timestamptz"]
    columns = ", ".join(f"c{i} {types[i % len(types)]}" for i in range(1, COLUMNS))
    for first in range(0, tables, TABLES_A_TRANSACTION):
        statements = []
        for table in range(first, min(first + TABLES_A_TRANSACTION, tables)):
            name = f"s{table * SCHEMAS // tables}.t{table}"
            statements += [f"CREATE TABLE {name} (id bigint PRIMARY KEY, {columns})", f"COMMENT ON TABLE {name} IS 'Table {table}'",
                           f"COMMENT ON COLUMN {name}.c1 IS 'What it is called'"]
        postgres.run("shop", "; ".join(statements))


def timed(command, environment=None):
    """Seconds, the peak of its memory in MiB, and what it said."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, env=environment, stdout=said)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - began
        said.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{command[0]} ended with {process.returncode}: {said.read()[:1000]}")
        return seconds, usage.ru_maxrss / 1024, said.read()


def dump(postgres):
    return timed([POSTGRES / "pg_dump", "--schema-only", "-h", postgres.folder, "-U", "admin", "shop"])


def crawl(postgres, server, folder):
    recipe = folder / "shop.yml"
    recipe.write_text(f"source: {{type: postgres, name: shop, host: '{postgres.folder}', user: reader, databases: [shop]}}\n"
                      f"namespace: postgres://db:5432\nspool: {{folder: '{folder}/state'}}\n")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "CADASTRE_URL": server.http, "CADASTRE_TOKEN": server.admin_token}
    seconds, mib, said = timed([support.BIN / "cadastre-ingest", "run", recipe, "--json"], environment)
    return seconds, mib, json.loads(said)["totals"]


def measure(tables, rounds, folder):
    """Of each round: pg_dump, and the first and second crawl; a new server each time."""
    with Postgres() as postgres:
        fill(postgres, tables)
        for turn in range(rounds):
            place = folder / str(turn)
            place.mkdir()
            with support.Server() as server:
                before = dump(postgres)
                first = crawl(postgres, server, place)
                second = crawl(postgres, server, place)
                after = dump(postgres)
            assert first[2]["added"] == second[2]["unchanged"] == tables + SCHEMAS + 2, (first[2], second[2])
            yield (before[0] + after[0]) / 2, max(before[1], after[1]), first, second


def report(tables, preset, found):
    median = lambda values: statistics.median(list(values))
    dumps, memory = median(one[0] for one in found), median(one[1] for one in found)
    lines = [f"### Crawl of a PostgreSQL with {tables:,} tables of {COLUMNS} columns, end to end into the catalog", "",
             "| what | ours, s | `pg_dump --schema-only`, s | ratio | aim | objects a second | peak, MiB | of pg_dump |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for what, place, aim in (("first: all is new", 2, "3"), ("second: nothing changed", 3, "")):
        seconds = median(one[place][0] for one in found)
        seen = median(one[place][2]["seen"] for one in found)
        lines.append(f"| {what} | {seconds:.1f} | {dumps:.1f} | {median(one[place][0] / one[0] for one in found):.1f} | {aim} | "
                     f"{seen / seconds:,.0f} | {median(one[place][1] for one in found):.0f} | {memory:.0f} |")
    lines += ["", f"- `python3 -B {' '.join(sys.argv)}`: medians of {len(found)} round{'s' if len(found) > 1 else ''}; pg_dump before and after the crawls of each, the mean of both; a new server each round. The "
              "peak is the crawler's, the server's is its own.",
              f"- The {preset} preset{' (-O1)' if preset == 'dev' else ''}; PostgreSQL, the crawler and `cadastred` on {os.cpu_count()} cores, Linux {platform.release()}, load "
              f"average {os.getloadavg()[0]:.1f} at the end, {time.strftime('%Y-%m-%d', time.gmtime())}."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--programs", default="build/release/bin")
    parser.add_argument("--report", default="docs/benchmarks.md", help="the Markdown file to write into; `none` for none")
    options = parser.parse_args()
    support.BIN = pathlib.Path(options.programs).resolve()
    with tempfile.TemporaryDirectory(prefix="cadastre-crawl-") as folder:
        text = report(options.tables, support.BIN.parent.name, list(measure(options.tables, options.rounds, pathlib.Path(folder))))
    print(text)
    if options.report != "none":
        put_into(pathlib.Path(options.report), "crawl", text)


if __name__ == "__main__":
    main()
