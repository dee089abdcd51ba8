// Which statements are claims, and what is told of that.
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "authz/write/label_rules.h"
#include "base/status.h"
#include "catalog/upsert.h"

namespace cadastre::catalog {
namespace {

bool Places(const AspectKind& kind) {
  return kind.number == v1::Aspect::kContainer || kind.number == v1::Aspect::kDomain;
}

}  // namespace

// Whether it would be a claim if the name had first been heard of in this session.
StatusOr<bool> Upserter::IsClaimOfNew(const AspectKind& kind, const AspectKey& key, const AspectWrite& write,
                                      const record::AspectRow& row) {
  const std::optional<AssetName> name = session_->NameOf(write.asset);
  if (!name) return true;
  ASSIGN_OR_RETURN(const auto* columns, columns_.ColumnsOf(write.asset));
  // What they inherited was not stated in this session.
  std::map<ColumnId, record::Column> bare;
  for (const auto& [id, column] : *columns) *bare[id].mutable_path() = column.path();
  LabelStatements& said = as_new_[write.asset];
  ASSIGN_OR_RETURN(const record::Labels before, DeriveLabels(*session_, *permit_, said, bare));
  if (!authz::MaySetLabelOfNew(*session_, kind.write, *name, before)) return true;
  if (Places(kind) && !write.withdraw) {
    ASSIGN_OR_RETURN(const bool into, MayMoveInto(kind, write));
    if (!into) return true;
  }
  if (!kind.label) return false;
  LabelStatements after = said;
  std::vector<Statement>& own = after[{key.column, kind.number}];
  own.clear();
  if (!write.withdraw) own.push_back(StatementOf(row, write.held.value_or(session_->now())));
  ASSIGN_OR_RETURN(const record::Labels labels, DeriveLabels(*session_, *permit_, after, bare));
  if (authz::WouldWidenNew(*session_, *name, before, labels)) return true;
  said = std::move(after);
  return false;
}

StatusOr<Upserter::Verdict> Upserter::Judge(authz::Privilege privilege, const AspectKind& kind, const AspectKey& key,
                                            const AspectWrite& write, const record::AspectRow& row) {
  Verdict verdict;
  if (!kind.claimable()) return verdict;
  ASSIGN_OR_RETURN(verdict.may, MaySet(privilege, kind, write));
  verdict.claim = !verdict.may;
  if (verdict.may && kind.label) {
    ASSIGN_OR_RETURN(verdict.widens, Widens(kind, key, write, row));
    verdict.claim = verdict.widens;
  }
  if (!verdict.claim) return verdict;
  ASSIGN_OR_RETURN(const auto standing,
                   session_->Find(kAspects, EncodeAspectKey(key), write.held.value_or(kTimestampMax)));
  verdict.left_out = standing && !standing->record.claim();
  return verdict;
}

StatusOr<bool> Upserter::MaySet(authz::Privilege privilege, const AspectKind& kind, const AspectWrite& write) {
  if (privilege != kind.write) {
    ASSIGN_OR_RETURN(const bool may, authz::MaySetLabel(*session_, kind.write, write.asset));
    if (!may) return false;
  }
  if (!Places(kind)) return true;
  return MayMove(kind, write);
}

StatusOr<std::optional<AssetId>> Upserter::PlaceOf(const AspectKind& kind, const AspectWrite& write) const {
  if (write.withdraw) return std::optional(AssetId(0));
  const bool container = kind.number == v1::Aspect::kContainer;
  const v1::AssetRef& ref = container ? write.aspect.container().container() : write.aspect.domain().domain();
  ASSIGN_OR_RETURN(const AssetName name, NameOfRef(ref, base::Cat("aspect.", kind.name, ".", kind.name)));
  return session_->FindName(name);
}

// A place that does not exist yet is made by who may place anything.
StatusOr<bool> Upserter::MayMoveInto(const AspectKind& kind, const AspectWrite& write) {
  ASSIGN_OR_RETURN(const std::optional<AssetId> to, PlaceOf(kind, write));
  if (!to) return authz::MayPlaceAnywhere(*session_, kind.write);
  return authz::MayPlace(*session_, kind.write, *to);
}

// Both sides: who lays an asset somewhere decides who sees it there, and who takes it away who does not any more.
StatusOr<bool> Upserter::MayMove(const AspectKind& kind, const AspectWrite& write) {
  ASSIGN_OR_RETURN(const record::AssetHeader header, session_->HeaderOf(write.asset));
  const bool container = kind.number == v1::Aspect::kContainer;
  const AssetId from(container ? header.labels().container() : header.labels().domain());
  ASSIGN_OR_RETURN(const std::optional<AssetId> to, PlaceOf(kind, write));
  // That it lies there already is told to nobody who does not see the place.
  if (to && from == *to && (!from.valid() || session_->May(authz::Privilege::kBrowse, from))) return true;
  ASSIGN_OR_RETURN(const bool into, MayMoveInto(kind, write));
  if (!into) return false;
  return to ? authz::MayPlace(*session_, kind.write, from) : StatusOr<bool>(true);
}

StatusOr<bool> Upserter::Widens(const AspectKind& kind, const AspectKey& key, const AspectWrite& write,
                                const record::AspectRow& row) {
  const std::string encoded = EncodeAspectKey(key);
  // What is overtaken by a later value of this producer labels nothing now.
  ASSIGN_OR_RETURN(const auto newest, session_->Peek(kAspects, encoded));
  if (newest && write.held && newest->held > *write.held) return false;
  ASSIGN_OR_RETURN(const bool releases, Releases(kind, key, write, row));
  std::map<AssetId, record::Labels> after;
  ASSIGN_OR_RETURN(const std::vector<AssetId> names, session_->SetOf(write.asset));
  for (const AssetId name : names) {
    const bool own = name == write.asset;
    // What this session said of another name of the same thing stands with this, or with neither.
    if (!own && !labels_changed_.contains(name)) continue;
    ASSIGN_OR_RETURN(LabelStatements statements, LabelsStated(name, own ? encoded : ""));
    if (own && !write.withdraw) {
      statements[{key.column, kind.number}].push_back(StatementOf(row, write.held.value_or(session_->now())));
    }
    ASSIGN_OR_RETURN(const auto* columns, columns_.ColumnsOf(name));
    std::map<ColumnId, record::Column> released;
    if (own && releases) {
      ASSIGN_OR_RETURN(released, columns_.Released(name, key.column));
      columns = &released;
    }
    ASSIGN_OR_RETURN(after[name], DeriveLabels(*session_, *permit_, statements, *columns));
  }
  return authz::WouldWiden(*session_, write.asset, after);
}

}  // namespace cadastre::catalog
