#include "storage/reader.h"

#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "storage/row_cursors.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

Status CheckShape(std::string_view key, bool plain) {
  RETURN_IF_ERROR(CheckKey(key));
  if ((ShapeOfKey(key) == Shape::kPlain) != plain) {
    return base::InvalidField("key", plain ? "a row of a plain table" : "a row of a versioned or held table");
  }
  return absl::OkStatus();
}

Status CheckBounds(std::string_view lower, std::string_view upper) {
  if (lower.empty() || lower.size() > kKeyBytesMax || upper.size() > kKeyBytesMax) {
    return base::InvalidField("lower", base::Cat("1 to ", kKeyBytesMax, " bytes"));
  }
  const std::string table_end = base::PrefixEnd(lower.substr(0, 1));
  if (upper > table_end) return base::InvalidField("upper", "a key in the table of `lower`, or its end");
  return absl::OkStatus();
}

StatusOr<Row> ToRow(const KeyValue& stored) {
  ASSIGN_OR_RETURN(const StoredKey parsed, ParseStoredKey(stored.first));
  return Row{std::string(parsed.key), stored.second, parsed.revision, parsed.held};
}

std::optional<Row> WithoutTombstone(std::optional<Row> row) {
  if (row && row->value.empty()) row.reset();
  return row;
}

}  // namespace

StatusOr<std::optional<std::string>> Reader::Get(const ReadPass&, std::string_view key) const {
  RETURN_IF_ERROR(CheckShape(key, /*plain=*/true));
  return engine_->Get(key);
}

StatusOr<std::vector<std::optional<std::string>>> Reader::MultiGet(const ReadPass&,
                                                                   const std::vector<std::string>& keys) const {
  for (const std::string& key : keys) RETURN_IF_ERROR(CheckShape(key, /*plain=*/true));
  return engine_->MultiGet(keys);
}

// One batched read answers all keys, save held rows whose newest value came after the bound: each of those is walked.
StatusOr<std::vector<std::optional<Row>>> Reader::FindNewest(Revision bound, const std::vector<std::string>& keys,
                                                             Timestamp held_at) const {
  std::vector<KeyRange> ranges;
  ranges.reserve(keys.size());
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(CheckShape(key, /*plain=*/false));
    ranges.push_back(VersionsOf(key, held_at, bound));
  }
  ASSIGN_OR_RETURN(const std::vector<std::optional<KeyValue>> found, engine_->MultiFirst(ranges));
  std::vector<std::optional<Row>> rows(keys.size());
  for (size_t i = 0; i < found.size(); ++i) {
    if (!found[i]) continue;
    ASSIGN_OR_RETURN(Row row, ToRow(*found[i]));
    if (row.revision > bound) {
      ASSIGN_OR_RETURN(rows[i], WalkToKnown(bound, ranges[i]));
    } else {
      rows[i] = std::move(row);
    }
  }
  return rows;
}

// Steps over values that hold later but were not yet known at the bound.
StatusOr<std::optional<Row>> Reader::WalkToKnown(Revision bound, const KeyRange& range) const {
  const std::unique_ptr<EngineCursor> cursor = engine_->NewCursor(range.lower, range.upper);
  while (cursor->Valid()) {
    ASSIGN_OR_RETURN(const StoredKey stored, ParseStoredKey(cursor->key()));
    if (stored.revision <= bound) {
      return std::optional<Row>({std::string(stored.key), std::string(cursor->value()), stored.revision, stored.held});
    }
    AdvanceTo(*cursor, VersionsBegin(stored.key, stored.held, bound));
  }
  RETURN_IF_ERROR(cursor->status());
  return std::optional<Row>();
}

StatusOr<std::optional<Row>> Reader::FindWithTombstone(const ReadPass& pass, std::string_view key,
                                                       Timestamp held_at) const {
  ASSIGN_OR_RETURN(std::vector<std::optional<Row>> rows, FindNewest(pass.bound(), {std::string(key)}, held_at));
  return std::move(rows[0]);
}

StatusOr<std::optional<Row>> Reader::Find(const ReadPass& pass, std::string_view key) const {
  ASSIGN_OR_RETURN(std::optional<Row> row, FindWithTombstone(pass, key));
  return WithoutTombstone(std::move(row));
}

StatusOr<std::vector<std::optional<Row>>> Reader::FindMany(const ReadPass& pass,
                                                           const std::vector<std::string>& keys) const {
  return FindManyHeld(pass, keys, kTimestampMax);
}

StatusOr<std::optional<Row>> Reader::FindHeld(const ReadPass& pass, std::string_view key, Timestamp held_at) const {
  ASSIGN_OR_RETURN(std::vector<std::optional<Row>> rows, FindNewest(pass.bound(), {std::string(key)}, held_at));
  return WithoutTombstone(std::move(rows[0]));
}

StatusOr<std::vector<std::optional<Row>>> Reader::FindManyHeld(const ReadPass& pass,
                                                               const std::vector<std::string>& keys,
                                                               Timestamp held_at) const {
  ASSIGN_OR_RETURN(std::vector<std::optional<Row>> rows, FindNewest(pass.bound(), keys, held_at));
  for (std::optional<Row>& row : rows) row = WithoutTombstone(std::move(row));
  return rows;
}

std::unique_ptr<RowCursor> Reader::Scan(const ReadPass& pass, std::string_view lower, std::string_view upper,
                                        Timestamp held_at) const {
  if (Status status = CheckBounds(lower, upper); !status.ok()) return NewFailedCursor(std::move(status));
  return NewRowCursor(engine_->NewCursor(lower, upper), ShapeOfKey(lower), lower, pass.bound(), held_at);
}

std::unique_ptr<RowCursor> Reader::ScanVersions(const ReadPass& pass, std::string_view lower,
                                                std::string_view upper) const {
  if (Status status = CheckBounds(lower, upper); !status.ok()) return NewFailedCursor(std::move(status));
  return NewVersionCursor(engine_->NewCursor(lower, upper), ShapeOfKey(lower), lower, pass.bound());
}

}  // namespace cadastre::storage
