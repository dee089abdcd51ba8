#!/usr/bin/env python3
"""Keeps a server of its own busy at half of its maximum ingest for a while, and notes what grows: the disk, the memory, the
debt of forgetting. Standard library only; the load goes to the server it started, over loopback, and ends by itself.

    ./dev bench soak [--minutes 30]
"""
import argparse
import http.client
import itertools
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "support"))
import server as support  # noqa: E402
from report_block import put_into  # noqa: E402

JOBS = 500
BATCH = 50
SENDERS = 4
PROBE_SECONDS = 20
# Short enough that a soak sees the other end of everything that is kept for a time.
KEPT = {"history_days": 0, "history_minutes": 5, "audit_minutes": 5, "runs_per_job": 200, "run_days": 1,
        "disk_full_percent": 99}
PRODUCER = "https://github.com/OpenLineage/OpenLineage/tree/1.30.1/integration/spark"
FIGURES = {"cadastre_store_bytes": "store", "cadastre_resident_bytes": "memory", "cadastre_gc_debt_commits": "debt",
           "cadastre_log_entries": "log", "cadastre_audit_leaves": "leaves", "cadastre_revision": "revision",
           "cadastre_housekeeping_ms": "housekeeping", "cadastre_gc_removed_rows_total": "removed"}


def facet(**members):
    return {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/1-1-1/Any.json", **members}


def event(number):
    """A run of one job after the other: its START, then, JOBS events later, its COMPLETE. Every 40th run of a job has one
    column more or less, so that versions are made all the time, and each reads a partition of its own."""
    turn, job = divmod(number, JOBS)
    run, complete = turn // 2, turn % 2 == 1
    names = ["order_id", "customer_id", "ordered_at", "amount"] + (["discount"] if run // 40 % 2 else [])
    schema = facet(fields=[{"name": name, "type": "text"} for name in names])
    read = [f"shop.table_{job * 31 % 300}", f"shop.table_{(job * 17 + 5 + run // 40 % 2) % 300}"]
    table = lambda name: {"namespace": "postgres://warehouse:5432", "name": name, "facets": {"schema": schema}}
    now = time.time()
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
    return {"eventType": "COMPLETE" if complete else "START", "eventTime": stamp, "producer": PRODUCER,
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": f"{job:08x}-0000-7000-8000-{run:012x}", "facets": {}},
            "job": {"namespace": "soak", "name": f"job_{job}", "facets": {}},
            "inputs": [*map(table, read), {"namespace": "s3://soak", "name": f"clicks/job={job}/run={run}"}],
            "outputs": [table(f"gold.table_{job}")]}


class Load:
    """SENDERS connections that push batches, no faster than `rate` events a second together."""

    def __init__(self, server):
        self.server, self.numbers, self.lock = server, itertools.count(), threading.Lock()
        self.taken, self.refused = 0, 0

    def run(self, seconds, rate=float("inf")):
        """Events taken a second."""
        end, begin, before = time.monotonic() + seconds, time.monotonic(), self.taken
        threads = [threading.Thread(target=self.send, args=(end, rate / SENDERS)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return (self.taken - before) / (time.monotonic() - begin)

    def send(self, end, rate):
        client, due = self.server.admin(), time.monotonic()
        while time.monotonic() < end:
            time.sleep(max(0.0, min(due, end) - time.monotonic()))
            due = max(due + BATCH / rate, time.monotonic() - 1)
            with self.lock:
                numbers = [next(self.numbers) for _ in range(BATCH)]
            try:
                status, answer = client.push([event(number) for number in numbers], path="/api/v1/lineage/batch")
            except (OSError, http.client.HTTPException) as failure:
                raise SystemExit(f"the server went away: {failure!r}") from failure
            with self.lock:
                self.taken += answer.get("accepted", 0) if status == 201 else 0
                self.refused += status in (429, 503)
            if status in (429, 503):
                time.sleep(0.2)
            elif status != 201:
                raise SystemExit(f"refused with {status}: {answer}")


def disk_bytes(folder):
    """What its files occupy, the reserve aside."""
    total = 0
    for path, _, names in os.walk(folder):
        for name in names:
            try:
                total += 0 if name == "reserve" else os.stat(os.path.join(path, name)).st_blocks * 512
            except FileNotFoundError:
                pass
    return total


def sample(server, started, load):
    text = server.admin().request("GET", "/metrics")[2].decode()
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if line and line[0] != "#")
    row = {word: float(values.get(name, "nan")) for name, word in FIGURES.items()}
    row.update(minute=(time.monotonic() - started) / 60, events=load.taken, disk=disk_bytes(server.data_dir))
    return row


def mib(value):
    return f"{value / (1 << 20):,.0f}"


def markdown(rows, maximum, rate, reached, load, minutes, program):
    """A row for about every thirtieth of the time."""
    step = max(1, len(rows) // 30)
    shown = rows[::step] + ([rows[-1]] if (len(rows) - 1) % step else [])
    lines = [f"### Soak: {minutes:g} minutes at half of maximum ingest over {JOBS} jobs", "",
             "| minute | events | disk, MiB | memory, MiB | forgetting debt, commits | versions forgotten | change log, entries |",
             "| --- | --- | --- | --- | --- | --- | --- |"]
    for row in shown:
        lines.append(f"| {row['minute']:.1f} | {row['events']:,} | {mib(row['disk'])} | {mib(row['memory'])} | "
                     f"{row['debt']:,.0f} | {row['removed']:,.0f} | {row['log']:,.0f} |")
    kept = ", ".join(f"{key} {value}" for key, value in KEPT.items())
    lines += ["", f"- Half of {maximum:,.0f} events a second, the most {SENDERS} connections reached for {PROBE_SECONDS} s with "
              f"batches of {BATCH}: {rate:,.0f} asked for, {reached:,.0f} taken; {load.refused} batches told to come back.",
              f"- What is kept, so that its end falls within the soak: {kept}. Sampled every 10 s; disk is what all files "
              "occupy, the reserve aside.",
              f"- `{program}`, client and server sharing {os.cpu_count()} cores, {time.strftime('%Y-%m-%d')}."]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--server", default="build/release/bin/cadastred")
    parser.add_argument("--report", default="docs/benchmarks.md", help="the Markdown file to write into; `none` for none")
    options = parser.parse_args()
    support.BIN = pathlib.Path(options.server).resolve().parent
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cadastre-soak-", dir=".cache" if os.path.isdir(".cache") else None))
    data = folder / "data"
    data.mkdir()
    rows = []
    try:
        with support.Server(data.resolve(), config=KEPT) as server:
            load = Load(server)
            load.run(5)
            maximum = load.run(PROBE_SECONDS)
            rate, started, before = maximum / 2, time.monotonic(), load.taken
            print(f"at most {maximum:,.0f} events/s; going on at {rate:,.0f}", flush=True)
            work = threading.Thread(target=load.run, args=(options.minutes * 60, rate))
            work.start()
            while work.is_alive():
                rows.append(sample(server, started, load))
                row = rows[-1]
                print(f"{row['minute']:5.1f} min  {row['events']:>10,} events  disk {mib(row['disk']):>7} MiB  "
                      f"memory {mib(row['memory']):>6} MiB  debt {row['debt']:>9,.0f}", flush=True)
                work.join(10)
            reached = (load.taken - before) / (options.minutes * 60)
            rows.append(sample(server, started, load))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = markdown(rows, maximum, rate, reached, load, options.minutes, options.server)
    print("\n" + text)
    if options.report != "none":
        put_into(pathlib.Path(options.report), "soak", text)


if __name__ == "__main__":
    main()
