#include "search/index.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/status.h"
#include "search/reading.h"
#include "search/tail_writer.h"
#include "search/terms.h"

namespace cadastre::search {
namespace {

// How many documents are described before a part is made of them, while everything is new.
constexpr size_t kBuildBatch = 1'024;
constexpr size_t kBuildCommit = 50'000;
constexpr size_t kEntriesAStep = 512;
// A fold is due at this size, or when so much time has passed since the last one.
constexpr size_t kFoldDocuments = 5'000;
constexpr size_t kFoldBytes = size_t{64} << 20;
constexpr std::chrono::seconds kFoldEvery{60};
constexpr std::chrono::milliseconds kFoldLook{200};
constexpr std::chrono::milliseconds kRetryFirst{1'000};
constexpr std::chrono::milliseconds kRetryMax{30'000};

std::string BasePath(const std::string& dir) { return dir + "/base"; }

// Sleeps in small pieces, so that a stop is obeyed soon.
void Sleep(std::chrono::milliseconds time, const std::stop_token& stop) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!stop.stop_requested() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

bool IsIndexed(const record::AssetChange& change) {
  return change.text() || change.labels() || change.existence() || change.aliases();
}

}  // namespace

Index::Index(std::string dir, const Clock* clock)
    : dir_(std::move(dir)), clock_(clock), tail_(std::make_unique<TailWriter>()) {}

Index::~Index() { gate_.Close(); }

StatusOr<std::unique_ptr<Index>> Index::Open(std::string dir, const Clock* clock) {
  if (!dir.empty()) {
    std::error_code error;
    std::filesystem::create_directories(dir, error);
    if (error) return base::Unavailable("the folder of the search index cannot be made: ", error.message());
  }
  return std::unique_ptr<Index>(new Index(std::move(dir), clock));
}

bool Index::ready() const { return Read() != nullptr; }

bool Index::overloaded() const {
  if (tail_->documents() > kTailDocumentsMax || tail_->bytes() > kTailBytesMax) return true;
  base::MutexLock lock(mutex_);
  return behind_since_ && clock_->Now() - *behind_since_ > kTailLagMax;
}

size_t Index::documents() const {
  const std::shared_ptr<const Reading> reading = Read();
  return reading == nullptr ? 0 : reading->columns.indexed();
}

size_t Index::tail_documents() const { return tail_->documents(); }

std::shared_ptr<const Reading> Index::Read() const {
  base::MutexLock lock(mutex_);
  return reading_;
}

void Index::Publish() {
  // The old one goes after the lock. Made under it, or of two threads the later reading might be put in place first.
  std::shared_ptr<const Reading> reading;
  base::MutexLock lock(mutex_);
  reading = tail_->Read();
  reading_.swap(reading);
}

void Index::NoteLag(bool behind) {
  base::MutexLock lock(mutex_);
  if (!behind) {
    behind_since_.reset();
  } else if (!behind_since_) {
    behind_since_ = clock_->Now();
  }
}

Status Index::Start(authz::ChangeFeed& feed, DocumentSource& source, const std::stop_token& stop) {
  feed.view().Refresh();
  const Revision now = feed.view().revision();
  if (dir_.empty()) {
    tail_->Begin(nullptr, {});
    RETURN_IF_ERROR(BuildTail(source, now, stop));
  } else {
    std::shared_ptr<BaseIndex> base;
    AssetColumns columns;
    const auto load = [&]() -> Status {
      ASSIGN_OR_RETURN(base, BaseIndex::Open(BasePath(dir_)));
      if (base->revision() > now) return base::FailedPrecondition("the search base is ahead of the store");
      return base->EachValues([&](AssetId id, const record::SearchValues& values) { columns.Set(id, values); });
    };
    if (const Status status = load(); !status.ok()) {
      std::error_code error;
      // The first start of a folder is no fault.
      if (!std::filesystem::exists(BasePath(dir_), error)) {
        base::LogInfo("search base is new");
      } else {
        base::LogInfo("search base is built anew", {{"reason", base::MessageOf(status)}});
      }
      base.reset();
      ASSIGN_OR_RETURN(base, BuildBase(source, now, stop));
      columns = {};
      RETURN_IF_ERROR(
          base->EachValues([&](AssetId id, const record::SearchValues& values) { columns.Set(id, values); }));
    }
    base::MutexLock lock(base_mutex_);
    base_ = base;
    tail_->Begin(base, std::move(columns));
    reached_ = base->revision();
    kept_ = reached_.value();
  }
  started_ = true;
  Publish();
  return absl::OkStatus();
}

StatusOr<std::shared_ptr<BaseIndex>> Index::BuildBase(DocumentSource& source, Revision revision,
                                                      const std::stop_token& stop) {
  // Under another name until it is whole.
  const std::string building = dir_ + "/building";
  std::error_code error;
  std::filesystem::remove_all(building, error);
  ASSIGN_OR_RETURN(std::unique_ptr<BaseIndex> fresh, BaseIndex::Create(building));
  size_t since_commit = 0;
  for (uint64_t id = 1; id < source.end(); ++id) {
    if (stop.stop_requested()) return base::Cancelled("the search base was being built");
    if (id % kBuildBatch == 0) gate_.Expire(clock_->Now());
    bool skipped = false;
    ASSIGN_OR_RETURN(const std::optional<SearchDocument> document, Describe(AssetId(id), source, &skipped));
    if (!document) continue;
    RETURN_IF_ERROR(fresh->Replace(MakeIndexed(AssetId(id), *document)));
    if (++since_commit < kBuildCommit) continue;
    RETURN_IF_ERROR(fresh->Commit(Revision()));
    since_commit = 0;
    base::LogInfo("search base is being built", {{"asset", id}, {"of", source.end()}});
  }
  RETURN_IF_ERROR(fresh->Commit(revision));
  RETURN_IF_ERROR(fresh->Close());
  fresh.reset();
  std::filesystem::remove_all(BasePath(dir_), error);
  std::filesystem::rename(building, BasePath(dir_), error);
  if (error) return base::Unavailable("the search base cannot be put in place: ", error.message());
  ASSIGN_OR_RETURN(std::unique_ptr<BaseIndex> base, BaseIndex::Open(BasePath(dir_)));
  return std::shared_ptr<BaseIndex>(std::move(base));
}

Status Index::BuildTail(DocumentSource& source, Revision revision, const std::stop_token& stop) {
  std::vector<AssetId> batch;
  for (uint64_t id = 1; id < source.end(); ++id) {
    if (stop.stop_requested()) return base::Cancelled("the search index was being built");
    batch.push_back(AssetId(id));
    if (batch.size() < kBuildBatch) continue;
    RETURN_IF_ERROR(Apply(batch, source, Revision()));
    batch.clear();
  }
  RETURN_IF_ERROR(Apply(batch, source, revision));
  reached_ = revision;
  return absl::OkStatus();
}

StatusOr<std::optional<SearchDocument>> Index::Describe(AssetId id, DocumentSource& source, bool* skipped) {
  StatusOr<std::optional<SearchDocument>> document = source.Describe(id);
  if (!absl::IsDataLoss(document.status())) return document;
  *skipped = true;
  skipped_.fetch_add(1, std::memory_order_relaxed);
  base::LogError("search: an asset does not decode and is left as it stands",
                 {{"asset", id.value()}, {"status", base::MessageOf(document.status())}});
  return std::optional<SearchDocument>();
}

Status Index::Apply(const std::vector<AssetId>& changed, DocumentSource& source, Revision reached) {
  std::vector<IndexedDocument> documents;
  std::vector<std::pair<AssetId, record::SearchValues>> values;
  for (const AssetId id : changed) {
    bool skipped = false;
    ASSIGN_OR_RETURN(const std::optional<SearchDocument> document, Describe(id, source, &skipped));
    if (skipped) continue;
    const AssetValues known = tail_->ValuesOf(id);
    if (!document) {
      if (known.indexed) documents.push_back(MakeGone(id));
      continue;
    }
    IndexedDocument indexed = MakeIndexed(id, *document);
    if (known.indexed && known.digest == indexed.values.digest()) {
      if (!tail_->Has(id, indexed.values)) values.emplace_back(id, std::move(indexed.values));
    } else {
      documents.push_back(std::move(indexed));
    }
  }
  tail_->Put(std::move(documents), std::move(values), reached);
  return absl::OkStatus();
}

StatusOr<bool> Index::Step(authz::ChangeFeed& feed, DocumentSource& source, size_t entries_max,
                           const std::stop_token& stop) {
  gate_.Expire(clock_->Now());
  if (!started_) {
    RETURN_IF_ERROR(Start(feed, source, stop));
    gate_.Advance(reached_);
  }
  StatusOr<std::vector<authz::LogRecord>> entries = feed.Read(reached_, entries_max);
  if (absl::IsOutOfRange(entries.status()) || absl::IsDataLoss(entries.status())) {
    base::LogWarning("the search index is built anew", {{"cause", base::MessageOf(entries.status())}});
    RETURN_IF_ERROR(Forget());
    return false;
  }
  RETURN_IF_ERROR(entries.status());
  const bool all = entries->size() < entries_max;
  const Revision next = all ? feed.view().revision() : entries->back().revision;
  NoteLag(!all);
  std::vector<AssetId> changed;
  for (const authz::LogRecord& entry : *entries) {
    for (const record::AssetChange& change : entry.entry.assets()) {
      if (!IsIndexed(change)) continue;
      changed.push_back(AssetId(change.asset()));
      if (!change.labels() && !change.aliases()) continue;
      // The classes of a column stand in the documents of all names it has.
      for (const AssetId other : source.ChangedWith(AssetId(change.asset()))) changed.push_back(other);
    }
  }
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  RETURN_IF_ERROR(Apply(changed, source, next));
  if (!changed.empty()) Publish();
  reached_ = next;
  gate_.Advance(reached_);
  return all;
}

Status Index::Forget() {
  started_ = false;
  kept_ = 0;
  base::MutexLock lock(base_mutex_);
  std::shared_ptr<const Reading> reading;
  {
    base::MutexLock reading_lock(mutex_);
    reading_.swap(reading);
  }
  if (base_ == nullptr) return absl::OkStatus();
  RETURN_IF_ERROR(base_->Close());
  base_.reset();
  std::error_code error;
  std::filesystem::remove_all(BasePath(dir_), error);
  return absl::OkStatus();
}

void Index::Follow(authz::ChangeFeed& feed, DocumentSource& source, const std::stop_token& stop) {
  std::chrono::milliseconds pause = kRetryFirst;
  while (!stop.stop_requested()) {
    const StatusOr<bool> step = Step(feed, source, kEntriesAStep, stop);
    if (!step.ok()) {
      if (stop.stop_requested()) break;
      base::LogError("search index cannot follow", {{"error", base::MessageOf(step.status())}});
      gate_.Fail(base::Unavailable("the search index cannot be read or built just now; it is tried again"));
      NoteLag(true);
      Sleep(pause, stop);
      pause = std::min(2 * pause, kRetryMax);
      continue;
    }
    pause = kRetryFirst;
    if (*step) feed.Await(reached_, std::chrono::milliseconds(100), stop);
  }
  gate_.Close();
}

StatusOr<size_t> Index::Fold(const std::function<bool()>& enough) {
  base::MutexLock lock(base_mutex_);
  if (base_ == nullptr) return size_t{0};
  const TailWriter::Pinned pinned = tail_->Pin();
  if (pinned.parts.empty() && pinned.values.empty()) {
    tail_->Unpin();
    // Nothing to write but how far it is: or the log would be kept for a base that has nothing to read in it.
    if (pinned.reached > base_->revision()) {
      const BaseIndex::WriteTurn turn(*base_);
      RETURN_IF_ERROR(base_->Commit(pinned.reached));
      kept_ = pinned.reached.value();
    }
    return size_t{0};
  }
  size_t folded = 0;
  bool whole = true;
  // The lock is held throughout; the analysis does not see it inside a lambda.
  BaseIndex& base = *base_;
  const auto write = [&]() -> Status {
    const BaseIndex::WriteTurn turn(base);
    for (const TailPart& part : pinned.parts) {
      for (const auto& document : part.segment->documents()) {
        if (part.dead.Has(document->id)) continue;
        whole = !enough || !enough();
        if (!whole) return base.Commit(base.revision());
        RETURN_IF_ERROR(base.Replace(*document));
        ++folded;
      }
    }
    // After the documents, whose own values are older.
    for (const auto& [id, values] : pinned.values) RETURN_IF_ERROR(base.ReplaceValues(id, values));
    return base.Commit(pinned.reached);
  };
  const Status status = write();
  if (!status.ok() || !whole) {
    tail_->Unpin();
    if (!status.ok()) return status;
    Publish();
    return folded;
  }
  tail_->Drop(pinned);
  kept_ = pinned.reached.value();
  Publish();
  return folded;
}

void Index::KeepFolding(const std::stop_token& stop) {
  auto last = std::chrono::steady_clock::now();
  while (!stop.stop_requested()) {
    const auto now = std::chrono::steady_clock::now();
    if (tail_->documents() >= kFoldDocuments || tail_->bytes() >= kFoldBytes || now - last >= kFoldEvery) {
      const StatusOr<size_t> folded = Fold([&stop] { return stop.stop_requested(); });
      last = std::chrono::steady_clock::now();
      if (!folded.ok()) base::LogError("search tail cannot fold", {{"error", base::MessageOf(folded.status())}});
    }
    Sleep(kFoldLook, stop);
  }
}

}  // namespace cadastre::search
