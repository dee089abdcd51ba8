"""The logs worth reading when a check fails: whoever starts a process names its log here."""
import pathlib

TAIL_BYTES = 4000
_logs = {}


def keep(name, path):
    """`path` is read when something fails; a later log of that name takes its place."""
    _logs[name] = pathlib.Path(path)


def forget_all():
    _logs.clear()


def tail(path):
    try:
        with open(path, "rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - TAIL_BYTES))
            return log.read().decode("utf-8", "replace")
    except OSError as error:
        return f"({error})"


def tails():
    return "".join(f"---- the end of the log of {name}\n{tail(path)}\n" for name, path in _logs.items())
