"""A flood of failed tokens from thousands of addresses: few leaves, and none of them missing from their sum."""
import contextlib
import threading
import unittest

import attack
from attack import AUTHZ, Server, Watch, answer, connect, head, in_threads, records, status_of

ADDRESSES = 4_000
THREADS = 8


class Tokens(unittest.TestCase):
    def test_a_flood_of_failed_tokens_is_counted_in_a_few_leaves(self):
        attack.raise_own_limit()
        with Server() as server:
            token, sent, lock = server.admin_token, [0], threading.Lock()

            def guess(thread):
                mine = 0
                for number in range(thread, ADDRESSES, THREADS):
                    source = f"127.{number // 250 % 100 + 20}.{number // 25_000}.{number % 250 + 1}"
                    with contextlib.closing(connect(server.http, source)) as sock:
                        sock.sendall(head("/cadastre." + AUTHZ + "WhoAmI", "cad_guess", Content_Type="application/json",
                                          Content_Length=2, Connection="close") + b"{}")
                        self.assertEqual(status_of(answer(sock)), 401)
                        mine += 1
                with lock:
                    sent[0] += mine
            with Watch(server, token) as watch:
                in_threads(THREADS, guess)
            self.assertEqual(sent[0], ADDRESSES)
            watch.assert_unharmed(self, more_mib=200)
            # What is counted of a minute is written at its end, or at the stop.
            self.assertEqual(server.terminate(), 0)
            server.start()
            told = records(server, "unauthenticated")
            print(f"{ADDRESSES} failed tokens in {len(told)} leaves")
            self.assertEqual(sum(int(one["count"]) for one in told), ADDRESSES)
            # Two minutes may have been met; where nothing is counted together each address is a leaf.
            self.assertLess(len(told), 2 * 257)
            self.assertTrue(any(one["peer"].endswith("/16") for one in told))


if __name__ == "__main__":
    unittest.main()
