// The rows by which a repetition is known again: of idempotency keys (kOnce) and of push streams (kPush); and the
// bounded steps that forget them once nobody can repeat any more.
//
// Values and functions. Thread rule: safe (a step: confined to its session). Errors of Decode…: DATA_LOSS.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authz/view/table.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

class WriteSession;

// How long a repeated idempotency key is known again, and a stream nobody goes on with.
inline constexpr std::chrono::microseconds kOnceKept = std::chrono::hours(24);
inline constexpr std::chrono::microseconds kStreamKept = std::chrono::hours(24 * 7);

RowRule NoSubject(std::string_view, const std::string&);
// record.Once and behind it the revision, which the committer puts there.
inline constexpr Table<std::string> kOnceTable{Keyspace::kOnce, NoSubject};
inline constexpr Table<std::string> kPushTable{Keyspace::kPush, NoSubject};

StatusOr<record::Once> DecodeOnce(std::string_view bytes);

// A stream's own row tells what is durable; one of its ring also which event it stands for.
struct PushedRow {
  uint64_t durable = 0;
  // When it was written.
  Timestamp at;
  std::optional<uint64_t> sequence;
};
StatusOr<PushedRow> DecodePushed(std::string_view bytes);
std::string EncodePushed(const PushedRow& row);

// Both look at about `rows_max` rows from `cursor` on, put removals (with preconditions) into the session, and move the
// cursor; true at the end of the table, with the cursor at its beginning again. A row that does not decode goes too:
// nobody could be told anything by it.
StatusOr<bool> ForgetOnce(const SystemView& view, WriteSession& session, std::string& cursor, size_t rows_max);
StatusOr<bool> ForgetStreams(const SystemView& view, WriteSession& session, std::string& cursor, size_t rows_max);

}  // namespace cadastre::authz
