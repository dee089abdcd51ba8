"""A file that defines a class of a friend's name becomes a friend. So every class that storage or authz befriends is defined
in one file alone, and ReadPass, GovernedView and their kin in the file that bears their trust."""
import re
import sys

import sources

FRIEND = re.compile(r"\bfriend\s+(?:class|struct)\s+(?:::)?(?:\w+::)*(\w+)\s*;")
# Where the types that guard reading and writing stand, once they are there.
HOMES = {"ReadPass": "storage/read_pass.h"}
# storage's own tests stand below authz and make the pass by a stand-in; no program that answers anyone contains it.
STAND_INS = {"SystemView": {"tests/unit/storage/test_pass.h"}}


def definitions(name, text):
    pattern = rf"\b(?:class|struct)\s+(?:\w+\([^()]*\)\s+)?(?:\[\[\w+\]\]\s+)?(?:\w+::)*{name}\b\s*(?:final\s*)?(?::[^:;{{][^;{{]*)?\{{"
    return len(re.findall(pattern, text))


def complaints_of(texts):
    """`texts` is {path: text without comments}."""
    befriended = {"ReadPass", "GovernedView", "SystemView", "Viewer"}
    for path, text in texts.items():
        if path.startswith(("storage/", "authz/")):
            befriended |= set(FRIEND.findall(text))
    found = []
    for name in sorted(befriended):
        homes = [path for path, text in texts.items() if definitions(name, text) and path not in STAND_INS.get(name, set())]
        if len(homes) > 1:
            found.append(f"class {name} is befriended and defined more than once: {', '.join(sorted(homes))}")
        if len(homes) == 1 and name in HOMES and homes[0] != HOMES[name]:
            found.append(f"class {name} is defined in {homes[0]}, its home is {HOMES[name]}")
        if any(definitions(name, texts[path]) > 1 for path in homes):
            found.append(f"class {name} is defined twice in {homes[0]}")
        # A template of a room's own would be no friend, but a macro that renames one could be.
        for path, text in texts.items():
            if re.search(rf"#\s*define\s+\w+.*\b{name}\b", text) or re.search(rf"#\s*define\s+{name}\b", text):
                found.append(f"{path}: a macro may not name {name}")
    return found


def main():
    texts = {path: sources.without_comments(sources.read(path)) for path in sources.cpp_files(sources.tracked())}
    found = complaints_of(texts)
    print("\n".join(found) or "every friend is defined once")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
