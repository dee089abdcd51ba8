#include "storage/commit_group.h"

#include <algorithm>
#include <utility>

#include "absl/strings/cord.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/horizon.h"
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

Status CheckForgotten(const std::string& key) {
  RETURN_IF_ERROR(CheckKey(key));
  if (ShapeOfKey(key) == Shape::kPlain) return base::InvalidField("key", "a row that has versions");
  return absl::OkStatus();
}

Status Conflict(const std::string& key) {
  Status conflict = base::Aborted("what this write was based on has changed meanwhile");
  conflict.SetPayload(kConflictKeyUrl, absl::Cord(key));
  return conflict;
}

bool MovesRevision(const Work& work) {
  if (!work.forgotten().empty()) return true;
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
  for (const std::string& key : work.forgotten()) RETURN_IF_ERROR(CheckForgotten(key));
  return absl::OkStatus();
}

CommitGroup::CommitGroup(Engine* engine, const RecentWrites* recent, const Before& before, Timestamp now)
    : engine_(engine),
      recent_(recent),
      revision_(before.revision),
      time_(before.time),
      policy_(before.policy),
      now_(now) {}

CommitGroup::Newest* CommitGroup::FindAsked(const Work::Precondition& precondition) {
  const auto row = newest_.find(precondition.key);
  if (row == newest_.end()) return nullptr;
  for (Newest& newest : row->second) {
    if (newest.at == precondition.held) return &newest;
  }
  return nullptr;
}

Status CommitGroup::Load(const std::vector<const Work*>& works) {
  std::vector<std::pair<Preconditions, std::optional<uint64_t>>> asked;
  for (const Work* work : works) asked.emplace_back(work->preconditions(), work->based_on());
  return LoadAsked(asked);
}

Status CommitGroup::LoadAsked(const std::vector<std::pair<Preconditions, std::optional<uint64_t>>>& asked) {
  std::vector<std::string> plain;
  std::vector<const Work::Precondition*> versioned;
  std::vector<KeyRange> ranges;
  for (const auto& [preconditions, based_on] : asked) {
    for (const Work::Precondition& precondition : preconditions) {
      if (FindAsked(precondition) != nullptr) continue;
      Newest& newest = newest_[precondition.key].emplace_back();
      newest.at = precondition.held;
      if (based_on && recent_->Untouched(precondition.key, *based_on)) {
        newest.revision = precondition.seen;
        newest.held = precondition.seen_held;
        newest.value = precondition.value;
      } else if (ShapeOfKey(precondition.key) == Shape::kPlain) {
        plain.push_back(precondition.key);
      } else {
        versioned.push_back(&precondition);
        ranges.push_back(VersionsOf(precondition.key, precondition.held, kRevisionMax));
      }
    }
  }
  if (!plain.empty()) {
    ASSIGN_OR_RETURN(std::vector<std::optional<std::string>> values, engine_->MultiGet(plain));
    for (size_t i = 0; i < plain.size(); ++i) newest_[plain[i]].front().value = std::move(values[i]);
  }
  if (!ranges.empty()) {
    ASSIGN_OR_RETURN(const std::vector<std::optional<KeyValue>> rows, engine_->MultiFirst(ranges));
    for (size_t i = 0; i < versioned.size(); ++i) {
      if (!rows[i]) continue;
      ASSIGN_OR_RETURN(const StoredKey stored, ParseStoredKey(rows[i]->first));
      Newest* const newest = FindAsked(*versioned[i]);
      newest->revision = stored.revision;
      newest->held = stored.held;
    }
  }
  return absl::OkStatus();
}

Status CommitGroup::CheckPolicy(const Work& work) const {
  if (work.policy_seen() && *work.policy_seen() < policy_) return base::Aborted("policy has changed meanwhile");
  return absl::OkStatus();
}

Status CommitGroup::CheckAsked(Preconditions preconditions) {
  for (const Work::Precondition& precondition : preconditions) {
    const Newest* const newest = FindAsked(precondition);
    CHECK(newest != nullptr) << "a work was added that was not loaded";
    if (newest->revision != precondition.seen || newest->value != precondition.value) return Conflict(precondition.key);
  }
  return absl::OkStatus();
}

StatusOr<std::vector<std::string>> CommitGroup::FindForgotten(const Work& work) const {
  std::vector<std::string> stored;
  if (work.forgotten().empty()) return stored;
  ASSIGN_OR_RETURN(const StoredHorizon horizon, ReadHorizon(engine_));
  for (const std::string& key : work.forgotten()) {
    const auto cursor = engine_->NewCursor(key, VersionsEnd(key));
    for (; cursor->Valid(); cursor->Next()) {
      ASSIGN_OR_RETURN(const StoredKey version, ParseStoredKey(cursor->key()));
      if (version.revision > horizon.revision) return Conflict(key);
      stored.emplace_back(cursor->key());
    }
    RETURN_IF_ERROR(cursor->status());
  }
  return stored;
}

StatusOr<CommittedWork> CommitGroup::Add(Work& work) {
  RETURN_IF_ERROR(CheckPolicy(work));
  RETURN_IF_ERROR(CheckAsked(work.preconditions()));
  ASSIGN_OR_RETURN(const std::vector<std::string> forgotten, FindForgotten(work));
  const CommittedWork committed = Number(work);
  for (const std::string& stored : forgotten) batch_.Delete(stored);
  for (const std::string& key : work.forgotten()) RememberForgotten(key);
  for (const Work::Put& put : work.puts()) Apply(put, committed.revision, committed.time, &batch_);
  return committed;
}

Status CommitGroup::CheckPart(const Work& work, size_t first, size_t count) {
  RETURN_IF_ERROR(CheckPolicy(work));
  const Preconditions part = Preconditions(work.preconditions()).subspan(first, count);
  newest_.clear();
  RETURN_IF_ERROR(LoadAsked({{part, work.based_on()}}));
  return CheckAsked(part);
}

void CommitGroup::ApplyPart(const CommittedWork& committed, size_t first, size_t count, Batch* staged) {
  newest_.clear();
  for (size_t i = first; i < first + count; ++i) {
    const Work::Put& put = committed.work->puts()[i];
    const bool waits = ShapeOfKey(put.key) == Shape::kPlain && !put.ahead;
    Apply(put, committed.revision, committed.time, waits ? &batch_ : staged);
  }
}

CommittedWork CommitGroup::Number(Work& work) {
  CommittedWork committed{Revision(), now(), &work};
  if (MovesRevision(work)) {
    revision_ = Revision(revision_.value() + 1);
    time_ = std::max(now_, time_ + kOneMicrosecond);
    committed.revision = revision_;
    committed.time = time_;
    if (work.log().policy()) policy_ = revision_;
    work.log().set_time(time_.micros());
    batch_.Put(LogKey(revision_), work.log().SerializeAsString());
    batch_.Put(TimeKey(time_), EncodeRevision(revision_));
  }
  work.Stamp(revision_);
  return committed;
}

void CommitGroup::Apply(const Work::Put& put, Revision revision, Timestamp time, Batch* batch) {
  const Timestamp held = std::min(put.held.value_or(time), time);
  Remember(put, revision, held);
  switch (ShapeOfKey(put.key)) {
    case Shape::kPlain:
      if (put.value) {
        batch->Put(put.key, *put.value);
      } else {
        batch->Delete(put.key);
      }
      return;
    case Shape::kVersioned: batch->Put(VersionedKey(put.key, revision), put.value.value_or("")); return;
    case Shape::kHeld: batch->Put(HeldKey(put.key, held, revision), put.value.value_or("")); return;
  }
}

void CommitGroup::RememberForgotten(const std::string& key) {
  const auto row = newest_.find(key);
  if (row == newest_.end()) return;
  for (Newest& newest : row->second) {
    newest.revision = Revision();
    newest.held = Timestamp();
  }
}

void CommitGroup::Remember(const Work::Put& put, Revision revision, Timestamp held) {
  if (newest_.empty()) return;
  const auto row = newest_.find(put.key);
  if (row == newest_.end()) return;
  const Shape shape = ShapeOfKey(put.key);
  for (Newest& newest : row->second) {
    if (shape == Shape::kPlain) {
      newest.value = put.value;
      continue;
    }
    // What holds from later on, or is followed by a later value, leaves what is asked about where it was.
    const bool hidden = newest.revision.valid() && held < newest.held;
    if (shape == Shape::kHeld && (held > newest.at || hidden)) continue;
    newest.revision = revision;
    newest.held = held;
  }
}

}  // namespace cadastre::storage
