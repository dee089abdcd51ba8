// Whether an audit log is what its signed head says: signature, root over all leaves (from the signed head of what was
// trimmed on), and continuation of an older head.
//
// Owner: the command makes one and feeds it. Thread rule: confined.
// Errors: DATA_LOSS that says which check failed.
// Bounds: 32 bytes of memory a leaf. Deliberately does not: decide which key to trust (--key pins one), fetch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "authz/proof/merkle.h"
#include "cadastre/audit/v1/audit.pb.h"

namespace cadastre::cli {

class AuditCheck {
 public:
  // INVALID_ARGUMENT for a head whose sizes make no sense.
  static absl::Status CheckSignature(const audit::v1::GetHeadResponse& head);

  // That a record says no more and no less than its leaf, which is what the tree binds: who, what, when, with which
  // outcome, and of which assets by their names today. (Detail and address stand apart and can be erased.)
  static absl::Status CheckTold(const audit::v1::Record& record);

  // The head was checked before.
  explicit AuditCheck(audit::v1::GetHeadResponse head);

  // In any order; leaves the head does not cover are passed over. DATA_LOSS for one that comes twice and differs.
  absl::Status Add(const audit::v1::Record& record);
  // Leaves that did not come yet.
  uint64_t missing() const { return missing_; }

  // After the last leaf: the root is the head's, and where `previous` is not null the log continues it.
  // FAILED_PRECONDITION where records of the previous head were trimmed since.
  absl::Status Check(const audit::v1::GetHeadResponse* previous) const;

 private:
  const audit::v1::GetHeadResponse head_;
  // Records before this one were trimmed.
  const uint64_t first_;
  std::vector<proof::Hash> leaves_;
  std::vector<bool> seen_;
  uint64_t missing_ = 0;
};

}  // namespace cadastre::cli
