"""What peers need from package registries, kept outside the checkout and checked at every use.

A folder is named by the hash of all that decides its content. It counts only with its marker, which is written last, and only
while its check finds nothing wrong: anything else is thrown away and made again. One that was not used for weeks goes.
"""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import time

import evidence
from steps import say, step

ATTEMPTS = 3
COMMAND_SECONDS = 300
KEEP_UNUSED_SECONDS = 14 * 86400
KEY_DIGITS = 16


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    path = pathlib.Path(base) / "cadastre-interop"
    path.mkdir(parents=True, exist_ok=True)
    return path


def kept(name, content, commands, check):
    """The folder `name` with that `content` (bytes that decide it). `commands(folder)` are the programs that make it, in order;
    `check(folder)` returns what is wrong with it, or an empty text."""
    folder = cache() / f"{name}-{hashlib.sha256(content).hexdigest()[:KEY_DIGITS]}"
    with _locked(name):
        trouble = _trouble(folder, check)
        if trouble:
            say(f"{name}: {trouble}")
            _make(name, folder, commands, check)
        (folder / "complete").touch()
        _drop_unused(name)
    return folder


@contextlib.contextmanager
def _locked(name):
    """Two runs on one machine share the cache; one of them makes what is missing."""
    with open(cache() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _trouble(folder, check):
    if not folder.exists():
        return "not installed yet"
    if not (folder / "complete").exists():
        return "its installation was cut short"
    return check(folder)


def _make(name, folder, commands, check):
    log = cache() / f"{name}.log"
    evidence.keep(f"the installation of {name}", log)
    for attempt in range(1, ATTEMPTS + 1):
        with step(f"{name}: installing, attempt {attempt}"):
            shutil.rmtree(folder, ignore_errors=True)
            failure = _run_all(commands(folder), log) or check(folder)
        if not failure:
            return
        say(f"{name}: {failure}")
        time.sleep(3 * attempt)
    shutil.rmtree(folder, ignore_errors=True)
    raise RuntimeError(f"{name} cannot be installed: {failure}; the log is {log}:\n{evidence.tail(log)}")


def _run_all(commands, log):
    """What went wrong, or an empty text."""
    with open(log, "wb") as output:
        for command in commands:
            words = [str(part) for part in command]
            try:
                code = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                      timeout=COMMAND_SECONDS).returncode
            except (OSError, subprocess.TimeoutExpired) as error:
                return str(error)
            if code:
                return f"`{' '.join(words[:6])} ...` ended with {code}"
    return ""


def _drop_unused(name):
    for folder in cache().glob(f"{name}-{'[0-9a-f]' * KEY_DIGITS}"):
        marker = folder / "complete"
        if not marker.exists() or marker.stat().st_mtime < time.time() - KEEP_UNUSED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
