"""Says what is being done and how long it took, so that a run that hangs tells where."""
import contextlib
import time

BEGUN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGUN:5.0f} s] {text}", flush=True)


@contextlib.contextmanager
def step(text):
    """Prints a line when the step begins and one with its seconds when it ended well."""
    start = time.monotonic()
    say(f"{text} ...")
    yield
    say(f"{text}: {time.monotonic() - start:.1f} s")
