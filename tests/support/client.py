"""A client of the server's HTTP doors: the Connect protocol with JSON, and OpenLineage pushes. Standard library only."""
import http.client
import json
import urllib.parse


class Refused(Exception):
    """An answer that is not 2xx. `code` is the protocol's word, such as `not_found`."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body
        try:
            self.answer = json.loads(body)
        except ValueError:
            self.answer = {}
        if not isinstance(self.answer, dict):
            self.answer = {}
        self.code = self.answer.get("code", "")
        super().__init__(f"{status} {body[:400]!r}")


class Client:
    """One keep-alive connection; confined to one thread."""

    def __init__(self, url, token=None, timeout=60):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.url, self.token, self.timeout = url, token, timeout
        self._connection = None

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def request(self, method, path, body=None, headers=None):
        """(status, headers, body). A connection the server closed between two requests is opened again; one that breaks
        in the middle is the caller's to judge."""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent.update(headers or {})
        fresh = self._connection is None
        if fresh:
            self._connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout)
        try:
            # The library chunks a body only when it is told to, once the header is given.
            self._connection.request(method, path, body=body, headers=sent, encode_chunked="Transfer-Encoding" in sent)
            response = self._connection.getresponse()
            answer = response.read()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.close()
            if fresh:
                raise
            return self.request(method, path, body, headers)
        except Exception:
            self.close()
            raise
        if response.will_close:
            self.close()
        return response.status, response.headers, answer

    def call(self, method, request=None, headers=None):
        """A unary RPC by its full name without `cadastre.`: `catalog.v1.CatalogService/GetAsset`."""
        sent = {"Content-Type": "application/json"}
        sent.update(headers or {})
        status, answered, body = self.request("POST", "/cadastre." + method, json.dumps(request or {}).encode(), sent)
        if status != 200:
            raise Refused(status, answered, body)
        return json.loads(body)

    def push(self, event, path="/api/v1/lineage", headers=None):
        """Pushes bytes, or a value as JSON; (status, answer)."""
        body = event if isinstance(event, (bytes, bytearray)) else json.dumps(event).encode()
        sent = {"Content-Type": "application/json"}
        sent.update(headers or {})
        status, _, answer = self.request("POST", path, body, sent)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, {"text": answer.decode("utf-8", "replace")}

    def pages(self, method, request, field):
        """All items of a paged list."""
        request = dict(request)
        while True:
            answer = self.call(method, request)
            yield from answer.get(field, [])
            token = answer.get("nextPageToken")
            if not token:
                return
            request["pageToken"] = token


def ref(kind, namespace, name):
    return {"kind": kind, "namespace": namespace, "name": name}
