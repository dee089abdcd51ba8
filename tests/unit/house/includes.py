"""Reads every #include against the staircase. Exits 1 and names each one that climbs."""
import re
import sys

import sources
import staircase

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
IMPORT = re.compile(r'^import\s+(?:public\s+)?"([^"]+)"', re.MULTILINE)
VOCABULARY = re.compile(r"cadastre/catalog/v1/(asset|aspects)\b")


def thing_of(header):
    """What an include names: ("room", x), ("third", prefix), ("standard", ...), or ("unknown", ...)."""
    if header.startswith("cadastre/record/"):
        return "room", "record"
    if VOCABULARY.match(header):
        return "room", "vocabulary"
    if header.startswith("cadastre/"):
        return "room", "grpc" if header.endswith(".grpc.pb.h") else "proto"
    room = sources.room_of(header)
    if room:
        return "room", room
    if header.startswith("tests/"):
        return "room", "tests"
    for prefix in staircase.THIRD_PARTY:
        if header.startswith(prefix):
            return "third", prefix
    if header in staircase.POSIX or re.fullmatch(r"[a-z_0-9]+", header):
        return "standard", header
    return "unknown", header


def floor_of(path):
    """The rank of a file's floor within its room; None where the room has no floors, -1 where the file stands on none."""
    room, _, rest = path.partition("/")
    if room not in staircase.FLOORS or sources.room_of(path) != room:
        return None
    floors = staircase.FLOORS[room]
    floor = rest.partition("/")[0]
    return floors.index(floor) if floor in floors else -1


def complaint(path, room, header):
    """Why `path` of `room` may not include `header`, or None."""
    floor, other = floor_of(path), floor_of(header)
    if floor is not None and other is not None and other > floor:
        return f"it stands above: {room} is built of {' < '.join(staircase.FLOORS[room])}"
    for prefix, why in staircase.FORBIDDEN_HEADERS.items():
        if header.startswith(prefix):
            return why
    kind, thing = thing_of(header)
    if kind == "standard":
        return None
    if kind == "unknown":
        return "a header without an owner: give it one in tests/unit/house/staircase.py"
    if kind == "third":
        owners = staircase.THIRD_PARTY[thing]
        return None if room in owners else f"{thing} belongs to {', '.join(sorted(owners))}"
    allowed = staircase.MAY_INCLUDE[room] | {room} | staircase.ALSO_MAY_INCLUDE.get(path, set())
    return None if thing in allowed else f"{room} may not include {thing}"


def complaints_of(path, text):
    room = sources.room_of(path)
    if room is None:
        return []
    found = []
    if floor_of(path) == -1:
        found.append(f"{path}: stands on no floor of {room}: {', '.join(staircase.FLOORS[room])}")
    for match in INCLUDE.finditer(text):
        header = match.group(1) or match.group(2)
        why = complaint(path, room, header)
        if why:
            line = text.count("\n", 0, match.start(0) + len(match.group(0))) + 1
            found.append(f"{path}:{line}: {header}: {why}")
    return found


def proto_complaints_of(path, text):
    """What is written to disk knows the vocabulary and nothing else of the wire; the vocabulary knows no service."""
    on_disk = path.startswith("proto/cadastre/record/")
    words = VOCABULARY.match(path.removeprefix("proto/"))
    found = []
    for header in IMPORT.findall(text):
        if header.startswith("google/protobuf/") or VOCABULARY.match(header):
            continue
        if on_disk and not header.startswith("cadastre/record/"):
            found.append(f"{path}: {header}: a record imports records and the vocabulary alone")
        if words:
            found.append(f"{path}: {header}: the vocabulary imports only itself")
        if not on_disk and header.startswith("cadastre/record/"):
            found.append(f"{path}: {header}: the wire does not know records")
    return found


def main():
    paths = sources.tracked()
    found, beast = [], []
    for path in sources.cpp_files(paths):
        text = sources.read(path)
        found += complaints_of(path, text)
        if re.search(r"#include <boost/beast", text):
            beast.append(path)
    for path in paths:
        if path.endswith(".proto"):
            found += proto_complaints_of(path, sources.read(path))
    if len(beast) > staircase.BEAST_FILES_MAX:
        found.append(f"Beast is included by {len(beast)} files, at most {staircase.BEAST_FILES_MAX}: {', '.join(beast)}")
    print("\n".join(found) or f"{len(paths)} files keep the staircase")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
