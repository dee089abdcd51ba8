#include "storage/gc.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "storage/row_cursors.h"

namespace cadastre::storage {
namespace {

constexpr std::string_view kPassRow = "storage.gc";
// The horizon of the last pass that came to its end.
constexpr std::string_view kDoneRow = "storage.gc.done";

bool IsSwept(Keyspace keyspace) { return keyspace == Keyspace::kTime || ShapeOf(keyspace) != Shape::kPlain; }

// The first key of the first swept table at or after this byte; empty behind the last.
std::string NextTable(unsigned byte) {
  for (; byte <= 0xff; ++byte) {
    const auto keyspace = static_cast<Keyspace>(byte);
    if (IsSwept(keyspace)) return TableBegin(keyspace);
  }
  return "";
}

unsigned TableByte(std::string_view key) { return static_cast<uint8_t>(key[0]); }

}  // namespace

StatusOr<Gc::Progress> Gc::Step(const ReadPass& pass, Timestamp horizon) {
  ASSIGN_OR_RETURN(std::optional<Pass> on_way, FindPass());
  if (!on_way) {
    ASSIGN_OR_RETURN(on_way, BeginPass(pass, horizon));
  }
  Sweep sweep;
  if (on_way) {
    sweep.horizon = on_way->horizon;
    sweep.rows_left = std::max<size_t>(options_.rows_max, 1);
    std::string next = on_way->next;
    while (!next.empty() && sweep.rows_left > 0) {
      const bool times = TableByte(next) == static_cast<unsigned>(Keyspace::kTime);
      ASSIGN_OR_RETURN(const std::optional<std::string> rest,
                       times ? SweepTimes(next, sweep) : SweepTable(next, sweep));
      next = rest ? *rest : NextTable(TableByte(next) + 1);
    }
    if (next.empty()) {
      sweep.batch.Delete(MetaKey(kPassRow));
      sweep.batch.Put(MetaKey(kDoneRow), EncodeRevision(sweep.horizon));
    } else {
      sweep.batch.Put(MetaKey(kPassRow), EncodeRevision(sweep.horizon) + next);
    }
    RETURN_IF_ERROR(engine_->Write(sweep.batch, /*sync=*/false));
    sweep.progress.done = next.empty();
  } else {
    sweep.progress.done = true;
  }
  if (options_.on_progress) options_.on_progress(sweep.progress);
  return sweep.progress;
}

StatusOr<uint64_t> Gc::Debt(Timestamp horizon) const {
  const std::string upper =
      horizon == kTimestampMax ? base::PrefixEnd(TableBegin(Keyspace::kTime)) : TimeKey(horizon) + '\0';
  ASSIGN_OR_RETURN(const std::optional<KeyValue> last, engine_->Last(TableBegin(Keyspace::kTime), upper));
  if (!last) return 0;
  ASSIGN_OR_RETURN(const Revision target, DecodeRevision(last->second));
  ASSIGN_OR_RETURN(const std::optional<std::string> row, engine_->Get(MetaKey(kDoneRow)));
  Revision done;
  if (row) {
    ASSIGN_OR_RETURN(done, DecodeRevision(*row));
  }
  return target > done ? target.value() - done.value() : 0;
}

StatusOr<std::optional<Gc::Pass>> Gc::FindPass() const {
  ASSIGN_OR_RETURN(const std::optional<std::string> row, engine_->Get(MetaKey(kPassRow)));
  if (!row) return std::optional<Pass>();
  base::ByteReader reader(*row);
  ASSIGN_OR_RETURN(const uint64_t revision, reader.ReadU64());
  if (reader.empty()) return base::DataLoss("the row of the collection on its way is too short");
  return std::optional<Pass>({Revision(revision), std::string(reader.rest())});
}

StatusOr<std::optional<Gc::Pass>> Gc::BeginPass(const ReadPass& pass, Timestamp horizon) {
  const std::string upper = TimeKey(horizon) + '\0';
  ASSIGN_OR_RETURN(const std::optional<KeyValue> last, engine_->Last(TableBegin(Keyspace::kTime), upper));
  if (!last) return std::optional<Pass>();
  ASSIGN_OR_RETURN(const Revision revision, DecodeRevision(last->second));
  ASSIGN_OR_RETURN(const Timestamp time, DecodeTimeKey(last->first));
  ASSIGN_OR_RETURN(const StoredHorizon stored, ReadHorizon(engine_));
  if (revision <= stored.revision || revision > pass.bound()) return std::optional<Pass>();

  Pass begun{revision, NextTable(0)};
  Batch batch;
  PutHorizon({revision, time}, &batch);
  batch.Put(MetaKey(kPassRow), EncodeRevision(begun.horizon) + begun.next);
  // On the device before the first version goes, or a read behind the horizon could find half of its rows.
  RETURN_IF_ERROR(engine_->Write(batch, /*sync=*/true));
  return std::optional<Pass>(std::move(begun));
}

StatusOr<std::optional<std::string>> Gc::SweepTimes(const std::string& from, Sweep& sweep) {
  ASSIGN_OR_RETURN(const StoredHorizon horizon, ReadHorizon(engine_));
  const auto cursor = engine_->NewCursor(from, TimeKey(horizon.time));
  for (; cursor->Valid(); cursor->Next()) {
    if (sweep.rows_left == 0) return std::optional<std::string>(cursor->key());
    sweep.Visit();
    sweep.Remove(cursor->key());
  }
  RETURN_IF_ERROR(cursor->status());
  return std::optional<std::string>();
}

StatusOr<std::optional<std::string>> Gc::SweepTable(const std::string& from, Sweep& sweep) {
  const auto cursor = engine_->NewCursor(from, base::PrefixEnd(from.substr(0, 1)));
  while (cursor->Valid()) {
    std::string here(cursor->key());
    if (sweep.rows_left == 0) return std::optional<std::string>(std::move(here));
    ASSIGN_OR_RETURN(const StoredKey first, ParseStoredKey(here));
    if (!SweepVersions(first, *cursor, sweep)) return std::optional<std::string>(std::move(here));
  }
  RETURN_IF_ERROR(cursor->status());
  return std::optional<std::string>();
}

bool Gc::SweepVersions(const StoredKey& first, EngineCursor& cursor, Sweep& sweep) {
  const bool is_held = ShapeOfKey(first.key) == Shape::kHeld;
  const std::string end = is_held ? HeldEnd(first.key, first.held) : VersionsEnd(first.key);
  sweep.Visit();
  if (first.revision > sweep.horizon) {
    AdvanceTo(cursor, VersionsBegin(first.key, first.held, sweep.horizon));
    if (!cursor.Valid() || cursor.key() >= end) return true;
    sweep.Visit();
  }
  const std::string newest(cursor.key());
  const bool is_tombstone = !is_held && cursor.value().empty();
  cursor.Next();
  while (cursor.Valid() && cursor.key() < end) {
    sweep.Visit();
    sweep.Remove(cursor.key());
    cursor.Next();
    // Asked after a removal, so that the smallest step still gets on.
    if (sweep.rows_left == 0 && cursor.Valid() && cursor.key() < end) return false;
  }
  // In the batch of the last version below it or a later one, so a power cut cannot bring that one back alone.
  if (is_tombstone && cursor.status().ok()) sweep.Remove(newest);
  return true;
}

}  // namespace cadastre::storage
