#include "cli/audit_check.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "authz/proof/head.h"
#include "authz/proof/leaf_names.h"
#include "base/asset_name.h"
#include "base/status.h"
#include "cadastre/record/audit.pb.h"
#include "cli/words.h"

namespace cadastre::cli {
namespace {

using audit::v1::GetHeadResponse;

// 2 GiB of hashes; a longer log is checked in parts by its exported leaves.
constexpr int64_t kLeavesMax = int64_t{1} << 26;
constexpr int64_t kMicros = 1'000'000;

proof::Hash HashOf(const std::string& bytes) {
  proof::Hash hash{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), hash.size()), hash.begin());
  return hash;
}

proof::Hash RootOf(const GetHeadResponse& head) { return HashOf(head.root_hash()); }

// Of the present head, or of the one that stands for trimmed records.
template <typename Head>
bool IsSigned(const Head& head, const std::string& log_id) {
  proof::Head signed_head;
  signed_head.log_id = log_id;
  signed_head.tree_size = static_cast<uint64_t>(head.tree_size());
  signed_head.root = HashOf(head.root_hash());
  signed_head.time_micros = head.time().seconds() * kMicros + head.time().nanos() / 1000;
  return proof::VerifyHead(signed_head, head.signature(), head.public_key());
}

absl::Status CheckTrimmed(const GetHeadResponse& head) {
  const audit::v1::TrimmedHead& trimmed = head.trimmed();
  if (trimmed.tree_size() < 1 || trimmed.tree_size() > head.tree_size()) {
    return base::InvalidField("trimmed.tree_size", "1 to tree_size");
  }
  if (!IsSigned(trimmed, head.log_id()) || trimmed.public_key() != head.public_key()) {
    return base::DataLoss("the head of the trimmed records is not signed by the key of this log");
  }
  std::vector<proof::Hash> peaks;
  for (const std::string& peak : trimmed.peaks()) peaks.push_back(HashOf(peak));
  if (peaks.size() != proof::Peaks(static_cast<uint64_t>(trimmed.tree_size())).size() ||
      proof::RootOfPeaks(peaks) != HashOf(trimmed.root_hash())) {
    return base::DataLoss("what stands for the trimmed records does not hash to their signed head");
  }
  return absl::OkStatus();
}

// What the records that are kept go on from.
proof::Frontier TrimmedTree(const GetHeadResponse& head) {
  std::vector<proof::Hash> peaks;
  for (const std::string& peak : head.trimmed().peaks()) peaks.push_back(HashOf(peak));
  return proof::Frontier(static_cast<uint64_t>(head.trimmed().tree_size()), std::move(peaks));
}

// An older leaf's joined paths, each told as one segment, and then those in segments.
bool TellsColumns(const audit::v1::ShownAsset& told, const record::Shown& bound) {
  google::protobuf::RepeatedPtrField<catalog::v1::ColumnRef> columns;
  for (const std::string& joined : bound.columns()) columns.Add()->add_path(joined);
  columns.MergeFrom(bound.paths());
  return std::equal(told.columns().begin(), told.columns().end(), columns.begin(), columns.end(),
                    [](const catalog::v1::ColumnRef& one, const catalog::v1::ColumnRef& other) {
                      return !one.has_asset() &&
                             std::equal(one.path().begin(), one.path().end(), other.path().begin(), other.path().end());
                    });
}

}  // namespace

absl::Status AuditCheck::CheckSignature(const GetHeadResponse& head) {
  if (head.root_hash().size() != proof::Hash().size()) return base::InvalidField("root_hash", "32 bytes");
  if (head.tree_size() < 0 || head.tree_size() - head.trimmed().tree_size() > kLeavesMax) {
    return base::InvalidField("tree_size", base::Cat("0 to ", kLeavesMax, " records that are kept"));
  }
  if (!IsSigned(head, head.log_id())) {
    return base::DataLoss("the signature of the head is not one of its public key");
  }
  return head.has_trimmed() ? CheckTrimmed(head) : absl::OkStatus();
}

absl::Status AuditCheck::CheckTold(const audit::v1::Record& record) {
  const auto differs = [&](std::string_view what) {
    return base::DataLoss("record ", record.index(), " tells another ", what, " than its leaf");
  };
  record::AuditLeaf leaf;
  if (!leaf.ParseFromString(record.leaf())) return base::DataLoss("the leaf of record ", record.index(), " is none");
  const int64_t micros = record.time().seconds() * kMicros + record.time().nanos() / 1000;
  if (micros != leaf.time()) return differs("time");
  if (record.principal() != leaf.principal()) return differs("principal");
  if (record.operation() != leaf.operation()) return differs("operation");
  // One more than the canonical status code.
  if (record.outcome() != static_cast<int>(leaf.outcome()) + 1) return differs("outcome");
  if (record.request_id() != leaf.request_id()) return differs("request id");
  if (record.write() != leaf.write()) return differs("effect");
  if (record.count() != static_cast<int64_t>(leaf.count())) return differs("count");
  if (record.change().empty() != (leaf.change() == 0)) return differs("change");
  const bool targets =
      std::equal(record.targets().begin(), record.targets().end(), leaf.targets().begin(), leaf.targets().end(),
                 [](const audit::v1::Target& told, const record::Target& bound) {
                   return EnumWord(audit::v1::TargetKind_Name(told.kind()), "TARGET_KIND_") == bound.kind() &&
                          told.id() == bound.id();
                 });
  if (!targets) return differs("target");
  const bool columns =
      std::equal(record.shown().begin(), record.shown().end(), leaf.shown().begin(), leaf.shown().end(), TellsColumns);
  if (!columns) return differs("list of what was shown");
  std::vector<std::optional<base::AssetName>> names;
  for (const audit::v1::ShownAsset& shown : record.shown()) {
    const catalog::v1::AssetRef& ref = shown.asset();
    // Erased since: nothing is left to compare.
    if (!shown.has_asset()) return absl::OkStatus();
    const auto kind = base::ParseAssetKind(ref.kind());
    if (!kind.ok()) return differs("asset");
    names.push_back(base::AssetName{*kind, ref.namespace_(), ref.name()});
  }
  return proof::NamesHash(names) == leaf.names_hash() ? absl::OkStatus() : differs("asset");
}

AuditCheck::AuditCheck(GetHeadResponse head)
    : head_(std::move(head)),
      first_(static_cast<uint64_t>(head_.trimmed().tree_size())),
      leaves_(static_cast<size_t>(head_.tree_size()) - first_),
      seen_(leaves_.size()),
      missing_(leaves_.size()) {}

absl::Status AuditCheck::Add(const audit::v1::Record& record) {
  if (record.index() < static_cast<int64_t>(first_)) return absl::OkStatus();
  const auto index = static_cast<size_t>(record.index()) - first_;
  if (index >= leaves_.size()) return absl::OkStatus();
  const proof::Hash hash = proof::LeafHash(record.leaf());
  if (seen_[index]) {
    if (leaves_[index] == hash) return absl::OkStatus();
    return base::DataLoss("record ", record.index(), " came twice with different leaves");
  }
  seen_[index] = true;
  leaves_[index] = hash;
  --missing_;
  return absl::OkStatus();
}

absl::Status AuditCheck::Check(const GetHeadResponse* previous) const {
  const uint64_t size = first_ + leaves_.size();
  if (missing_ > 0) {
    const auto first = std::find(seen_.begin(), seen_.end(), false) - seen_.begin();
    return base::DataLoss(missing_, " of ", leaves_.size(), " records are not there; the first is ",
                          first_ + static_cast<uint64_t>(first));
  }
  proof::Frontier tree = TrimmedTree(head_);
  const auto ignore = [](const proof::Frontier::Node&) {};
  const uint64_t known = previous == nullptr ? 0 : static_cast<uint64_t>(previous->tree_size());
  if (previous != nullptr && previous->log_id() != head_.log_id()) {
    return base::DataLoss("the previous head is of another log: ", previous->log_id(), ", not ", head_.log_id());
  }
  if (known > size) {
    return base::DataLoss("the log has ", size, " records and had ", known, " before: it was cut");
  }
  if (previous != nullptr && known < first_) {
    return base::FailedPrecondition("the previous head covers ", known, " records, and the first ", first_,
                                    " were trimmed since: their signed head is all that can be compared");
  }
  for (uint64_t i = first_; i <= size; ++i) {
    if (previous != nullptr && i == known && tree.root() != RootOf(*previous)) {
      return base::DataLoss("the first ", known, " records are not those the previous head signed");
    }
    if (i < size) tree.Append(leaves_[i - first_], ignore);
  }
  if (tree.root() != RootOf(head_)) return base::DataLoss("the records do not hash to the root the head signed");
  return absl::OkStatus();
}

}  // namespace cadastre::cli
