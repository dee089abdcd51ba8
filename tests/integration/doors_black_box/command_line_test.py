"""The command line against a server with TLS of a private authority, and what a shell asks of it."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import events  # says where client and server are
import certificates
from server import BIN, Server


def run(*words, stdin="", **environment):
    """(exit code, standard output, standard error) of cadastre."""
    done = subprocess.run([BIN / "cadastre", *words], input=stdin, capture_output=True, text=True, timeout=60,
                          env={"HOME": "/nonexistent", "PATH": os.environ["PATH"], **environment})
    return done.returncode, done.stdout, done.stderr


class Tls(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.pem = certificates.make(folder.name)

    def config(self, **more):
        return {"tls_certificate": self.pem["cert"], "tls_key": self.pem["key"], **more}

    def test_a_private_authority_is_trusted_when_it_is_named_and_not_before(self):
        with Server(config=self.config()) as server:
            addresses = json.loads((server.data_dir / "addresses.json").read_text())
            self.assertEqual((addresses["http"][:8], addresses["tls"]), ("https://", True))
            data, token = ["--data-dir", str(server.data_dir)], {"CADASTRE_TOKEN": server.admin_token}
            code, _, told = run(*data, "whoami", **token)
            self.assertEqual(code, 4, told)
            for words, environment in [(["--ca", self.pem["ca"]], {}), ([], {"SSL_CERT_FILE": self.pem["ca"]}),
                                       ([], {"CADASTRE_CA": self.pem["ca"]})]:
                code, out, told = run(*data, *words, "whoami", **token, **environment)
                self.assertEqual(code, 0, told)
                self.assertIn("admin", out)
                # The stream goes to the gRPC door, whose TLS addresses.json tells of.
                event = json.dumps(events.copy_of(1)) + "\n"
                code, out, told = run(*data, *words, "push", "-", stdin=event, **token, **environment)
                self.assertEqual((code, out.splitlines()[0]), (0, "1 events accepted, 0 rejected"), told)
            code, _, told = run(*data, "--ca", self.pem["ca"], "push", "-", "--http", stdin=event, **token)
            self.assertEqual(code, 0, told)

    def test_a_server_that_asks_for_certificates_is_shown_one(self):
        with Server(config=self.config(tls_client_ca=self.pem["ca"])) as server:
            words = ["--data-dir", str(server.data_dir), "--ca", self.pem["ca"]]
            shown = ["--cert", self.pem["client_cert"], "--key", self.pem["client_key"]]
            token = {"CADASTRE_TOKEN": server.admin_token}
            self.assertEqual(run(*words, "whoami", **token)[0], 4)
            code, _, told = run(*words, *shown, "whoami", **token)
            self.assertEqual(code, 0, told)
            code, _, told = run(*words, *shown, "push", "-", stdin=json.dumps(events.copy_of(1)), **token)
            self.assertEqual(code, 0, told)


class Accounts(unittest.TestCase):
    def test_a_person_logs_in_changes_his_password_and_logs_out(self):
        with Server() as server, tempfile.TemporaryDirectory() as home:
            admin = {"CADASTRE_URL": server.http, "CADASTRE_TOKEN": server.admin_token}
            put = '{"principal": {"id": "kim", "kind": "person", "displayName": "Kim"}}'
            code, _, told = run("principals", "put", put, "--password-stdin", stdin="first-password\n", **admin)
            self.assertEqual(code, 0, told)
            self.assertIn("person", run("principals", "get", "kim", **admin)[1])
            self.assertIn("kim", run("principals", "list", "--all", "--page-size", "1", **admin)[1])
            own = {"CADASTRE_URL": server.http, "HOME": home}
            code, _, told = run("login", "kim", "--password-stdin", "--save", stdin="first-password\n", **own)
            self.assertEqual(code, 0, told)
            self.assertIn("kim", run("whoami", **own)[1])
            token = (pathlib.Path(home) / ".config/cadastre/token").read_text().split()[0]
            code, _, told = run("passwd", "--password-stdin", stdin="wrong-password\nsecond-password\n", **own)
            self.assertEqual(code, 2, told)
            code, _, told = run("passwd", "--password-stdin", stdin="first-password\nsecond-password\n", **own)
            self.assertEqual(code, 0, told)
            code, _, told = run("logout", **own)
            self.assertEqual(code, 0, told)
            self.assertFalse((pathlib.Path(home) / ".config/cadastre/token").exists())
            self.assertEqual(run("whoami", CADASTRE_URL=server.http, CADASTRE_TOKEN=token)[0], 3)
            self.assertEqual(run("login", "kim", "--password-stdin", stdin="first-password\n", **own)[0], 3)
            self.assertEqual(run("login", "kim", "--password-stdin", stdin="second-password\n", **own)[0], 0)


class Shell(unittest.TestCase):
    def complete(self, *words):
        script = run("completion", "bash")[1]
        line = " ".join(f"'{word}'" for word in words)
        asked = f"{script}\nCOMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; _cadastre; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        return subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True, timeout=30).stdout.split()

    def test_bash_completes_commands_and_their_options(self):
        self.assertEqual(self.complete("cadastre", "tok"), ["tokens"])
        self.assertEqual(set(self.complete("cadastre", "--url", "http://x", "tokens", "")) & {"create", "list", "revoke"},
                         {"create", "list", "revoke"})
        self.assertIn("--days", self.complete("cadastre", "tokens", "create", "--d"))
        self.assertNotIn("--days", self.complete("cadastre", "search", "--"))

    def test_both_programs_tell_their_version_and_commit(self):
        for program in ("cadastre", "cadastred", "cadastre-demo-load"):
            told = subprocess.run([BIN / program, "--version"], capture_output=True, text=True, check=True, timeout=30).stdout
            self.assertRegex(told, rf"^{program} \d+\.\d+\.\d+ \((commit [0-9a-f]{{7,}}(-dirty)?|built from sources without their history)\)\n$")


if __name__ == "__main__":
    unittest.main()
