#!/usr/bin/env python3
"""Reads everything back that OpenLineage events stated, and compares it with their raw JSON.

    check_openlineage.py FOLDER|FILE... --url URL --token TOKEN [--push http] [--shuffle SEED] [--only] [--report OUT.json]

The events are worked out a second time (openlineage_model/), sharing no code with the server: every input and output of
every run, schema field, column edge, run state and time, parent, typed aspect, unknown facet byte for byte, symlink. Values
are read as they held at the time of every statement (GetAsset, GetLineage with held_at), and edges once more as of now.
`--only`: the server holds nothing else, so that assets nobody stated are differences too.

Six kinds of findings are no differences, and are counted by name:

  equal_time              two statements of one producer about one thing bear the same event time: a hash of the content
                          decides, which is not worked out here; that the answer is one of the two is checked.
  equal_rank              producers of equal rank (or names that are merged) stand for different values: the one that has held its
                          own since later is shown. Since when a repeated value is known to hold depends on what arrived first,
                          so that the answer is what one of them stands for is checked, and not which.
  environment_variables   the run facet `environmentVariables` is dropped on purpose: it holds secrets more often than
                          metadata. That its name and bytes come back nowhere is checked.
  job_to_column           a `lineage` facet may say that a column comes from a job itself. That edge is checked; a walk of columns leads
                          from column to column and does not name it.
  spelling_of_another     a rule of one tool's names (dbt's statements) folds what another tool's events call an asset of its own: the
                          name leads to that asset, and to the job of the statements where there is none.
  left_out                a facet that is null or beyond the documented bounds states nothing (null facet, facet beyond bounds).

An event that was refused is read here as well: where its own run, job or time cannot be read it is refused rightly, and
counted; refused for any other reason it is a difference, as is one that was taken though it cannot be read.

Everything else that differs is unexplained: 0 of those is exit code 0, any is 1, 2 is wrong usage.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "support"))

from client import Client  # noqa: E402
from openlineage_model.compare import Comparison  # noqa: E402
from openlineage_model.event import Event, Unusable  # noqa: E402
from openlineage_model.world import World  # noqa: E402

THREADS = int(os.environ.get("CHECK_THREADS", "4"))
EXAMPLES = 5


class Findings:
    """Differences by kind, each with its first examples; safe."""

    def __init__(self):
        self._lock = threading.Lock()
        self.unexplained = collections.Counter()
        self.explained = collections.Counter()
        self.checked = collections.Counter()
        self.examples = collections.defaultdict(list)

    def differs(self, kind, text):
        with self._lock:
            self.unexplained[kind] += 1
            if len(self.examples[kind]) < EXAMPLES:
                self.examples[kind].append(text if len(text) < 1500 else text[:1500] + "…")

    def explain(self, kind, count=1):
        with self._lock:
            self.explained[kind] += count

    def check(self, kind, count=1):
        with self._lock:
            self.checked[kind] += count


class Reader:
    """One client for each thread; all reads at or past one revision."""

    def __init__(self, url, token):
        self.url, self.token, self.revision = url, token, ""
        self._local = threading.local()

    @property
    def client(self):
        if not hasattr(self._local, "client"):
            self._local.client = Client(self.url, self.token)
        return self._local.client

    def call(self, method, request):
        if self.revision:
            request = dict(request, minRevision=self.revision)
        return self.client.call(method, request)

    def pages(self, method, request, field):
        if self.revision:
            request = dict(request, minRevision=self.revision)
        return list(self.client.pages(method, request, field))


def lines_of(paths):
    files = []
    for path in map(pathlib.Path, paths):
        files += sorted(path.glob("*.ndjson")) if path.is_dir() else [path]
    for file in files:
        with open(file, encoding="utf-8", errors="surrogateescape", newline="\n") as text:
            for number, line in enumerate(text, 1):
                if line.strip():
                    yield f"{file.name}:{number}", line.rstrip("\n")


def push(reader, lines):
    """Pushes event by event; what was refused, and the warnings by cause. In their order where one thread does it."""
    refused, warnings, lock = {}, collections.Counter(), threading.Lock()

    def send(item):
        place, line = item
        status, answer = reader.client.push(line.encode("utf-8", "surrogateescape"))
        with lock:
            if status != 201:
                refused[place] = f"{place}: {status} {json.dumps(answer)[:300]}"
            warnings.update(answer.get("warnings", {}))
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(send, lines))
    return refused, warnings


def read(lines, refused, pushed, findings):
    """The world of the events that were taken; those refused are counted, and whether rightly."""
    world = World(int(time.time() * 1_000_000))
    for place, line in lines:
        try:
            event = Event(line)
        except Unusable as why:
            if pushed and place not in refused:
                findings.differs("event taken that cannot be read", f"{place}: {why}")
            findings.explain(f"refused ({why})")
            continue
        if place in refused:
            findings.differs("event refused that can be read", refused[place])
        else:
            world.add(event)
    world.finish()
    return world


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", help="folders of *.ndjson, or files")
    parser.add_argument("--url", default=os.environ.get("CADASTRE_URL"), required="CADASTRE_URL" not in os.environ)
    parser.add_argument("--token", default=os.environ.get("CADASTRE_TOKEN"), required="CADASTRE_TOKEN" not in os.environ)
    parser.add_argument("--push", choices=("http", "none"), default="none")
    parser.add_argument("--shuffle", type=int, help="push in an order this seed makes")
    parser.add_argument("--only", action="store_true", help="the server holds nothing else")
    parser.add_argument("--report", help="write the findings as JSON")
    return parser.parse_args()


def main():
    options = parse_arguments()
    reader, findings = Reader(options.url, options.token), Findings()
    lines = list(lines_of(options.paths))
    if not lines:
        print("no events", file=sys.stderr)
        return 2
    refused, warnings = {}, collections.Counter()
    if options.push == "http":
        order = list(lines)
        if options.shuffle is not None:
            random.Random(options.shuffle).shuffle(order)
        begin = time.monotonic()
        refused, warnings = push(reader, order)
        print(f"pushed {len(order)} events in {time.monotonic() - begin:.1f} s, {len(order) - len(refused)} accepted")
    # Followers may be behind what this server has committed: every read waits for that.
    reader.revision = reader.call("authz.v1.AuthzService/WhoAmI", {})["revision"]
    world = read(lines, refused, options.push != "none", findings)
    begin = time.monotonic()
    comparison = Comparison(world, reader, findings)
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        for task in [pool.submit(step, *arguments) for step, arguments in comparison.steps(options.only)]:
            task.result()
    for why, count in world.left_out.items():
        findings.explain("environment_variables" if why == "environment variables" else f"left_out ({why})", count)
    report = {"events": len(lines), "refused": sorted(refused.values()), "warnings": dict(sorted(warnings.items())),
              "checked": dict(sorted(findings.checked.items())), "explained": dict(sorted(findings.explained.items())),
              "unexplained": dict(sorted(findings.unexplained.items())), "examples": findings.examples}
    show(report, time.monotonic() - begin)
    if options.report:
        pathlib.Path(options.report).write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n")
    return 1 if findings.unexplained else 0


def show(report, seconds):
    for title in ("warnings", "checked", "explained", "unexplained"):
        print(f"{title}:" + ("" if report[title] else " none"))
        for kind, count in report[title].items():
            print(f"  {count:8d}  {kind}")
            for example in report["examples"].get(kind, []) if title == "unexplained" else []:
                print(f"            {example}")
    for place in report["refused"]:
        print(f"refused: {place}")
    print(f"{report['events']} events read back in {seconds:.1f} s; {sum(report['unexplained'].values())} differences "
          "unexplained")


if __name__ == "__main__":
    sys.exit(main())
