"""The facets that state edges: explicit `lineage`, and `columnLineage` which it outranks."""
from .facets import _dataset
from .shape import Object


def _transformations(object_):
    """(type, subtype, description, masking) of each; one that says nothing where none is stated."""
    read = []
    for item in object_.objects("transformations"):
        read.append((item.text("type"), item.text("subtype"), item.text("description"), bool(item.flag("masking"))))
    return read or [("", "", "", False)]


def _entity(site, object_):
    kind = object_.required("type")
    if kind == "JOB":
        namespace, name = object_.text("namespace"), object_.text("name")
        if not namespace and not name and site.event.job:
            return site.event.job
        job = site.event.name("job", namespace, name) if name else None
        if job is None:
            object_.wrong()
        return job
    if kind != "DATASET":
        object_.wrong()
    return _dataset(site, object_)


def _kind(source, target):
    ends = (source[0] == "job", target[0] == "job")
    return {(True, True): "triggers", (True, False): "produces", (False, True): "consumes", (False, False): "derives"}[ends]


def _input(site, object_, target, to):
    source, field = _entity(site, object_), object_.text("field")
    transformations = _transformations(object_)
    if source is None:
        return
    column = site.event.column(source, field) if field else ()
    if field and not column:
        object_.wrong()
        return
    pairs = [(column, to) + one for one in transformations if column or to or any(one)]
    site.event.edge(_kind(source, target), source, target, pairs)


def _target(site, object_, target):
    inputs = 0
    for item in object_.objects("inputs"):
        inputs += 1
        _input(site, item, target, ())
    stated = isinstance(object_.members.get("inputs"), list) or isinstance(object_.members.get("fields"), dict)
    for name, value in object_.mapping("fields"):
        with Object(value, object_.shape) as field:
            column = site.event.column(target, name)
            if not column:
                field.wrong()
                continue
            for item in field.objects("inputs"):
                _input(site, item, target, column)
            if not isinstance(field.members.get("inputs"), list):
                field.wrong()
    if stated:
        site.event.explained(target)


def of_dataset(site, root):
    _target(site, root, site.asset)


def of_entries(site, root):
    for key in ("entries", "lineage"):
        for entry in root.objects(key):
            target = _entity(site, entry)
            if target is not None:
                _target(site, entry, target)
    if not any(isinstance(root.members.get(key), list) for key in ("entries", "lineage")):
        root.wrong()


def _input_field(site, object_, to, of_field):
    source, text = _dataset(site, object_), object_.required("field")
    transformations = _transformations(object_)
    if source is None:
        return
    column = site.event.column(source, text)
    if not column:
        object_.wrong()
        return
    pairs = [(column, to) + (one if any(one) else of_field) for one in transformations]
    site.event.by_columns.add(site.asset)
    site.event.edge("derives", source, site.asset, pairs)


def columns(site, root):
    if site.asset in site.event.by_lineage:
        # Outranked: kept as it is, and states nothing.
        root.wrong()
        root.asked.update(root.members)
        return
    for name, value in root.mapping("fields"):
        with Object(value, root.shape) as field:
            to = site.event.column(site.asset, name)
            if not to:
                field.wrong()
                continue
            former = field.text("transformationType")
            direct = "DIRECT" if former in ("IDENTITY", "MASKED") else ""
            of_field = (direct, former, field.text("transformationDescription"), former == "MASKED")
            for item in field.objects("inputFields"):
                _input_field(site, item, to, of_field)
            if not isinstance(field.members.get("inputFields"), list):
                field.wrong()
    for item in root.objects("dataset"):
        _input_field(site, item, (), ("", "", "", False))
