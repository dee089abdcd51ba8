"""clang-tidy over the sources changed since the branch left main (or since the commit before), or over all of them.

Usage: tidy.py BUILD_FOLDER JOBS [--all]
"""
import concurrent.futures
import pathlib
import subprocess
import sys

from compile_commands import commands

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Two cores read a file in 6 to 14 s; past this many the stage would outgrow its eight minutes.
FILES_MAX = 60


def git(*arguments):
    result = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return result.stdout.split() if result.returncode == 0 else []


def changed():
    head = git("rev-parse", "HEAD")
    for base in ("origin/main", "main"):
        fork = git("merge-base", "HEAD", base)
        if fork and fork != head:
            return set(git("diff", "--name-only", fork[0])) | set(git("ls-files", "--others", "--exclude-standard"))
    return set(git("diff", "--name-only", "HEAD~1")) | set(git("ls-files", "--others", "--exclude-standard"))


def tidy(path, flags):
    command = ["clang-tidy", "--quiet", "--warnings-as-errors=*", str(path), "--", *flags]
    return path, subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def main():
    build, jobs, everything = pathlib.Path(sys.argv[1]), int(sys.argv[2]), "--all" in sys.argv[3:]
    todo = sorted(dict(commands(build, ROOT)).items())
    if not everything:
        touched = changed()
        todo = [(path, flags) for path, flags in todo if str(path) in touched or str(path.with_suffix(".h")) in touched]
        if len(todo) > FILES_MAX:
            print(f"   {len(todo)} changed files; reading the first {FILES_MAX}, `./dev lint --all` reads all")
            todo = todo[:FILES_MAX]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path, result in pool.map(lambda item: tidy(*item), todo):
            if result.returncode != 0:
                failed += 1
                print(f"{path}:\n{result.stdout}{result.stderr}")
    print(f"   {len(todo)} files read, {failed} refused")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
