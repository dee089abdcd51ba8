#include "authz/write/repeat_rows.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "authz/view/row_codec.h"
#include "authz/write/write_session.h"
#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

constexpr size_t kStampBytes = 8;

// The rows of one stream, which go together or stay together.
struct Stream {
  std::string prefix;
  std::vector<std::string> keys;
  Timestamp newest;
};

// `<principal>\0<stream id>\0`, without the slot.
std::string StreamOf(std::string_view key) {
  const size_t principal = key.find('\0');
  const size_t stream = principal == std::string_view::npos ? principal : key.find('\0', principal + 1);
  return std::string(stream == std::string_view::npos ? key : key.substr(0, stream + 1));
}

// Found first, so that a row that was used again meanwhile is a conflict and stays.
Status Remove(WriteSession& session, const UpkeepPermit& permit, const Table<std::string>& table,
              const std::string& key) {
  ASSIGN_OR_RETURN(const auto row, session.Find(table, key));
  if (row) session.Remove(RowPermit(permit), table, key);
  return absl::OkStatus();
}

Status ForgetIfOld(WriteSession& session, const UpkeepPermit& permit, const Stream& stream) {
  if (stream.newest + kStreamKept > session.now()) return absl::OkStatus();
  for (const std::string& key : stream.keys) RETURN_IF_ERROR(Remove(session, permit, kPushTable, key));
  return absl::OkStatus();
}

}  // namespace

RowRule NoSubject(std::string_view, const std::string&) { return {Subjects(), Privilege::kNone}; }

StatusOr<record::Once> DecodeOnce(std::string_view bytes) {
  if (bytes.size() < kStampBytes) return base::DataLoss("a stored record does not parse");
  record::Once once;
  RETURN_IF_ERROR(DecodeRecord(bytes.substr(0, bytes.size() - kStampBytes), &once));
  base::ByteReader stamp(bytes.substr(bytes.size() - kStampBytes));
  ASSIGN_OR_RETURN(const uint64_t revision, stamp.ReadU64());
  once.set_revision(revision);
  return once;
}

StatusOr<PushedRow> DecodePushed(std::string_view bytes) {
  base::ByteReader reader(bytes);
  PushedRow row;
  ASSIGN_OR_RETURN(row.durable, reader.ReadU64());
  ASSIGN_OR_RETURN(const int64_t at, reader.ReadI64());
  row.at = Timestamp(at);
  if (reader.empty()) return row;
  ASSIGN_OR_RETURN(row.sequence, reader.ReadU64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return row;
}

std::string EncodePushed(const PushedRow& row) {
  std::string bytes;
  base::AppendU64(bytes, row.durable);
  base::AppendI64(bytes, row.at.micros());
  if (row.sequence) base::AppendU64(bytes, *row.sequence);
  return bytes;
}

StatusOr<bool> ForgetOnce(const SystemView& view, WriteSession& session, std::string& cursor, size_t rows_max) {
  ASSIGN_OR_RETURN(const UpkeepPermit permit, session.PermitUpkeep());
  std::vector<std::string> over;
  std::string next;
  size_t looked_at = 0;
  RETURN_IF_ERROR(view.Scan<std::string>(kOnceTable, "", cursor, [&](const RowOf<std::string>& row) {
    if (looked_at++ == rows_max) {
      next = row.key;
      return false;
    }
    const StatusOr<record::Once> once = DecodeOnce(row.record);
    if (!once.ok() || Timestamp(once->expires()) <= session.now()) over.push_back(row.key);
    return true;
  }));
  for (const std::string& key : over) RETURN_IF_ERROR(Remove(session, permit, kOnceTable, key));
  cursor = std::move(next);
  return cursor.empty();
}

StatusOr<bool> ForgetStreams(const SystemView& view, WriteSession& session, std::string& cursor, size_t rows_max) {
  ASSIGN_OR_RETURN(const UpkeepPermit permit, session.PermitUpkeep());
  Stream stream;
  Status failed;
  std::string next;
  size_t looked_at = 0;
  RETURN_IF_ERROR(view.Scan<std::string>(kPushTable, "", cursor, [&](const RowOf<std::string>& row) {
    std::string prefix = StreamOf(row.key);
    if (prefix != stream.prefix) {
      failed = ForgetIfOld(session, permit, std::exchange(stream, Stream{prefix, {}, Timestamp()}));
      if (!failed.ok()) return false;
      if (looked_at >= rows_max) {
        next = std::move(prefix);
        stream.keys.clear();
        return false;
      }
    }
    ++looked_at;
    stream.keys.push_back(row.key);
    const StatusOr<PushedRow> pushed = DecodePushed(row.record);
    if (pushed.ok()) stream.newest = std::max(stream.newest, pushed->at);
    return true;
  }));
  RETURN_IF_ERROR(failed);
  if (next.empty()) RETURN_IF_ERROR(ForgetIfOld(session, permit, stream));
  cursor = std::move(next);
  return cursor.empty();
}

}  // namespace cadastre::authz
