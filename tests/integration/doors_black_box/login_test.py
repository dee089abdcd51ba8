"""Logging in by name and password: what a guesser learns and takes, and what an auditor sees of him."""
import concurrent.futures
import time
import unittest

import events  # says where client and server are
from client import Refused
from server import Server

LOGIN = "authz.v1.AuthzService/Login"
PASSWORD = "correct horse"


def log_in(server, user, password):
    """(status, headers, message) of one login."""
    try:
        return 200, {}, server.client().call(LOGIN, {"user": user, "password": password})["token"]
    except Refused as refused:
        return refused.status, refused.headers, refused.answer["message"]


def add_person(server, name):
    server.admin().call("authz.v1.AuthzService/PutPrincipal",
                        {"principal": {"id": name, "kind": "PRINCIPAL_KIND_PERSON"}, "password": PASSWORD})


class Login(unittest.TestCase):
    def test_wrong_pairs_give_one_answer_and_too_many_have_to_wait(self):
        with Server() as server:
            add_person(server, "lee")
            for name in ("lee", "nobody"):
                answers = [log_in(server, name, "wrong") for _ in range(10)]
                self.assertEqual({(status, told) for status, _, told in answers},
                                 {(401, "the user or the password is wrong")})
                status, headers, _ = log_in(server, name, PASSWORD)
                self.assertEqual(status, 429)
                self.assertTrue(headers["Retry-After"])

    def test_a_login_is_small(self):
        with Server() as server:
            status, _, told = log_in(server, "lee", "x" * (16 << 10))
            self.assertEqual(status, 413)
            self.assertIn("at most 16384 bytes", told)

    def test_an_auditor_sees_the_names_that_were_tried(self):
        with Server() as server:
            add_person(server, "lee")
            for _ in range(3):
                log_in(server, "lee", "wrong")
            log_in(server, "nobody", "wrong")
            # No login at all, and counted all the same.
            self.assertEqual(log_in(server, "", "wrong")[0], 400)
            self.assertEqual(log_in(server, "x" * 129, "wrong")[0], 400)
            self.assertEqual(log_in(server, "lee", PASSWORD)[0], 200)
            # What is counted of a minute is written at its end, or at the stop.
            self.assertEqual(server.terminate(), 0)
            server.start()
            every = list(server.admin().pages("audit.v1.AuditService/ListRecords", {}, "records"))
            self.assertEqual([int(one["count"]) for one in every if one["operation"] == "unauthenticated"], [2])
            records = [one for one in every if one["operation"] == "cadastre." + LOGIN]
            failed = [(one["detail"], int(one["count"]), one["peer"]) for one in records if one.get("count")]
            self.assertEqual(sorted(failed), [("lee", 3, "127.0.0.1"), ("nobody", 1, "127.0.0.1")])
            self.assertEqual([one["principal"] for one in records if not one.get("count")], ["lee"])

    def test_a_flood_of_logins_takes_neither_the_threads_nor_the_memory(self):
        with Server() as server:
            server.admin().call("authz.v1.AuthzService/WhoAmI")
            before = server.memory_peak_kib()
            with concurrent.futures.ThreadPoolExecutor(32) as threads:
                flood = [threads.submit(log_in, server, f"name-{number}", "wrong") for number in range(300)]
                time.sleep(0.2)
                begun = time.monotonic()
                server.admin().call("authz.v1.AuthzService/WhoAmI")
                took = time.monotonic() - begun
            statuses = {future.result()[0] for future in flood}
            self.assertLessEqual(statuses, {401, 429})
            self.assertIn(401, statuses)
            self.assertIn(429, statuses)
            self.assertLess(took, 2)
            # Two hashes at once are 38 MiB.
            self.assertLess(server.memory_peak_kib() - before, 100 * 1024)


if __name__ == "__main__":
    unittest.main()
