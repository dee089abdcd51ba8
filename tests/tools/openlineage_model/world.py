"""What all events together amount to: per producer the latest statement at each moment, the state of each run, every edge."""
import bisect
from collections import defaultdict

from .event import DELETED

UNIONS = {"ownership": "owners", "tags": "tags"}
RANK = {"RUNNING": (1, 0), "COMPLETE": (2, 2), "FAILED": (2, 3), "ABORTED": (2, 4)}


class Line:
    """Statements of one producer about one aspect over time. Of equal times any may stand: a content hash decides."""

    def __init__(self):
        self.times = []
        self.values = []

    def add(self, time, value):
        at = bisect.bisect_left(self.times, time)
        if at == len(self.times) or self.times[at] != time:
            self.times.insert(at, time)
            self.values.insert(at, [])
        if value not in self.values[at]:
            self.values[at].append(value)

    def at(self, time):
        """(since when, candidates), or None: a value said again stands since it was said first."""
        place = bisect.bisect_right(self.times, time) - 1
        if place < 0:
            return None
        values = self.values[place]
        while place > 0 and len(values) == 1 and self.values[place - 1] == values:
            place -= 1
        return self.times[place], values


class Run:
    def __init__(self):
        self.started = self.last = self.ended = None
        self.state = None
        self.ranked = None
        self.last_tools = set()
        self.facets = defaultdict(Line)      # (kind, facet name)
        self.io = {}                         # (asset, is output) -> (kind, facet name) -> Line
        self.parents = Line()
        self.events = 0

    def add(self, event, time):
        self.events += 1
        self.started = time if self.started is None else min(self.started, time)
        if self.last is None or time > self.last:
            self.last, self.last_tools = time, set()
        if time == self.last:
            self.last_tools.add(event.tool)
        rank, word = RANK[event.state]
        ranked = (rank, time if rank == 2 else 0, word)
        if self.ranked is None or ranked > self.ranked:
            self.ranked, self.state = ranked, event.state
            self.ended = time if rank == 2 else None
        for kind, name, value in event.run_facets:
            self.facets[kind, name].add(time, value)
        for asset, is_output, facets in event.io:
            known = self.io.setdefault((asset, is_output), defaultdict(Line))
            for kind, name, value in facets:
                known[kind, name].add(time, value)
        if event.parent is not None:
            self.parents.add(time, event.parent)


class World:
    """`now` is a moment after the last commit: no source time lies beyond it."""

    def __init__(self, now):
        self.now = now
        self.assets = set()
        self.folded = {}
        self.aliases = defaultdict(dict)     # asset -> other -> types
        self.aspects = defaultdict(lambda: defaultdict(lambda: defaultdict(Line)))  # asset, (column, kind, name), tool
        self.times = defaultdict(set)        # asset -> event times at which something was stated of it
        self.runs = defaultdict(Run)
        self.edges = defaultdict(lambda: defaultdict(list))   # (kind, from, to, job), time -> pairs
        self.left_out = defaultdict(int)
        self.events = 0

    def add(self, event):
        self.events += 1
        time = min(event.time, self.now)
        self.assets |= event.mentioned
        self.folded.update(event.folded)
        for why, count in event.left_out.items():
            self.left_out[why] += count
        for asset, other, kind in event.aliases:
            self.aliases[asset].setdefault(other, set()).add(kind)
            self.aliases[other].setdefault(asset, set()).add(kind)
        for asset, column, kind, name, value in event.aspects:
            self.aspects[asset][column, kind, name][event.tool].add(time, value)
            self.times[asset].add(time)
            self.assets.add(asset)
        if event.run_id is not None:
            self.runs[event.job, event.run_id].add(event, time)
        for key, pairs in event.edges.items():
            self.edges[key][time].extend(pairs)

    def members(self, asset):
        """The asset and every name that is merged with it, directly or through others."""
        seen, open_ = {asset}, [asset]
        while open_:
            for other in self.aliases.get(open_.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    open_.append(other)
        return seen

    def standing(self, asset, time, key):
        """What each producer stands for, under each name of the asset."""
        found = []
        for member in self.members(asset):
            for line in self.aspects.get(member, {}).get(key, {}).values():
                standing = line.at(time)
                found += [value for value in standing[1] if value is not DELETED] if standing else []
        return found

    def page(self, asset, time):
        """(column, kind, facet name) -> candidates of what a reader sees of the asset at a time."""
        standing = defaultdict(list)
        for member in self.members(asset):
            for key, tools in self.aspects.get(member, {}).items():
                for line in tools.values():
                    found = line.at(time)
                    if found:
                        standing[key].append(found)
        page = {}
        for key, found in standing.items():
            if key[1] in UNIONS:
                candidates = [_union(found, UNIONS[key[1]])]
            else:
                # What was taken back is as if it had not been said: another producer's value may stand.
                left = [(held, [value for value in values if value is not DELETED]) for held, values in found
                        if values != [DELETED]]
                latest = max((held for held, values in left), default=None)
                candidates = [value for held, values in left if held == latest for value in values]
                if any(DELETED in values for held, values in found if held == latest):
                    candidates.append(None)
            if candidates and candidates != [None]:
                page[key] = candidates
        return page


def _union(found, field):
    """Entries every producer's standing statement asserts; `source` tells no two entries apart."""
    entries = {}
    for _, values in found:
        for value in values:
            for entry in () if value is DELETED else value[field]:
                entries[repr(sorted((key, repr(text)) for key, text in entry.items() if key != "source"))] = entry
    return Union(field, entries)


class Union:
    """Equal to a list of the same entries in any order."""

    def __init__(self, field, entries):
        self.field, self.entries = field, entries

    def __eq__(self, other):
        if not isinstance(other, dict) or set(other) - {self.field}:
            return False
        shown = list(other.get(self.field, []))
        for entry in self.entries.values():
            mine = {key: text for key, text in entry.items() if key != "source"}
            match = [one for one in shown if mine == {key: text for key, text in one.items() if key != "source"}]
            if not match:
                return False
            shown.remove(match[0])
        return not shown

    def __repr__(self):
        return f"Union({list(self.entries.values())!r})"
