// Reading the audit log: its records newest first, for whoever holds `audit` on everything.
//
// Owner: none, a function. Thread rule: safe (the view is confined).
// The log is read as long as it was when the first page was asked for, down to where it was trimmed; reading it is
// itself recorded by the Front. Names of assets are those the records mean, whether the viewer may browse them or not.
// Errors: PERMISSION_DENIED; INVALID_ARGUMENT (`page_token`, `log_id`); DATA_LOSS for a leaf that is missing or does
// not decode. Bounds: a page also ends before the record that would make it longer than asked for, as the contract
// writes it, and holds one at least; kLeavesPerPageMax leaves are looked at for a page; `truncated` says that the page
// ended there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "authz/audit/audit_log.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/record/audit.pb.h"

namespace cadastre::authz {

inline constexpr size_t kLeavesPerPageMax = 100'000;

// Empty fields match all.
struct AuditFilter {
  std::string principal;
  std::string operation;
  std::optional<AssetName> asset;
  std::optional<Timestamp> after;
  std::optional<Timestamp> before;
  // By kind, and id unless that is empty.
  std::optional<std::pair<std::string, std::string>> target;
  // The revision that the write made.
  std::optional<Revision> change;
  // The log to read; empty for the present one.
  std::string log_id;
};

struct AuditRecord {
  uint64_t index = 0;
  std::string leaf_bytes;  // as hashed
  record::AuditLeaf leaf;
  // Erased or never there: empty.
  std::string detail;
  std::string peer;
  // In the order of leaf.shown(); nullopt where a name was purged.
  std::vector<std::optional<AssetName>> shown_names;
};

struct AuditPage {
  std::vector<AuditRecord> records;
  // For OpaqueTokens::SealPage; empty at the end.
  std::string next;
  bool truncated = false;
};

struct AuditPageBounds {
  size_t rows = 100;
  size_t bytes = size_t{3} << 20;
};

// `position`: empty, or the `next` of the page before.
StatusOr<Visible<AuditPage>> ScanAuditRecords(GovernedView& view, const AuditLog& log, const AuditFilter& filter,
                                              const AuditPageBounds& bounds, std::string_view position);

}  // namespace cadastre::authz
