"""Runs the checks of the peers: a line per check, the logs of a failure, and a JUnit file at the end."""
import os
import signal
import threading
import time
import traceback
import unittest
import xml.etree.ElementTree as ElementTree

import evidence
from steps import say


GRACE_SECONDS = 90


class _Result(unittest.TestResult):
    """Hands every outcome to the report; a check that calls itself skipped has failed."""

    def __init__(self, report, peer):
        self._report, self._peer, self._start = report, peer, time.monotonic()
        self._troubles = []
        super().__init__()

    @property
    def shouldStop(self):
        return self._report.stopped

    @shouldStop.setter
    def shouldStop(self, _):
        """The report alone decides."""

    def startTest(self, test):
        super().startTest(test)
        self._start, self._troubles = time.monotonic(), []

    def stopTest(self, test):
        super().stopTest(test)
        self._report.add(self._peer, test, time.monotonic() - self._start, "\n".join(self._troubles))

    def _trouble(self, test, text):
        # A fixture of a class or module that fails has no test of its own around it.
        if isinstance(test, unittest.TestCase):
            self._troubles.append(text)
        else:
            self._report.add(self._peer, test, time.monotonic() - self._start, text)

    def addError(self, test, error):
        self._trouble(test, "".join(traceback.format_exception(*error)))

    def addFailure(self, test, error):
        self.addError(test, error)

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self._trouble(test, f"{subtest}\n" + "".join(traceback.format_exception(*error)))

    def addSkip(self, test, reason):
        self._trouble(test, f"skipped ({reason}): nothing here may be")

    def addExpectedFailure(self, test, error):
        self._trouble(test, "a failure that is expected is one")


class Report:
    """Every outcome once; safe, because the clock may write it while a check hangs."""

    def __init__(self, path):
        self._path, self._lock, self._cases, self._stopped = path, threading.Lock(), [], threading.Event()
        self.passed = self.failed = 0

    def run(self, peer, suite):
        say(f"== {peer}: {suite.countTestCases()} checks")
        if not suite.countTestCases():
            self.add(peer, peer, 0, "no checks were found")
        if self.stopped:
            self.add(peer, peer, 0, "not begun: the run was stopped")
        suite.run(_Result(self, peer))
        evidence.forget_all()

    def stop(self):
        self._stopped.set()

    @property
    def stopped(self):
        return self._stopped.is_set()

    def add(self, peer, test, seconds, trouble):
        name = getattr(test, "_testMethodName", str(test))
        with self._lock:
            self._cases.append((peer, name, seconds, trouble))
            self.passed += not trouble
            self.failed += bool(trouble)
        say(f"{'FAILED' if trouble else 'ok'}  {peer}: {name.removeprefix('test_').replace('_', ' ')} ({seconds:.1f} s)")
        if trouble:
            print(trouble, evidence.tails(), sep="\n", flush=True)

    def write(self):
        if not self._path:
            return
        with self._lock:
            cases = list(self._cases)
        root = ElementTree.Element("testsuite", name="interop", tests=str(len(cases)),
                                   failures=str(sum(bool(trouble) for *_, trouble in cases)))
        for peer, name, seconds, trouble in cases:
            case = ElementTree.SubElement(root, "testcase", classname=peer, name=name, time=f"{seconds:.3f}")
            if trouble:
                ElementTree.SubElement(case, "failure").text = _printable(trouble)
        ElementTree.ElementTree(root).write(self._path, encoding="utf-8", xml_declaration=True)


def _printable(text):
    """XML 1.0 cannot carry control characters, which logs are full of."""
    return "".join(char if char in "\n\t" or char >= " " else "?" for char in text)


class Overtime(Exception):
    """Raised in whatever the main thread is doing, so that what was started is ended on the way out."""


def end_when_over(seconds, report):
    """Stops the whole run when it has taken that long: the check that runs then fails, and none is begun after it."""
    def over(*_):
        # Should the way out be blocked as well, nothing waits for it.
        last = threading.Timer(GRACE_SECONDS, give_up)
        last.daemon = True
        last.start()
        report.stop()
        raise Overtime(f"the whole run may take {seconds} s")

    def give_up():
        report.add("run", "the run ends when it is stopped", GRACE_SECONDS, "it did not")
        report.write()
        os.kill(os.getpid(), signal.SIGKILL)

    signal.signal(signal.SIGALRM, over)
    signal.alarm(seconds)
