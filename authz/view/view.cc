#include "authz/view/view.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "authz/view/row_reads.h"
#include "base/status.h"

namespace cadastre::authz {

GovernedView::GovernedView(ViewContext context, Viewer viewer, std::shared_ptr<const Published> published,
                           std::shared_ptr<const RuleSet> rules, ReadPoint point)
    : Sight(context, std::move(viewer), std::move(published), std::move(rules), point, storage::ReadPass(point.known)) {
}

bool GovernedView::MayPush(const CanonicalName& name) const {
  return PolicyEvaluator(published().labels, *context().registry).AllowsPush(rules(), name);
}

void GovernedView::MoveTo(ReadPoint point) {
  point.known = std::min(point.known, revision());
  point.known_as_of = point.known < revision();
  Sight::MoveTo(point, storage::ReadPass(point.known));
}

StatusOr<std::optional<storage::Row>> GovernedView::FindRow(Keyspace keyspace, std::string_view key) const {
  return ReadRow(*context().reader, pass(), keyspace, key, point().held);
}

StatusOr<std::vector<std::optional<storage::Row>>> GovernedView::FindRows(Keyspace keyspace,
                                                                          const std::vector<std::string>& keys) const {
  return ReadRows(*context().reader, pass(), keyspace, keys, point().held);
}

Status GovernedView::ScanRows(Keyspace keyspace, std::string_view prefix, std::string_view start, bool versions,
                              const RowVisitor& each) const {
  const ScanBounds bounds = BoundsOf(keyspace, prefix, start);
  const std::unique_ptr<storage::RowCursor> cursor =
      versions ? context().reader->ScanVersions(pass(), bounds.lower, bounds.upper)
               : context().reader->Scan(pass(), bounds.lower, bounds.upper, point().held);
  return VisitRows(*cursor, each);
}

StatusOr<std::optional<std::string>> GovernedView::InternedText(char space, uint32_t number) const {
  ASSIGN_OR_RETURN(std::optional<storage::Row> row, FindRow(Keyspace::kIntern, InternNumberKey(space, number)));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(std::move(row->value));
}

StatusOr<std::optional<uint32_t>> GovernedView::InternedNumber(char space, std::string_view text) const {
  ASSIGN_OR_RETURN(const std::optional<storage::Row> row, FindRow(Keyspace::kIntern, InternTextKey(space, text)));
  if (!row) return std::optional<uint32_t>();
  ASSIGN_OR_RETURN(const uint32_t number, DecodeInternNumber(row->value));
  return std::optional<uint32_t>(number);
}

bool GovernedView::Shows(const Subjects& subjects, Privilege privilege) const {
  if (subjects.overfull) return false;
  if (subjects.global && !AllowsEverywhere(privilege)) return false;
  if (!subjects.global && subjects.asset_count == 0) return privilege == Privilege::kNone;
  for (size_t i = 0; i < subjects.asset_count; ++i) {
    if (!Allows(privilege, subjects.assets[i])) return false;
  }
  if (subjects.asset_count > 0 && subjects.column.valid()) return SeesColumn(subjects.assets[0], subjects.column);
  return true;
}

void GovernedView::Note(const Subjects& subjects) {
  if (!shown_.notes()) return;
  for (size_t i = 0; i < subjects.asset_count; ++i) shown_.Note(subjects.assets[i]);
  if (subjects.asset_count == 0 || !subjects.column.valid()) return;
  std::vector<std::string> path = PathOf(subjects.assets[0], subjects.column);
  if (!path.empty()) shown_.NoteColumn(subjects.assets[0], std::move(path));
}

ColumnSight ColumnSight::Noting(GovernedView* view) {
  ColumnSight sight(view);
  sight.noting_ = true;
  return sight;
}

bool ColumnSight::Sees(AssetId asset, const std::vector<std::string>& path) {
  if (!noting_ && !view_->SeesColumnPath(asset, path)) return false;
  if (view_->shown().notes()) view_->shown().NoteColumn(asset, path);
  return true;
}

bool ColumnSight::Sees(AssetId asset, ColumnId column) {
  if (!noting_ && !view_->SeesColumn(asset, column)) return false;
  if (!view_->shown().notes()) return true;
  std::vector<std::string> path = view_->PathOf(asset, column);
  if (!path.empty()) view_->shown().NoteColumn(asset, std::move(path));
  return true;
}

bool ColumnSight::Sees(const AssetName& name) {
  const StatusOr<AssetId> id = view_->Resolve(name);
  if (id.ok()) view_->shown().Note(*id);
  return noting_ || id.ok();
}

std::optional<AssetId> ColumnSight::Find(const AssetName& name) const {
  const StatusOr<AssetId> id = view_->Resolve(name);
  return id.ok() ? std::optional(*id) : std::nullopt;
}

std::string_view SystemReasonName(SystemReason reason) {
  switch (reason) {
    case SystemReason::kFollowSearch: return "follow_search";
    case SystemReason::kFollowLineage: return "follow_lineage";
    case SystemReason::kLoadRegistry: return "load_registry";
    case SystemReason::kRetention: return "retention";
  }
  return "unknown";
}

SystemView::SystemView(ViewContext context, std::shared_ptr<const Published> published, SystemReason reason,
                       std::shared_ptr<const void> closing)
    : context_(context), published_(std::move(published)), reason_(reason), closing_(std::move(closing)) {}

void SystemView::Refresh() { published_ = context_.state->Load(); }

StatusOr<std::optional<storage::Row>> SystemView::FindRow(Keyspace keyspace, std::string_view key) const {
  return ReadRow(*context_.reader, Pass(), keyspace, key, kTimestampMax);
}

Status SystemView::ScanRows(Keyspace keyspace, std::string_view prefix, std::string_view start,
                            const std::function<StatusOr<bool>(storage::Row)>& each) const {
  const ScanBounds bounds = BoundsOf(keyspace, prefix, start);
  return VisitRows(*context_.reader->Scan(Pass(), bounds.lower, bounds.upper), each);
}

StatusOr<std::optional<std::string>> SystemView::InternedText(char space, uint32_t number) const {
  ASSIGN_OR_RETURN(std::optional<storage::Row> row, FindRow(Keyspace::kIntern, InternNumberKey(space, number)));
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(std::move(row->value));
}

StatusOr<std::vector<storage::LogRecord>> SystemView::ReadLog(Revision after, size_t entries_max) const {
  return context_.change_log->Read(Pass(), after, entries_max);
}

StatusOr<Horizon> SystemView::FindHorizon() const { return context_.change_log->FindHorizon(Pass()); }

}  // namespace cadastre::authz
