// Records to stored bytes and back, for every room that keeps rows.
//
// Owner: none, functions. Thread rule: safe.
// Errors: DATA_LOSS for bytes that are no record of the type.
// A record is a protobuf message, or std::string for rows that are bare bytes. Equal records give equal bytes.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>

#include "authz/view/table.h"
#include "base/words.h"

namespace google::protobuf {
class MessageLite;
}

namespace cadastre::authz {

std::string EncodeMessage(const google::protobuf::MessageLite& record);
Status DecodeMessage(std::string_view bytes, google::protobuf::MessageLite* record);

template <typename Record>
std::string EncodeRecord(const Record& record) {
  if constexpr (std::is_same_v<Record, std::string>) {
    return record;
  } else {
    return EncodeMessage(record);
  }
}

template <typename Record>
Status DecodeRecord(std::string_view bytes, Record* record) {
  if constexpr (std::is_same_v<Record, std::string>) {
    record->assign(bytes);
    return absl::OkStatus();
  } else {
    return DecodeMessage(bytes, record);
  }
}

// The whole key storage knows: keyspace byte, then `key`.
inline std::string StoredKey(Keyspace keyspace, std::string_view key) {
  std::string stored(1, static_cast<char>(keyspace));
  stored.append(key);
  return stored;
}

}  // namespace cadastre::authz
