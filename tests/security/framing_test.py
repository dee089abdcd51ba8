"""Requests whose end is in doubt are refused and their connection closed: no second request hides in the first."""
import contextlib
import re
import unittest

from attack import AUTHZ, LINEAGE, Server, answer, connect, head, status_of

HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
POST = "POST " + LINEAGE + " HTTP/1.1\r\n"

# What stands between the request line and the end of the header.
IN_DOUBT = {
    "gzip": "Host: x\r\nTransfer-Encoding: gzip\r\n",
    "unknown": "Host: x\r\nTransfer-Encoding: xchunked\r\n",
    "identity": "Host: x\r\nTransfer-Encoding: identity\r\n",
    "chunked and identity": "Host: x\r\nTransfer-Encoding: chunked, identity\r\n",
    "gzip and chunked": "Host: x\r\nTransfer-Encoding: gzip, chunked\r\n",
    "chunked twice": "Host: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "empty": "Host: x\r\nTransfer-Encoding:\r\n",
    "length before chunked": "Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "length after chunked": "Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n",
    "length beside gzip": "Host: x\r\nContent-Length: 3\r\nTransfer-Encoding: gzip\r\n",
    "two lengths": "Host: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n",
    "one length twice": "Host: x\r\nContent-Length: 3\r\nContent-Length: 3\r\n",
    "a list of lengths": "Host: x\r\nContent-Length: 3, 3\r\n",
    "a signed length": "Host: x\r\nContent-Length: +3\r\n",
    "no host": "Content-Length: 2\r\n",
    "two hosts": "Host: x\r\nHost: y\r\nContent-Length: 2\r\n",
    "a host and a path": "Host: x/y\r\nContent-Length: 2\r\n",
    "a line feed in a field": "Host: x\r\nX: a\nContent-Length: 2\r\n",
    "a carriage return in a field": "Host: x\r\nX: a\rContent-Length: 2\r\n",
    "a zero in a field": "Host: x\r\nX: a\0b\r\nContent-Length: 2\r\n",
    "a space before a colon": "Host: x\r\nContent-Length : 2\r\n",
    "a field without a colon": "Host: x\r\nContent-Length\r\n",
}


# What stands in place of a body of chunks, `2\r\n[]\r\n0\r\n\r\n`.
CHUNKS_IN_DOUBT = {
    "a line feed in an extension": b'2;a="\n"\r\n[]\r\n0\r\n\r\n',
    "a line feed behind a backslash": b'2;a="\\\n"\r\n[]\r\n0\r\n\r\n',
    "a line feed in the last chunk's extension": b'2\r\n[]\r\n0;a="\n"\r\n\r\n',
    "a carriage return in an extension": b'2;a="\r"\r\n[]\r\n0\r\n\r\n',
    "a whole line end in an extension": b'2;a="\r\n"\r\n[]\r\n0\r\n\r\n',
    "a zero in an extension": b'2;a="\0"\r\n[]\r\n0\r\n\r\n',
    "a control character in an extension": b'2;a="\x1b"\r\n[]\r\n0\r\n\r\n',
    "a delete in an extension": b'2;a="\x7f"\r\n[]\r\n0\r\n\r\n',
    "a control character without quotes": b"2;a=\x01\r\n[]\r\n0\r\n\r\n",
    "an extension without a name": b"2;\r\n[]\r\n0\r\n\r\n",
    "a quote that ends in the next chunk": b'2;a="\r\n[]\r\n0;b="\r\n\r\n',
    "a long extension": b"2;a=" + 70_000 * b"x" + b"\r\n[]\r\n0\r\n\r\n",
    "many extensions": 70 * (b"1;a=" + 1_000 * b"x" + b"\r\n \r\n") + b"2\r\n[]\r\n0\r\n\r\n",
    "a line feed alone": b"2\n[]\r\n0\r\n\r\n",
    "a carriage return alone": b"2\r[]\r\n0\r\n\r\n",
    "a space before the size": b" 2\r\n[]\r\n0\r\n\r\n",
    "a space behind the size": b"2 \r\n[]\r\n0\r\n\r\n",
    "a tab behind the size": b"2\t\r\n[]\r\n0\r\n\r\n",
    "a space in the size": b"0 2\r\n[]\r\n0\r\n\r\n",
    "a prefix": b"0x2\r\n[]\r\n0\r\n\r\n",
    "a plus": b"+2\r\n[]\r\n0\r\n\r\n",
    "a minus": b"-2\r\n[]\r\n0\r\n\r\n",
    "no size": b"\r\n[]\r\n0\r\n\r\n",
    "no number": b"g\r\n[]\r\n0\r\n\r\n",
    "a size past all": b"10000000000000002\r\n[]\r\n0\r\n\r\n",
    "more than the size": b"2\r\n[]]\r\n0\r\n\r\n",
    "a line feed behind the data": b"2\r\n[]\n0\r\n\r\n",
    "a line feed in a trailer": b"2\r\n[]\r\n0\r\nX: a\nb\r\n\r\n",
    "a carriage return in a trailer": b"2\r\n[]\r\n0\r\nX: a\rb\r\n\r\n",
    "a zero in a trailer": b"2\r\n[]\r\n0\r\nX: a\0b\r\n\r\n",
    "a space before a trailer's colon": b"2\r\n[]\r\n0\r\nX : a\r\n\r\n",
    "a trailer without a name": b"2\r\n[]\r\n0\r\n: a\r\n\r\n",
    "a trailer without a colon": b"2\r\n[]\r\n0\r\nX\r\n\r\n",
    "a length as a trailer": b"2\r\n[]\r\n0\r\nContent-Length: 2\r\n\r\n",
    "a coding as a trailer": b"2\r\n[]\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "long trailers": b"2\r\n[]\r\n0\r\n" + 70 * (b"X: " + 1_000 * b"x" + b"\r\n") + b"\r\n",
}
CHUNKS = {
    "plain": b"2\r\n[]\r\n0\r\n\r\n",
    "zeros": b"0002\r\n[]\r\n000\r\n\r\n",
    "extensions": b'1;a;b=c\r\n[\r\n1 ; a = "\t \\" \xc3\xa4"\r\n]\r\n0;z\r\n\r\n',
    "trailers": b"2\r\n[]\r\n0\r\nX: a\r\nAuthorization: Bearer none\r\nHost: y\r\n\r\n",
}


class Framing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(Server())
        cls.bearer = f"Authorization: Bearer {cls.server.admin_token}\r\nContent-Type: application/json\r\n"

    def said(self, request):
        with contextlib.closing(connect(self.server.http, timeout=5)) as sock:
            sock.sendall(request)
            return answer(sock)

    def test_a_request_whose_end_is_in_doubt_is_400_and_the_last(self):
        for name, fields in IN_DOUBT.items():
            with self.subTest(name):
                said = self.said((POST + self.bearer + fields + "\r\n").encode() + b"0\r\n\r\n" + HIDDEN)
                self.assertEqual(status_of(said), 400, said[:300])
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 [0-9]", said)), 1, said)
                self.assertIn(b"Connection: close", said)

    def test_a_body_whose_chunks_are_in_doubt_is_400_and_the_last(self):
        fields = f"{POST}{self.bearer}Host: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
        for name, body in CHUNKS_IN_DOUBT.items():
            with self.subTest(name):
                said = self.said(fields + body + HIDDEN)
                self.assertEqual(status_of(said), 400, said[:300])
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 [0-9]", said)), 1, said)
                self.assertIn(b"Connection: close", said)
        for name, body in CHUNKS.items():
            with self.subTest(name):
                said = self.said(fields + body + HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
                self.assertIn(b'"field":"body"', said)
                self.assertEqual(len(re.findall(rb"HTTP/1\.1 [0-9]", said)), 2, said)

    def test_an_old_client_sends_no_chunks(self):
        fields = f"POST {LINEAGE} HTTP/1.0\r\n{self.bearer}Transfer-Encoding: chunked\r\n\r\n"
        self.assertEqual(status_of(self.said(fields.encode() + b"0\r\n\r\n")), 400)

    def test_what_is_not_in_doubt_is_taken(self):
        for coding in ("chunked", "Chunked", "CHUNKED"):
            said = self.said(f"{POST}{self.bearer}Host: x\r\nTransfer-Encoding: {coding}\r\nConnection: close\r\n\r\n".encode() +
                             b"2\r\n[]\r\n0\r\n\r\n")
            self.assertIn(b'"field":"body"', said)
        self.assertEqual(status_of(self.said(b"GET /healthz HTTP/1.0\r\n\r\n")), 200)
        self.assertEqual(status_of(self.said(b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")), 200)

    def test_two_requests_in_one_piece_are_two(self):
        said = self.said(HIDDEN + HIDDEN.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        self.assertEqual(said.count(b"HTTP/1.1 200"), 2)

    def test_the_scheme_and_media_types_have_no_case(self):
        for scheme in ("bearer", "BEARER", "Bearer", "Bearer "):
            for media in ("application/json", "Application/JSON", "application/json; charset=utf-8"):
                said = self.said(head("/cadastre." + AUTHZ + "WhoAmI", Authorization=f"{scheme} {self.server.admin_token}",
                                      Content_Type=media, Content_Length=2, Connection="close") + b"{}")
                self.assertEqual(status_of(said), 200, said[:200])

    def test_an_unknown_path_is_404(self):
        for method, path in (("GET", "/nothing"), ("GET", "/api/v2"), ("POST", "/nothing"), ("POST", "/cadastre.no.v1.Such/Thing"),
                             ("POST", "/cadastre." + AUTHZ + "Nothing"), ("GET", "/assets/none.js"), ("GET", "/audit/x"),
                             ("GET", "/index.php"), ("PUT", "/api/v1/nothing")):
            with self.subTest(f"{method} {path}"):
                said = self.said(head(path, method=method, Content_Length=0, Connection="close"))
                self.assertEqual(status_of(said), 404, said[:200])

    def test_the_pages_of_the_web_ui_are_no_unknown_paths(self):
        for path in ("/", "/sign-in", "/audit", "/asset/dataset/pg%3A%2F%2Fdb/shop.orders/schema"):
            self.assertEqual(status_of(self.said(head(path, method="GET", Connection="close"))), 200)


if __name__ == "__main__":
    unittest.main()
