// From what happened to the leaves that tell it: how one call stands in the audit log.
//
// Owner: values. Thread rule: safe.
// Names stand in a leaf, not values. Detail and peer stand in the erasable personal part, which the leaf binds by a
// salted hash: erased, nobody can guess it back; kept, nobody can change it. Bounds: a leaf names at most
// kShownPerLeafMax assets and columns; more make further leaves of the same call, so none is dropped. Detail is cut at
// 4 KiB, the other texts at 256 bytes, always between code points.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "authz/shown.h"
#include "base/words.h"
#include "cadastre/record/audit.pb.h"
#include "storage/work.h"

namespace cadastre::authz {

inline constexpr size_t kShownPerLeafMax = 10'000;
inline constexpr size_t kDetailBytesMax = 4096;

struct AuditedCall {
  Timestamp time;
  std::string principal;  // empty where nobody was authenticated
  std::string operation;
  absl::StatusCode outcome = absl::StatusCode::kOk;
  bool write = false;
  Revision revision;
  std::string request_id;
  std::string detail;
  std::string peer;
  uint64_t count = 0;  // of counted refusals
};

// At least one; the first carries the personal part.
std::vector<storage::Work::Leaf> MakeLeaves(const AuditedCall& call, const ShownAssets& shown);

// SHA-256 over the salt and the personal part as stored: what AuditLeaf.personal_hash must be.
std::string PersonalHash(const record::AuditPersonal& personal, std::string_view stored);

}  // namespace cadastre::authz
