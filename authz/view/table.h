// A typed table descriptor: how a room reads and writes rows without knowing storage.
//
// A room declares one constexpr Table<Record> per keyspace it owns; authz does the I/O.
// Thread rule: compatible.
#pragma once

#include <string>
#include <string_view>

#include "authz/policy/privilege.h"
#include "authz/view/sealed.h"
#include "base/words.h"
#include "storage/keyspaces.h"

namespace cadastre::authz {

using storage::Keyspace;

class ColumnSight;

// What a stored row is about, and the privilege that opens it.
struct RowRule {
  Subjects subjects;
  Privilege privilege = Privilege::kBrowse;
};

// `Record` is a protobuf message of proto/record (or of the vocabulary), or std::string where rows are bare bytes.
template <typename Record>
struct Table {
  Keyspace keyspace;
  // From the key without keyspace byte and suffix, and the record. A key that does not parse is DATA_LOSS.
  RowRule (*rule)(std::string_view key, const Record& record);
  // Removes what of classified columns the viewer may not see from a record that
  // mentions several columns, and notes those shown; null where none can.
  void (*mask)(std::string_view key, Record& record, ColumnSight& sight) = nullptr;
};

// A row as a room sees it after revealing: key, record and its times.
template <typename Record>
struct RowOf {
  std::string key;  // without keyspace byte and suffix
  Record record;
  Revision revision{0};
  Timestamp held{0};
  bool withdrawn = false;  // only in history
};

}  // namespace cadastre::authz
