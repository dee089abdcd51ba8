"""Virtual environments of the peers: exact versions, kept outside the checkout, checked at every use.

An environment is named by the hash of its requirements and of the Python it was made with. It counts only with its
marker, which is written last, and only while every file that its packages record is there in its size: anything else is
thrown away and built again. One that was not used for weeks goes.
"""
import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import time

import evidence
from steps import say, step

ATTEMPTS = 3
ATTEMPT_SECONDS = 300
KEEP_UNUSED_SECONDS = 14 * 86400

# Runs inside the environment and prints what is wrong with it, by a line each.
CHECK = """
import importlib.metadata, pathlib, re, sys
def same(name): return re.sub(r"[-_.]+", "-", name).lower()
wanted = dict(line.split("==") for line in pathlib.Path(sys.argv[1]).read_text().split() if "==" in line)
wanted = {same(name): version for name, version in wanted.items()}
for found in importlib.metadata.distributions():
    version = wanted.pop(same(found.metadata["Name"]), None)
    if version is None:
        continue
    if found.version != version:
        print(found.metadata["Name"], found.version, "instead of", version)
    for file in found.files or ():
        if file.size is not None:
            path = pathlib.Path(file.locate())
            if not path.is_file() or path.stat().st_size != file.size:
                print("damaged:", path)
for name, version in wanted.items():
    print("missing:", name, version)
"""


def cache():
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    path = pathlib.Path(base) / "cadastre-interop"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(name):
    """Two runs on one machine share the cache; one of them builds."""
    with open(cache() / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def environment(peer, requirements):
    """The folder of an environment that holds exactly what the file `requirements` says; built if there is none."""
    key = hashlib.sha256(f"{sys.version} {sys.executable} 1\n".encode() + requirements.read_bytes()).hexdigest()[:16]
    folder = cache() / f"{peer}-{key}"
    with locked(peer):
        trouble = _trouble(folder, requirements)
        if trouble:
            say(f"{peer}: {trouble}")
            _build(peer, folder, requirements)
        (folder / "complete").touch()
        _drop_unused(peer)
    return folder


def _trouble(folder, requirements):
    """Why an environment cannot be used, or an empty text."""
    if not folder.exists():
        return "not installed yet"
    if not (folder / "complete").exists():
        return "its installation was cut short"
    try:
        check = subprocess.run([folder / "bin" / "python", "-c", CHECK, requirements], capture_output=True, text=True,
                               timeout=120)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"its python does not run: {error}"
    said = (check.stdout + check.stderr).strip()
    return f"damaged, {said[:300]}" if said or check.returncode else ""


def _build(peer, folder, requirements):
    log = cache() / f"{peer}.log"
    evidence.keep(f"the installation of {peer}", log)
    for attempt in range(1, ATTEMPTS + 1):
        with step(f"{peer}: installing {requirements.name}, attempt {attempt}"):
            shutil.rmtree(folder, ignore_errors=True)
            failure = _install(folder, requirements, log)
        if not failure:
            (folder / "complete").touch()
            failure = _trouble(folder, requirements)
            if not failure:
                return
            (folder / "complete").unlink()
        say(f"{peer}: {failure}")
        time.sleep(3 * attempt)
    shutil.rmtree(folder, ignore_errors=True)
    raise RuntimeError(f"{peer} cannot be installed: {failure}; the log is {log}:\n{evidence.tail(log)}")


def _install(folder, requirements, log):
    """The requirements are whole, so nothing is resolved: what they do not name is not installed."""
    pip = [folder / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "--no-input"]
    commands = ([sys.executable, "-m", "venv", folder],
                [*pip, "install", "--quiet", "--no-deps", "--prefer-binary", "--retries", "5", "-r", requirements],
                [*pip, "check"])
    with open(log, "wb") as output:
        for command in commands:
            try:
                code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                      timeout=ATTEMPT_SECONDS).returncode
            except (OSError, subprocess.TimeoutExpired) as error:
                return str(error)
            if code:
                return f"`{' '.join(str(part) for part in command[1:4])}` ended with {code}"
    return ""


def _drop_unused(peer):
    for folder in cache().glob(f"{peer}-*"):
        marker = folder / "complete"
        if not marker.exists() or marker.stat().st_mtime < time.time() - KEEP_UNUSED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
