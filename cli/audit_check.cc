#include "cli/audit_check.h"

#include <algorithm>
#include <utility>

#include "authz/proof/head.h"
#include "base/status.h"

namespace cadastre::cli {
namespace {

using audit::v1::GetHeadResponse;

// 2 GiB of hashes; a longer log is checked in parts by its exported leaves.
constexpr int64_t kLeavesMax = int64_t{1} << 26;
constexpr int64_t kMicros = 1'000'000;

proof::Hash RootOf(const GetHeadResponse& head) {
  proof::Hash root{};
  std::copy(head.root_hash().begin(), head.root_hash().end(), root.begin());
  return root;
}

}  // namespace

absl::Status AuditCheck::CheckSignature(const GetHeadResponse& head) {
  if (head.root_hash().size() != proof::Hash().size()) return base::InvalidField("root_hash", "32 bytes");
  if (head.tree_size() < 0 || head.tree_size() > kLeavesMax) {
    return base::InvalidField("tree_size", base::Cat("0 to ", kLeavesMax));
  }
  proof::Head signed_head;
  signed_head.log_id = head.log_id();
  signed_head.tree_size = static_cast<uint64_t>(head.tree_size());
  signed_head.root = RootOf(head);
  signed_head.time_micros = head.time().seconds() * kMicros + head.time().nanos() / 1000;
  if (!proof::VerifyHead(signed_head, head.signature(), head.public_key())) {
    return base::DataLoss("the signature of the head is not one of its public key");
  }
  return absl::OkStatus();
}

AuditCheck::AuditCheck(GetHeadResponse head)
    : head_(std::move(head)),
      leaves_(static_cast<size_t>(head_.tree_size())),
      seen_(leaves_.size()),
      missing_(leaves_.size()) {}

absl::Status AuditCheck::Add(const audit::v1::Record& record) {
  if (record.index() < 0 || static_cast<uint64_t>(record.index()) >= leaves_.size()) return absl::OkStatus();
  const auto index = static_cast<size_t>(record.index());
  const proof::Hash hash = proof::LeafHash(record.leaf());
  if (seen_[index]) {
    if (leaves_[index] == hash) return absl::OkStatus();
    return base::DataLoss("record ", index, " came twice with different leaves");
  }
  seen_[index] = true;
  leaves_[index] = hash;
  --missing_;
  return absl::OkStatus();
}

absl::Status AuditCheck::Check(const GetHeadResponse* previous) const {
  if (missing_ > 0) {
    const auto first = std::find(seen_.begin(), seen_.end(), false) - seen_.begin();
    return base::DataLoss(missing_, " of ", leaves_.size(), " records are not there; the first is ", first);
  }
  proof::Frontier tree;
  const auto ignore = [](const proof::Frontier::Node&) {};
  const uint64_t known = previous == nullptr ? 0 : static_cast<uint64_t>(previous->tree_size());
  if (previous != nullptr && previous->log_id() != head_.log_id()) {
    return base::DataLoss("the previous head is of another log: ", previous->log_id(), ", not ", head_.log_id());
  }
  if (known > leaves_.size()) {
    return base::DataLoss("the log has ", leaves_.size(), " records and had ", known, " before: it was cut");
  }
  for (uint64_t i = 0; i <= leaves_.size(); ++i) {
    if (previous != nullptr && i == known && tree.root() != RootOf(*previous)) {
      return base::DataLoss("the first ", known, " records are not those the previous head signed");
    }
    if (i < leaves_.size()) tree.Append(leaves_[i], ignore);
  }
  if (tree.root() != RootOf(head_)) return base::DataLoss("the records do not hash to the root the head signed");
  return absl::OkStatus();
}

}  // namespace cadastre::cli
