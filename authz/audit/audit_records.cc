#include "authz/audit/audit_records.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "authz/audit/audit_tables.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr size_t kLeavesAtATime = 256;
// A leaf's time is taken before it queues, so neighbours may stand in another order than their times; never this far.
constexpr std::chrono::microseconds kTimesMixWithin = std::chrono::minutes(10);

// What is left to read: leaves [0, end) of a log that had `size` when the first page was asked for.
struct Position {
  uint64_t size;
  uint64_t end;
};

std::string EncodePosition(const Position& position) {
  std::string bytes;
  base::AppendU64(bytes, position.size);
  base::AppendU64(bytes, position.end);
  return bytes;
}

StatusOr<Position> DecodePosition(std::string_view bytes, uint64_t size_now) {
  if (bytes.empty()) return Position{size_now, size_now};
  base::ByteReader reader(bytes);
  const StatusOr<uint64_t> size = reader.ReadU64();
  const StatusOr<uint64_t> end = reader.ReadU64();
  if (!size.ok() || !end.ok() || !reader.empty() || *size > size_now || *end > *size) {
    return base::InvalidField("page_token", "the token of an earlier page");
  }
  return Position{*size, *end};
}

class RecordScan {
 public:
  RecordScan(GovernedView& view, const AuditLog& log, const LogExtent& extent, const AuditFilter& filter,
             const AuditPageBounds& bounds)
      : view_(view), audit_log_(log), log_(extent.number), first_(extent.first), filter_(filter), bounds_(bounds) {}

  Status Run(Position position) {
    if (filter_.asset) {
      asset_ = view_.RecordedIdOf(*filter_.asset);
      if (!asset_) return absl::OkStatus();
    }
    size_t looked_at = 0;
    while (position.end > first_ && !over_ && !full() && looked_at < kLeavesPerPageMax) {
      const size_t count = std::min<uint64_t>(kLeavesAtATime, position.end - first_);
      ASSIGN_OR_RETURN(const uint64_t end, Take(position.end - count, position.end));
      looked_at += position.end - end;
      position.end = end;
    }
    if (position.end > first_ && !over_) {
      page_.next = EncodePosition(position);
      page_.truncated = !full();
    }
    return absl::OkStatus();
  }

  AuditPage& page() { return page_; }
  const Witness& parts() const { return parts_; }

 private:
  bool full() const { return out_of_bytes_ || page_.records.size() >= bounds_.rows; }

  // Leaves [begin, end) from the newest; returns where it ended.
  StatusOr<uint64_t> Take(uint64_t begin, uint64_t end) {
    std::vector<std::string> keys;
    for (uint64_t index = begin; index < end; ++index) keys.push_back(AuditLeafKey(log_, index));
    ASSIGN_OR_RETURN(const auto leaves, view_.FindMany(kAuditBytesTable, keys));
    while (end > begin && !over_ && !full()) {
      --end;
      const auto& sealed = leaves[end - begin];
      if (!sealed) {
        // Trimmed since the page began.
        const std::optional<LogExtent> now = audit_log_.Find(filter_.log_id);
        over_ = now && end < now->first;
        if (over_) return end;
        return base::DataLoss("audit leaf ", end, " is missing");
      }
      const auto visible = view_.Reveal(kAuditBytesTable, *sealed);
      if (!visible) return base::PermissionDenied("the privilege `audit` is needed on everything");
      parts_.Add(*visible);
      RETURN_IF_ERROR(Add(end, (*visible)->record));
      if (out_of_bytes_) return end + 1;
    }
    return end;
  }

  Status Add(uint64_t index, const std::string& bytes) {
    AuditRecord record;
    RETURN_IF_ERROR(DecodeRecord(bytes, &record.leaf));
    over_ = filter_.after && Timestamp(record.leaf.time()) < *filter_.after - kTimesMixWithin;
    // Changes stand in the order of their revisions.
    if (filter_.change && record.leaf.change() != 0 && Revision(record.leaf.change()) < *filter_.change) over_ = true;
    if (!Matches(record.leaf)) return absl::OkStatus();
    record.index = index;
    record.leaf_bytes = bytes;
    ASSIGN_OR_RETURN(auto personal, view_.Find(kPersonalTable, AuditLeafKey(log_, index)));
    if (personal) {
      if (const auto visible = view_.Reveal(kPersonalTable, *std::move(personal))) {
        record.detail = (*visible)->record.detail();
        record.peer = (*visible)->record.peer();
      }
    }
    for (const record::Shown& shown : record.leaf.shown()) {
      record.shown_names.push_back(view_.RecordedNameOf(AssetId(shown.asset())));
    }
    const size_t takes = BytesOf(record);
    out_of_bytes_ = !page_.records.empty() && bytes_ + takes > bounds_.bytes;
    if (out_of_bytes_) return absl::OkStatus();
    bytes_ += takes;
    page_.records.push_back(std::move(record));
    return absl::OkStatus();
  }

  // At least what the contract makes of it: the leaf, once more with names for its ids, and what else a record tells.
  static size_t BytesOf(const AuditRecord& record) {
    constexpr size_t kShellBytes = 256;
    constexpr size_t kNameShellBytes = 32;
    size_t bytes = kShellBytes + 2 * record.leaf_bytes.size() + record.detail.size() + record.peer.size();
    for (const std::optional<AssetName>& name : record.shown_names) {
      bytes += kNameShellBytes + (name ? name->ns.size() + name->name.size() : 0);
    }
    constexpr size_t kJoinedPathShellBytes = 4;
    for (const record::Shown& shown : record.leaf.shown()) {
      bytes += kJoinedPathShellBytes * static_cast<size_t>(shown.columns_size());
    }
    return bytes;
  }

  bool Matches(const record::AuditLeaf& leaf) const {
    if (!filter_.principal.empty() && leaf.principal() != filter_.principal) return false;
    if (!filter_.operation.empty() && leaf.operation() != filter_.operation) return false;
    if (filter_.after && Timestamp(leaf.time()) < *filter_.after) return false;
    if (filter_.before && Timestamp(leaf.time()) >= *filter_.before) return false;
    if (filter_.change && Revision(leaf.change()) != *filter_.change) return false;
    if (filter_.target && !NamesTarget(leaf)) return false;
    if (!asset_) return true;
    return std::any_of(leaf.shown().begin(), leaf.shown().end(),
                       [&](const record::Shown& shown) { return AssetId(shown.asset()) == *asset_; });
  }

  bool NamesTarget(const record::AuditLeaf& leaf) const {
    const auto& kind = filter_.target->first;
    const auto& id = filter_.target->second;
    return std::any_of(leaf.targets().begin(), leaf.targets().end(), [&](const record::Target& target) {
      return target.kind() == kind && (id.empty() || target.id() == id);
    });
  }

  GovernedView& view_;
  const AuditLog& audit_log_;
  const uint32_t log_;
  // Those before are trimmed.
  const uint64_t first_;
  const AuditFilter& filter_;
  const AuditPageBounds bounds_;
  std::optional<AssetId> asset_;
  bool over_ = false;
  bool out_of_bytes_ = false;
  size_t bytes_ = 0;
  AuditPage page_;
  Witness parts_;
};

}  // namespace

StatusOr<Visible<AuditPage>> ScanAuditRecords(GovernedView& view, const AuditLog& log, const AuditFilter& filter,
                                              const AuditPageBounds& bounds, std::string_view position) {
  if (!view.AllowsEverywhere(Privilege::kAudit)) {
    return base::PermissionDenied("the privilege `audit` is needed on everything");
  }
  const std::optional<LogExtent> extent = log.Find(filter.log_id);
  if (!extent) return base::InvalidField("log_id", "the id of this server's log or of one before it");
  ASSIGN_OR_RETURN(const Position from, DecodePosition(position, extent->size));
  RecordScan scan(view, log, *extent, filter, bounds);
  RETURN_IF_ERROR(scan.Run(from));
  return view.Merge(std::move(scan.page()), scan.parts());
}

}  // namespace cadastre::authz
