// The rows of an audit log's tree, as AuditLog and its verification read them. For this room alone.
//
// Functions. Thread rule: safe. Errors: those of SystemView; DATA_LOSS for rows that cannot be.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "authz/audit/audit_log.h"
#include "authz/proof/merkle.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/record/audit.pb.h"

namespace cadastre::authz {

// No tree is higher: its size is a signed 64-bit number's.
inline constexpr int kLevelMax = 62;

// Begins the keys of a log's rows.
std::string AuditLogKey(uint32_t log);
std::string HashBytes(const proof::Hash& hash);
StatusOr<std::optional<proof::Hash>> FindNode(const SystemView& view, uint32_t log, proof::NodeAt at);
// The size is told by which perfect subtrees at its right edge exist.
StatusOr<proof::Frontier> LoadFrontier(const SystemView& view, uint32_t log);
record::AuditHead StoredHead(const SignedHead& signed_head);
// As stored; its log id and public key are left to who knows them.
StatusOr<std::optional<TrimmedPart>> FindTrimmed(const SystemView& view, uint32_t log);

}  // namespace cadastre::authz
