#include "catalog/labels.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

#include "base/status.h"
#include "catalog/aspect_kind.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

std::optional<MergedAspect> MergedOf(const LabelStatements& statements, ColumnId column, uint32_t number) {
  const auto found = statements.find({column, number});
  if (found == statements.end()) return std::nullopt;
  return MergeStatements(*FindAspectKind(number), found->second);
}

std::set<std::string> ClassesOf(const LabelStatements& statements, ColumnId column) {
  std::set<std::string> classes;
  if (const auto merged = MergedOf(statements, column, v1::Aspect::kClassifications)) {
    for (const auto& one : merged->aspect.classifications().classifications()) classes.insert(one.name());
  }
  return classes;
}

using Path = std::vector<std::string>;

// A name without a live column, by the column that had it last where that is its name still and the classes were stated
// of it.
using GoneNames = std::map<std::pair<Path, ColumnId>, std::set<std::string>>;

void Tell(const Path& path, ColumnId column, const std::set<std::string>& classes, record::Labels& labels) {
  record::ColumnLabels* out = labels.add_columns();
  out->set_column(column.value());
  out->mutable_path()->Add(path.begin(), path.end());
  out->mutable_classifications()->Add(classes.begin(), classes.end());
}

void TellGone(const GoneNames& gone, record::Labels& labels) {
  size_t bytes = 0;
  std::set<std::string> all;
  for (const auto& [name, classes] : gone) {
    for (const std::string& segment : name.first) bytes += segment.size();
    for (const std::string& one : classes) bytes += one.size();
    all.insert(classes.begin(), classes.end());
  }
  if (bytes > kGoneNamesBytesMax) {
    labels.add_columns()->mutable_classifications()->Add(all.begin(), all.end());
    return;
  }
  for (const auto& [name, classes] : gone) Tell(name.first, name.second, classes, labels);
}

// Of live columns that somebody has classified, if only as of no class.
std::set<Path> JudgedNames(const LabelStatements& statements, const std::map<ColumnId, record::Column>& columns) {
  std::set<Path> names;
  for (const auto& [id, column] : columns) {
    if (column.orphaned() || !statements.contains({id, v1::Aspect::kClassifications})) continue;
    names.insert(PathOf(column.path()));
  }
  return names;
}

// Not names by which another column was classified, since what is called so is of that one's classes.
void TellRenamed(const std::map<ColumnId, record::Column>& columns, const std::set<Path>& judged,
                 record::Labels& labels) {
  size_t bytes = 0;
  for (const auto& [id, column] : columns) {
    record::RenamedColumn renamed;
    for (const record::FormerColumnName& name : column.former()) {
      if (name.path().empty() || judged.contains(PathOf(name.path()))) continue;
      *renamed.add_former()->mutable_path() = name.path();
      for (const std::string& segment : name.path()) bytes += segment.size();
    }
    if (renamed.former().empty()) continue;
    *renamed.mutable_path() = column.path();
    *labels.add_renamed() = std::move(renamed);
  }
  if (bytes <= kGoneNamesBytesMax) return;
  for (record::RenamedColumn& renamed : *labels.mutable_renamed()) {
    renamed.clear_former();
    renamed.add_former();
  }
}

void LabelColumns(const LabelStatements& statements, const std::map<ColumnId, record::Column>& columns,
                  record::Labels& labels) {
  GoneNames gone;
  const std::set<Path> judged = JudgedNames(statements, columns);
  for (const auto& [id, column] : columns) {
    const std::set<std::string> stated = ClassesOf(statements, id);
    std::set<std::string> classes = stated;
    classes.insert(column.inherited().begin(), column.inherited().end());
    for (const record::FormerColumnName& name : column.former()) {
      std::set<std::string> carried(name.classifications().begin(), name.classifications().end());
      // What was told of the column under the name is of its classes still, save that another was classified by it.
      if (!name.path().empty() && !judged.contains(PathOf(name.path()))) carried.insert(classes.begin(), classes.end());
      if (!carried.empty()) gone[{PathOf(name.path()), ColumnId()}].merge(carried);
    }
    // Classes that it was left may be of a merged name that a viewer does not see: they mask whatever is called so, and
    // are not told of the column.
    std::set<std::string> left;
    std::set_difference(classes.begin(), classes.end(), stated.begin(), stated.end(), std::inserter(left, left.end()));
    const Path path = PathOf(column.path());
    // By name: clang does not yet capture a structured binding by itself.
    const auto tell = [&, &column = column](ColumnId teller, const std::set<std::string>& told) {
      if (told.empty()) return;
      if (!column.orphaned()) return Tell(path, teller, told, labels);
      gone[{path, teller}].insert(told.begin(), told.end());
    };
    tell(id, stated);
    tell(ColumnId(), left);
  }
  TellGone(gone, labels);
  TellRenamed(columns, judged, labels);
}

}  // namespace

StatusOr<AssetName> NameOfRef(const v1::AssetRef& ref, std::string_view field) {
  StatusOr<AssetName> name = base::MakeAssetName(ref.kind(), ref.namespace_(), ref.name());
  if (!name.ok()) return base::WithinField(field, name.status());
  return name;
}

v1::AssetRef RefOfName(AssetName name) {
  v1::AssetRef ref;
  ref.set_kind(std::string(base::AssetKindWord(name.kind)));
  ref.set_namespace_(std::move(name.ns));
  ref.set_name(std::move(name.name));
  return ref;
}

bool IsDropped(const LabelStatements& statements, bool before) {
  const auto merged = MergedOf(statements, ColumnId(0), v1::Aspect::kLifecycleChange);
  if (!merged) return false;
  const std::string& change = merged->aspect.lifecycle_change().change();
  if (change == "DROP") return true;
  return change == "RENAME" && before;
}

StatusOr<record::Labels> DeriveLabels(authz::WriteSession& session, const authz::RowPermit& permit,
                                      const LabelStatements& statements,
                                      const std::map<ColumnId, record::Column>& columns) {
  record::Labels labels;
  const ColumnId whole(0);
  if (const auto container = MergedOf(statements, whole, v1::Aspect::kContainer)) {
    ASSIGN_OR_RETURN(const AssetName name,
                     NameOfRef(container->aspect.container().container(), "aspect.container.container"));
    ASSIGN_OR_RETURN(const AssetId id, session.Intern(permit, name));
    labels.set_container(id.value());
  }
  if (const auto domain = MergedOf(statements, whole, v1::Aspect::kDomain)) {
    ASSIGN_OR_RETURN(const AssetName name, NameOfRef(domain->aspect.domain().domain(), "aspect.domain.domain"));
    ASSIGN_OR_RETURN(const AssetId id, session.Intern(permit, name));
    labels.set_domain(id.value());
  }
  std::set<std::string> tags;
  if (const auto merged = MergedOf(statements, whole, v1::Aspect::kTags)) {
    for (const auto& tag : merged->aspect.tags().tags()) {
      if (tag.field().empty()) tags.insert(tag.value().empty() ? tag.key() : base::Cat(tag.key(), ":", tag.value()));
    }
  }
  for (const std::string& tag : tags) labels.add_tags(tag);
  std::set<std::string> owners;
  if (const auto merged = MergedOf(statements, whole, v1::Aspect::kOwnership)) {
    for (const auto& owner : merged->aspect.ownership().owners()) owners.insert(owner.owner());
  }
  for (const std::string& owner : owners) labels.add_owners(owner);
  for (const std::string& name : ClassesOf(statements, whole)) labels.add_classifications(name);
  LabelColumns(statements, columns, labels);
  return labels;
}

}  // namespace cadastre::catalog
