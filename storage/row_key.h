// How a row's key becomes a stored key and back: the suffix of its shape.
//
// Owner: values. Thread rule: safe. For this room alone.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/words.h"
#include "storage/engine.h"
#include "storage/keyspaces.h"

namespace cadastre::storage {

constexpr size_t SuffixBytes(Shape shape) {
  switch (shape) {
    case Shape::kPlain: return 0;
    case Shape::kVersioned: return 8;
    case Shape::kHeld: return 16;
  }
  return 0;
}

// The shape of the table a key belongs to; plain for an empty key.
inline Shape ShapeOfKey(std::string_view key) {
  return key.empty() ? Shape::kPlain : ShapeOf(static_cast<Keyspace>(static_cast<uint8_t>(key[0])));
}

inline constexpr Revision kRevisionMax = Revision(std::numeric_limits<uint64_t>::max());

// INVALID_ARGUMENT unless the key is not empty and, with its suffix, at most kKeyBytesMax.
Status CheckKey(std::string_view key);

std::string VersionedKey(std::string_view key, Revision revision);
std::string HeldKey(std::string_view key, Timestamp held, Revision revision);
// Where the versions that a read at `held_at` and `bound` may see begin; the key itself for plain rows.
std::string VersionsBegin(std::string_view key, Timestamp held_at, Revision bound);
// Behind every version of the row.
std::string VersionsEnd(std::string_view key);
// Those versions, newest first.
KeyRange VersionsOf(std::string_view key, Timestamp held_at, Revision bound);
// Behind every version of the held row that holds at `held`.
std::string HeldEnd(std::string_view key, Timestamp held);

// A stored key, taken apart; borrowed from it.
struct StoredKey {
  std::string_view key;
  Timestamp held;
  Revision revision;
};
// DATA_LOSS for a key shorter than its shape.
StatusOr<StoredKey> ParseStoredKey(std::string_view stored);

// The first key a table can have.
std::string TableBegin(Keyspace keyspace);
// The prefix of this room's own rows in meta/; what does not begin with it is free for followers' checkpoints.
inline constexpr std::string_view kOwnMeta = "\x01storage.";

// The keys of storage's own tables.
std::string MetaKey(std::string_view name);
std::string LogKey(Revision revision);
std::string TimeKey(Timestamp time);
StatusOr<Timestamp> DecodeTimeKey(std::string_view stored);
std::string EncodeRevision(Revision revision);
StatusOr<Revision> DecodeRevision(std::string_view value);

}  // namespace cadastre::storage
