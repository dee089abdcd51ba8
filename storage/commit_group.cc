#include "storage/commit_group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/cord.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/row_key.h"

namespace cadastre::storage {
namespace {

// Never leaves the process: the Front takes the status apart.
constexpr char kConflictKeyUrl[] = "cadastre/conflict-key";
constexpr auto kOneMicrosecond = std::chrono::microseconds(1);

Status CheckOwner(std::string_view key) {
  const auto keyspace = static_cast<Keyspace>(static_cast<uint8_t>(key[0]));
  if (keyspace == Keyspace::kLog || keyspace == Keyspace::kTime || key.substr(0, kOwnMeta.size()) == kOwnMeta) {
    return base::InvalidField("key", "a row of another room's table; this one is written by storage alone");
  }
  return absl::OkStatus();
}

Status CheckPut(const Work::Put& put) {
  RETURN_IF_ERROR(CheckKey(put.key));
  RETURN_IF_ERROR(CheckOwner(put.key));
  const Shape shape = ShapeOfKey(put.key);
  if (shape != Shape::kPlain && put.value && put.value->empty()) {
    return base::InvalidField("value", "at least one byte: an empty one is the tombstone of a versioned row");
  }
  if (shape != Shape::kHeld && put.held) return base::InvalidField("held", "a row of a held table");
  return absl::OkStatus();
}

Status CheckPrecondition(const Work::Precondition& precondition) {
  RETURN_IF_ERROR(CheckKey(precondition.key));
  if (ShapeOfKey(precondition.key) == Shape::kPlain && precondition.seen.valid()) {
    return base::InvalidField("seen", "the value of a plain row, which has no revision");
  }
  if (ShapeOfKey(precondition.key) != Shape::kPlain && precondition.value) {
    return base::InvalidField("value", "the revision of a versioned row, not its value");
  }
  return absl::OkStatus();
}

bool MovesRevision(const Work& work) {
  const auto is_versioned = [](const Work::Put& put) { return ShapeOfKey(put.key) != Shape::kPlain; };
  return std::any_of(work.puts().begin(), work.puts().end(), is_versioned) || work.log().ByteSizeLong() > 0;
}

}  // namespace

std::string ConflictKeyOf(const Status& status) {
  const absl::optional<absl::Cord> key = status.GetPayload(kConflictKeyUrl);
  return key ? std::string(*key) : std::string();
}

Status CheckWork(const Work& work) {
  for (const Work::Put& put : work.puts()) RETURN_IF_ERROR(CheckPut(put));
  for (const Work::Precondition& precondition : work.preconditions()) RETURN_IF_ERROR(CheckPrecondition(precondition));
  return absl::OkStatus();
}

CommitGroup::CommitGroup(Engine* engine, Revision last, Timestamp last_time, Timestamp now)
    : engine_(engine), revision_(last), time_(last_time), now_(now) {}

Status CommitGroup::Load(const std::vector<const Work*>& works) {
  std::vector<std::string> plain;
  std::vector<std::string> versioned;
  std::vector<KeyRange> ranges;
  for (const Work* work : works) {
    for (const Work::Precondition& precondition : work->preconditions()) {
      if (!newest_.try_emplace(precondition.key).second) continue;
      if (ShapeOfKey(precondition.key) == Shape::kPlain) {
        plain.push_back(precondition.key);
      } else {
        versioned.push_back(precondition.key);
        ranges.push_back(VersionsOf(precondition.key, kTimestampMax, kRevisionMax));
      }
    }
  }
  if (!plain.empty()) {
    ASSIGN_OR_RETURN(std::vector<std::optional<std::string>> values, engine_->MultiGet(plain));
    for (size_t i = 0; i < plain.size(); ++i) newest_[plain[i]].value = std::move(values[i]);
  }
  if (!ranges.empty()) {
    ASSIGN_OR_RETURN(const std::vector<std::optional<KeyValue>> rows, engine_->MultiFirst(ranges));
    for (size_t i = 0; i < versioned.size(); ++i) {
      if (!rows[i]) continue;
      ASSIGN_OR_RETURN(const StoredKey stored, ParseStoredKey(rows[i]->first));
      newest_[versioned[i]] = {stored.revision, stored.held, std::nullopt};
    }
  }
  return absl::OkStatus();
}

Status CommitGroup::Check(const Work& work) const {
  for (const Work::Precondition& precondition : work.preconditions()) {
    const auto newest = newest_.find(precondition.key);
    CHECK(newest != newest_.end()) << "a work was added that was not loaded";
    if (newest->second.revision != precondition.seen || newest->second.value != precondition.value) {
      Status conflict = base::Aborted("what this write was based on has changed meanwhile");
      conflict.SetPayload(kConflictKeyUrl, absl::Cord(precondition.key));
      return conflict;
    }
  }
  return absl::OkStatus();
}

StatusOr<CommittedWork> CommitGroup::Add(Work& work) {
  RETURN_IF_ERROR(Check(work));
  CommittedWork committed{Revision(), now(), &work};
  if (MovesRevision(work)) {
    revision_ = Revision(revision_.value() + 1);
    time_ = std::max(now_, time_ + kOneMicrosecond);
    committed.revision = revision_;
    committed.time = time_;
    work.log().set_time(time_.micros());
    batch_.Put(LogKey(revision_), work.log().SerializeAsString());
    batch_.Put(TimeKey(time_), EncodeRevision(revision_));
  }
  work.Stamp(revision_);
  for (const Work::Put& put : work.puts()) Apply(put, committed.revision, committed.time);
  return committed;
}

void CommitGroup::Apply(const Work::Put& put, Revision revision, Timestamp time) {
  const Timestamp held = std::min(put.held.value_or(time), time);
  Remember(put, revision, held);
  switch (ShapeOfKey(put.key)) {
    case Shape::kPlain:
      if (put.value) {
        batch_.Put(put.key, *put.value);
      } else {
        batch_.Delete(put.key);
      }
      return;
    case Shape::kVersioned: batch_.Put(VersionedKey(put.key, revision), put.value.value_or("")); return;
    case Shape::kHeld: batch_.Put(HeldKey(put.key, held, revision), put.value.value_or("")); return;
  }
}

void CommitGroup::Remember(const Work::Put& put, Revision revision, Timestamp held) {
  if (newest_.empty()) return;
  const auto newest = newest_.find(put.key);
  if (newest == newest_.end()) return;
  switch (ShapeOfKey(put.key)) {
    case Shape::kPlain: newest->second.value = put.value; return;
    case Shape::kVersioned: newest->second.revision = revision; return;
    case Shape::kHeld:
      // A late value leaves the row's newest where it was.
      if (newest->second.revision.valid() && held < newest->second.held) return;
      newest->second.revision = revision;
      newest->second.held = held;
      return;
  }
}

}  // namespace cadastre::storage
