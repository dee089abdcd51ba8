#include "catalog/standing_columns.h"

#include <utility>

#include "authz/view/merged_sets.h"
#include "base/status.h"
#include "catalog/aspect_kind.h"
#include "catalog/aspect_versions.h"
#include "catalog/column_writer.h"
#include "catalog/merge.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

std::string TextOf(const std::vector<std::string>& path) {
  std::string text = JoinPath(path);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

}  // namespace

bool StandingColumns::Has(const std::vector<std::string>& path) const {
  if (columns_.empty() || path.empty()) return true;
  const std::string text = TextOf(path);
  if (columns_.contains(text) || !WasKnown(text)) return true;
  for (size_t dot = text.find('.'); dot != std::string::npos; dot = text.find('.', dot + 1)) {
    const auto above = columns_.find(text.substr(0, dot));
    if (above != columns_.end() && !above->second) return true;
  }
  return false;
}

// A column went with the one it is within.
bool StandingColumns::WasKnown(const std::string& text) const {
  if (former_.contains(text)) return true;
  for (size_t dot = text.find('.'); dot != std::string::npos; dot = text.find('.', dot + 1)) {
    if (former_.contains(text.substr(0, dot))) return true;
  }
  return false;
}

StatusOr<StandingColumns> FindStandingColumns(authz::GovernedView& view, AssetId asset) {
  const authz::NotesPaused paused(&view.shown());
  const AspectKind& kind = *FindAspectKind(v1::Aspect::kSchema);
  std::vector<Statement> statements;
  authz::MergedSets sets(&view);
  for (const AssetId member : sets.Of(asset)) {
    Status status;
    RETURN_IF_ERROR(view.Scan<record::AspectRow>(kAspects, AspectPrefix(member, ColumnId(0), kind.number), "",
                                                 [&](authz::Sealed<authz::RowOf<record::AspectRow>> sealed) {
                                                   auto row = view.Reveal(kAspects, std::move(sealed));
                                                   if (!row || !(*row)->record.aspect().has_schema()) return true;
                                                   // Which name's schema is the newer must not tell of hidden columns.
                                                   StatusOr<SeenValue> seen =
                                                       SeenValueOf(view, member, kind.number, (*std::move(row)).Take());
                                                   status = seen.status();
                                                   if (status.ok()) statements.push_back(std::move(seen->statement));
                                                   return status.ok();
                                                 }));
    RETURN_IF_ERROR(status);
  }
  StandingColumns standing;
  const std::optional<MergedAspect> merged = MergeStatements(kind, std::move(statements));
  if (!merged) return standing;
  for (const FlatField& flat : Flatten(merged->aspect.schema())) {
    bool& taken_apart = standing.columns_[TextOf(flat.path)];
    taken_apart = taken_apart || !flat.field->fields().empty();
  }
  for (const AssetId member : sets.Of(asset)) {
    RETURN_IF_ERROR(view.Scan<record::Column>(kColumns, ColumnPrefix(member), "",
                                              [&](authz::Sealed<authz::RowOf<record::Column>> sealed) {
                                                const auto row = view.Reveal(kColumns, std::move(sealed));
                                                if (!row) return true;
                                                const record::Column& column = (*row)->record;
                                                if (column.orphaned())
                                                  standing.former_.insert(TextOf(PathOf(column.path())));
                                                for (const record::FormerColumnName& name : column.former()) {
                                                  if (!name.path().empty())
                                                    standing.former_.insert(TextOf(PathOf(name.path())));
                                                }
                                                return true;
                                              }));
  }
  return standing;
}

}  // namespace cadastre::catalog
