"""What is taken from outside is used: a library a room links is included by one of its files, a library CMake knows is linked by
somebody, and a package `./dev` installs belongs to a library or a tool that is named here."""
import re
import sys

import sources

# third::<name> -> what an #include of it begins with.
HEADERS = {
    "absl": ("absl/",), "protobuf": ("google/protobuf/",), "rocksdb": ("rocksdb/",), "xapian": ("xapian",),
    "xxhash": ("xxhash.h",), "utf8proc": ("utf8proc.h",), "argon2": ("argon2.h",), "simdjson": ("simdjson.h",), "yaml": ("yaml-cpp/",),
    "spdlog": ("spdlog/",), "prometheus": ("prometheus/",), "openssl": ("openssl/", "boost/beast/ssl", "boost/asio/ssl"),
    "crypto": ("openssl/",), "zlib": ("zlib.h",), "grpc": ("grpcpp/", "grpc/"), "grpc_reflection": ("grpcpp/ext/proto_server_reflection",),
    "beast": ("boost/",), "curl": ("curl/",), "cli11": ("CLI/",), "pq": ("libpq-fe.h",),
    "time_zones": ("absl/time/",),
}
# Linked for what it does when loaded, and included by nobody.
LINKED_ALONE = {"jemalloc": "the allocator of the programs"}

# Package -> the third:: libraries it is for, or why it is there.
PACKAGES = {
    "protobuf-compiler": "protoc", "protobuf-compiler-grpc": "protoc's plugin", "libprotobuf-dev": {"protobuf"},
    "libgrpc++-dev": {"grpc", "grpc_reflection"}, "libabsl-dev": {"absl", "time_zones"}, "librocksdb-dev": {"rocksdb"}, "libxapian-dev": {"xapian"},
    "libxxhash-dev": {"xxhash"}, "libutf8proc-dev": {"utf8proc"}, "libargon2-dev": {"argon2"},
    "libsimdjson-dev": {"simdjson"}, "libyaml-cpp-dev": {"yaml"}, "libcli11-dev": {"cli11"}, "libspdlog-dev": {"spdlog"},
    "libfmt-dev": {"spdlog"}, "prometheus-cpp-dev": {"prometheus"}, "libssl-dev": {"openssl", "crypto"}, "zlib1g-dev": {"zlib"},
    "libcurl4-openssl-dev": {"curl"}, "libboost1.81-dev": {"beast"}, "libjemalloc-dev": {"jemalloc"}, "libpq-dev": {"pq"},
    "libgtest-dev": "tests", "libgmock-dev": "tests", "g++": "the compiler", "cmake": "the build", "ninja-build": "the build",
    "ccache": "the build", "git": "the sources", "python3": "tools and tests", "python3-grpcio": "tests", "python3-protobuf": "tests",
    "curl": "./dev run", "openssl": "tests' certificates",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


def without_remarks(text):
    return re.sub(r"#[^\n]*", "", text)


def included(paths, folder):
    return {header for path in paths if path.startswith(folder) and path.endswith((".h", ".cc"))
            for header in INCLUDE.findall(sources.read(path))}


def uses(headers, library):
    return any(header.startswith(HEADERS[library]) for header in headers)


def link_complaints(path, text, headers_of):
    """`path`: a CMakeLists.txt of a room. `headers_of(folder)`: what the files there include."""
    found = []
    for call in re.findall(r"cadastre_room\(([^)]*)\)", without_remarks(text)):
        named = re.search(r"FOLDER\s+(\S+)", call)
        folder = named.group(1) + "/" if named else path.removesuffix("CMakeLists.txt")
        for library in re.findall(r"third::(\w+)", call):
            if library not in HEADERS and library not in LINKED_ALONE:
                found.append(f"{path}: third::{library}: say in tests/unit/house/dependencies.py what its headers are")
            elif library in HEADERS and not uses(headers_of(folder), library):
                found.append(f"{path}: third::{library}: nothing in {folder} includes it")
    return found


def known_complaints(known, named):
    return [f"cmake/CadastreThirdParty.cmake: third::{library}: nobody links it" for library in sorted(known - named)]


def package_complaints(packages, known):
    found = []
    for package in packages:
        purpose = PACKAGES.get(package)
        if purpose is None:
            found.append(f"dev: {package}: say in tests/unit/house/dependencies.py what it is for")
        elif isinstance(purpose, set) and not purpose & known:
            found.append(f"dev: {package}: no library of it is taken")
    return found


def main():
    paths = sources.tracked()
    cmake = {path: sources.read(path) for path in paths if path.endswith(("CMakeLists.txt", ".cmake"))}
    third = without_remarks(cmake["cmake/CadastreThirdParty.cmake"])
    known = set(re.findall(r"cadastre_third_party\((\w+)", third))
    named = {library for path, text in cmake.items() if not path.endswith("CadastreThirdParty.cmake")
             for library in re.findall(r"third::(\w+)", without_remarks(text))}
    found = known_complaints(known, named)
    for path, text in cmake.items():
        if path.endswith("CMakeLists.txt"):
            found += link_complaints(path, text, lambda folder: included(paths, folder))
    packages = re.search(r"BUILD_PACKAGES=\(([^)]*)\)", sources.read("dev")).group(1).split()
    found += package_complaints(packages, known)
    print("\n".join(found) or f"{len(known)} libraries and {len(packages)} packages are used")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
