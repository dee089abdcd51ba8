"""What the abuse suite has in common: a server under attack, the attackers' sockets, and what others notice of it."""
import contextlib
import json
import pathlib
import resource
import socket
import statistics
import sys
import threading
import time
import unittest
import urllib.parse
import urllib.request

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "support"))

from client import Client, Refused  # noqa: E402
from server import Server  # noqa: E402

AUTHZ = "authz.v1.AuthzService/"
LINEAGE = "/api/v1/lineage"
MIB = 1 << 20
# The attackers come from 127.0.0.1 unless they say otherwise; the bystander's probes from here.
BYSTANDER = "127.9.9.9"


def raise_own_limit(files=8192):
    """Attackers and server are one machine: this process needs descriptors for its side."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, hard), hard))


def event(name, padding=0, outputs=1, columns=2):
    """One OpenLineage event of a job of that name."""
    fields = [{"name": f"column_{number}", "type": "text"} for number in range(columns)]

    def dataset(number):
        return {"namespace": "pg://db:5432", "name": f"{name}.t{number}", "facets": {"schema": {
            "_producer": "https://example.org", "_schemaURL": "https://openlineage.io/spec/facets/1-0-0/SchemaDatasetFacet.json",
            "fields": fields}}}
    return {"eventType": "COMPLETE", "eventTime": "2026-03-01T09:30:00Z", "producer": "https://example.org",
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": f"01900000-0000-7000-8000-{abs(hash(name)) % (1 << 48):012x}", "facets": {}},
            "job": {"namespace": "etl", "name": name, "facets": {}}, "inputs": [],
            "outputs": [dataset(number) for number in range(outputs)], **({"padding": "x" * padding} if padding else {})}


def principal(server, name, *privileges):
    """A service that holds these on everything; its token."""
    admin = server.admin()
    role = f"role-{name}"
    admin.call(AUTHZ + "PutRole", {"role": {"id": role}})
    if privileges:
        admin.call(AUTHZ + "PutGrant", {"grant": {"id": role, "role": role, "privileges": list(privileges), "scope": {}}})
    admin.call(AUTHZ + "PutPrincipal", {"principal": {"id": name, "kind": "PRINCIPAL_KIND_SERVICE", "roles": [role]}})
    return admin.call(AUTHZ + "CreateToken", {"principal": name})["token"]


def connect(url, source=None, timeout=20):
    """A raw connection, from a loopback address of choice."""
    parts = urllib.parse.urlsplit(url if "//" in url else "//" + url)
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(timeout)
    try:
        sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
        sock.bind((source or "127.0.0.1", 0))
        sock.connect((parts.hostname, parts.port))
    except BaseException:
        sock.close()
        raise
    return sock


def head(path=LINEAGE, token=None, method="POST", **fields):
    """The bytes of a header; `_` in a name stands for `-`."""
    fields = {"Host": "x", **({"Authorization": f"Bearer {token}"} if token else {}), **fields}
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode()


def answer(sock):
    """All the other side says until it closes or falls silent, as bytes."""
    said = b""
    with contextlib.suppress(OSError):
        while piece := sock.recv(65536):
            said += piece
    return said


def status_of(said):
    return int(said.split(b" ", 2)[1]) if said.startswith(b"HTTP/1.1 ") else None


def is_closed(sock):
    """Whether the other side has ended the connection; what it said before is read away."""
    sock.setblocking(False)
    try:
        while sock.recv(65536):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


class Bystander(threading.Thread):
    """Asks the same small thing again and again, each time on a connection of its own, and notes how long that took."""

    def __init__(self, ask, pause=0.05):
        super().__init__(daemon=True)
        self.ask, self.pause, self.took, self.failed, self.done = ask, pause, [], [], threading.Event()

    def run(self):
        while not self.done.is_set():
            begun = time.monotonic()
            try:
                self.ask()
            except Exception as error:  # told by the test that reads it
                self.failed.append(repr(error))
            self.took.append(time.monotonic() - begun)
            self.done.wait(self.pause)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join(120)

    @property
    def median(self):
        return statistics.median(self.took)

    @property
    def slowest(self):
        return max(self.took)

    def __str__(self):
        return f"{len(self.took)} asked, median {self.median * 1000:.0f} ms, slowest {self.slowest * 1000:.0f} ms, failed {self.failed[:3]}"


def health(server):
    """The health probe, from an address that takes no part in the attack."""
    def ask():
        with contextlib.closing(connect(server.http, BYSTANDER, timeout=60)) as sock:
            sock.sendall(head("/healthz", method="GET", Connection="close"))
            said = answer(sock)
            if status_of(said) != 200:
                raise RuntimeError(f"health: {said[:100]!r}")
    return ask


def who_am_i(server, token):
    def ask():
        with contextlib.closing(connect(server.http, BYSTANDER, timeout=60)) as sock:
            sock.sendall(head("/cadastre." + AUTHZ + "WhoAmI", token, Content_Type="application/json", Content_Length=2,
                              Connection="close") + b"{}")
            said = answer(sock)
            if status_of(said) != 200:
                raise RuntimeError(f"WhoAmI: {said[:200]!r}")
    return ask


class Watch:
    """What an attack may not harm: the health probe, another's answer, the memory. Looked at while the block runs."""

    def __init__(self, server, token, pause=0.05):
        self.server = server
        self.probe, self.other = Bystander(health(server), pause=0.1), Bystander(who_am_i(server, token), pause)

    def __enter__(self):
        self.before = memory_kib(self.server)
        self.probe.start()
        self.other.start()
        return self

    def __exit__(self, *_):
        for bystander in (self.probe, self.other):
            bystander.__exit__()
        self.more_mib = (self.server.memory_peak_kib() - self.before) >> 10
        print(self)

    def assert_unharmed(self, test, more_mib, median=1, slowest=None):
        """`slowest`: of another's answers; seconds."""
        for bystander in (self.probe, self.other):
            test.assertEqual(bystander.failed, [])
            test.assertLess(bystander.median, median)
        if slowest is not None:
            test.assertLess(self.other.slowest, slowest, sorted(self.other.took)[-10:])
        test.assertLess(self.more_mib, more_mib)

    def __str__(self):
        return f"health: {self.probe}; WhoAmI: {self.other}; {self.more_mib} MiB more"


def memory_kib(server):
    for line in pathlib.Path(f"/proc/{server.process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError("no VmRSS")


def cpu_seconds(server):
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def leaves(server):
    """How many leaves the audit log holds."""
    with urllib.request.urlopen(urllib.request.Request(
            server.http + "/metrics", headers={"Authorization": f"Bearer {server.admin_token}"}), timeout=30) as page:
        for line in page.read().decode().splitlines():
            if line.startswith("cadastre_audit_leaves "):
                return int(float(line.split()[1]))
    raise RuntimeError("no cadastre_audit_leaves")


def records(server, operation):
    """The audit records of one operation."""
    every = server.admin().pages("audit.v1.AuditService/ListRecords", {"pageSize": 1000}, "records")
    return [one for one in every if one["operation"] == operation]


def in_threads(count, work):
    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)


__all__ = ["AUTHZ", "BYSTANDER", "Bystander", "Client", "LINEAGE", "MIB", "Refused", "Server", "answer", "connect", "cpu_seconds",
           "event", "head", "health", "in_threads", "is_closed", "json", "leaves", "memory_kib", "principal", "raise_own_limit",
           "records", "status_of", "time", "unittest", "who_am_i"]
