"""HTTP/2 as a client speaks it that keeps to no more of it than it must (RFC 9113)."""
import contextlib
import socket
import struct
import threading

import attack

DATA, HEADERS, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 8, 9
END_STREAM, END_HEADERS, ACK, INITIAL_WINDOW_SIZE = 1, 4, 1, 4
WINDOW = 65_535
PIECE = 16_384


def frame(kind, flags, stream, payload=b""):
    """One frame (4.1)."""
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def length(of):
    """One below 127 + 128 (RFC 7541, 5.1)."""
    return bytes([len(of)]) if len(of) < 127 else bytes([127, len(of) - 127])


def literal(name, value):
    """A header that enters no table (RFC 7541, 6.2.2)."""
    return b"\x00" + length(name) + name + length(value) + value


def indexed(name, value):
    """The same, entering the table (6.2.1)."""
    return b"\x40" + literal(name, value)[1:]


def headers(path, token=None):
    """Those of a gRPC call."""
    pairs = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", path.encode()), (b":authority", b"x"),
             (b"content-type", b"application/grpc"), (b"te", b"trailers")]
    if token:
        pairs.append((b"authorization", b"Bearer " + token.encode()))
    return pairs


def asked(path, token=None):
    """Their bytes."""
    return b"".join(literal(name, value) for name, value in headers(path, token))


def packed(path, token=None):
    """The bytes of the first call's headers, and of each that has the same and comes after it on its connection."""
    pairs = headers(path, token)
    return b"".join(indexed(name, value) for name, value in pairs), bytes(0x80 | 62 + place for place in range(len(pairs)))


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0)


class Unfinished(threading.Thread):
    """One connection with calls whose messages are announced with `size` bytes and come, as fast as the other side lets
    them, up to the last one, which does not."""

    def __init__(self, server, header, calls, size, source=None):
        super().__init__(daemon=True)
        self.sock = attack.connect(server.grpc, source=source, timeout=60)
        self.header, self.size = header, size
        self.window, self.windows, self.initial = WINDOW, {}, WINDOW
        self.left = {2 * number + 1: size + 5 - 1 for number in range(calls)}
        self.sent, self.ended, self.stop = 0, False, False
        self.arrived = b""

    def run(self):
        with contextlib.suppress(OSError), contextlib.closing(self.sock):
            self.sock.sendall(PREFACE)
            for stream in self.left:
                self.windows[stream] = self.initial
                start = b"\0" + struct.pack(">I", self.size)
                self.sock.sendall(frame(HEADERS, END_HEADERS, stream, self.header) + frame(DATA, 0, stream, start))
                self.take(stream, len(start))
            while not self.stop:
                self.listen(wait=not self.send_some())
        self.ended = True

    def take(self, stream, amount):
        self.window -= amount
        self.windows[stream] -= amount
        self.left[stream] -= amount
        self.sent += amount

    def send_some(self):
        sent = False
        for stream in list(self.left):
            amount = min(self.window, self.windows[stream], self.left[stream], PIECE)
            if amount > 0:
                self.sock.sendall(frame(DATA, 0, stream, b"x" * amount))
                self.take(stream, amount)
                sent = True
        return sent

    def listen(self, wait):
        self.sock.settimeout(0.1 if wait else 0)
        try:
            piece = self.sock.recv(1 << 20)
            if not piece:
                raise OSError("ended")
            self.arrived += piece
        except (BlockingIOError, socket.timeout):
            pass
        self.sock.settimeout(60)
        while len(self.arrived) >= 9:
            length = int.from_bytes(self.arrived[:3], "big")
            if len(self.arrived) < 9 + length:
                return
            self.hear(self.arrived[3], self.arrived[4], int.from_bytes(self.arrived[5:9], "big"), self.arrived[9:9 + length])
            self.arrived = self.arrived[9 + length:]

    def hear(self, kind, flags, stream, payload):
        if kind == WINDOW_UPDATE:
            more = struct.unpack(">I", payload)[0]
            if stream == 0:
                self.window += more
            elif stream in self.windows:
                self.windows[stream] += more
        elif kind == SETTINGS and not flags & ACK:
            for at in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[at:at + 6])
                if name == INITIAL_WINDOW_SIZE:
                    for one in self.windows:
                        self.windows[one] += value - self.initial
                    self.initial = value
            self.sock.sendall(frame(SETTINGS, ACK, 0))
        elif kind == PING and not flags & ACK:
            self.sock.sendall(frame(PING, ACK, 0, payload))
        elif kind == RST_STREAM or (kind == HEADERS and flags & END_STREAM):
            self.left.pop(stream, None)
