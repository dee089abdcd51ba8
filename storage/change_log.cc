#include "storage/change_log.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "storage/horizon.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

StatusOr<Revision> DecodeLogKey(std::string_view stored) { return DecodeRevision(stored.substr(1)); }

Revision After(Revision revision) { return Revision(revision.value() + 1); }

}  // namespace

StatusOr<std::vector<LogRecord>> ChangeLog::Read(const ReadPass& pass, Revision after, size_t entries_max) const {
  std::vector<LogRecord> records;
  if (after >= pass.bound() || entries_max == 0) return records;
  const auto cursor = engine_->NewCursor(LogKey(After(after)), LogKey(After(pass.bound())));
  for (; cursor->Valid() && records.size() < entries_max; cursor->Next()) {
    LogRecord record;
    ASSIGN_OR_RETURN(record.revision, DecodeLogKey(cursor->key()));
    if (!record.entry.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size()))) {
      return base::DataLoss("a record of the change log does not parse");
    }
    // Revisions have no gaps, so one here means that the log was trimmed.
    if (records.empty() && record.revision != After(after)) break;
    records.push_back(std::move(record));
  }
  RETURN_IF_ERROR(cursor->status());
  if (!records.empty()) return records;
  ASSIGN_OR_RETURN(const LastCommit last, ReadLastCommit(engine_));
  if (after >= last.revision) return records;
  return base::OutOfRange("the change log no longer holds what came after the revision asked for");
}

StatusOr<Revision> ChangeLog::RevisionAt(const ReadPass& pass, Timestamp time) const {
  ASSIGN_OR_RETURN(const Horizon horizon, FindHorizon(pass));
  if (horizon.revision.valid() && time < horizon.time) {
    return base::OutOfRange("the state of that time is no longer kept");
  }
  const std::string upper = TimeKey(time) + '\0';
  ASSIGN_OR_RETURN(const std::optional<KeyValue> row, engine_->Last(TableBegin(Keyspace::kTime), upper));
  if (!row) return Revision(0);
  ASSIGN_OR_RETURN(const Revision revision, DecodeRevision(row->second));
  return std::min(revision, pass.bound());
}

StatusOr<ChangeLog::Horizon> ChangeLog::FindHorizon(const ReadPass&) const {
  ASSIGN_OR_RETURN(const StoredHorizon stored, ReadHorizon(engine_));
  return Horizon{stored.revision, stored.time};
}

StatusOr<Revision> ChangeLog::Trim(const ReadPass& pass, Revision after, Revision through, size_t entries_max) const {
  through = std::min(through, pass.bound());
  if (through <= after) return after;
  // From where the last one ended, or it would walk over all that was removed before.
  const auto cursor = engine_->NewCursor(LogKey(After(after)), LogKey(After(through)));
  Batch batch;
  for (; cursor->Valid() && batch.ops().size() < entries_max; cursor->Next()) batch.Delete(std::string(cursor->key()));
  RETURN_IF_ERROR(cursor->status());
  if (cursor->Valid()) {
    ASSIGN_OR_RETURN(const Revision next, DecodeLogKey(cursor->key()));
    through = Revision(next.value() - 1);
  }
  // A trimmed row that comes back after a power cut does no harm, so nothing is synced.
  if (!batch.empty()) RETURN_IF_ERROR(engine_->Write(batch, /*sync=*/false));
  return through;
}

}  // namespace cadastre::storage
