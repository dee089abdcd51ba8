#include "storage/row_key.h"

#include "base/status.h"

namespace cadastre::storage {

Status CheckKey(std::string_view key) {
  if (key.empty()) return base::InvalidField("key", "at least the byte of its table");
  const size_t bytes = key.size() + SuffixBytes(ShapeOfKey(key));
  if (bytes > kKeyBytesMax) {
    return base::InvalidField("key", base::Cat("at most ", kKeyBytesMax, " bytes, not ", bytes));
  }
  return absl::OkStatus();
}

std::string VersionedKey(std::string_view key, Revision revision) {
  std::string stored;
  stored.reserve(key.size() + 8);
  stored.append(key);
  base::AppendComplement(stored, revision.value());
  return stored;
}

std::string HeldKey(std::string_view key, Timestamp held, Revision revision) {
  std::string stored;
  stored.reserve(key.size() + 16);
  stored.append(key);
  base::AppendComplementI64(stored, held.micros());
  base::AppendComplement(stored, revision.value());
  return stored;
}

std::string VersionsBegin(std::string_view key, Timestamp held_at, Revision bound) {
  switch (ShapeOfKey(key)) {
    case Shape::kPlain: break;
    case Shape::kVersioned: return VersionedKey(key, bound);
    case Shape::kHeld: return HeldKey(key, held_at, bound);
  }
  return std::string(key);
}

// Revision 0 is never given, so the suffix of all ones is not a version and may stand for the end.
std::string VersionsEnd(std::string_view key) {
  const Shape shape = ShapeOfKey(key);
  std::string end(key);
  if (shape == Shape::kPlain) {
    end.push_back('\0');
  } else {
    end.append(SuffixBytes(shape), '\xff');
  }
  return end;
}

KeyRange VersionsOf(std::string_view key, Timestamp held_at, Revision bound) {
  return {VersionsBegin(key, held_at, bound), VersionsEnd(key), /*one_row=*/true};
}

std::string HeldEnd(std::string_view key, Timestamp held) { return HeldKey(key, held, Revision(0)); }

StatusOr<StoredKey> ParseStoredKey(std::string_view stored) {
  const Shape shape = ShapeOfKey(stored);
  const size_t suffix_bytes = SuffixBytes(shape);
  if (stored.size() < suffix_bytes + 1) return base::DataLoss("a stored key is shorter than its table's suffix");
  StoredKey parsed;
  parsed.key = stored.substr(0, stored.size() - suffix_bytes);
  base::ByteReader suffix(stored.substr(parsed.key.size()));
  if (shape == Shape::kHeld) {
    ASSIGN_OR_RETURN(const int64_t held, suffix.ReadComplementI64());
    parsed.held = Timestamp(held);
  }
  if (shape != Shape::kPlain) {
    ASSIGN_OR_RETURN(const uint64_t revision, suffix.ReadComplement());
    parsed.revision = Revision(revision);
  }
  return parsed;
}

std::string TableBegin(Keyspace keyspace) { return std::string(1, static_cast<char>(keyspace)); }

std::string MetaKey(std::string_view name) {
  std::string key = TableBegin(Keyspace::kMeta);
  base::AppendString(key, name);
  return key;
}

std::string LogKey(Revision revision) {
  std::string key = TableBegin(Keyspace::kLog);
  base::AppendU64(key, revision.value());
  return key;
}

std::string TimeKey(Timestamp time) {
  std::string key = TableBegin(Keyspace::kTime);
  base::AppendI64(key, time.micros());
  return key;
}

StatusOr<Timestamp> DecodeTimeKey(std::string_view stored) {
  base::ByteReader reader(stored);
  RETURN_IF_ERROR(reader.ReadU8().status());
  ASSIGN_OR_RETURN(const int64_t micros, reader.ReadI64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return Timestamp(micros);
}

std::string EncodeRevision(Revision revision) {
  std::string value;
  base::AppendU64(value, revision.value());
  return value;
}

StatusOr<Revision> DecodeRevision(std::string_view value) {
  base::ByteReader reader(value);
  ASSIGN_OR_RETURN(const uint64_t revision, reader.ReadU64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return Revision(revision);
}

}  // namespace cadastre::storage
