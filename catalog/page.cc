#include "catalog/page.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/status.h"
#include "catalog/aspect_mask.h"
#include "catalog/aspect_versions.h"
#include "catalog/column_writer.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

constexpr int kContainersMax = 32;

using Path = std::vector<std::string>;

// Everything revealed of the asset and its merged names, before merging. Columns of
// several names are one where their paths are equal.
struct Gathered {
  std::map<std::pair<Path, uint32_t>, std::vector<Statement>> statements;
  std::map<Path, bool> columns;  // path -> orphaned under every name
  std::optional<Timestamp> last_seen;
  // Of the rows the statements come from.
  std::set<std::string> keys;
  // Columns by the name they stand under.
  std::vector<std::pair<AssetId, Path>> owned;
  size_t rows = 0;
};

Status GatherColumns(authz::GovernedView& view, AssetId asset, std::map<ColumnId, Path>& paths, Gathered& out) {
  return view.Scan<record::Column>(
      kColumns, ColumnPrefix(asset), "", [&](authz::Sealed<authz::RowOf<record::Column>> sealed) {
        const auto row = view.Reveal(kColumns, std::move(sealed));
        const std::optional<ColumnId> id = row ? DecodeColumnKey((*row)->key) : std::nullopt;
        if (!id) return true;
        Path path = PathOf((*row)->record.path());
        const auto [known, fresh] = out.columns.emplace(path, (*row)->record.orphaned());
        if (!fresh) known->second = known->second && (*row)->record.orphaned();
        out.owned.emplace_back(asset, path);
        paths.emplace(*id, std::move(path));
        return ++out.rows < kPageRowsMax;
      });
}

// A statement as the viewer sees it, and when it was last made.
struct SeenValue {
  Statement statement;
  Timestamp last;
};

// It may stand since an earlier time than as it was stated.
StatusOr<SeenValue> SeenValueOf(authz::GovernedView& view, AssetId asset, uint32_t number,
                                authz::RowOf<record::AspectRow> row) {
  if (!MayMask(asset, number, view)) return SeenValue{StatementOf(std::move(row.record), row.held), row.held};
  ASSIGN_OR_RETURN(const AspectVersion standing, StandingVersion(view, row));
  SeenValue seen{StatementOf(std::move(row.record), row.held), row.held};
  seen.statement.held = standing.held;
  seen.statement.committed = standing.committed;
  seen.last = standing.restated;
  return seen;
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

void FillFromSchema(const v1::Schema& schema, std::map<Path, ColumnPage>& pages, std::vector<Path>& order) {
  for (const FlatField& flat : Flatten(schema)) {
    const auto [page, fresh] = pages.try_emplace(flat.path);
    if (fresh) order.push_back(flat.path);
    page->second.path = flat.path;
    page->second.type = flat.field->type();
    if (flat.field->has_nullable()) page->second.nullable = flat.field->nullable();
    page->second.primary_key = flat.field->primary_key();
    page->second.ordinal = flat.field->ordinal_position();
  }
}

// Facets by name: their numbers tell in which order this server first met them, on assets hidden or not.
void SortByKind(std::vector<MergedAspect>& aspects) {
  const auto kind_of = [](const MergedAspect& one) { return std::min(one.number, kFacetBase); };
  std::stable_sort(aspects.begin(), aspects.end(), [&](const MergedAspect& a, const MergedAspect& b) {
    if (kind_of(a) != kind_of(b)) return kind_of(a) < kind_of(b);
    return a.aspect.facet().name() < b.aspect.facet().name();
  });
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
    if (merged->aspect.has_schema()) FillFromSchema(merged->aspect.schema(), columns, order);
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
  const authz::Looking looking(&view.shown());
  ASSIGN_OR_RETURN(MergedNames merged, FindMergedNames(view, page.id));
  page.members = std::move(merged.members);
  page.aliases = std::move(merged.aliases);
  for (const AssetId member : page.members) {
    std::map<ColumnId, Path> paths;
    RETURN_IF_ERROR(GatherColumns(view, member, paths, gathered));
    RETURN_IF_ERROR(GatherAspects(view, member, paths, gathered));
    if (!view.point().as_of) RETURN_IF_ERROR(GatherSeen(view, member, gathered));
  }
  if (gathered.rows >= kPageRowsMax) return base::ResourceExhausted("the asset has more than 200,000 rows of metadata");
  return absl::OkStatus();
}

void NotePage(authz::GovernedView& view, const AssetPage& page, const std::vector<std::pair<AssetId, Path>>& owned) {
  for (const AssetId member : page.members) view.shown().Note(member);
  for (const AliasState& alias : page.aliases) view.shown().Note(alias.asset);
  std::set<Path> columns;
  for (const ColumnPage& column : page.columns) {
    columns.insert(column.path);
    view.shown().NoteColumn(page.id, authz::ColumnPathText(column.path));
    for (const MergedAspect& aspect : column.aspects) NoteAspect(page.id, aspect.aspect, view);
  }
  for (const auto& [member, path] : owned) {
    if (member != page.id && columns.contains(path)) {
      view.shown().NoteColumn(member, authz::ColumnPathText(path));
    }
  }
  for (const MergedAspect& aspect : page.aspects) {
    // Its fields are the columns.
    if (!aspect.aspect.has_schema()) NoteAspect(page.id, aspect.aspect, view);
  }
}

}  // namespace

StatusOr<authz::Visible<AssetPage>> FindPage(authz::GovernedView& view, const AssetName& name) {
  AssetPage page;
  ASSIGN_OR_RETURN(page.id, view.Resolve(name));
  page.name = view.NameOf(page.id).value_or(name);
  Gathered gathered;
  RETURN_IF_ERROR(GatherPage(view, page, gathered));
  if (!view.point().as_of) page.last_seen = gathered.last_seen;
  const std::vector<std::pair<AssetId, Path>> owned = std::move(gathered.owned);
  MergeInto(std::move(gathered), page);
  NotePage(view, page, owned);
  page.containers = ContainersOf(view, page.id);
  if (const authz::AssetLabels* labels = view.LabelsOf(page.id)) page.deleted = labels->deleted;
  return view.Merge(std::move(page));
}

StatusOr<bool> HasColumn(authz::GovernedView& view, AssetId asset, const std::vector<std::string>& path) {
  const authz::Looking looking(&view.shown());
  Gathered gathered;
  std::map<ColumnId, Path> paths;
  RETURN_IF_ERROR(GatherColumns(view, asset, paths, gathered));
  return gathered.columns.contains(path);
}

std::vector<std::string> AllowedOn(const authz::GovernedView& view, AssetId id) {
  std::vector<std::string> out;
  for (int number = 1; number < authz::kPrivilegeCount; ++number) {
    const auto privilege = static_cast<authz::Privilege>(number);
    if (view.Allows(privilege, id)) out.emplace_back(authz::PrivilegeName(privilege));
  }
  return out;
}

}  // namespace cadastre::catalog
