#include <optional>
#include <utility>
#include <vector>

#include "authz/audit/audit_leaf.h"
#include "authz/audit/audit_log.h"
#include "authz/audit/audit_tables.h"
#include "authz/audit/audit_tree.h"
#include "authz/proof/leaf_names.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

// storage's own: a revision a commit, in the order of time.
constexpr Table<std::string> kTimeTable{Keyspace::kTime, [](std::string_view, const std::string&) -> RowRule {
                                          return {Subjects(), Privilege::kNone};
                                        }};

// An erased personal part fits any leaf; one that is there must be the one the leaf binds.
Status CheckPersonal(const SystemView& view, uint32_t log, uint64_t index, const record::AuditLeaf& leaf) {
  ASSIGN_OR_RETURN(const std::optional<RowOf<std::string>> stored,
                   view.Find(kPersonalBytesTable, AuditLeafKey(log, index)));
  if (!stored) return absl::OkStatus();
  record::AuditPersonal personal;
  RETURN_IF_ERROR(DecodeRecord(stored->record, &personal));
  if (PersonalHash(personal, stored->record) == leaf.personal_hash()) return absl::OkStatus();
  return base::DataLoss("the personal part of audit leaf ", index, " is not the one it was written with");
}

// An erased name fits any leaf; those that are there must be those the leaf was written with.
Status CheckNames(const SystemView& view, uint64_t index, const record::AuditLeaf& leaf) {
  std::vector<std::optional<AssetName>> names;
  for (const record::Shown& shown : leaf.shown()) {
    names.push_back(view.registry().NameOf(AssetId(shown.asset())));
    if (!names.back()) return absl::OkStatus();
  }
  if (proof::NamesHash(names) == leaf.names_hash()) return absl::OkStatus();
  return base::DataLoss("audit leaf ", index, " was written of assets with other names than they have today");
}

// The leaves of a log and the changes of the store, side by side: both are in the order of revisions.
class ChangeJoin {
 public:
  ChangeJoin(const SystemView& view, bool trimmed) : view_(view), trimmed_(trimmed) {}

  Status Leaf(uint64_t index, const record::AuditLeaf& leaf) {
    // What came before this log began is told of in the one before.
    if (index == 0 && leaf.has_previous()) told_ = Revision(leaf.revision());
    const Revision change(leaf.change());
    if (!change.valid()) return absl::OkStatus();
    // What came before the first leaf kept went with its leaf.
    if (std::exchange(trimmed_, false)) told_ = change;
    if (change > view_.revision() || change < told_) {
      return base::DataLoss("audit leaf ", index, " tells of change ", change.value(), ", which is out of order");
    }
    // A write with much to name has several leaves, and one commit one revision.
    if (change > Revision(told_.value() + 1)) gaps_.push_back({Revision(told_.value() + 1), change});
    told_ = change;
    return absl::OkStatus();
  }

  // No row of the time index may stand in a gap, up to the last change that was told of.
  Status Finish() {
    Status missing;
    size_t gap = 0;
    RETURN_IF_ERROR(view_.Scan<std::string>(kTimeTable, "", "", [&](const RowOf<std::string>& row) {
      const StatusOr<uint64_t> revision = base::ByteReader(row.record).ReadU64();
      missing.Update(revision.status());
      if (!revision.ok()) return false;
      while (gap < gaps_.size() && gaps_[gap].end <= Revision(*revision)) ++gap;
      if (gap == gaps_.size()) return false;
      if (Revision(*revision) < gaps_[gap].begin) return true;
      missing = base::DataLoss("change ", *revision, " of the store has no record in the audit log");
      return false;
    }));
    return missing;
  }

 private:
  struct Gap {
    Revision begin;
    Revision end;
  };
  const SystemView& view_;
  bool trimmed_;
  Revision told_;
  std::vector<Gap> gaps_;
};

}  // namespace

Status VerifyAuditLog(const SystemView& view, const AuditLog& log) {
  const uint32_t number = log.number();
  const std::string public_key = log.public_key();
  ASSIGN_OR_RETURN(const std::optional<RowOf<record::AuditHead>> head, view.Find(kAuditHeadTable, AuditLogKey(number)));
  // Before the leaves: a log in use grows meanwhile, and then holds at least these.
  ASSIGN_OR_RETURN(const proof::Frontier stored, LoadFrontier(view, number));
  const std::optional<TrimmedPart> trimmed = log.trimmed();
  proof::Frontier frontier;
  if (trimmed) {
    proof::Head stated = trimmed->signed_head.head;
    stated.log_id = log.log_id();
    if (!proof::VerifyHead(stated, trimmed->signed_head.signature, public_key)) {
      return base::DataLoss("the head of the trimmed audit leaves is not signed by this log's key");
    }
    frontier = proof::Frontier(stated.tree_size, trimmed->peaks);
  }
  ChangeJoin changes(view, trimmed.has_value());
  Status damage;
  const auto check_head = [&] {
    if (frontier.size() == stored.size() && frontier.root() != stored.root()) {
      damage.Update(base::DataLoss("the audit tree does not fit its leaves"));
    }
    if (!head || head->record.tree_size() != frontier.size()) return;
    const proof::Head stated{log.log_id(), frontier.size(), frontier.root(), head->record.time()};
    if (HashBytes(stated.root) != head->record.root_hash() ||
        !proof::VerifyHead(stated, head->record.signature(), public_key)) {
      damage.Update(base::DataLoss("the stored head of the audit log does not fit its leaves"));
    }
  };
  const auto check_node = [&](const proof::Frontier::Node& node) {
    const StatusOr<std::optional<proof::Hash>> stored = FindNode(view, number, node.at);
    damage.Update(stored.status());
    if (stored.ok() && (!stored->has_value() || **stored != node.hash)) {
      damage.Update(base::DataLoss("a node of the audit tree does not fit its leaves"));
    }
  };
  check_head();
  RETURN_IF_ERROR(view.Scan<std::string>(
      kAuditBytesTable, AuditLogKey(number), AuditLeafKey(number, frontier.size()), [&](const RowOf<std::string>& row) {
        if (row.key != AuditLeafKey(number, frontier.size())) {
          damage.Update(base::DataLoss("audit leaf ", frontier.size(), " is missing"));
          return false;
        }
        record::AuditLeaf leaf;
        damage.Update(DecodeRecord(row.record, &leaf));
        if (damage.ok()) damage.Update(CheckPersonal(view, number, frontier.size(), leaf));
        if (damage.ok()) damage.Update(CheckNames(view, frontier.size(), leaf));
        if (damage.ok()) damage.Update(changes.Leaf(frontier.size(), leaf));
        frontier.Append(proof::LeafHash(row.record), check_node);
        check_head();
        return damage.ok();
      }));
  RETURN_IF_ERROR(damage);
  if (head && head->record.tree_size() > frontier.size()) {
    return base::DataLoss("the audit log is shorter than its stored head says");
  }
  if (stored.size() > frontier.size()) return base::DataLoss("the audit log is shorter than its tree");
  return changes.Finish();
}

}  // namespace cadastre::authz
