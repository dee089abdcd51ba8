"""What no file may carry: work left over, tabs, a missing last newline, paths of one machine, hosts of registries; and what
every room must: a README with its four headings."""
import re
import sys

import sources
import staircase

TEXT_SUFFIXES = (".h", ".cc", ".proto", ".cmake", ".md", ".py", ".ts", ".tsx", ".css", ".html", ".json", ".yml", ".yaml",
                 ".txt", ".toml", ".sh")
TEXT_NAMES = ("dev", "run", "NOTICE", ".gitignore", ".clang-format", ".clang-tidy", ".npmrc")
HEADINGS = ["What lives here", "Who may call", "Invariants", "Decisions"]
ROOMS_WITH_README = ["base", "storage", "authz", "catalog", "lineage", "search", "ingestors", "server", "client", "cli", "demo",
                     "proto", "frontend"]

# Written in parts, so that this file does not carry what it looks for.
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
MACHINE = re.compile(r"(?<![\w.$}])/(wo" r"rk|ho" r"me|ro" r"ot)/")
REGISTRY = re.compile(r"registry\.np" r"mjs|np" r"mjs\.(org|com)|py" r"pi\.org|python" r"hosted|deb\.deb" r"ian|crates\.i" r"o|"
                      r"proxy\.go" r"lang|maven\.(org|apache)|registry\.yarn" r"pkg")

# Input for tests: bytes as producers and attackers send them, not ours to tidy.
INPUTS = ("tests/data/", "tests/fuzz/corpus/")


def is_text(path):
    return not path.startswith(INPUTS) and (path.endswith(TEXT_SUFFIXES) or path.split("/")[-1] in TEXT_NAMES)


def complaints_of(path, text):
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if LEFT_OVER.search(line):
            found.append(f"{path}:{number}: work left over")
        if "\t" in line:
            found.append(f"{path}:{number}: a tab")
        if line != line.rstrip() and not path.endswith(".md"):
            found.append(f"{path}:{number}: space at the end of the line")
        if MACHINE.search(line):
            found.append(f"{path}:{number}: a path of one machine")
        if REGISTRY.search(line):
            found.append(f"{path}:{number}: the host of a registry")
    if text and not text.endswith("\n"):
        found.append(f"{path}: no newline at the end")
    if path.endswith((".h", ".cc")):
        found += guarded_words(path, text)
    return found


def guarded_words(path, text):
    found = []
    code = sources.without_comments(text)
    # A name two tests choose at once is a test that fails now and then.
    if path != "tests/support/temp_folder.h" and re.search(r"\b(TempDir|temp_directory_path|mkdtemp)\b", code):
        found.append(f"{path}: a temporary folder; tests/support/temp_folder.h makes one that is nobody else's")
    for pattern, files, why in staircase.GUARDED_WORDS:
        if path.startswith("tests/") or any(path == file or (file.endswith("/") and path.startswith(file)) for file in files):
            continue
        match = re.search(pattern, code)
        if match:
            found.append(f"{path}: {match.group(0)}: {why}")
    if re.search(r"\bSystemView\b", code) and not path.startswith(tuple(staircase.SYSTEM_VIEW_FILES)):
        found.append(f"{path}: SystemView is the back door; tests/unit/house/staircase.py lists who may name it")
    return found


def readme_complaints(paths):
    found = []
    for room in ROOMS_WITH_README:
        if not any(path.startswith(room + "/") and path.endswith((".h", ".cc", ".ts", ".tsx", ".proto")) for path in paths):
            continue
        readme = f"{room}/README.md"
        if readme not in paths:
            found.append(f"{readme}: missing")
            continue
        headings = re.findall(r"^## (.+)$", sources.read(readme), re.MULTILINE)
        if [heading for heading in headings if heading in HEADINGS] != HEADINGS:
            found.append(f"{readme}: its headings are {' · '.join(HEADINGS)}")
    return found


def main():
    paths = sources.tracked()
    found = readme_complaints(paths)
    count = 0
    for path in paths:
        if is_text(path):
            count += 1
            found += complaints_of(path, sources.read(path))
    print("\n".join(found) or f"{count} files are tidy")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
