"""TLS handshakes over HTTP: each takes of a core, before anybody can ask who sends."""
import contextlib
import pathlib
import ssl
import sys
import tempfile
import time
import unittest

import attack
from attack import Server

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import certificates  # noqa: E402

COUNT = 900


def client_hello():
    context = ssl.create_default_context()
    read, written = ssl.MemoryBIO(), ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        context.wrap_bio(read, written, server_hostname="localhost").do_handshake()
    return written.read()


class Handshakes(unittest.TestCase):
    def test_one_address_begins_no_more_than_its_share(self):
        attack.raise_own_limit()
        with tempfile.TemporaryDirectory() as folder:
            pem = certificates.make(folder)
            context = ssl.create_default_context(cafile=pem["ca"])
            with Server(config={"tls_certificate": pem["cert"], "tls_key": pem["key"]}) as server, contextlib.ExitStack() as open_ones:
                hello, begun, socks = client_hello(), time.monotonic(), []
                for _ in range(COUNT):
                    with contextlib.suppress(OSError):
                        sock = open_ones.enter_context(contextlib.closing(attack.connect(server.http)))
                        socks.append(sock)
                        sock.sendall(hello)
                took = time.monotonic() - begun
                with contextlib.closing(attack.connect(server.http, attack.BYSTANDER)) as plain:
                    with context.wrap_socket(plain, server_hostname="127.0.0.1") as other:
                        self.assertEqual(other.version(), "TLSv1.3")
                answered = 0
                for sock in socks:
                    sock.settimeout(5)
                    with contextlib.suppress(OSError):
                        answered += bool(sock.recv(1))
                print(f"{answered} of {COUNT} answered, sent within {took:.1f} s")
                self.assertGreaterEqual(answered, min(COUNT, 256) * 0.9)
                self.assertLess(answered, 256 + 256 * (took + 1) + 10)
                # What came too early was turned away, not kept.
                if took < 1:
                    self.assertLess(answered, COUNT)


if __name__ == "__main__":
    unittest.main()
