"""The standard facets as typed aspects, written from the specification (https://openlineage.io/spec/facets/) and the
contract's messages. A reader gets (site, object) and states through the site; aspects are dicts as the protocol's JSON."""
from . import names
from .values import Bytes, Time, any_text, dropped


def _time(object_, key):
    text = object_.text(key)
    if not text:
        return None
    micros = names.micros_of(text)
    if micros is None:
        object_.wrong()
        return None
    return Time(micros)


def _dataset(site, object_):
    namespace, name = object_.required("namespace"), object_.required("name")
    return site.event.name("dataset", namespace, name) if namespace and name else None


def _job(site, object_):
    namespace, name = object_.required("namespace"), object_.required("name")
    return site.event.name("job", namespace, name) if namespace and name else None


def ref(asset):
    return dropped({"kind": asset[0], "namespace": asset[1], "name": asset[2]})


# ------------------------------------------------------------------- datasets

def _fields(object_, above, out):
    read, seen = [], set()
    for field in object_.objects("fields"):
        name = field.required("name")
        described = {"name": name, "type": field.text("type"), "description": field.text("description")}
        ordinal = field.integer("ordinal_position")
        if ordinal is not None and 0 < ordinal < 2**31:
            described["ordinalPosition"] = ordinal
        if len(name.encode()) > 512:
            field.wrong()
        if not name or len(name.encode()) > 512:
            _fields(field, above, [])
            continue
        if name in seen:
            # Of columns of one name the first stands.
            field.wrong()
            field.get("fields")
            continue
        seen.add(name)
        path = above + (name,)
        place = len(out)
        out.append((path, described))
        inner = _fields(field, path, out)
        described["fields"] = inner
        out[place] = (path, described)
        read.append(dropped(described))
    return read


def schema(site, root):
    flat = []
    fields = _fields(root, (), flat)
    if not fields:
        return
    site.event.learn_columns(site.asset, fields)
    for path, field in flat:
        if field["description"]:
            site.state_on_asset("documentation", {"text": field["description"]}, path)
    site.state("schema", {"fields": fields})


def data_source(site, root):
    site.state("dataSource", dropped({"name": root.text("name"), "uri": root.text("uri")}))


def version(site, root):
    text = root.required("datasetVersion")
    if text:
        site.state("datasetVersion", {"version": text})


def storage(site, root):
    site.state("storage", dropped({"storageLayer": root.required("storageLayer"), "fileFormat": root.text("fileFormat")}))


def catalog(site, root):
    site.state("catalogEntry", dropped({
        "framework": root.required("framework"), "type": root.required("type"), "name": root.required("name"),
        "metadataUri": root.text("metadataUri"), "warehouseUri": root.text("warehouseUri"), "source": root.text("source"),
        "properties": {key: any_text(value) if value is not None else "null"
                       for key, value in root.mapping("catalogProperties")}}))


def hierarchy(site, root):
    levels = [dropped({"type": level.required("type"), "name": level.required("name")})
              for level in root.objects("hierarchy")]
    if isinstance(root.members.get("hierarchy"), list):
        site.state("hierarchy", dropped({"levels": levels}))
    else:
        root.wrong()


def dataset_type(site, root):
    kind, sub_type = root.required("datasetType"), root.text("subType")
    if kind:
        site.state("datasetType", dropped({"type": kind, "subType": sub_type}))


def lifecycle(site, root):
    change = root.required("lifecycleStateChange")
    if not change:
        return
    previous = root.inner("previousIdentifier")
    value = {"change": change}
    if previous is not None:
        with previous:
            asset = _dataset(site, previous)
        if asset:
            value["previous"] = ref(asset)
            if change == "RENAME":
                site.event.alias(site.asset, asset, "RENAME")
    site.state("lifecycleChange", value)


def table_state_change(site, root):
    change = root.required("stateChange")
    if change:
        site.state("lifecycleChange", {"change": change})


def symlinks(site, root):
    for identifier in root.objects("identifiers"):
        kind = identifier.text("type")
        asset = _dataset(site, identifier)
        if asset:
            site.event.alias(site.asset, asset, kind)


# ------------------------------------------------------------------- business

def documentation(site, root):
    text, content_type = root.stated("description"), root.text("contentType")
    if text is None:
        root.wrong()
    elif text:
        site.state("documentation", dropped({"text": text, "contentType": content_type}))


def ownership(site, root):
    owners = []
    for owner in root.objects("owners"):
        entry = dropped({"owner": owner.required("name"), "type": owner.text("type")})
        if "owner" in entry and entry not in owners:
            owners.append(entry)
    if owners or not root.shape.odd:
        site.state("ownership", {"owners": owners})


def tags(site, root):
    of_columns = {(): []}
    for tag in root.objects("tags"):
        key, value, source, field = tag.required("key"), any_text(tag.get("value")), tag.text("source"), tag.text("field")
        if not key:
            continue
        column = site.event.column(site.asset, field) if field else ()
        if field and not column:
            tag.wrong()
            continue
        entry = dropped({"key": key, "value": value, "source": source, "field": field})
        of_columns.setdefault(column, []).append(entry)
    if not of_columns[()] and root.shape.odd and len(of_columns) == 1:
        return
    if site.run_facets is None:
        site.event.retagged.add(site.asset)
    for column, entries in of_columns.items():
        if column:
            site.state_on_asset("tags", {"tags": entries}, column)
        else:
            site.state("tags", {"tags": entries})


# -------------------------------------------------------------------- quality

def _volume(site, rows, size, files):
    value = dropped({"rows": rows, "bytes": size, "files": files})
    if value and not site.folded:
        site.state_on_asset("volume", value)


def metrics(site, root):
    rows, size, files = root.count("rowCount"), root.count("bytes"), root.count("fileCount")
    updated = _time(root, "lastUpdated")
    columns = []
    for name, value in root.mapping("columnMetrics"):
        with type(root)(value, root.shape) as column:
            if not column.is_object:
                continue
            numbers = {key: column.number(key) for key in ("sum", "count", "min", "max")}
            quantiles = {}
            for quantile, at in column.mapping("quantiles"):
                if isinstance(at, (int, float)) and not isinstance(at, bool):
                    quantiles[quantile] = float(at)
                else:
                    column.wrong()
            columns.append(dropped({"column": name, "nullCount": column.count("nullCount"),
                                    "distinctCount": column.count("distinctCount"), "quantiles": quantiles, **numbers}))
    _volume(site, rows, size, files)
    site.state_measured("profile", dropped({"rows": rows, "bytes": size, "files": files, "lastUpdated": updated,
                                            "columns": columns}))


def _check(item):
    return {"severity": item.text("severity"), "type": item.text("type"), "description": item.text("description"),
            "expected": any_text(item.get("expected")), "actual": any_text(item.get("actual")),
            "content": item.text("content"), "contentType": item.text("contentType"),
            "params": {key: any_text(value) if value is not None else "null" for key, value in item.mapping("params")}}


def assertions(site, root):
    results = []
    for item in root.objects("assertions"):
        assertion, success = item.required("assertion"), item.flag("success")
        if success is None:
            item.wrong()
            item.asked.update(item.members)
            continue
        results.append(dropped({"assertion": assertion, "success": success, "column": item.text("column"),
                                "name": item.text("name"), **_check(item)}))
    if isinstance(root.members.get("assertions"), list):
        site.state_results(results)
    else:
        root.wrong()


def tests(site, root):
    read = [dropped({"name": item.required("name"), "status": item.required("status"), **_check(item)})
            for item in root.objects("tests")]
    if isinstance(root.members.get("tests"), list):
        site.state("testExecution", dropped({"tests": read}))
    else:
        root.wrong()


def statistics(site, root):
    rows, size, files = root.count("rowCount"), root.count("size"), root.count("fileCount")
    site.state("ioStatistics", dropped({"rows": rows, "bytes": size, "files": files}))
    if site.rewritten:
        _volume(site, rows, size, files)


def stats(site, root):
    _volume(site, root.count("rowCount"), root.count("size"), None)


def subset(site, root):
    found = [root.get(key) for key in ("condition", "inputCondition", "outputCondition")]
    found = [value for value in found if value is not None]
    if found:
        site.state("subset", {"conditionJson": Bytes(None, found[-1])})
    else:
        root.wrong()


def iceberg_report(site, root):
    snapshot = root.integer("snapshotId")
    site.state("icebergReport", dropped({"tableName": root.text("tableName"), "snapshotId": str(snapshot) if snapshot else "",
                                         "reportJson": Bytes(site.raw.text)}))
    root.asked.update(root.members)


# ----------------------------------------------------------------------- jobs

def sql(site, root):
    query, dialect = root.required("query"), root.text("dialect")
    if query:
        site.state("definition", dropped({"sql": query, "dialect": dialect}))


def source_code(site, root):
    language, code, former = root.required("language"), root.text("sourceCode"), root.text("source")
    if code or former:
        site.state("sourceCode", dropped({"language": language, "source": code or former}))
    else:
        root.wrong()


def source_location(site, root):
    site.state("sourceLocation", dropped({
        "type": root.required("type"), "url": root.required("url"),
        **{key: root.text(key) for key in ("repoUrl", "path", "version", "tag", "branch", "pullRequestNumber")}}))


def job_type(site, root):
    site.state("jobType", dropped({"processingType": root.required("processingType"),
                                   "integration": root.required("integration"), "jobType": root.text("jobType")}))


# ----------------------------------------------------------------------- runs

def nominal_time(site, root):
    start, end = _time(root, "nominalStartTime"), _time(root, "nominalEndTime")
    if start is None:
        root.wrong()
    if start is not None or end is not None:
        site.state("nominalTime", dropped({"start": start, "end": end}))


def _job_run(site, object_):
    job, run_id = object_.inner("job"), ""
    asset = None
    if job is None:
        object_.wrong()
    else:
        with job:
            asset = _job(site, job)
    run = object_.inner("run")
    if run is not None:
        with run:
            run_id = run.required("runId")
    return asset, run_id


def parent(site, root):
    job, run_id = _job_run(site, root)
    outer = root.inner("root")
    root_job, root_run_id = None, ""
    if outer is not None:
        with outer:
            root_job, root_run_id = _job_run(site, outer)
    if job is None:
        return
    value = dropped({"job": ref(job), "runId": run_id, "rootJob": ref(root_job) if root_job else None,
                     "rootRunId": root_run_id})
    site.event.parent = value
    site.event.mention(job, root_job)
    site.state("parentRun", value)


def former_parent(site, root):
    if "parent" not in site.facet_names:
        parent(site, root)
    else:
        root.asked.update(root.members)


def error_message(site, root):
    site.state("errorMessage", dropped({"message": root.required("message"), "stackTrace": root.text("stackTrace"),
                                        "programmingLanguage": root.text("programmingLanguage")}))


def processing_engine(site, root):
    value = dropped({"version": root.required("version"), "name": root.text("name"),
                     "adapterVersion": root.text("openlineageAdapterVersion")})
    if "version" in value or "name" in value:
        site.state("processingEngine", value)


def external_query(site, root):
    site.state("externalQuery", dropped({"externalQueryId": root.required("externalQueryId"),
                                         "source": root.text("source")}))


def extraction_error(site, root):
    total, failed = root.integer("totalTasks"), root.integer("failedTasks")
    errors = []
    for item in root.objects("errors"):
        number = item.integer("taskNumber")
        errors.append(dropped({"message": item.required("errorMessage"), "stackTrace": item.text("stackTrace"),
                               "task": item.text("task"), "taskNumber": None if number is None else str(number)}))
    site.state("extractionError", dropped({"totalTasks": str(total) if total else "", "errors": errors,
                                           "failedTasks": str(failed) if failed else ""}))


def execution_parameters(site, root):
    site.state("executionParameters", dropped({"parameters": [
        dropped({"key": item.required("key"), "name": item.text("name"), "description": item.text("description"),
                 "value": any_text(item.get("value"))}) for item in root.objects("parameters")]}))


def _dependencies(site, root, key):
    read = []
    for item in root.objects(key):
        job, asset = item.inner("job"), None
        if job is not None:
            with job:
                asset = _job(site, job)
        if asset is None:
            item.wrong()
            continue
        value = {"job": ref(asset)}
        run = item.inner("run")
        if run is not None:
            with run:
                value["runId"] = run.required("runId")
        value["dependencyType"] = item.text("dependency_type")
        value["sequenceTriggerRule"] = item.text("sequence_trigger_rule")
        value["statusTriggerRule"] = item.text("status_trigger_rule")
        read.append(dropped(value))
        ends = (asset, site.event.job) if key == "upstream" else (site.event.job, asset)
        site.event.edge("triggers", *ends)
    return read


def job_dependencies(site, root):
    upstream, downstream = _dependencies(site, root, "upstream"), _dependencies(site, root, "downstream")
    site.state("jobDependencies", dropped({"upstream": upstream, "downstream": downstream,
                                           "triggerRule": root.text("trigger_rule")}))
