// Reads of one table by its shape, as both views and write sessions do them.
//
// Owner: none, functions; keys without keyspace byte and suffix. Thread rule: safe.
// Errors: those of storage::Reader.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view/table.h"
#include "base/words.h"
#include "storage/read_pass.h"
#include "storage/reader.h"

namespace cadastre::authz {

StatusOr<std::optional<storage::Row>> ReadRow(const storage::Reader& reader, const storage::ReadPass& pass,
                                              Keyspace keyspace, std::string_view key, Timestamp held);
StatusOr<std::vector<std::optional<storage::Row>>> ReadRows(const storage::Reader& reader,
                                                            const storage::ReadPass& pass, Keyspace keyspace,
                                                            const std::vector<std::string>& keys, Timestamp held);

// Calls `each` for every row the cursor shows until it answers false or an error.
Status VisitRows(storage::RowCursor& cursor, const std::function<StatusOr<bool>(storage::Row)>& each);

// The keys that begin with `prefix`, from `start` on if that lies behind it.
struct ScanBounds {
  std::string lower;
  std::string upper;
};
ScanBounds BoundsOf(Keyspace keyspace, std::string_view prefix, std::string_view start);

// kIntern: `<space><text>\0` and `<space>\0<number>`. The rows behind InternedText and InternNumber.
std::string InternTextKey(char space, std::string_view text);
std::string InternNumberKey(char space, uint32_t number);
StatusOr<uint32_t> DecodeInternNumber(std::string_view bytes);

}  // namespace cadastre::authz
