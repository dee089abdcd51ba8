"""Other people's programs as children of ours: each in a session of its own, with a time limit, its log kept."""
import os
import pathlib
import signal
import subprocess
import time

import evidence

# What of our own surroundings a peer may see: everything else could change what it sends.
KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME")


def surroundings(home, **more):
    """The environment of a peer: a home of its own, telemetry off, no proxy for this machine."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "HOME": str(home), "NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost",
            "DO_NOT_TRACK": "1", "SCARF_ANALYTICS": "false", "PYTHONUNBUFFERED": "1",
            **{name: str(value) for name, value in more.items()}}


class Program:
    """A program that runs beside the checks until `end`, or until the `with` block is left. `stop` is how it is asked to."""

    def __init__(self, name, command, log, stop=signal.SIGTERM, **options):
        self.name, self.log, self.stop = name, pathlib.Path(log), stop
        evidence.keep(name, log)
        with open(log, "ab") as output:
            self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL, stdout=output,
                                            stderr=output, start_new_session=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def ask_to_end(self):
        self._signal(self.stop)

    def _signal(self, kind):
        try:
            os.killpg(self.process.pid, kind)
        except ProcessLookupError:
            pass

    def end(self):
        """Asks the session it leads to stop, then makes it; its grandchildren go with it."""
        for kind, patience in ((self.stop, 10), (signal.SIGKILL, 10)):
            self._signal(kind)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            if not self._session_lives():
                break

    def _session_lives(self):
        """Whether a grandchild is left in its process group; waits a moment for those that are ending."""
        for _ in range(50):
            try:
                os.killpg(self.process.pid, 0)
            except (ProcessLookupError, PermissionError):
                return False
            time.sleep(0.1)
        return True

    def expect_alive(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{evidence.tail(self.log)}")


def run(name, command, log, timeout, expected=(0,), **options):
    """Runs a program to its end and returns its exit code. Raises with the end of its log if it takes longer than `timeout`
    seconds or ends with a code that is not expected (None: any)."""
    with Program(name, command, log, **options) as one:
        try:
            code = one.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{name} did not end within {timeout} s:\n{evidence.tail(log)}") from None
    if expected is not None and code not in expected:
        raise RuntimeError(f"{name} ended with {code}:\n{evidence.tail(log)}")
    return code


def await_that(condition, what, timeout, *programs):
    """Waits until `condition` returns something true, and returns it; the programs must live meanwhile."""
    end = time.monotonic() + timeout
    while True:
        found = condition()
        if found:
            return found
        for one in programs:
            one.expect_alive()
        if time.monotonic() > end:
            raise RuntimeError(f"no {what} within {timeout} s")
        time.sleep(0.2)
