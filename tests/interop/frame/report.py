"""Runs the checks of the peers: a line per check, the logs of a failure, and a JUnit file at the end."""
import os
import signal
import threading
import time
import traceback
import unittest
import xml.etree.ElementTree as ElementTree

import evidence
import program
from steps import say


class _Result(unittest.TestResult):
    """Hands every outcome to the report; a check that calls itself skipped has failed."""

    def __init__(self, report, peer):
        super().__init__()
        self._report, self._peer, self._start = report, peer, time.monotonic()
        self._troubles = []

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
        self._path, self._lock, self._cases = path, threading.Lock(), []
        self.passed = self.failed = 0

    def run(self, peer, suite):
        say(f"== {peer}: {suite.countTestCases()} checks")
        if not suite.countTestCases():
            self.add(peer, peer, 0, "no checks were found")
        suite.run(_Result(self, peer))
        evidence.forget_all()

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


def end_when_over(seconds, report):
    """Ends the whole run, with its report written, when it has taken that long."""
    def over():
        report.add("run", "the whole run ends in time", seconds, f"still running after {seconds} s")
        report.write()
        program.end_all()
        os.kill(os.getpid(), signal.SIGKILL)

    clock = threading.Timer(seconds, over)
    clock.daemon = True
    clock.start()
