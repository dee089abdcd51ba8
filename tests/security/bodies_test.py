"""Headers and bodies that are announced and never come: they hold neither memory nor anybody else up."""
import contextlib
import json
import time
import unittest

import attack
from attack import LINEAGE, MIB, Bystander, Server, Watch, answer, connect, head, is_closed, status_of

DECLARED = 16 * MIB
# Of the server's own: a header, a body and a reader have this long to begin to move.
GRACE_SECONDS = 10


class SilentBodies(unittest.TestCase):
    def test_bodies_that_never_come_stop_nobodys_post(self):
        with Server() as server, contextlib.ExitStack() as attackers:
            small = server.client(attack.principal(server, "other", "PRIVILEGE_PUSH"))
            self.assertEqual(small.push(attack.event("before"))[0], 201)
            with Watch(server, server.admin_token) as watch:
                # With a token and without, whole headers and nothing after them.
                for token in [server.admin_token] * 64 + [None] * 64:
                    sock = attackers.enter_context(contextlib.closing(connect(server.http)))
                    sock.sendall(head(token=token, Content_Type="application/json", Content_Length=DECLARED))
                begun = time.monotonic()
                for number in range(10):
                    self.assertEqual(small.push(attack.event(f"after_{number}"))[0], 201)
                took = time.monotonic() - begun
            # Where memory is promised to who declares a length, the first waits for 120 s.
            self.assertLess(took, 20)
            watch.assert_unharmed(self, more_mib=64, slowest=5)

    def test_a_body_is_not_read_for_whom_nobody_knows(self):
        with Server() as server:
            for token in (None, "nonsense"):
                for more in ({}, {"Expect": "100-continue"}):
                    with contextlib.closing(connect(server.http)) as sock:
                        sock.sendall(head(token=token, Content_Type="application/json", Content_Length=DECLARED, **more))
                        # Not one byte of the body is sent, and the answer is there.
                        self.assertEqual(status_of(sock.recv(65536)), 401)

    def test_a_body_too_large_is_told_to_whom_is_known_alone(self):
        with Server() as server:
            for token, status in ((None, 401), (server.admin_token, 413)):
                with contextlib.closing(connect(server.http)) as sock:
                    sock.sendall(head(token=token, Content_Type="application/json", Content_Length=DECLARED + 1))
                    self.assertEqual(status_of(sock.recv(65536)), status)

    def test_chunks_that_grow_past_the_limit_are_refused_where_they_do(self):
        with Server() as server:
            with contextlib.closing(connect(server.http)) as sock:
                sock.sendall(head(token=server.admin_token, Content_Type="application/json", Transfer_Encoding="chunked"))
                chunk = b"100000\r\n" + b" " * MIB + b"\r\n"
                with contextlib.suppress(OSError):
                    for _ in range(20):
                        sock.sendall(chunk)
                self.assertEqual(status_of(answer(sock)), 413)


class Slow(unittest.TestCase):
    def attack(self, server, first, drip, seconds):
        """How many of 32 connections that send `first` and then `drip` each second are open after so long."""
        with contextlib.ExitStack() as attackers:
            socks = [attackers.enter_context(contextlib.closing(connect(server.http))) for _ in range(32)]
            for sock in socks:
                sock.sendall(first)
            end = time.monotonic() + seconds
            while time.monotonic() < end and socks:
                time.sleep(1)
                for sock in list(socks):
                    try:
                        sock.sendall(drip)
                        if is_closed(sock):
                            socks.remove(sock)
                        sock.setblocking(True)
                    except OSError:
                        socks.remove(sock)
            return len(socks)

    def test_a_header_that_drips_is_cut(self):
        with Server() as server:
            with Bystander(attack.health(server)) as bystander:
                left = self.attack(server, b"GET / HTTP/1.1\r\nHost: x\r\n", b"X-More: 1\r\n", GRACE_SECONDS + 8)
            self.assertEqual(left, 0)
            self.assertEqual(bystander.failed, [])
            self.assertLess(bystander.slowest, 5)

    def test_a_body_that_drips_is_cut(self):
        with Server() as server:
            first = head(LINEAGE, server.admin_token, Content_Type="application/json", Content_Length=DECLARED)
            self.assertEqual(self.attack(server, first + b"[", b" " * 100, GRACE_SECONDS + 8), 0)

    def test_an_honest_slow_body_is_taken(self):
        with Server() as server:
            body = json.dumps(attack.event("slow", padding=40_000)).encode()
            with contextlib.closing(connect(server.http)) as sock:
                sock.sendall(head(LINEAGE, server.admin_token, Content_Type="application/json", Content_Length=len(body)))
                for at in range(0, len(body), 10_000):
                    sock.sendall(body[at:at + 10_000])
                    time.sleep(0.7)
                self.assertEqual(status_of(sock.recv(65536)), 201)


if __name__ == "__main__":
    unittest.main()
