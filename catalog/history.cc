#include "catalog/history.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/aspect_mask.h"
#include "catalog/entries.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

using Path = std::vector<std::string>;
using Row = authz::RowOf<record::AspectRow>;

auto NewestFirst(const HistoryItem& item) {
  return std::tuple<uint64_t, int64_t, const std::string&>(item.version.revision.value(), item.version.held.micros(),
                                                           item.order);
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

// What is known of one row: its versions and, as withdrawals have none of them, its producer, a facet's name and what
// tells an entry apart.
struct KnownRow {
  Path path;
  uint32_t number = 0;
  record::Producer producer;
  std::string facet;
  uint64_t entry = 0;
  std::vector<AspectVersion> versions;
};

// Not the row's key, whose numbers tell in which order this server met columns, facets and producers.
std::string OrderOf(const KnownRow& row) {
  std::string order;
  for (const std::string& segment : row.path) base::AppendString(order, segment);
  base::AppendString(order, "");
  base::AppendU32(order, std::min(row.number, kFacetBase));
  for (const std::string* text : {&row.facet, &row.producer.principal(), &row.producer.tool()}) {
    base::AppendString(order, *text);
  }
  base::AppendU32(order, row.producer.rank());
  base::AppendU64(order, row.entry);
  return order;
}

StatusOr<std::map<std::string, KnownRow>> RowsOf(authz::GovernedView& view, AssetId asset) {
  ASSIGN_OR_RETURN(const auto paths, PathsOf(view, asset));
  std::map<std::string, KnownRow> rows;
  size_t count = 0;
  RETURN_IF_ERROR(
      view.ScanVersions<record::AspectRow>(kAspects, AspectPrefix(asset), "", [&](authz::Sealed<Row> sealed) {
        const auto row = view.Reveal(kAspects, std::move(sealed));
        const std::optional<AspectKey> key = row ? DecodeAspectKey((*row)->key) : std::nullopt;
        if (!key) return true;
        const auto path = paths.find(key->column);
        if (key->column.valid() && path == paths.end()) return true;
        KnownRow& known = rows[(*row)->key];
        known.number = ValueNumber(key->aspect);
        if (key->column.valid()) known.path = path->second;
        AspectVersion version = VersionOf(**row);
        if (version.aspect) {
          known.producer = version.producer;
          known.facet = version.aspect->facet().name();
          const auto& results = version.aspect->quality_results().results();
          if (!results.empty()) known.entry = EntryIdentity(results.Get(0));
        }
        known.versions.push_back(std::move(version));
        return ++count < kHistoryRowsMax;
      }));
  if (count >= kHistoryRowsMax) return base::ResourceExhausted("the asset has over 50,000 versions");
  return rows;
}

StatusOr<std::vector<HistoryItem>> ItemsOf(authz::GovernedView& view, AssetId asset) {
  const authz::Looking looking(&view.shown());
  ASSIGN_OR_RETURN(auto rows, RowsOf(view, asset));
  std::vector<HistoryItem> items;
  for (auto& [key, row] : rows) {
    const std::string order = OrderOf(row);
    for (AspectVersion& version : FoldVersions(std::move(row.versions))) {
      version.producer = row.producer;
      items.push_back({row.path, row.number, std::move(version), order});
    }
  }
  return items;
}

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
  ASSIGN_OR_RETURN(std::vector<HistoryItem> items, ItemsOf(view, asset));
  std::sort(items.begin(), items.end(),
            [](const HistoryItem& a, const HistoryItem& b) { return NewestFirst(a) > NewestFirst(b); });
  if (after) {
    const std::tuple<uint64_t, int64_t, const std::string&> place(after->revision, after->held, after->order);
    std::erase_if(items, [&](const HistoryItem& item) { return NewestFirst(item) >= place; });
  }
  if (items.size() > max) items.resize(max);
  for (const HistoryItem& item : items) {
    if (!item.path.empty()) view.shown().NoteColumn(asset, authz::ColumnPathText(item.path));
    if (item.version.aspect) NoteAspect(asset, *item.version.aspect, view);
  }
  return view.Merge(std::move(items));
}

void NoteBefore(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference) {
  if (page == nullptr) return;
  for (const AssetId member : page->members) view.shown().Note(member);
  for (const AspectDifference& one : difference.aspects) {
    if (!one.before) continue;
    if (!one.path.empty()) view.shown().NoteColumn(page->id, authz::ColumnPathText(one.path));
    NoteAspect(page->id, *one.before, view);
  }
  for (const std::string& path : difference.columns_removed) view.shown().NoteColumn(page->id, path);
}

void NoteAfter(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference) {
  if (page == nullptr) return;
  for (const AssetId member : page->members) view.shown().Note(member);
  for (const AspectDifference& one : difference.aspects) {
    if (!one.after) continue;
    if (!one.path.empty()) view.shown().NoteColumn(page->id, authz::ColumnPathText(one.path));
    NoteAspect(page->id, *one.after, view);
  }
  for (const std::string& path : difference.columns_added) view.shown().NoteColumn(page->id, path);
  for (const std::string& path : difference.columns_retyped) view.shown().NoteColumn(page->id, path);
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
