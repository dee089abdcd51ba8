"""gRPC messages: of whom nobody knows they are not parsed, of one stream not many are held at once, those that are refused
make few records, and those that never come are not waited for."""
import contextlib
import gzip
import json
import socket
import struct
import threading
import time
import unittest

import attack
from attack import MIB, Server, Watch, in_threads

import grpc
from frames import (CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, INITIAL_WINDOW_SIZE, PREFACE, RST_STREAM, SETTINGS,
                    Unfinished as UnfinishedCalls, asked, frame, literal, packed)
from silent import Silent

GET_ASSET = "/cadastre.catalog.v1.CatalogService/GetAsset"
LIST_COLUMNS = "/cadastre.catalog.v1.CatalogService/ListColumns"
UPSERT = "/cadastre.catalog.v1.CatalogService/UpsertAspects"
WHO_AM_I = "/cadastre.authz.v1.AuthzService/WhoAmI"
HEALTH = "/grpc.health.v1.Health/"
LOGIN = "/cadastre.authz.v1.AuthzService/Login"
PUSH = "/cadastre.ingest.v1.IngestService/Push"
# Field numbers.
COLUMNS_PAGE_SIZE = 3
LARGE = 16 * MIB - 1024


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number, payload):
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def push_request(stream, sequence, event):
    return field(1, stream.encode()) + varint(2 << 3) + varint(sequence) + field(3, event)


def many_small_messages(size):
    """A GetAssetRequest whose bytes are all empty messages within: parsed, each is larger by far than here."""
    return field(1, b"") * (size // len(field(1, b"")))


def metadata(token):
    return [("authorization", f"Bearer {token}")] if token else []


def raw(call, *requests, **options):
    """A call in bytes; the code it ends with."""
    try:
        answers = call(*requests, **options)
        if hasattr(answers, "__next__"):
            for _ in answers:
                pass
    except grpc.RpcError as error:
        return error.code().name
    return "OK"


class Packed(unittest.TestCase):
    def test_a_small_message_does_not_unpack_to_a_large_one(self):
        with Server() as server:
            other = attack.principal(server, "other", "PRIVILEGE_BROWSE")
            options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
            codes = []
            with Watch(server, other) as watch:
                # A login of 12 KiB, and a call of 96.
                for method, token, size in ((LOGIN, None, 12 * MIB), (GET_ASSET, other, 96 * MIB)) * 2:
                    with grpc.insecure_channel(server.grpc, options=options, compression=grpc.Compression.Gzip) as channel:
                        codes.append(raw(channel.unary_unary(method), b"\0" * size, metadata=metadata(token), timeout=60))
            self.assertEqual(codes, ["INVALID_ARGUMENT"] * 4)
            # Whoever unpacks first and measures then needs 96 MiB for one of them alone.
            watch.assert_unharmed(self, more_mib=70)


class ManyParts(unittest.TestCase):
    def test_many_small_parts_are_refused_before_they_are_read(self):
        """8 million empty messages are 16 MiB, and some gigabytes once they are read."""
        with Server() as server:
            anyone = attack.principal(server, "anyone", "PRIVILEGE_BROWSE")
            other = attack.principal(server, "other", "PRIVILEGE_BROWSE")
            binary = field(1, b"") * (LARGE // 2)
            text = b'{"upserts":[' + b"{}," * (LARGE // 3 - 10) + b"{}]}"
            codes = []
            with Watch(server, other) as watch:
                for _ in range(4):
                    with grpc.insecure_channel(server.grpc, options=[("grpc.max_send_message_length", -1)],
                                               compression=grpc.Compression.Gzip) as channel:
                        codes.append(raw(channel.unary_unary(UPSERT), binary, metadata=metadata(anyone), timeout=60))
                client = server.client(anyone, timeout=60)
                for kind, body in (("application/proto", binary), ("application/json", text)):
                    packed = gzip.compress(body, 1)
                    status = client.request("POST", UPSERT, packed, {"Content-Type": kind, "Content-Encoding": "gzip"})[0]
                    codes.append(status)
            self.assertEqual(codes, ["INVALID_ARGUMENT"] * 4 + [400] * 2)
            # One such message alone takes a gigabyte where it is read first.
            watch.assert_unharmed(self, more_mib=300)


class Unknown(unittest.TestCase):
    def attacked(self, method, streams, message):
        with Server() as server:
            other, codes, lock = attack.principal(server, "other"), [], threading.Lock()

            def throw(number):
                options = [("grpc.max_send_message_length", -1), ("grpc.use_local_subchannel_pool", 1)]
                with grpc.insecure_channel(server.grpc, options=options) as channel:
                    for _ in range(4):
                        call = channel.stream_stream(method) if streams else channel.unary_unary(method)
                        code = raw(call, iter([message] * 4) if streams else message,
                                   metadata=metadata(("nonsense", None)[number % 2]), timeout=60)
                        with lock:
                            codes.append(code)
            with Watch(server, other) as watch:
                in_threads(4, throw)
            self.assertEqual(len(codes), 16)
            # Who goes on sending what nobody reads is cut off.
            self.assertLessEqual(set(codes), {"UNAUTHENTICATED", "UNAVAILABLE"})
            self.assertIn("UNAUTHENTICATED", codes)
            # Where it is parsed before anybody asks who sent it, one call alone takes a gigabyte.
            watch.assert_unharmed(self, more_mib=250)

    def test_an_unknown_senders_call_is_not_parsed(self):
        self.attacked(GET_ASSET, False, many_small_messages(LARGE))

    def test_an_unknown_senders_stream_is_not_parsed(self):
        self.attacked(PUSH, True, push_request("s", 1, b" " * (LARGE - 100)))


class Known(unittest.TestCase):
    def test_a_stream_of_the_largest_events_is_bounded(self):
        with Server() as server:
            token = attack.principal(server, "pusher", "PRIVILEGE_PUSH")
            made = attack.event("large")
            # Within what one facet may have, so that the whole of it is kept and written.
            for name in ("a", "b", "c"):
                made["run"]["facets"][name] = {"filler": "x" * (4 * MIB - 1024)}
            body, count = json.dumps(made).encode(), 64
            with Watch(server, server.admin_token) as watch:
                with grpc.insecure_channel(server.grpc, options=[("grpc.max_send_message_length", -1)]) as channel:
                    events = (push_request("s", number, body) for number in range(1, count + 1))
                    code = raw(channel.stream_stream(PUSH), events, metadata=metadata(token), timeout=280)
            self.assertEqual(code, "OK")
            # All of them are 768 MiB, and several times that when parsed.
            watch.assert_unharmed(self, more_mib=900)


class Frames(unittest.TestCase):
    """What gRPC takes in before anybody could ask who sends it."""

    def attacked(self, pieces, addresses=(None, None), reads=True, more_mib=None):
        """Sends these to one connection after the other, for some seconds, from each address (twice: from the same)."""
        with Server() as server:
            other, ended, stop = attack.principal(server, "other"), [0], threading.Event()

            def flood(address):
                while not stop.is_set():
                    with contextlib.suppress(OSError), contextlib.closing(
                            attack.connect(server.grpc, source=address, timeout=5)) as sock:
                        sock.sendall(PREFACE)
                        for piece in pieces(server):
                            if stop.is_set():
                                return
                            sock.sendall(piece)
                            if reads:
                                with contextlib.suppress(BlockingIOError):
                                    sock.recv(65536, socket.MSG_DONTWAIT)
                    ended[0] += 1
            with Watch(server, other) as watch:
                threads = [threading.Thread(target=flood, args=(address,)) for address in addresses]
                for thread in threads:
                    thread.start()
                stop.wait(10)
                stop.set()
                for thread in threads:
                    thread.join()
            self.assertGreater(ended[0], 0)
            # One connection alone takes more than that in ten seconds where nobody ends it.
            watch.assert_unharmed(self, more_mib or (250 if addresses == (None, None) else 900))

    def begun(self, token=None):
        """A hundred calls at a time that are begun and whose messages never come."""
        def pieces(server):
            if token and not token[0]:
                token[0] = attack.principal(server, "pest")
            header = asked(GET_ASSET, token[0] if token else None)
            for stream in range(1, 1 << 30, 200):
                yield b"".join(frame(HEADERS, END_HEADERS, stream + 2 * one, header) for one in range(100))
        return pieces

    def test_calls_that_strangers_only_begin_are_bounded_over_all_their_addresses(self):
        self.attacked(self.begun(), [f"127.2.0.{number}" for number in range(1, 25)])

    def test_calls_that_somebody_known_only_begins_make_him_a_stranger(self):
        self.attacked(self.begun(token=[""]), [f"127.2.0.{number}" for number in range(1, 25)])

    def many(self, flags, after=lambda stream: b"", path=GET_ASSET, token=None):
        """Calls of some fifteen bytes each, whose answers nobody reads; of somebody with a token a stream besides."""

        def pieces(server):
            if token and not token[0]:
                token[0] = attack.principal(server, "pest", "PRIVILEGE_PUSH")
            if token:
                yield frame(HEADERS, END_HEADERS, 1, asked(PUSH, token[0]))
                time.sleep(0.2)
            first, further = packed(path, token[0] if token else None)
            for stream in range(3, 1 << 30, 400):
                yield b"".join(frame(HEADERS, flags, one, first if one == 3 else further) + after(one)
                               for one in range(stream, stream + 400, 2))
        # Where they are taken as they come, those of ten seconds are four to seven gigabytes.
        self.attacked(pieces, [f"127.2.0.{number}" for number in range(1, 9)], reads=False, more_mib=1500)

    def test_small_calls_of_strangers_are_refused_before_gRPC_takes_them(self):
        self.many(END_HEADERS | END_STREAM)

    def test_small_calls_of_strangers_that_are_reset_are_refused_as_soon(self):
        self.many(END_HEADERS, lambda stream: frame(RST_STREAM, 0, stream, struct.pack(">I", 8)))

    def test_small_calls_of_somebody_known_are_refused_as_soon(self):
        for path in (WHO_AM_I, "/no.Such/Method"):
            with self.subTest(path):
                self.many(END_HEADERS | END_STREAM, path=path, token=[""])

    def test_calls_that_are_reset_at_once_are_not_taken_for_ever(self):
        header = asked(GET_ASSET)

        def pieces(_):
            for stream in range(1, 1 << 30, 2):
                yield frame(HEADERS, END_HEADERS, stream, header) + frame(RST_STREAM, 0, stream, struct.pack(">I", 8))
        self.attacked(pieces)

    def test_a_header_without_an_end_is_not_kept(self):
        def pieces(_):
            yield frame(HEADERS, 0, 1, literal(b"a", b"b"))
            for number in range(1 << 30):
                yield frame(CONTINUATION, 0, 1, b"".join(literal(b"x%06d%03d" % (number % 999_999, one), b"v" * 100) for one in range(100)))
        self.attacked(pieces)

    def test_a_connection_on_which_somebody_known_calls_is_not_ended(self):
        with Server() as server:
            token = attack.principal(server, "pusher", "PRIVILEGE_PUSH")
            body, count = json.dumps(attack.event("known", padding=MIB)).encode(), 24
            with grpc.insecure_channel(server.grpc, options=[("grpc.max_send_message_length", -1)]) as channel:
                def events():
                    for number in range(1, count + 1):
                        yield push_request("s", number, body)
                        time.sleep(0.1)
                code = raw(channel.stream_stream(PUSH), events(), metadata=metadata(token), timeout=120)
            self.assertEqual(code, "OK")


class Unread(unittest.TestCase):
    def test_answers_that_nobody_reads_are_held_within_the_senders_share(self):
        with Server() as server:
            made = attack.event("unread", columns=1000)
            for column in made["outputs"][0]["facets"]["schema"]["fields"]:
                column["description"] = "x" * 600
            self.assertEqual(server.admin().push(json.dumps(made).encode())[0], 201)
            table, other = made["outputs"][0], attack.principal(server, "other")
            columns = (field(1, field(1, b"dataset") + field(2, table["namespace"].encode()) + field(3, table["name"].encode()))
                       + varint(COLUMNS_PAGE_SIZE << 3) + varint(1000))
            head = asked(LIST_COLUMNS, server.admin_token)
            message = b"\0" + struct.pack(">I", len(columns)) + columns
            with Watch(server, other) as watch, contextlib.closing(attack.connect(server.grpc, timeout=60)) as sock:
                # Of no stream may a byte of an answer be sent.
                sock.sendall(PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, 0)))
                for stream in range(1, 2 * 1500, 2):
                    sock.sendall(frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, END_STREAM, stream, message))
                    time.sleep(0.004)
                time.sleep(3)
            # All of them are a gigabyte.
            watch.assert_unharmed(self, more_mib=450)


class Unfinished(unittest.TestCase):
    def attacked(self, method, size=LARGE):
        """Six connections of forty calls whose messages all but come."""
        with Server() as server:
            pest, other = attack.principal(server, "pest", "PRIVILEGE_PUSH"), attack.principal(server, "other")
            header = asked(method, pest)
            with Watch(server, other) as watch:
                connections = [UnfinishedCalls(server, header, 40, size) for _ in range(6)]
                for one in connections:
                    one.start()
                time.sleep(10)
                for one in connections:
                    one.stop = True
                for one in connections:
                    one.join(60)
            print(f"{sum(one.sent for one in connections) // MIB} MiB sent")
            # All of what they announce is 3.8 GiB; half of what requests may hold is 256 MiB.
            watch.assert_unharmed(self, more_mib=700)

    def test_messages_that_are_never_whole_are_held_within_the_senders_share(self):
        self.attacked(WHO_AM_I)

    def test_events_that_are_never_whole_are_held_within_the_senders_share(self):
        self.attacked(PUSH)

    def test_what_came_is_held_no_longer_than_it_is_unfinished(self):
        """One connection with streams that wait for their next event all the while, and calls beside them that bring a
        gigabyte together."""
        with Server() as server, grpc.insecure_channel(server.grpc, options=[("grpc.max_send_message_length", -1)]) as channel:
            token, silent = attack.principal(server, "pusher", "PRIVILEGE_PUSH"), Silent()
            # What is not whole of these may be more than the sender's share.
            streams = [channel.stream_stream(PUSH)(silent, metadata=metadata(token)) for _ in range(24)]
            message = field(9, b"x" * (8 * MIB))
            codes = [raw(channel.unary_unary(WHO_AM_I), message, metadata=metadata(token), timeout=60) for _ in range(128)]
            self.assertEqual(set(codes), {"OK"})
            self.assertEqual([one.is_active() for one in streams], [True] * len(streams))
            silent.over.set()
            for one in streams:
                one.cancel()


class Refused(unittest.TestCase):
    def test_a_flood_of_refused_events_makes_few_records_that_tell_of_all(self):
        with Server() as server:
            token, count = attack.principal(server, "pusher", "PRIVILEGE_PUSH"), 2000
            bad = dict(attack.event("refused"), eventTime="never")
            events = (push_request("s", number, json.dumps(bad).encode()) for number in range(1, count + 1))
            with grpc.insecure_channel(server.grpc) as channel:
                self.assertEqual(raw(channel.stream_stream(PUSH), events, metadata=metadata(token), timeout=120), "OK")
            told = attack.records(server, PUSH[1:])
            print(f"{count} refused events in {len(told)} records")
            # An acknowledgement tells of those decided meanwhile, which are the fewer the faster the server is.
            self.assertLess(len(told), count // 2)
            # The stream's beginning and end are records as well.
            counted = [one for one in told if "count" in one]
            self.assertEqual(sum(int(one["count"]) for one in counted), count)
            self.assertEqual([one["detail"] for one in counted], [f"eventTime ×{one['count']}" for one in counted])


class Watches(unittest.TestCase):
    def test_few_health_watches_begin_at_once(self):
        """They stay as long as their client pleases, and nobody counts what they hold."""
        with Server() as server, grpc.insecure_channel(server.grpc) as channel:
            watches = [channel.unary_stream(HEALTH + "Watch")(b"") for _ in range(150)]
            time.sleep(2)
            refused = sum(one.done() and one.code().name == "RESOURCE_EXHAUSTED" for one in watches)
            self.assertTrue(40 < refused <= 150 - 64, refused)
            # Nor is anybody else kept from asking.
            self.assertEqual(raw(channel.unary_unary(HEALTH + "Check"), b"", timeout=10), "OK")


class SilentCalls(unittest.TestCase):
    def test_a_message_that_never_comes_is_not_waited_for(self):
        with Server() as server, grpc.insecure_channel(server.grpc) as channel:
            took, lock, silent = {}, threading.Lock(), Silent()

            def ask(number):
                method, token, _ = asked[number]
                begun = time.monotonic()
                code = raw(channel.stream_stream(method), silent, metadata=metadata(token), timeout=110)
                with lock:
                    took[method] = (code, time.monotonic() - begun)
            asked = [(LOGIN, None, 10), (GET_ASSET, server.admin_token, 60)]
            in_threads(len(asked), ask)
            silent.over.set()
            print(took)
            for method, _, most in asked:
                self.assertEqual(took[method][0], "DEADLINE_EXCEEDED")
                self.assertLess(took[method][1], most + 20)
            self.assertEqual([one["principal"] for one in attack.records(server, GET_ASSET[1:])], ["admin"])


if __name__ == "__main__":
    unittest.main()
