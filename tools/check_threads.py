"""Runs clang's thread-safety analysis over every file that names base/mutex.h, itself or in the header of its name.

Usage: check_threads.py BUILD_FOLDER JOBS
"""
import concurrent.futures
import pathlib
import subprocess
import sys

from compile_commands import commands

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = '#include "base/mutex.h"'


def names_mutex(path):
    return path.exists() and INCLUDE in path.read_text(encoding="utf-8")


def check(path, flags):
    command = ["clang++", "-fsyntax-only", *flags, "-Wno-everything", "-Wthread-safety", "-Werror", str(path)]
    return path, subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def main():
    build, jobs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    todo = [(path, flags) for path, flags in commands(build, ROOT)
            if names_mutex(ROOT / path) or names_mutex((ROOT / path).with_suffix(".h"))]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path, result in pool.map(lambda item: check(*item), todo):
            if result.returncode != 0:
                failed += 1
                print(f"{path}:\n{result.stderr}")
    print(f"   {len(todo)} files with locks, {failed} refused")
    return 1 if failed or not todo else 0


if __name__ == "__main__":
    sys.exit(main())
