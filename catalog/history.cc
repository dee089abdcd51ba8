#include "catalog/history.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

using Path = std::vector<std::string>;
using Row = authz::RowOf<record::AspectRow>;

auto NewestFirst(const HistoryItem& item) {
  return std::make_tuple(item.revision.value(), item.held.micros(), item.key);
}

StatusOr<std::map<ColumnId, Path>> PathsOf(authz::GovernedView& view, AssetId asset) {
  std::map<ColumnId, Path> paths;
  RETURN_IF_ERROR(view.ScanVersions<record::Column>(
      kColumns, ColumnPrefix(asset), "", [&](authz::Sealed<authz::RowOf<record::Column>> sealed) {
        const auto row = view.Reveal(kColumns, std::move(sealed));
        const std::optional<ColumnId> id = row ? DecodeColumnKey((*row)->key) : std::nullopt;
        // The newest version stands first: later ones are older spellings.
        if (id && !(*row)->withdrawn) paths.emplace(*id, PathOf((*row)->record.path()));
        return true;
      }));
  return paths;
}

// A withdrawal has no value of its own: its producer is the one of the row's other versions.
struct Versions {
  std::vector<HistoryItem> items;
  std::map<std::string, record::Producer> producers;

  // Equal neighbours are one version: what was masked out of them must not be seen to have changed. A value of which
  // nothing is left reads as withdrawn.
  void Fold() {
    std::sort(items.begin(), items.end(), [](const HistoryItem& a, const HistoryItem& b) {
      return std::make_tuple(a.key, a.revision.value(), a.held.micros()) <
             std::make_tuple(b.key, b.revision.value(), b.held.micros());
    });
    std::vector<HistoryItem> kept;
    size_t first = 0;
    for (HistoryItem& item : items) {
      if (kept.empty() || kept[first].key != item.key) first = kept.size();
      const HistoryItem* standing = nullptr;
      for (size_t i = first; i < kept.size() && kept[i].key == item.key; ++i) {
        if (kept[i].held <= item.held && (standing == nullptr || kept[i].held >= standing->held)) standing = &kept[i];
      }
      const bool stands = standing != nullptr && standing->aspect.has_value();
      const bool same = stands == item.aspect.has_value() &&
                        (!stands || CanonicalBytes(*standing->aspect) == CanonicalBytes(*item.aspect));
      if (!same) kept.push_back(std::move(item));
    }
    items = std::move(kept);
  }

  void Add(const Row& row, const AspectKey& key, Path path) {
    HistoryItem item;
    item.path = std::move(path);
    item.number = key.aspect;
    item.held = row.held;
    item.revision = row.revision;
    item.key = row.key;
    if (!row.withdrawn && NumberOf(row.record.aspect()) != 0) {
      item.aspect = row.record.aspect();
      item.producer = row.record.producer();
      item.committed = Timestamp(row.record.written());
      producers.emplace(row.key, row.record.producer());
    }
    items.push_back(std::move(item));
  }
};

std::map<std::pair<Path, std::string>, const MergedAspect*> IndexOf(const AssetPage* page) {
  std::map<std::pair<Path, std::string>, const MergedAspect*> index;
  if (page == nullptr) return index;
  const auto add = [&](const Path& path, const MergedAspect& aspect) {
    index[{path, base::Cat(aspect.number, "/", aspect.aspect.facet().name())}] = &aspect;
  };
  for (const MergedAspect& aspect : page->aspects) add({}, aspect);
  for (const ColumnPage& column : page->columns) {
    for (const MergedAspect& aspect : column.aspects) add(column.path, aspect);
  }
  return index;
}

std::map<std::string, std::string> LiveColumns(const AssetPage* page) {
  std::map<std::string, std::string> types;
  if (page == nullptr) return types;
  for (const ColumnPage& column : page->columns) {
    if (!column.orphaned) types[JoinPath(column.path)] = column.type;
  }
  return types;
}

void DiffColumns(const AssetPage* before, const AssetPage* after, AssetDifference& out) {
  const auto old_types = LiveColumns(before);
  const auto new_types = LiveColumns(after);
  for (const auto& [path, type] : new_types) {
    const auto old = old_types.find(path);
    if (old == old_types.end()) {
      out.columns_added.push_back(path);
    } else if (old->second != type) {
      out.columns_retyped.push_back(path);
    }
  }
  for (const auto& [path, type] : old_types) {
    if (!new_types.contains(path)) out.columns_removed.push_back(path);
  }
}

}  // namespace

StatusOr<authz::Visible<std::vector<HistoryItem>>> ScanHistory(authz::GovernedView& view, const AssetName& name,
                                                               const std::optional<HistoryPlace>& after, size_t max) {
  ASSIGN_OR_RETURN(const AssetId asset, view.Resolve(name));
  view.shown().Note(asset);
  ASSIGN_OR_RETURN(const auto paths, PathsOf(view, asset));
  Versions versions;
  RETURN_IF_ERROR(
      view.ScanVersions<record::AspectRow>(kAspects, AspectPrefix(asset), "", [&](authz::Sealed<Row> sealed) {
        const auto row = view.Reveal(kAspects, std::move(sealed));
        const std::optional<AspectKey> key = row ? DecodeAspectKey((*row)->key) : std::nullopt;
        if (!key) return true;
        const auto path = paths.find(key->column);
        if (key->column.valid() && path == paths.end()) return true;
        versions.Add(**row, *key, path == paths.end() ? Path() : path->second);
        return versions.items.size() < kHistoryRowsMax;
      }));
  if (versions.items.size() >= kHistoryRowsMax) return base::ResourceExhausted("the asset has over 50,000 versions");
  versions.Fold();
  for (HistoryItem& item : versions.items) {
    if (!item.aspect) item.producer = versions.producers[item.key];
  }
  std::sort(versions.items.begin(), versions.items.end(),
            [](const HistoryItem& a, const HistoryItem& b) { return NewestFirst(a) > NewestFirst(b); });
  if (after) {
    const auto place = std::make_tuple(after->revision, after->held, after->key);
    std::erase_if(versions.items, [&](const HistoryItem& item) { return NewestFirst(item) >= place; });
  }
  if (versions.items.size() > max) versions.items.resize(max);
  return view.Merge(std::move(versions.items));
}

authz::Visible<AssetDifference> DiffPages(const authz::GovernedView& view, const AssetPage* before,
                                          const AssetPage* after) {
  AssetDifference out;
  const auto old_index = IndexOf(before);
  const auto new_index = IndexOf(after);
  for (const auto& [key, aspect] : new_index) {
    const auto old = old_index.find(key);
    if (old != old_index.end() && CanonicalBytes(old->second->aspect) == CanonicalBytes(aspect->aspect)) continue;
    AspectDifference difference{key.first, aspect->number, std::nullopt, aspect->aspect};
    if (old != old_index.end()) difference.before = old->second->aspect;
    out.aspects.push_back(std::move(difference));
  }
  for (const auto& [key, aspect] : old_index) {
    if (!new_index.contains(key)) out.aspects.push_back({key.first, aspect->number, aspect->aspect, std::nullopt});
  }
  DiffColumns(before, after, out);
  return view.Merge(std::move(out));
}

}  // namespace cadastre::catalog
