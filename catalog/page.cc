#include "catalog/page.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "authz/policy/column_case.h"
#include "authz/view/merged_sets.h"
#include "base/status.h"
#include "catalog/aspect_mask.h"
#include "catalog/aspect_versions.h"
#include "catalog/column_writer.h"
#include "catalog/page_bounds.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

constexpr int kContainersMax = 32;

using Path = std::vector<std::string>;

// Of several spellings of one column the first that was met.
class Spellings {
 public:
  void Ignore(authz::ColumnCase rule) {
    if (rule == authz::ColumnCase::kIgnored) rule_ = rule;
  }
  const Path& Of(const Path& path) {
    if (rule_ == authz::ColumnCase::kTold) return path;
    return first_.try_emplace(authz::ColumnKey(path, rule_), path).first->second;
  }

 private:
  authz::ColumnCase rule_ = authz::ColumnCase::kTold;
  std::map<Path, Path> first_;
};

// Everything revealed of the asset and its merged names, before merging.
struct Gathered {
  // Of a name alone each path is a column of its own.
  Spellings spellings;
  std::map<std::pair<Path, uint32_t>, std::vector<Statement>> statements;
  std::map<Path, bool> columns;  // path -> orphaned under every name
  std::optional<Timestamp> last_seen;
  // Of the rows the statements come from.
  std::set<std::string> keys;
  // Columns by the name they stand under.
  std::vector<OwnedColumn> owned;
  size_t rows = 0;
};

Status GatherColumns(authz::GovernedView& view, AssetId asset, std::map<ColumnId, Path>& paths, Gathered& out) {
  return view.Scan<record::Column>(
      kColumns, ColumnPrefix(asset), "", [&](authz::Sealed<authz::RowOf<record::Column>> sealed) {
        const auto row = view.Reveal(kColumns, std::move(sealed));
        const std::optional<ColumnId> id = row ? DecodeColumnKey((*row)->key) : std::nullopt;
        if (!id) return true;
        const Path own = PathOf((*row)->record.path());
        Path path = out.spellings.Of(own);
        const auto [known, fresh] = out.columns.emplace(path, (*row)->record.orphaned());
        if (!fresh) known->second = known->second && (*row)->record.orphaned();
        out.owned.push_back({asset, own, path});
        paths.emplace(*id, std::move(path));
        return ++out.rows < kPageRowsMax;
      });
}

Status GatherAspects(authz::GovernedView& view, AssetId asset, const std::map<ColumnId, Path>& paths, Gathered& out) {
  Status status;
  RETURN_IF_ERROR(view.Scan<record::AspectRow>(
      kAspects, AspectPrefix(asset), "", [&](authz::Sealed<authz::RowOf<record::AspectRow>> sealed) {
        auto row = view.Reveal(kAspects, std::move(sealed));
        const std::optional<AspectKey> key = row ? DecodeAspectKey((*row)->key) : std::nullopt;
        if (!key || NumberOf((*row)->record.aspect()) == 0) return true;
        Path path;
        if (key->column.valid()) {
          const auto found = paths.find(key->column);
          if (found == paths.end()) return true;
          path = found->second;
        }
        const uint32_t number = ValueNumber(key->aspect);
        out.keys.insert((*row)->key);
        StatusOr<SeenValue> seen = SeenValueOf(view, asset, number, (*std::move(row)).Take());
        status = seen.status();
        if (!status.ok()) return false;
        out.last_seen = std::max(out.last_seen, std::optional<Timestamp>(seen->last));
        seen->statement.asset = asset;
        out.statements[{std::move(path), number}].push_back(std::move(seen->statement));
        return ++out.rows < kPageRowsMax;
      }));
  return status;
}

// A statement that changed nothing made no version but a time, of which the latest are kept.
Status GatherSeen(authz::GovernedView& view, AssetId asset, Gathered& out) {
  return view.Scan<record::Restated>(
      kRestated, RestatedKey(AspectPrefix(asset)), "", [&](authz::Sealed<authz::RowOf<record::Restated>> sealed) {
        const auto row = view.Reveal(kRestated, std::move(sealed));
        // Of what is not shown, nothing is said either.
        if (!row || !out.keys.contains((*row)->key.substr(1))) return true;
        for (const int64_t time : (*row)->record.times()) {
          out.last_seen = std::max(out.last_seen, std::optional<Timestamp>(Timestamp(time)));
        }
        return ++out.rows < kPageRowsMax;
      });
}

void FillFromSchema(const v1::Schema& schema, Spellings& spellings, std::map<Path, ColumnPage>& pages,
                    std::vector<Path>& order) {
  for (const FlatField& flat : Flatten(schema)) {
    const auto [page, fresh] = pages.try_emplace(spellings.Of(flat.path));
    if (fresh) order.push_back(page->first);
    page->second.path = page->first;
    page->second.type = flat.field->type();
    page->second.description = flat.field->description();
    page->second.source_id = flat.field->source_id();
    if (flat.field->has_nullable()) page->second.nullable = flat.field->nullable();
    page->second.primary_key = flat.field->primary_key();
    page->second.ordinal = flat.field->ordinal_position();
  }
}

void SortByKind(std::vector<MergedAspect>& aspects) {
  const auto place = [](const MergedAspect& one) { return AspectPlaceOf(one.number, one.aspect.facet().name()); };
  std::stable_sort(aspects.begin(), aspects.end(),
                   [&](const MergedAspect& a, const MergedAspect& b) { return place(a) < place(b); });
}

void MergeInto(Gathered gathered, AssetPage& page) {
  std::map<Path, ColumnPage> columns;
  std::vector<Path> order;
  std::map<Path, std::vector<MergedAspect>> of_columns;
  for (auto& [key, statements] : gathered.statements) {
    std::optional<MergedAspect> merged = MergeStatements(*FindAspectKind(key.second), std::move(statements));
    if (!merged) continue;
    merged->number = key.second;
    if (!key.first.empty()) {
      of_columns[key.first].push_back(std::move(*merged));
      continue;
    }
    if (merged->aspect.has_schema()) FillFromSchema(merged->aspect.schema(), gathered.spellings, columns, order);
    page.aspects.push_back(std::move(*merged));
  }
  SortByKind(page.aspects);
  for (auto& [path, aspects] : of_columns) SortByKind(aspects);
  for (const auto& [path, orphaned] : gathered.columns) {
    const auto [column, fresh] = columns.try_emplace(path);
    if (!fresh) continue;
    // Without facts of its own, a vanished column has nothing left to show.
    if (!of_columns.contains(path)) {
      columns.erase(column);
      continue;
    }
    order.push_back(path);
    column->second.path = path;
    column->second.orphaned = orphaned;
  }
  for (const Path& path : order) {
    ColumnPage& column = columns[path];
    if (const auto aspects = of_columns.find(path); aspects != of_columns.end())
      column.aspects = std::move(aspects->second);
    page.columns.push_back(std::move(column));
  }
}

std::vector<AssetName> ContainersOf(authz::GovernedView& view, AssetId id) {
  std::vector<AssetName> inner_first;
  const authz::AssetLabels* labels = view.LabelsOf(id);
  for (int step = 0; labels != nullptr && labels->container.valid() && step < kContainersMax; ++step) {
    const AssetId container = labels->container;
    std::optional<AssetName> name = view.NameOf(container);
    if (!name) break;
    view.shown().Note(container);
    inner_first.push_back(std::move(*name));
    labels = view.LabelsOf(container);
  }
  return {inner_first.rbegin(), inner_first.rend()};
}

Status GatherPage(authz::GovernedView& view, AssetPage& page, Gathered& gathered) {
  const authz::NotesPaused paused(&view.shown());
  page.members = authz::MergedSets(&view).Of(page.id);
  ASSIGN_OR_RETURN(page.aliases, ScanAliases(view, page.id));
  if (page.members.size() > 1) {
    for (const AssetId member : page.members) {
      if (const auto name = view.NameOf(member)) {
        gathered.spellings.Ignore(authz::ColumnCaseOf(authz::AssetNameView::Of(*name)));
      }
    }
  }
  for (const AssetId member : page.members) {
    std::map<ColumnId, Path> paths;
    RETURN_IF_ERROR(GatherColumns(view, member, paths, gathered));
    RETURN_IF_ERROR(GatherAspects(view, member, paths, gathered));
    if (!view.point().as_of) RETURN_IF_ERROR(GatherSeen(view, member, gathered));
  }
  if (gathered.rows >= kPageRowsMax) return base::ResourceExhausted("the asset has more than 200,000 rows of metadata");
  return absl::OkStatus();
}

void NotePage(authz::GovernedView& view, const AssetPage& page) {
  for (const AssetId member : page.members) view.shown().Note(member);
  for (const AliasState& alias : page.aliases) view.shown().Note(alias.asset);
  std::set<Path> columns;
  for (const ColumnPage& column : page.columns) {
    columns.insert(column.path);
    view.shown().NoteColumn(page.id, column.path);
    for (const MergedAspect& aspect : column.aspects) NoteAspect(page.id, aspect.aspect, view);
  }
  for (const OwnedColumn& column : page.owned) {
    if (column.asset != page.id && columns.contains(column.shown)) {
      view.shown().NoteColumn(column.asset, column.path);
    }
  }
  for (const MergedAspect& aspect : page.aspects) {
    // Its fields are the columns.
    if (!aspect.aspect.has_schema()) NoteAspect(page.id, aspect.aspect, view);
  }
}

StatusOr<authz::Visible<AssetPage>> FindPageWithin(authz::GovernedView& view, const AssetName& name,
                                                   const PageBounds* bounds) {
  AssetPage page;
  ASSIGN_OR_RETURN(page.id, view.Resolve(name));
  page.name = view.NameOf(page.id).value_or(name);
  Gathered gathered;
  RETURN_IF_ERROR(GatherPage(view, page, gathered));
  if (!view.point().as_of) page.last_seen = gathered.last_seen;
  page.owned = std::move(gathered.owned);
  MergeInto(std::move(gathered), page);
  if (bounds != nullptr) RETURN_IF_ERROR(BoundPage(*bounds, page));
  NotePage(view, page);
  page.containers = ContainersOf(view, page.id);
  if (const authz::AssetLabels* labels = view.LabelsOf(page.id)) page.deleted = labels->deleted;
  const auto shown = view.RevealAsset(page.id);
  if (!shown) return base::NotFound("no such asset");
  return view.Merge(std::move(page), authz::Witness(*shown));
}

}  // namespace

StatusOr<authz::Visible<AssetPage>> FindPage(authz::GovernedView& view, const AssetName& name) {
  return FindPageWithin(view, name, nullptr);
}

StatusOr<authz::Visible<AssetPage>> FindBoundedPage(authz::GovernedView& view, const AssetName& name,
                                                    const PageBounds& bounds) {
  return FindPageWithin(view, name, &bounds);
}

StatusOr<authz::Visible<ColumnsPage>> FindColumns(authz::GovernedView& view, const AssetName& name,
                                                  const ColumnsRequest& request) {
  AssetPage page;
  ASSIGN_OR_RETURN(page.id, view.Resolve(name));
  Gathered gathered;
  RETURN_IF_ERROR(GatherPage(view, page, gathered));
  std::vector<OwnedColumn> owned = std::move(gathered.owned);
  MergeInto(std::move(gathered), page);
  ColumnsPage out = TakeColumns(request, std::move(page.columns));
  // What is shown is these columns alone.
  AssetPage shown;
  shown.id = page.id;
  shown.members = std::move(page.members);
  shown.columns = std::move(out.columns);
  shown.owned = std::move(owned);
  NotePage(view, shown);
  out.columns = std::move(shown.columns);
  const auto seen = view.RevealAsset(page.id);
  if (!seen) return base::NotFound("no such asset");
  return view.Merge(std::move(out), authz::Witness(*seen));
}

namespace {

// What one column, or the asset itself, says of the kind.
Status GatherValue(authz::GovernedView& view, AssetId asset, ColumnId column, uint32_t number, ValueParts& out) {
  // Entries have numbers of their own.
  const bool each = FindAspectKind(number)->merge == Merge::kEach;
  const std::string prefix = each ? AspectPrefix(asset) : AspectPrefix(asset, column, number);
  Status status;
  RETURN_IF_ERROR(
      view.Scan<record::AspectRow>(kAspects, prefix, "", [&](authz::Sealed<authz::RowOf<record::AspectRow>> sealed) {
        auto row = view.Reveal(kAspects, std::move(sealed));
        const std::optional<AspectKey> key = row ? DecodeAspectKey((*row)->key) : std::nullopt;
        if (!key || key->column != column || ValueNumber(key->aspect) != number) return true;
        if (NumberOf((*row)->record.aspect()) == 0) return true;
        std::string bytes = (*row)->key;
        StatusOr<SeenValue> seen = SeenValueOf(view, asset, number, (*std::move(row)).Take());
        status = seen.status();
        if (!status.ok()) return false;
        out.parts.push_back({std::move(bytes), std::move(seen->statement)});
        return out.parts.size() < kPageRowsMax;
      }));
  return status;
}

}  // namespace

StatusOr<ValueParts> FindValue(authz::GovernedView& view, AssetId asset, const Path& path, uint32_t number) {
  const authz::NotesPaused paused(&view.shown());
  ValueParts out;
  authz::MergedSets sets(&view);
  const std::vector<AssetId>& set = sets.Of(asset);
  const auto rule_of = [&view](AssetId name) {
    return authz::ColumnCaseOf(authz::AssetNameView::Of(view.NameOf(name).value_or(AssetName())));
  };
  // As the page takes columns of several names for one.
  const bool ignored =
      std::any_of(set.begin(), set.end(), [&](AssetId name) { return rule_of(name) == authz::ColumnCase::kIgnored; });
  const authz::ColumnCase of_others = ignored ? authz::ColumnCase::kIgnored : authz::ColumnCase::kTold;
  for (const AssetId member : set) {
    const authz::ColumnCase rule = member == asset ? rule_of(member) : of_others;
    Gathered gathered;
    std::map<ColumnId, Path> paths;
    if (path.empty()) {
      paths.emplace(ColumnId(), Path());
    } else {
      RETURN_IF_ERROR(GatherColumns(view, member, paths, gathered));
    }
    // As a writer finds it: spelled so, else by the case rule.
    const bool spelled = std::any_of(paths.begin(), paths.end(), [&](const auto& one) { return one.second == path; });
    for (const auto& [column, named] : paths) {
      if (spelled ? named != path : !authz::SameColumn(named, path, rule)) continue;
      out.places.push_back({member, column, named});
      RETURN_IF_ERROR(GatherValue(view, member, column, number, out));
    }
  }
  return out;
}

StatusOr<std::optional<authz::Visible<MergedAspect>>> FindMergedValue(authz::GovernedView& view, AssetId asset,
                                                                      const Path& path, const v1::Aspect& like,
                                                                      size_t bytes_max) {
  std::optional<authz::Visible<MergedAspect>> none;
  uint32_t number = NumberOf(like);
  if (like.has_facet()) {
    ASSIGN_OR_RETURN(const std::optional<uint32_t> name, view.InternedNumber(kFacetSpace, like.facet().name()));
    if (!name) return none;
    number = kFacetBase + *name;
  }
  const AspectKind* kind = FindAspectKind(number);
  if (kind == nullptr) return none;
  ASSIGN_OR_RETURN(ValueParts value, FindValue(view, asset, path, number));
  std::vector<Statement> statements;
  for (ValuePart& part : value.parts) statements.push_back(std::move(part.statement));
  std::optional<MergedAspect> merged = MergeStatements(*kind, std::move(statements));
  if (!merged) return none;
  merged->number = number;
  BoundValue(*merged, bytes_max);
  for (const ValueParts::Place& place : value.places) {
    view.shown().Note(place.asset);
    if (!place.path.empty()) view.shown().NoteColumn(place.asset, place.path);
  }
  if (!path.empty()) view.shown().NoteColumn(asset, path);
  NoteAspect(asset, merged->aspect, view);
  const auto seen = view.RevealAsset(asset);
  if (!seen) return none;
  return std::make_optional(view.Merge(*std::move(merged), authz::Witness(*seen)));
}

StatusOr<std::map<Path, bool>> FindColumnPaths(authz::GovernedView& view, AssetId asset) {
  const authz::NotesPaused paused(&view.shown());
  Gathered gathered;
  std::map<ColumnId, Path> paths;
  RETURN_IF_ERROR(GatherColumns(view, asset, paths, gathered));
  return std::move(gathered.columns);
}

void NoteColumnOf(authz::GovernedView& view, const AssetPage& page, const Path& path) {
  view.shown().NoteColumn(page.id, path);
  for (const OwnedColumn& column : page.owned) {
    if (column.shown == path) view.shown().NoteColumn(column.asset, column.path);
  }
}

std::vector<authz::Privilege> AllowedOn(const authz::GovernedView& view, AssetId id) {
  std::vector<authz::Privilege> out;
  for (int number = 1; number < authz::kPrivilegeCount; ++number) {
    const auto privilege = static_cast<authz::Privilege>(number);
    if (view.Allows(privilege, id)) out.push_back(privilege);
  }
  return out;
}

}  // namespace cadastre::catalog
