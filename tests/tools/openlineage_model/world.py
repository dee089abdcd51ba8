"""What all events together amount to: per producer the latest statement at each moment, the state of each run, every edge."""
import bisect
from collections import defaultdict

from .event import DELETED
from .values import identity

UNIONS = {"ownership": "owners", "tags": "tags"}
# Kept result by result: the newest of each stands.
EACH = "qualityResults"
RANK = {"RUNNING": (1, 1), "COMPLETE": (2, 2), "FAILED": (2, 3), "ABORTED": (2, 4)}


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

    def newest(self, time):
        """When something was said last, up to a time; None before."""
        place = bisect.bisect_right(self.times, time) - 1
        return self.times[place] if place >= 0 else None

    def at(self, time, gone=None):
        """(since when, candidates), or None: a value said again stands since it was said first. What was said up to
        `gone` was taken back."""
        place = bisect.bisect_right(self.times, time) - 1
        first = 0 if gone is None else bisect.bisect_right(self.times, gone)
        if place < first:
            return None
        values = self.values[place]
        while place > first and len(values) == 1 and self.values[place - 1] == values:
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
        if event.state is not None:
            # The latest event decides; of equal times an end.
            ranked = (time, *RANK[event.state])
            if self.ranked is None or ranked > self.ranked:
                self.ranked, self.state = ranked, event.state
                self.ended = time if ranked[1] == 2 else None
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
        self.retagged = defaultdict(set)     # asset, tool -> times at which a tags facet spoke of all its columns
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
        for asset in event.retagged:
            self.retagged[asset, event.tool].add(time)
        for key, pairs in event.edges.items():
            self.edges[key][time].extend(pairs)

    def finish(self):
        """A tags facet takes back its producer's tags of the columns it does not name."""
        for (asset, tool), times in self.retagged.items():
            for (column, kind, _), tools in self.aspects[asset].items():
                line = tools.get(tool) if column and kind == "tags" else None
                for time in times if line else ():
                    if time not in line.times:
                        line.add(time, DELETED)

    def members(self, asset):
        """The asset and every name that is merged with it, directly or through others."""
        seen, open_ = {asset}, [asset]
        while open_:
            for other in self.aliases.get(open_.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    open_.append(other)
        return seen

    def _results(self, asset, time, column):
        """identity -> [(tool, since when, candidates)] of the results that stand."""
        found = defaultdict(list)
        for member in self.members(asset):
            known = self.aspects.get(member, {})
            for key, tools in known.items():
                if key[:2] != (column, EACH) or key[2] is None:
                    continue
                for tool, line in tools.items():
                    gone = known.get((column, EACH, None), {}).get(tool)
                    standing = line.at(time, gone.newest(time) if gone else None)
                    if standing:
                        found[key[2]].append((tool, *standing))
        return found

    def tools(self, asset, time, key):
        """Who stands behind what is shown."""
        if key[1] == EACH:
            return {tool for standing in self._results(asset, time, key[0]).values() for tool, *_ in standing}
        found = set()
        for member in self.members(asset):
            for tool, line in self.aspects.get(member, {}).get(key, {}).items():
                standing = line.at(time)
                if standing and standing[1] != [DELETED]:
                    found.add(tool)
        return found

    def standing(self, asset, time, key):
        """What each producer stands for, under each name of the asset."""
        if key[1] == EACH:
            return [Each({name: [value for *_, values in standing for value in values]
                          for name, standing in self._results(asset, time, key[0]).items()})]
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
                for line in tools.values() if key[1] != EACH else ():
                    found = line.at(time)
                    if found:
                        standing[key].append(found)
        page = {}
        results = self._results(asset, time, ())
        if results:
            page[(), EACH, None] = [Each({name: _latest([found[1:] for found in standing])
                                          for name, standing in results.items()})]
        for key, found in standing.items():
            if key[1] in UNIONS:
                union = _union(found, UNIONS[key[1]])
                candidates = [union] if union.entries else []
            else:
                # What was taken back is as if it had not been said: another producer's value may stand.
                left = [(held, [value for value in values if value is not DELETED]) for held, values in found
                        if values != [DELETED]]
                latest = max((held for held, values in left), default=None)
                candidates = _latest(left)
                if any(DELETED in values for held, values in found if held == latest):
                    candidates.append(None)
            if candidates and candidates != [None]:
                page[key] = candidates
        return page


def _latest(found):
    latest = max((held for held, _ in found), default=None)
    return [value for held, values in found if held == latest for value in values]


class Each:
    """Equal to a list that holds, for each assertion, one of its candidates."""

    def __init__(self, candidates):
        self.candidates = candidates
        self.is_open = any(len(values) > 1 for values in candidates.values())

    def __eq__(self, other):
        if not isinstance(other, dict) or set(other) != {"results"} or len(other["results"]) != len(self.candidates):
            return False
        found = {identity(result): {"results": [result]} for result in other["results"]}
        return found.keys() == self.candidates.keys() and all(
            found[name] in values for name, values in self.candidates.items())

    def __repr__(self):
        return f"Each({self.candidates!r})"


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
