"""Stands between a client and a server over HTTP, so that a test says what becomes of each call."""
import http.server
import threading
import urllib.error
import urllib.request


class Between:
    """`with Between(server) as between:` serves at `between.http`. `between.on(method, function)`: for calls of this method,
    `function(forward)` answers, where `forward()` asks the server and returns what it said; None cuts the connection."""

    def __init__(self, server):
        self.server = server
        self.hooks = {}
        self.called = []
        between = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                method = self.path.rsplit("/", 1)[-1]
                between.called.append(method)
                answer = between.hooks.get(method, lambda forward: forward())(lambda: between.forward(self, body))
                if answer is None:
                    self.close_connection = True
                    return
                status, headers, said = answer
                try:
                    self.send_response(status)
                    for name, value in headers:
                        if name.lower() not in ("connection", "content-length", "transfer-encoding", "date", "server"):
                            self.send_header(name, value)
                    self.send_header("Content-Length", str(len(said)))
                    self.end_headers()
                    self.wfile.write(said)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        self.door = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.door.daemon_threads = True
        self.http = f"http://127.0.0.1:{self.door.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.door.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.door.shutdown()
        self.door.server_close()

    def on(self, method, function):
        self.hooks[method] = function

    def forward(self, handler, body):
        headers = {name: value for name, value in handler.headers.items()
                   if name.lower() not in ("host", "connection", "content-length", "expect")}
        request = urllib.request.Request(self.server.http + handler.path, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.getheaders(), answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, list(refused.headers.items()), refused.read()
        except OSError:
            return None
