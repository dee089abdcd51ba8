#include "catalog/history.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "authz/view/merged_sets.h"
#include "base/bytes.h"
#include "base/status.h"
#include "catalog/aspect_mask.h"
#include "catalog/entries.h"
#include "catalog/page_bounds.h"
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
  AssetId asset;
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
  const auto [kind, facet] = AspectPlaceOf(row.number, row.facet);
  base::AppendU32(order, kind);
  for (const std::string_view text :
       {facet, std::string_view(row.producer.principal()), std::string_view(row.producer.tool())}) {
    base::AppendString(order, text);
  }
  base::AppendU32(order, row.producer.rank());
  base::AppendU64(order, row.entry);
  return order;
}

// The versions of one stretch, and where the next one begins.
struct Stretch {
  std::map<std::string, KnownRow> rows;
  std::optional<HistoryPlace> next;
};

bool StandsBefore(const Row& row, const HistoryPlace& place) {
  return row.key == place.row &&
         (row.held > place.row_held || (row.held == place.row_held && row.revision >= place.row_revision));
}

// Of all `members`, in the order of their rows.
StatusOr<Stretch> StretchOf(authz::GovernedView& view, const std::vector<AssetId>& members, const HistoryPlace& from) {
  Stretch stretch;
  std::map<ColumnId, Path> paths;
  size_t count = 0;
  HistoryPlace last;
  const auto add = [&](const Row& row) {
    const std::optional<AspectKey> key = DecodeAspectKey(row.key);
    if (!key || StandsBefore(row, from)) return true;
    const auto path = paths.find(key->column);
    if (key->column.valid() && path == paths.end()) return true;
    if (count == kHistoryRowsMax) {
      stretch.next = last;
      return false;
    }
    ++count;
    last = {row.key, row.held, row.revision, std::nullopt};
    KnownRow& known = stretch.rows[row.key];
    known.asset = key->asset;
    known.number = ValueNumber(key->aspect);
    if (key->column.valid()) known.path = path->second;
    AspectVersion version = VersionOf(row);
    if (version.aspect) {
      known.producer = version.producer;
      known.facet = version.aspect->facet().name();
      const auto& results = version.aspect->quality_results().results();
      if (!results.empty()) known.entry = EntryIdentity(results.Get(0));
    }
    known.versions.push_back(std::move(version));
    return true;
  };
  for (const AssetId asset : members) {
    if (stretch.next) break;
    ASSIGN_OR_RETURN(paths, PathsOf(view, asset));
    RETURN_IF_ERROR(
        view.ScanVersions<record::AspectRow>(kAspects, AspectPrefix(asset), from.row, [&](authz::Sealed<Row> sealed) {
          const auto row = view.Reveal(kAspects, std::move(sealed));
          return !row || add(**row);
        }));
  }
  return stretch;
}

// Behind the place of each, the name it was said under, so that two names never have the same.
std::vector<HistoryItem> ItemsOf(const authz::GovernedView& view, Stretch& stretch) {
  std::vector<HistoryItem> items;
  for (auto& [key, row] : stretch.rows) {
    const AssetName name = view.NameOf(row.asset).value_or(AssetName());
    std::string order = OrderOf(row);
    base::AppendString(order, name.ns);
    base::AppendString(order, name.name);
    for (AspectVersion& version : FoldVersions(std::move(row.versions))) {
      version.producer = row.producer;
      items.push_back({row.asset, row.path, row.number, std::move(version), 0, order});
    }
  }
  std::sort(items.begin(), items.end(),
            [](const HistoryItem& a, const HistoryItem& b) { return NewestFirst(a) > NewestFirst(b); });
  return items;
}

// As long as the page lives.
using AspectIndex = std::map<std::pair<Path, AspectPlace>, const MergedAspect*>;
AspectIndex IndexOf(const AssetPage* page) {
  AspectIndex index;
  if (page == nullptr) return index;
  const auto add = [&](const Path& path, const MergedAspect& aspect) {
    index[{path, AspectPlaceOf(aspect.number, aspect.aspect.facet().name())}] = &aspect;
  };
  for (const MergedAspect& aspect : page->aspects) add({}, aspect);
  for (const ColumnPage& column : page->columns) {
    for (const MergedAspect& aspect : column.aspects) add(column.path, aspect);
  }
  return index;
}

std::map<Path, std::string> LiveColumns(const AssetPage* page) {
  std::map<Path, std::string> types;
  if (page == nullptr) return types;
  for (const ColumnPage& column : page->columns) {
    if (!column.orphaned) types[column.path] = column.type;
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

// In an answer, nearly.
size_t PathBytes(const Path& path) {
  size_t bytes = 64;
  for (const std::string& segment : path) bytes += segment.size() + 3;
  return bytes;
}

// Cuts the long values of the first `max` items; how many of them make a page, at least one where there is any.
size_t FitPage(std::vector<HistoryItem>& items, size_t max) {
  size_t bytes = 0;
  size_t kept = 0;
  for (; kept < items.size() && kept < max; ++kept) {
    HistoryItem& item = items[kept];
    const record::Producer& producer = item.version.producer;
    bytes += PathBytes(item.path) + producer.principal().size() + producer.tool().size();
    if (item.version.aspect) {
      item.omitted_bytes = CutValue(*item.version.aspect, kHistoryValueBytesMax);
      bytes += item.version.aspect->ByteSizeLong();
    }
    if (bytes > kHistoryBytesMax && kept > 0) break;
  }
  return kept;
}

// Keeps the first of them; true where that is all.
template <typename One, typename BytesOf>
bool KeepWithin(std::vector<One>& all, size_t& budget, BytesOf bytes_of) {
  size_t kept = 0;
  for (; kept < all.size(); ++kept) {
    const size_t bytes = bytes_of(all[kept]);
    if (bytes > budget) break;
    budget -= bytes;
  }
  const bool whole = kept == all.size();
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(kept), all.end());
  return whole;
}

void BoundDifference(AssetDifference& difference) {
  size_t of_changes = kDifferenceListBytesMax;
  bool whole =
      KeepWithin(difference.aspects, of_changes, [](const AspectDifference& one) { return PathBytes(one.path); });
  size_t of_columns = kDifferenceListBytesMax;
  for (auto* columns : {&difference.columns_added, &difference.columns_removed, &difference.columns_retyped}) {
    whole = KeepWithin(*columns, of_columns, PathBytes) && whole;
  }
  std::vector<std::pair<v1::Aspect*, size_t*>> values;
  for (AspectDifference& one : difference.aspects) {
    if (one.before) values.emplace_back(&*one.before, &one.before_omitted_bytes);
    if (one.after) values.emplace_back(&*one.after, &one.after_omitted_bytes);
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const auto& a, const auto& b) { return a.first->ByteSizeLong() < b.first->ByteSizeLong(); });
  size_t of_values = kDifferenceValueBytesMax;
  for (auto& [value, omitted] : values) {
    *omitted = CutValue(*value, of_values);
    of_values -= std::min(of_values, value->ByteSizeLong());
    whole = whole && *omitted == 0;
  }
  difference.truncated = !whole;
}

}  // namespace

StatusOr<authz::Visible<std::vector<HistoryItem>>> ScanHistory(authz::GovernedView& view, const AssetName& name,
                                                               const std::optional<HistoryPlace>& after, size_t max,
                                                               std::optional<HistoryPlace>* next) {
  ASSIGN_OR_RETURN(const AssetId asset, view.Resolve(name));
  const auto shown = view.RevealAsset(asset);
  if (!shown) return base::NotFound("no such asset");
  const HistoryPlace from = after.value_or(HistoryPlace());
  std::vector<AssetId> members = authz::MergedSets(&view).Of(asset);
  // As their rows stand, so that a page goes on where the one before ended.
  std::sort(members.begin(), members.end());
  for (const AssetId member : members) view.shown().Note(member);
  std::vector<HistoryItem> items;
  std::optional<HistoryPlace> go_on;
  {
    const authz::NotesPaused paused(&view.shown());
    ASSIGN_OR_RETURN(Stretch stretch, StretchOf(view, members, from));
    items = ItemsOf(view, stretch);
    go_on = std::move(stretch.next);
  }
  if (from.item) {
    const std::tuple<uint64_t, int64_t, const std::string&> place(from.item->revision, from.item->held,
                                                                  from.item->order);
    std::erase_if(items, [&](const HistoryItem& item) { return NewestFirst(item) >= place; });
  }
  if (const size_t kept = FitPage(items, max); kept < items.size()) {
    items.resize(kept);
    const HistoryItem& last = items.back();
    go_on = from;
    go_on->item = {last.version.revision.value(), last.version.held.micros(), last.order};
  }
  for (const HistoryItem& item : items) {
    // Shown as the asset's own, and as that of the name it was said under.
    for (const AssetId shown_of : {asset, item.asset}) {
      if (!item.path.empty()) view.shown().NoteColumn(shown_of, item.path);
      if (item.version.aspect) NoteAspect(shown_of, *item.version.aspect, view);
      if (item.asset == asset) break;
    }
  }
  if (next != nullptr) *next = std::move(go_on);
  return view.Merge(std::move(items), authz::Witness(*shown));
}

namespace {

void NoteColumns(authz::GovernedView& view, const AssetPage& page, const std::vector<std::vector<std::string>>& paths) {
  for (const std::vector<std::string>& path : paths) NoteColumnOf(view, page, path);
}

}  // namespace

void NoteBefore(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference) {
  if (page == nullptr) return;
  for (const AssetId member : page->members) view.shown().Note(member);
  for (const AspectDifference& one : difference.aspects) {
    if (!one.before) continue;
    if (!one.path.empty()) NoteColumnOf(view, *page, one.path);
    NoteAspect(page->id, *one.before, view);
  }
  NoteColumns(view, *page, difference.columns_removed);
}

void NoteAfter(authz::GovernedView& view, const AssetPage* page, const AssetDifference& difference) {
  if (page == nullptr) return;
  for (const AssetId member : page->members) view.shown().Note(member);
  for (const AspectDifference& one : difference.aspects) {
    if (!one.after) continue;
    if (!one.path.empty()) NoteColumnOf(view, *page, one.path);
    NoteAspect(page->id, *one.after, view);
  }
  NoteColumns(view, *page, difference.columns_added);
  NoteColumns(view, *page, difference.columns_retyped);
}

authz::Visible<AssetDifference> DiffPages(const authz::GovernedView& view, const authz::Visible<AssetPage>* old_page,
                                          const authz::Visible<AssetPage>* new_page) {
  authz::Witness parts;
  if (old_page != nullptr) parts.Add(*old_page);
  if (new_page != nullptr) parts.Add(*new_page);
  const AssetPage* const before = old_page == nullptr ? nullptr : &**old_page;
  const AssetPage* const after = new_page == nullptr ? nullptr : &**new_page;
  AssetDifference out;
  const auto old_index = IndexOf(before);
  const auto new_index = IndexOf(after);
  for (const auto& [key, aspect] : new_index) {
    const auto old = old_index.find(key);
    if (old != old_index.end() && CanonicalBytes(old->second->aspect) == CanonicalBytes(aspect->aspect)) continue;
    AspectDifference difference{std::get<Path>(key), aspect->number, std::nullopt, aspect->aspect, 0, 0};
    if (old != old_index.end()) difference.before = old->second->aspect;
    out.aspects.push_back(std::move(difference));
  }
  for (const auto& [key, aspect] : old_index) {
    if (!new_index.contains(key))
      out.aspects.push_back({std::get<Path>(key), aspect->number, aspect->aspect, std::nullopt, 0, 0});
  }
  DiffColumns(before, after, out);
  BoundDifference(out);
  return view.Merge(std::move(out), parts);
}

}  // namespace cadastre::catalog
