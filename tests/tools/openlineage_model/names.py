"""Names and times as the project's tables of rules say: folding, scheme aliases, tool families, near-miss times."""
import datetime
import re

PATH_SCHEMES = {"file", "s3", "s3a", "s3n", "gs", "gcs", "abfs", "abfss", "wasb", "wasbs", "hdfs", "dbfs", "adl", "sftp",
                "ftp", "oss", "webhdfs"}
YEAR = r"(?:19[7-9]\d|20\d\d)"
MONTH = r"(?:0[1-9]|1[0-2])"
DAY = r"(?:0[1-9]|[12]\d|3[01])"
HOUR = r"(?:[01]\d|2[0-3])"
DATE = rf"(?:{YEAR}-{MONTH}-{DAY}|{YEAR}_{MONTH}_{DAY}|{YEAR}{MONTH}{DAY})"
UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}"


OBJECT_SCHEMES = PATH_SCHEMES - {"file", "hdfs", "dbfs", "sftp", "ftp", "webhdfs"}
PARTITION = r"[A-Za-z_]\w*=[^/]+"
PATTERN = r"(?=[^/]*[*?\[{])[-*?\[\]{},_0-9]+"
PART_FILE = r"part-(?:[rm]-)?(?:\d{5}|[0-9]*\*[0-9*]*)(?:[-.][^/]*)?"
GENERATED = r"(?:data|file|part|output|chunk|batch)?(?=[^/.]*\d)[0-9A-Fa-f*_-]+|data|file|part|output|chunk|batch"


def _match(pattern, text):
    return re.fullmatch(pattern, text, re.ASCII | re.DOTALL)


def _folders(path):
    """What lies above a path's last folders that tell no tables apart, and what kinds of folders those are."""
    kinds = set()
    while True:
        below = "pattern" in kinds
        dates = [DATE, rf"{YEAR}/{MONTH}/{DAY}", rf"{YEAR}/{MONTH}/{DAY}/{HOUR}"] + ([YEAR, rf"{YEAR}/{MONTH}"] if below else [])
        for kind, patterns in (("partition", [PARTITION]), ("date", dates), ("pattern", [PATTERN])):
            found = next((found for pattern in patterns if (found := _match(rf"(.+)/(?:{pattern})", path))), None)
            if found:
                break
        else:
            return path, kinds
        path = found.group(1)
        kinds.add(kind)


def _dated_file(name):
    folder, slash, file = name.rpartition("/")
    found = re.search(rf"(?<=.[-_.]){DATE}(?=\.|$)", file, re.ASCII | re.DOTALL)
    if not found:
        return name
    return folder + slash + file[:found.start()] + "*" + file[found.end():]


def _file(name):
    """A path without a last segment that is one of a table's files, or a pattern of them."""
    folder, _, file = name.rpartition("/")
    if not folder:
        return name
    kinds = _folders(folder)[1]
    extension = re.search(r".\.[^.]+$", file, re.DOTALL) is not None
    every = _match(r"\*+(?:\..*)?", file) is not None and (not extension or bool(kinds))
    generated = _match(GENERATED, file.split(".")[0]) is not None and (bool(kinds) if extension else "partition" in kinds)
    columnar = file.endswith((".parquet", ".orc", ".avro")) and "partition" in kinds
    of_table = (generated or columnar) and not _match(PARTITION, file)
    return folder if _match(PART_FILE, file) or every or of_table else name


def _path(scheme, name):
    if scheme in OBJECT_SCHEMES and name.strip("/"):
        name = name.lstrip("/")
    while len(name) > 1 and name.endswith("/"):
        name = name[:-1]
    shorter = _file(name)
    # A part file first, and then what the folder above it may be.
    name = _file(shorter) if shorter != name and _match(PART_FILE, name.rpartition("/")[2]) else shorter
    name = _folders(name)[0]
    folder, _, file = name.rpartition("/")
    above, kinds = _folders(folder) if folder else ("", set())
    if kinds and re.search(r".\.[^.]+$", file, re.DOTALL):
        name = above + "/*/" + file
    return _dated_file(name)


def _unquoted(name):
    """Quotes around what is upper case anyway tell nothing."""
    if not _match(r"(?:\"[^\"]*\"|[^\".]*)(?:\.(?:\"[^\"]*\"|[^\".]*))*", name):
        return name
    return re.sub(r"\"([A-Z_$][A-Z0-9_$]*)\"", r"\1", name)


def fold(kind, namespace, name, tool=""):
    """(namespace, name) an asset goes by: folded until nothing is left to fold, a statement's once."""
    namespace, name = _folded(kind, namespace, name)
    if kind == "job" and is_statement(name, tool):
        return _folded(kind, namespace, re.sub(r"(?<=.)\.sql\.\d+$", "", name, flags=re.ASCII | re.DOTALL))
    return namespace, name


def _folded(kind, namespace, name):
    while (folded := _folded_once(kind, namespace, name)) != (namespace, name):
        namespace, name = folded
    return namespace, name


def _folded_once(kind, namespace, name):
    namespace = re.sub(r"^(.*?://[^/]+)/$", r"\1", namespace, flags=re.DOTALL)
    scheme = namespace.split("://")[0]
    if kind == "dataset":
        name = _path(scheme, name) if scheme in PATH_SCHEMES else _unquoted(name)
    if kind == "dataset" and namespace == "bigquery":
        name = re.sub(rf"(?<=._){YEAR}{MONTH}{DAY}$", "*", name, flags=re.ASCII | re.DOTALL)
    return namespace, re.sub(rf"(?<=\w[-_]){UUID}$", "*", name, flags=re.ASCII)


def is_statement(job_name, tool):
    """Whether a job is one of the statements of the job its name folds into: dbt sends one event a statement."""
    return tool == "dbt" and re.search(r"(?<=.)\.sql\.\d+$", job_name, re.ASCII | re.DOTALL) is not None


def scheme_alias(namespace):
    """The usual spelling of a namespace that has several; None where it is that."""
    found = re.match(r"s3[an]://", namespace)
    return "s3://" + namespace[found.end():] if found else None


# ------------------------------------------------------------------ producers

SHORT_NAMES = {
    "openlineage/openlineage/integration/spark": "spark",
    "openlineage/openlineage/integration/dbt": "dbt",
    "openlineage/openlineage/integration/flink": "flink",
    "openlineage/openlineage/integration/hive": "hive",
    "openlineage/openlineage/integration/common/openlineage/provider/great_expectations": "great_expectations",
    "apache/airflow/providers-openlineage": "airflow",
}
VERSION = r"(?:\$.*|\{\{.*|[vV]?\d.*)"


def tool_family(producer):
    """A producer's URI without what changes from release to release."""
    rest = re.sub(r"^.{0,9}?://", "", producer or "")
    parts = [part for part in rest.split("/") if part]
    if rest.startswith("github.com/"):
        parts = parts[1:]
        if len(parts) > 3 and parts[2] in ("tree", "blob"):
            del parts[2]
            is_hash = re.fullmatch(r"[0-9a-f]{7,40}", parts[2]) and re.search(r"\d", parts[2])
            if re.fullmatch(VERSION, parts[2]) or is_hash or parts[2] in ("main", "master", "HEAD"):
                del parts[2]
            elif len(parts) > 3 and re.fullmatch(VERSION, parts[3]):
                del parts[3]
        family = "/".join(parts)
        family = "".join(c.lower() if c.isascii() else c for c in family)
    else:
        if len(parts) > 1 and re.fullmatch(VERSION, parts[-1]):
            parts.pop()
        family = "/".join(parts)
    if not family:
        return "unknown"
    family = SHORT_NAMES.get(family, family)
    return family.encode()[:200].decode("utf-8", "ignore")


# ---------------------------------------------------------------------- times

TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"(?:[Zz]| ?([+-])(\d\d):?(\d\d)?)?(?:\[[^\]]+\])?)?", re.ASCII)
EPOCH = datetime.datetime(1970, 1, 1)


def micros_of(text):
    """Microseconds since 1970 of RFC 3339 and its near misses; None for anything else."""
    found = TIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        at = datetime.datetime(year, month, day, hour, minute) - EPOCH
    except ValueError:
        return None
    seconds = at.days * 86400 + at.seconds + second
    if found.group(8):
        offset = (int(found.group(9)) * 60 + int(found.group(10) or 0)) * 60
        seconds -= offset if found.group(8) == "+" else -offset
    if not -62_135_596_800 <= seconds <= 253_402_300_799:
        return None
    return seconds * 1_000_000 + int((found.group(7) or "0").ljust(6, "0")[:6])


def text_of(micros):
    """RFC 3339 of microseconds since 1970."""
    return (EPOCH + datetime.timedelta(microseconds=micros)).isoformat() + "Z"
