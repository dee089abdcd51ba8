"""The staircase as a table: which room may include which, and who owns each third-party header.

It says what the README's picture says; where the two differ, the design changed and both must.
"""

# Folder -> room. The longest folder that fits wins, so a room inside another's folder is its own.
ROOMS = {
    "base": "base",
    "storage": "storage",
    "authz": "authz",
    "authz/proof": "proof",
    "catalog": "catalog",
    "lineage": "lineage",
    "search": "search",
    "ingestors": "ingestors",
    "ingestors/runner": "ingest",
    "ingestors/postgres": "ingest_postgres",
    "ingestors/dbt": "ingest_dbt",
    "server": "server",
    "client": "client",
    "cli": "cli",
    "demo": "demo",
    "demo/load": "demo_load",
    "bench": "bench",
}

ALL_ROOMS = set(ROOMS.values())

# Room -> what it may include besides itself. `vocabulary` is proto/cadastre/catalog/v1/{asset,aspects}.proto, which
# records on disk embed; `proto` every other wire message; `grpc` the service stubs.
MAY_INCLUDE = {
    "base": set(),
    "storage": {"base", "record", "vocabulary"},
    "proof": {"base"},
    "authz": {"storage", "proof", "base", "record", "vocabulary"},
    "catalog": {"authz", "base", "record", "vocabulary"},
    "lineage": {"authz", "base", "record", "vocabulary"},
    "search": {"authz", "base", "record", "vocabulary"},
    "ingestors": {"proto", "vocabulary", "base"},
    "ingest": {"client", "proto", "vocabulary", "base"},
    "ingest_postgres": {"ingest", "proto", "vocabulary", "base"},
    "ingest_dbt": {"ingest", "proto", "vocabulary", "base"},
    "server": {"authz", "proof", "catalog", "lineage", "search", "ingestors", "base", "record", "proto", "vocabulary"},
    "client": {"base", "proto", "vocabulary"},
    "cli": {"client", "proof", "base", "record", "proto", "vocabulary", "grpc"},
    "demo": {"base"},
    "demo_load": {"cli", "base", "proto", "vocabulary"},
    "bench": ALL_ROOMS | {"record", "proto", "vocabulary", "grpc"},
}

# Rooms within a room, from the ground up: a file may include its own floor and those before it. A room named here has no
# sources outside them.
FLOORS = {
    "authz": ["identity", "policy", "view", "write", "audit", "accounts", "house", "front"],
}

# Single files that may do more than their room.
ALSO_MAY_INCLUDE = {
    # Only main names the engine.
    "server/main.cc": {"storage"},
    # Only main names the crawlers.
    "ingestors/runner/main.cc": {"ingest_postgres", "ingest_dbt"},
}

# Prefix of an include path -> the rooms that own it. Anything not listed, not standard and not POSIX is refused.
WITH_PROTO = {"storage", "authz", "catalog", "lineage", "search", "ingestors", "ingest", "ingest_postgres", "ingest_dbt", "server", "client", "cli",
              "demo_load", "bench"}
THIRD_PARTY = {
    "absl/": ALL_ROOMS,
    "google/protobuf/": WITH_PROTO,
    "google/rpc/": {"server"},
    "rocksdb/": {"storage"},
    "xapian.h": {"search", "bench"},
    "xapian/": {"search"},
    "grpcpp/": {"server", "cli", "bench"},
    "grpc/": {"server", "cli"},
    "openssl/": {"authz", "proof", "server"},
    "argon2.h": {"authz"},
    "simdjson.h": {"ingestors", "ingest_dbt", "server"},
    "yaml-cpp/": {"server", "ingest"},
    "CLI/": {"cli", "ingest", "server", "demo", "bench"},
    "spdlog/": {"base"},
    "prometheus/": {"base"},
    "boost/json": {"demo"},
    "boost/": {"server"},
    "xxhash.h": {"storage", "authz", "catalog", "lineage", "search", "ingestors", "ingest", "server"},
    "utf8proc.h": {"authz", "search"},
    "zlib.h": {"server"},
    "curl/": {"client"},
    "libpq-fe.h": {"ingest_postgres"},
    "jemalloc/": {"server"},
    "benchmark/": {"bench"},
}

# Headers nobody includes, and why.
FORBIDDEN_HEADERS = {
    "absl/synchronization/": "ThreadSanitizer does not understand it here: base/mutex.h",
    "absl/log/": "this abseil does not have it: base/log.h, base/check.h",
}

POSIX = {
    "arpa/inet.h", "dirent.h", "dlfcn.h", "fcntl.h", "linux/tcp.h", "netdb.h", "netinet/in.h", "netinet/tcp.h", "poll.h", "pthread.h",
    "sched.h", "signal.h", "sys/epoll.h", "sys/eventfd.h", "sys/file.h", "sys/mman.h", "sys/prctl.h", "sys/random.h", "sys/resource.h", "sys/socket.h", "sys/stat.h",
    "sys/statvfs.h", "sys/time.h", "sys/types.h", "sys/utsname.h", "sys/wait.h", "termios.h", "time.h", "unistd.h", "sys/ioctl.h", "locale.h", "wchar.h",
}

# One file with Beast takes 14 s and 0.8 GB to compile.
BEAST_FILES_MAX = 3

# Where a symbol of this namespace (mangled) may appear.
SYMBOL_OWNERS = {"7rocksdb": "storage", "6Xapian": "search"}

# Words that may stand only in the files listed (a folder ends in /), and why.
GUARDED_WORDS = [
    (r"\bPermitOwn\b", ["authz/write/", "server/services/authz_service.cc"], "a permit of one's own is for one's own password and tokens"),
    (r"\bPermitUpkeep\b", ["authz/write/", "lineage/retention.cc"], "upkeep is what time alone asks for"),
    (r"\babsl::Mutex\b", [], "base/mutex.h is the mutex of the house"),
    (r"\bstd::(mutex|condition_variable\w*)\b", ["base/mutex.h"], "base/mutex.h is the mutex of the house"),
    (r"\bstd::(format|expected)\b", [], "g++ 12 does not have it"),
    (r"\b(BM25Weight|get_spelling_suggestion|get_matches_(estimated|lower_bound|upper_bound)|FLAG_WILDCARD|get_collection_freq"
     r"|get_termfreq|get_doccount|get_doclength|Enquire|QueryParser)\b", ["bench/bare_xapian.cc"], "it counts documents the viewer may not see"),
    (r"\bfront_?(->|\.)(template )?(Read|Write|Confirm)\b", ["server/rpc/read.h", "server/rpc/write.h"],
     "a service function reads by ServeRead and writes by ServeWrite"),
]

# The back door of reading: only these may name it.
SYSTEM_VIEW_FILES = ["storage/read_pass.h", "authz/", "catalog/index_text.", "lineage/memory_graph.", "lineage/retention.", "server/", "bench/", "tests/"]
