#include "storage/horizon.h"

#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

constexpr std::string_view kHorizonRow = "storage.horizon";

}  // namespace

StatusOr<StoredHorizon> ReadHorizon(Engine* engine) {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, engine->Get(MetaKey(kHorizonRow)));
  StoredHorizon horizon;
  if (!row) return horizon;
  base::ByteReader reader(*row);
  ASSIGN_OR_RETURN(const uint64_t revision, reader.ReadU64());
  ASSIGN_OR_RETURN(const int64_t micros, reader.ReadI64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return StoredHorizon{Revision(revision), Timestamp(micros)};
}

void PutHorizon(const StoredHorizon& horizon, Batch* batch) {
  std::string row;
  base::AppendU64(row, horizon.revision.value());
  base::AppendI64(row, horizon.time.micros());
  batch->Put(MetaKey(kHorizonRow), std::move(row));
}

StatusOr<LastCommit> ReadLastCommit(Engine* engine) {
  const std::string lower = TableBegin(Keyspace::kTime);
  ASSIGN_OR_RETURN(const std::optional<KeyValue> row, engine->Last(lower, base::PrefixEnd(lower)));
  LastCommit last;
  if (!row) return last;
  ASSIGN_OR_RETURN(last.time, DecodeTimeKey(row->first));
  ASSIGN_OR_RETURN(last.revision, DecodeRevision(row->second));
  return last;
}

}  // namespace cadastre::storage
