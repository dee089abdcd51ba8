"""Our own sources in a compilation database, with flags clang understands."""
import json
import pathlib
import shlex

# g++'s alone, or meaningless without a compilation.
DROPPED = {"-fpch-preprocess", "-Winvalid-pch", "-Wno-restrict", "-Wno-maybe-uninitialized", "-Wno-stringop-overflow"}


def commands(build, root):
    """Yields (path below root, flags) for each of our own sources."""
    gen = (build / "gen").resolve()
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = pathlib.Path(entry["file"]).resolve()
        if gen in path.parents or build.resolve() in path.parents or root not in path.parents:
            continue
        yield path.relative_to(root), flags_of(shlex.split(entry["command"]))


def flags_of(words):
    flags = []
    skip = 0
    for index, word in enumerate(words):
        if skip:
            skip -= 1
        elif word == "-include" and "cmake_pch" in words[index + 1]:
            skip = 1
        elif word == "-isystem":
            flags += [word, words[index + 1]]
            skip = 1
        elif word.startswith(("-D", "-I", "-std=", "-W")) and word not in DROPPED:
            flags.append(word)
    return flags
