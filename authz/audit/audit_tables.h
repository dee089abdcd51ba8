// The tables of the audit log: `audit` on everything opens them.
//
// Values. Thread rule: compatible.
#pragma once

#include <string>
#include <string_view>

#include "authz/view/table.h"
#include "cadastre/record/audit.pb.h"

namespace cadastre::authz {

template <typename Record>
RowRule AuditRule(std::string_view, const Record&) {
  return {Subjects::Global(), Privilege::kAudit};
}

// A leaf as its bytes, because those are what is hashed.
inline constexpr Table<std::string> kAuditBytesTable{Keyspace::kAudit, AuditRule<std::string>};
inline constexpr Table<std::string> kMerkleTable{Keyspace::kMerkle, AuditRule<std::string>};
inline constexpr Table<record::AuditTrim> kAuditTrimTable{Keyspace::kAuditTrim, AuditRule<record::AuditTrim>};
inline constexpr Table<record::AuditHead> kAuditHeadTable{Keyspace::kAuditHead, AuditRule<record::AuditHead>};
inline constexpr Table<record::AuditPersonal> kPersonalTable{Keyspace::kPersonal, AuditRule<record::AuditPersonal>};
// The same as bytes, which the leaf's hash binds.
inline constexpr Table<std::string> kPersonalBytesTable{Keyspace::kPersonal, AuditRule<std::string>};

}  // namespace cadastre::authz
