// From what happened to the leaves that tell it: how one call stands in the audit log.
//
// Owner: values. Thread rule: safe.
// Names stand in a leaf, not values. Detail and peer stand in the erasable personal part, which the leaf binds by a
// salted hash: erased, nobody can guess it back; kept, nobody can change it. Assets stand by their ids, and the leaf
// binds a hash of their names. Bounds: a leaf names at most kShownPerLeafMax assets and columns, of
// kShownBytesPerLeafMax or one of them more; more make further leaves of the same call, so none is dropped and each can
// be told in one answer. Detail is cut at 4 KiB, the other texts at 256 bytes, always between code points.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "authz/view/shown.h"
#include "base/words.h"
#include "cadastre/record/audit.pb.h"
#include "storage/work.h"

namespace cadastre::authz {

inline constexpr size_t kShownPerLeafMax = 10'000;
inline constexpr size_t kShownBytesPerLeafMax = size_t{1} << 20;
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

// The name of an asset; nullopt where it has none (any more).
using NameSource = std::function<std::optional<AssetName>(AssetId)>;

// At least one; the first carries the personal part and the targets.
std::vector<storage::Work::Leaf> MakeLeaves(const AuditedCall& call, const ShownAssets& shown,
                                            const NameSource& name_of);
// One that shows nothing.
std::vector<storage::Work::Leaf> MakeLeaves(const AuditedCall& call);

// The columns that a leaf names, without their asset: those of a leaf that has them joined, whose segments nobody can
// tell apart, as one segment each.
google::protobuf::RepeatedPtrField<catalog::v1::ColumnRef> ColumnsOf(const record::Shown& shown);

// Notes which principals, roles, grants and tokens a work writes or removes, by the keys of its rows: no write of one
// can forget to say so.
void NoteTarget(std::string_view stored_key, ShownAssets* shown);
void NoteTargets(const storage::Work& work, ShownAssets* shown);

// The leaf of a write, with the revision that write made: known only once it is numbered.
std::string StampChange(std::string leaf, Revision change);

// SHA-256 over the salt and the personal part as stored: what AuditLeaf.personal_hash must be.
std::string PersonalHash(const record::AuditPersonal& personal, std::string_view stored);

}  // namespace cadastre::authz
