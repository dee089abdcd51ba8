#include "authz/view/row_reads.h"

#include <utility>

#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {

using storage::Row;
using storage::Shape;

StatusOr<std::optional<Row>> ReadRow(const storage::Reader& reader, const storage::ReadPass& pass, Keyspace keyspace,
                                     std::string_view key, Timestamp held) {
  std::string stored = StoredKey(keyspace, key);
  switch (storage::ShapeOf(keyspace)) {
    case Shape::kVersioned: return reader.Find(pass, stored);
    case Shape::kHeld: return reader.FindHeld(pass, stored, held);
    case Shape::kPlain: break;
  }
  ASSIGN_OR_RETURN(std::optional<std::string> value, reader.Get(pass, stored));
  if (!value) return std::optional<Row>();
  return std::optional<Row>(Row{std::move(stored), *std::move(value), Revision(), Timestamp()});
}

StatusOr<std::vector<std::optional<Row>>> ReadRows(const storage::Reader& reader, const storage::ReadPass& pass,
                                                   Keyspace keyspace, const std::vector<std::string>& keys,
                                                   Timestamp held) {
  std::vector<std::string> stored;
  stored.reserve(keys.size());
  for (const std::string& key : keys) stored.push_back(StoredKey(keyspace, key));
  switch (storage::ShapeOf(keyspace)) {
    case Shape::kVersioned: return reader.FindMany(pass, stored);
    case Shape::kHeld: return reader.FindManyHeld(pass, stored, held);
    case Shape::kPlain: break;
  }
  ASSIGN_OR_RETURN(std::vector<std::optional<std::string>> values, reader.MultiGet(pass, stored));
  std::vector<std::optional<Row>> rows(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i]) rows[i] = Row{std::move(stored[i]), *std::move(values[i]), Revision(), Timestamp()};
  }
  return rows;
}

Status VisitRows(storage::RowCursor& cursor, const std::function<StatusOr<bool>(Row)>& each) {
  for (; cursor.Valid(); cursor.Next()) {
    ASSIGN_OR_RETURN(const bool go_on, each(cursor.row()));
    if (!go_on) return absl::OkStatus();
  }
  return cursor.status();
}

ScanBounds BoundsOf(Keyspace keyspace, std::string_view prefix, std::string_view start) {
  std::string first = StoredKey(keyspace, prefix);
  std::string upper = base::PrefixEnd(first);
  std::string from = StoredKey(keyspace, start);
  return {from > first ? std::move(from) : std::move(first), std::move(upper)};
}

std::string InternTextKey(char space, std::string_view text) {
  std::string key(1, space);
  base::AppendString(key, text);
  return key;
}

std::string InternNumberKey(char space, uint32_t number) {
  std::string key(1, space);
  key += '\0';
  base::AppendU32(key, number);
  return key;
}

StatusOr<uint32_t> DecodeInternNumber(std::string_view bytes) {
  base::ByteReader reader(bytes);
  ASSIGN_OR_RETURN(const uint32_t number, reader.ReadU32());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return number;
}

}  // namespace cadastre::authz
