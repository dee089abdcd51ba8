"""Silent connections on a process that may open few files: the doors go on answering and the store goes on writing."""
import contextlib
import time
import unittest

import attack
from attack import Bystander, Server, connect, cpu_seconds, is_closed, memory_kib

FILES_MAX = 256
SILENT = 1500


class Descriptors(unittest.TestCase):
    def flood(self, server, address, sources, stack):
        """Opens silent connections; how many of them were opened."""
        opened = []
        for number in range(SILENT):
            with contextlib.suppress(OSError):
                opened.append(stack.enter_context(contextlib.closing(connect(address, sources[number % len(sources)], timeout=2))))
        return opened

    def attacked(self, door, sources):
        attack.raise_own_limit()
        with Server(files_max=FILES_MAX) as server, contextlib.ExitStack() as attackers:
            other = server.client(attack.principal(server, "other", "PRIVILEGE_PUSH"))
            memory = memory_kib(server)
            with Bystander(attack.health(server), pause=0.1) as bystander:
                opened = self.flood(server, getattr(server, door), sources, attackers)
                before = cpu_seconds(server)
                time.sleep(4)
                busy = (cpu_seconds(server) - before) / 4
                for number in range(50):
                    self.assertEqual(other.push(attack.event(f"{door}_{number}", columns=50))[0], 201)
                self.assertIsNone(server.process.poll(), server.log()[-2000:])
            held = sum(not is_closed(sock) for sock in opened)
            print(f"{door}: {len(opened)} opened, {held} held, {busy * 100:.0f} % of a core at rest; health: {bystander}")
            self.assertLess(held, FILES_MAX)
            # An accept loop that does not back off spins on a whole core.
            self.assertLess(busy, 0.5)
            self.assertLessEqual(len(bystander.failed), len(bystander.took) // 10, bystander.failed[:5])
            self.assertLess(bystander.median, 1)
            self.assertLess((server.memory_peak_kib() - memory) >> 10, 200)
            self.assertEqual(server.terminate(), 0)

    def test_silent_connections_of_one_address_to_http(self):
        self.attacked("http", ["127.0.0.1"])

    def test_silent_connections_of_many_addresses_to_http(self):
        self.attacked("http", [f"127.0.{number // 250}.{number % 250 + 1}" for number in range(1000)])

    def test_silent_connections_to_grpc(self):
        self.attacked("grpc", [f"127.1.0.{number + 1}" for number in range(5)])

    def test_too_few_files_are_refused_at_the_start(self):
        with self.assertRaises(RuntimeError) as ended:
            with Server(files_max=100):
                pass
        self.assertIn("may open 100 files", str(ended.exception))


if __name__ == "__main__":
    unittest.main()
