"""Everything a reader can see, as a flat dict, without what may change when the same is said again."""

CHANGING = {"revision", "lastSeenAt", "updatedAt", "committedAt", "events", "etag"}


def still(value):
    if isinstance(value, dict):
        return {key: still(inner) for key, inner in value.items() if key not in CHANGING}
    return [still(inner) for inner in value] if isinstance(value, list) else value


def sorted_edges(answer):
    """Nodes and edges by name: their indexes are those of one answer."""
    names = {node.get("index", 0): (str(node["asset"]["ref"]), tuple(node.get("column", {}).get("path", ()))) for node in answer.get("nodes", ())}
    edges = []
    for edge in answer.get("edges", ()):
        kept = still({key: inner for key, inner in edge.items() if key not in ("from", "to", "lastStatedAt")})
        edges.append((names[edge.get("from", 0)], names[edge.get("to", 0)], str(kept)))
    return sorted(names.values()), sorted(edges)


def dump(client, history=True):
    """As of now and of a moment of the past; waits for the followers."""
    bound = {"minRevision": client.call("authz.v1.AuthzService/WhoAmI")["revision"]}
    catalog, found = "catalog.v1.CatalogService/", {}
    for summary in client.pages(catalog + "ListAssets", {"pageSize": 1000, **bound}, "assets"):
        ref = summary["ref"]
        key = f"{ref['kind']}:{ref.get('namespace', '')}#{ref['name']}"
        for at in ("", "2026-03-02T12:00:00Z"):
            as_of = {"asOf": {"heldAt": at}} if at else {}
            found["asset " + key + at] = still(client.call(catalog + "GetAsset", {
                "asset": ref, "view": "ASSET_VIEW_FULL", **as_of, **bound}))
            for level in ("LEVEL_ASSET", "LEVEL_COLUMN"):
                found[f"{level} {key}{at}"] = sorted_edges(client.call("lineage.v1.LineageService/GetLineage", {
                    "asset": ref, "level": level, "includeStale": True, "depth": 3, **as_of, **bound}))
        if history:
            found["history " + key] = still(client.call(catalog + "GetHistory", {"asset": ref, "pageSize": 1000, **bound}))
        if ref["kind"] != "job":
            continue
        for run in client.pages(catalog + "ListRuns", {"job": ref, **bound}, "runs"):
            found[f"run {key} {run['runId']}"] = still(client.call(catalog + "GetRun", {"view": "RUN_VIEW_FULL", "job": ref, "runId": run["runId"], **bound}))
    return found
