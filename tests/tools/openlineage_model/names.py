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


def _date_folder(name):
    for pattern in (rf"(.+)/{DATE}", rf"(.+)/{YEAR}/{MONTH}/{DAY}", rf"(.+)/{YEAR}/{MONTH}/{DAY}/{HOUR}"):
        found = re.fullmatch(pattern, name, re.ASCII | re.DOTALL)
        if found:
            return found.group(1)
    return name


def _dated_file(name):
    folder, slash, file = name.rpartition("/")
    found = re.search(rf"(?<=.[-_.]){DATE}(?=\.|$)", file, re.ASCII | re.DOTALL)
    if not found:
        return name
    return folder + slash + file[:found.start()] + "*" + file[found.end():]


def fold(kind, namespace, name):
    """(namespace, name) an asset goes by."""
    namespace = re.sub(r"^(.*?://[^/]+)/$", r"\1", namespace, flags=re.DOTALL)
    paths = kind == "dataset" and namespace.split("://")[0] in PATH_SCHEMES
    if paths:
        while len(name) > 1 and name.endswith("/"):
            name = name[:-1]
        name = re.sub(r"(?<=.)/part-\d{5}(?:[-.][^/]*)?$", "", name, flags=re.ASCII | re.DOTALL)
        while re.search(r".+/[A-Za-z_]\w*=[^/]+$", name, re.ASCII | re.DOTALL):
            name = name[:name.rindex("/")]
        name = _dated_file(_date_folder(name))
    if kind == "dataset" and namespace == "bigquery":
        name = re.sub(rf"(?<=._){YEAR}{MONTH}{DAY}$", "*", name, flags=re.ASCII | re.DOTALL)
    name = re.sub(rf"(?<=\w[-_]){UUID}$", "*", name, flags=re.ASCII)
    if kind == "job":
        name = re.sub(r"(?<=.)\.sql\.\d+$", "", name, flags=re.ASCII | re.DOTALL)
    return namespace, name


def is_statement(job_name):
    """Whether a job is one of the statements of the job its name folds into."""
    return re.search(r"(?<=.)\.sql\.\d+$", job_name, re.ASCII | re.DOTALL) is not None


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
    return seconds * 1_000_000 + int((found.group(7) or "0").ljust(6, "0")[:6])


def text_of(micros):
    """RFC 3339 of microseconds since 1970."""
    return (EPOCH + datetime.timedelta(microseconds=micros)).isoformat() + "Z"
