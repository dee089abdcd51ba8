#include "lineage/run_lists.h"

#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

using authz::RowRule;
using authz::Subjects;

enum class List : uint8_t { kAll = 'A', kChildren = 'C', kDataset = 'D', kParent = 'P' };

constexpr size_t kFillMax = 256;
constexpr size_t kRowsBetweenLooksAtTheClock = 1024;

// The first byte of these keys in kSeen (tables.cc has the others of this room).
constexpr char kSeenList = 'L';

std::string Prefix(List list) { return {kSeenList, static_cast<char>(list)}; }

// The run that a row is about, from what stands behind the list's own part of the key.
StatusOr<RunPlaceParts> ReadPlace(base::ByteReader& reader) {
  ASSIGN_OR_RETURN(const int64_t start, reader.ReadComplementI64());
  ASSIGN_OR_RETURN(const uint64_t job, reader.ReadU64());
  ASSIGN_OR_RETURN(const std::string_view run_id, reader.ReadString());
  return RunPlaceParts{Timestamp(start), AssetId(job), std::string(run_id)};
}

StatusOr<RunPlaceParts> PlaceIn(std::string_view key) {
  base::ByteReader reader(key);
  RETURN_IF_ERROR(reader.ReadU8().status());
  ASSIGN_OR_RETURN(const uint8_t list, reader.ReadU8());
  switch (static_cast<List>(list)) {
    case List::kAll: return ReadPlace(reader);
    case List::kChildren:
    case List::kDataset: RETURN_IF_ERROR(reader.ReadU64().status()); return ReadPlace(reader);
    case List::kParent:
      RETURN_IF_ERROR(reader.ReadU64().status());
      RETURN_IF_ERROR(reader.ReadString().status());
      return ReadPlace(reader);
  }
  return base::DataLoss("a list of runs of an unknown kind");
}

RowRule RunListRule(std::string_view key, const record::RunListed&) {
  const StatusOr<RunPlaceParts> parts = PlaceIn(key);
  if (!parts.ok()) return {Subjects::Global(), authz::Privilege::kAdminister};
  return {Subjects::Of(parts->job), authz::Privilege::kReadOperations};
}

std::set<std::string> KeysOf(AssetId job, std::string_view run_id, const record::Run& run) {
  const std::string place = RunPlace(Timestamp(run.started()), job, run_id);
  std::set<std::string> keys = {AllRunsPrefix() + place};
  for (const record::RunIo& io : run.io()) keys.insert(RunsOfDatasetPrefix(AssetId(io.dataset())) + place);
  // Which of the stated parents a reader is told depends on what he may see.
  const auto below = [&](const record::RunParent& parent) {
    if (parent.job() == 0) return;
    keys.insert(RunsBelowPrefix(AssetId(parent.job()), parent.run_id()) + place);
    std::string child = ChildrenOfJobPrefix(AssetId(parent.job())) + place;
    base::AppendString(child, parent.run_id());
    keys.insert(std::move(child));
  };
  if (run.has_parent()) below(run.parent());
  for (const record::RunParent& other : run.other_parents()) below(other);
  return keys;
}

}  // namespace

const authz::Table<record::RunListed> kRunListTable = {authz::Keyspace::kSeen, RunListRule};

std::string AllRunsPrefix() { return Prefix(List::kAll); }

std::string RunsOfDatasetPrefix(AssetId dataset) {
  std::string key = Prefix(List::kDataset);
  base::AppendU64(key, dataset.value());
  return key;
}

std::string RunsBelowPrefix(AssetId job, std::string_view run_id) {
  std::string key = Prefix(List::kParent);
  base::AppendU64(key, job.value());
  base::AppendString(key, run_id);
  return key;
}

std::string ChildrenOfJobPrefix(AssetId job) {
  std::string key = Prefix(List::kChildren);
  base::AppendU64(key, job.value());
  return key;
}

std::string RunPlace(Timestamp start, AssetId job, std::string_view run_id) {
  std::string place;
  base::AppendComplementI64(place, start.micros());
  base::AppendU64(place, job.value());
  base::AppendString(place, run_id);
  return place;
}

StatusOr<RunPlaceParts> ParseRunPlace(std::string_view place) {
  base::ByteReader reader(place);
  ASSIGN_OR_RETURN(RunPlaceParts parts, ReadPlace(reader));
  RETURN_IF_ERROR(reader.ExpectEnd());
  return parts;
}

StatusOr<std::string> ParentRunIn(std::string_view place) {
  base::ByteReader reader(place);
  RETURN_IF_ERROR(ReadPlace(reader).status());
  ASSIGN_OR_RETURN(const std::string_view run_id, reader.ReadString());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return std::string(run_id);
}

void MoveInRunLists(authz::WriteSession& session, const authz::RowPermit& permit, AssetId job, std::string_view run_id,
                    const record::Run* before, const record::Run* after) {
  const std::set<std::string> left = before == nullptr ? std::set<std::string>() : KeysOf(job, run_id, *before);
  const std::set<std::string> kept = after == nullptr ? std::set<std::string>() : KeysOf(job, run_id, *after);
  for (const std::string& key : left) {
    if (!kept.contains(key)) session.Remove(permit, kRunListTable, key);
  }
  for (const std::string& key : kept) {
    if (!left.contains(key)) session.Put(permit, kRunListTable, key, record::RunListed());
  }
}

Status RunListLane::FillOfJob(authz::GovernedView& view) {
  Status status;
  // The rows of one job are in the order of their places; those of one start before `next_` are passed over.
  const std::string begin = RunPrefix(job_) + next_.substr(0, sizeof(int64_t));
  done_ = true;
  RETURN_IF_ERROR(view.Scan<record::Run>(kRunHeadTable, RunPrefix(job_), begin,
                                         [&](authz::Sealed<authz::RowOf<record::Run>> sealed) {
                                           const auto row = view.Reveal(kRunHeadTable, std::move(sealed));
                                           if (!row) return false;  // all rows are about the one job
                                           const StatusOr<RunKeyParts> parts = ParseRunKey((*row)->key);
                                           status = parts.status();
                                           if (!parts.ok()) return false;
                                           std::string place = RunPlace(parts->start, parts->job, parts->run_id);
                                           if (place < next_) return true;
                                           done_ = places_.size() < kFillMax;
                                           if (done_) places_.push_back(std::move(place));
                                           return done_;
                                         }));
  RETURN_IF_ERROR(status);
  if (!places_.empty()) next_ = places_.back() + '\0';
  return absl::OkStatus();
}

Status RunListLane::Fill(authz::GovernedView& view, std::chrono::steady_clock::time_point deadline) {
  if (job_.valid()) return FillOfJob(view);
  Status status;
  size_t looked_at = 0;
  done_ = true;
  RETURN_IF_ERROR(view.Scan<record::RunListed>(
      kRunListTable, prefix_, prefix_ + next_, [&](authz::Sealed<authz::RowOf<record::RunListed>> sealed) {
        if (++looked_at % kRowsBetweenLooksAtTheClock == 0 && std::chrono::steady_clock::now() > deadline) {
          status = base::DeadlineExceeded("looking for runs took too long");
          return false;
        }
        const auto row = view.Reveal(kRunListTable, std::move(sealed));
        if (!row) return true;
        if (places_.size() == kFillMax) {
          done_ = false;
          return false;
        }
        places_.push_back((*row)->key.substr(prefix_.size()));
        return true;
      }));
  RETURN_IF_ERROR(status);
  // No key lies between a key and itself followed by \0.
  if (!places_.empty()) next_ = places_.back() + '\0';
  return absl::OkStatus();
}

StatusOr<const std::string*> RunListLane::Front(authz::GovernedView& view,
                                                std::chrono::steady_clock::time_point deadline) {
  if (places_.empty() && !done_) RETURN_IF_ERROR(Fill(view, deadline));
  return places_.empty() ? nullptr : &places_.front();
}

}  // namespace cadastre::lineage
