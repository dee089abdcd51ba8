"""The files under the machines' eyes, and C++ text without its comments and strings."""
import pathlib
import re
import subprocess

from staircase import ROOMS

ROOT = pathlib.Path(__file__).resolve().parents[3]

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^()\\\s]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def tracked():
    """Every file of the project, also those not committed yet; relative paths."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, check=True).stdout.decode().split("\0")
    return sorted(path for path in set(listed) if path and (ROOT / path).is_file())


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def room_of(path):
    """The room a file belongs to, or None (tests, tools)."""
    folder = pathlib.PurePosixPath(path).parent
    while str(folder) != ".":
        if str(folder) in ROOMS:
            return ROOMS[str(folder)]
        folder = folder.parent
    return None


def cpp_files(paths):
    return [path for path in paths if path.endswith((".h", ".cc"))]


def without_comments(text):
    """The same text and line numbers, comments and literals blanked; a digit separator is no literal."""
    def blank(match):
        found = match.group(0)
        if found.startswith(("/", "R")):
            return "\n" * found.count("\n") or " "
        return found[0] + found[0]
    return _TOKEN.sub(blank, text)
