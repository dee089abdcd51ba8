"""Holds files, functions, parameter lists and classes to the sizes that keep a room liveable."""
import re
import sys

import sources

HEADER_LINES_MAX = 300
SOURCE_LINES_MAX = 500
TEST_LINES_MAX = 800
TSX_LINES_MAX = 250
FUNCTION_LINES_MAX = 70
PARAMETERS_MAX = 6
PUBLIC_METHODS_MAX = 20
# Classes above that, each with its own bound and its reason.
PUBLIC_METHODS_OF = {
    # One request's whole right to write: two objects would have to be kept in step by every room that writes.
    "WriteSession": 25,
    # One override an RPC of the service, and nothing else.
    "AuthzDoor": 23,
}
# Functions above the limit of parameters, each with its own bound and its reason.
PARAMETERS_OF = {
    # The walk's inner loop is a template over source, sight and aliases; a struct of the three would be named once.
    "lineage/reach.h Reach": 7,
}

KEYWORDS = {"if", "for", "while", "switch", "catch", "return", "sizeof", "decltype", "requires", "alignas", "noexcept"}


def lines_max(path):
    if path.startswith("tests/") and path.endswith((".cc", ".h")):
        return TEST_LINES_MAX
    if path.endswith(".h"):
        return HEADER_LINES_MAX
    if path.endswith(".cc"):
        return SOURCE_LINES_MAX
    if path.endswith(".tsx"):
        return TSX_LINES_MAX
    return None


def close_of(text, at, opening, closing):
    """The index of the bracket that closes the one at `at`."""
    depth = 0
    for index in range(at, len(text)):
        if text[index] == opening:
            depth += 1
        elif text[index] == closing:
            depth -= 1
            if depth == 0:
                return index
    return len(text) - 1


def parameters_of(head):
    """How many parameters a function's head declares."""
    match = re.search(r"(operator\s*\(\s*\)|operator[^\w\s(]+|[\w~]+)\s*\(", head)
    if not match:
        return 0
    start = match.end() - 1
    inside = head[start + 1:close_of(head, start, "(", ")")]
    if not inside.strip():
        return 0
    depth, count = 0, 1
    for char in inside:
        if char in "(<[{":
            depth += 1
        elif char in ")>]}":
            depth -= 1
        elif char == "," and depth == 0:
            count += 1
    return count


def kind_of(head):
    """What a brace opens, by the text before it."""
    head = re.sub(r"\[\[.*?\]\]|template\s*<.*?>\s*(?=class|struct|union)", "", head, flags=re.DOTALL).strip()
    if re.match(r"(inline\s+)?namespace\b|extern\b\s*\"\"$", head):
        return "namespace"
    if re.match(r"(typedef\s+)?(class|struct|union|enum)\b", head) and not re.search(r"\)\s*(const|noexcept|override)?$", head):
        return "type"
    match = re.search(r"([\w~]+)\s*\(", head)
    if match and match.group(1) not in KEYWORDS and not re.search(r"=\s*$", head):
        return "function"
    return "other"


def bodies(text):
    """Yields (kind, head, index of {, index of }) for every type and function at namespace or type level."""
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: "\n" * m.group(0).count("\n"), text, flags=re.MULTILINE)
    yield from _bodies(text, 0, len(text))


def _bodies(text, at, end):
    head_start = at
    while at < end:
        char = text[at]
        if char == "(":
            at = close_of(text, at, "(", ")")
        elif char == ";":
            head_start = at + 1
        elif char == ":" and re.search(r"\b(public|private|protected)\s*$", text[head_start:at]):
            head_start = at + 1
        elif char == "{":
            close = close_of(text, at, "{", "}")
            head = text[head_start:at]
            kind = kind_of(head)
            # A member initialised with braces is part of a constructor's head, not its body.
            if kind == "function" and re.search(r"[:,]\s*\w+\s*$", head) and re.search(r"\)\s*(noexcept\s*)?:[^:]", head):
                at = close + 1
                continue
            if kind in ("namespace", "type"):
                if kind == "type":
                    yield kind, head, at, close, text
                yield from _bodies(text, at + 1, close)
            elif kind == "function":
                yield kind, head, at, close, text
            at = close
            head_start = close + 1
        at += 1


def class_name(head):
    named = re.search(r"\b(?:class|struct)\b(?:\s*\w+\([^()]*(?:\([^()]*\))?[^()]*\))?\s+(\w+)", head)
    return named.group(1) if named else ""


def public_methods(head, body):
    """How many methods a class declares as public. Overloads count once; constructors, operators, friends and accessors
    (lower case, by our naming) do not count."""
    name = class_name(head)
    public = bool(re.search(r"\bstruct\b", head))
    while re.search(r"\{[^{}]*\}", body):
        body = re.sub(r"\{[^{}]*\}", ";", body)
    methods = set()
    for piece in re.split(r";|(?<=public):|(?<=private):|(?<=protected):", body):
        access = re.search(r"\b(public|private|protected)\s*$", piece)
        method = re.search(r"\b([A-Z]\w*)\s*\(", piece)
        if public and method and not re.search(r"\b(friend|using|operator|typedef|static_assert)\b|~|=\s*delete|^\s*:", piece):
            methods.add(method.group(1))
        if access:
            public = access.group(1) == "public"
    return len(methods - {name})


def complaints_of(path, raw):
    found = []
    limit = lines_max(path)
    lines = raw.count("\n")
    if limit is not None and lines > limit:
        found.append(f"{path}: {lines} lines, at most {limit}")
    if not path.endswith((".h", ".cc")):
        return found
    for kind, head, start, close, text in bodies(sources.without_comments(raw)):
        line = text.count("\n", 0, start) + 1
        name = " ".join(head.split())[-80:]
        if kind == "type":
            methods = public_methods(head, text[start + 1:close])
            limit = PUBLIC_METHODS_OF.get(class_name(head), PUBLIC_METHODS_MAX)
            if methods > limit:
                found.append(f"{path}:{line}: {methods} public methods, at most {limit}: {name}")
            continue
        length = text.count("\n", start, close) + 1
        if length > FUNCTION_LINES_MAX:
            found.append(f"{path}:{line}: {length} lines, at most {FUNCTION_LINES_MAX}: {name}")
        called = re.search(r"(\w+)\s*\(", head)
        limit = PARAMETERS_OF.get(f"{path} {called.group(1) if called else ''}", PARAMETERS_MAX)
        if parameters_of(head) > limit:
            found.append(f"{path}:{line}: {parameters_of(head)} parameters, at most {limit}: {name}")
    return found


def main():
    found, count = [], 0
    for path in sources.tracked():
        if lines_max(path) is not None:
            count += 1
            found += complaints_of(path, sources.read(path))
    print("\n".join(found) or f"{count} files within their sizes")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
