#include "authz/house/house.h"

#include <algorithm>
#include <chrono>
#include <stop_token>
#include <thread>
#include <utility>

#include "authz/house/bootstrap.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/log.h"
#include "base/status.h"
#include "storage/gc.h"
#include "storage/keyspaces.h"

namespace cadastre::authz {
namespace {

using storage::Keyspace;

// Beside the names, which a start reads on a thread of their own.
constexpr Keyspace kLoaded[] = {Keyspace::kEnvironment, Keyspace::kAsset, Keyspace::kPrincipal, Keyspace::kRole,
                                Keyspace::kGrant,       Keyspace::kToken, Keyspace::kPerson};

constexpr size_t kLoadBatchRows = 16'384;
// Of the change log: at least so long a follower may lag without being rebuilt, whatever it keeps of its own.
constexpr std::chrono::hours kLogKept{24};
constexpr size_t kTrimEntries = 4'096;

bool IsLoaded(char keyspace) {
  if (keyspace == static_cast<char>(Keyspace::kName)) return true;
  for (const Keyspace loaded : kLoaded) {
    if (keyspace == static_cast<char>(loaded)) return true;
  }
  return false;
}

}  // namespace

StatusOr<std::unique_ptr<House>> House::Open(storage::Engine* engine, Clock* clock, Options options) {
  std::unique_ptr<House> house(new House(engine, clock, std::move(options)));
  ASSIGN_OR_RETURN(house->committer_, storage::Committer::Open(engine, clock, house.get(), house->options_.committer));
  RETURN_IF_ERROR(house->Load(house->committer_->revision(), house->committer_->last_time()));
  RETURN_IF_ERROR(house->OpenAudit());
  if (house->published()->policy->records().principals.empty()) RETURN_IF_ERROR(house->Bootstrap());
  return house;
}

House::House(storage::Engine* engine, Clock* clock, Options options)
    : engine_(engine),
      clock_(clock),
      options_(std::move(options)),
      reader_(engine),
      change_log_(engine),
      visibility_(&registry_, options_.visibility_bytes_max),
      credentials_(clock),
      builder_(&registry_) {}

House::~House() = default;

ViewContext House::context() {
  ViewContext context{};
  context.reader = &reader_;
  context.change_log = &change_log_;
  context.registry = &registry_;
  context.visibility = &visibility_;
  context.state = &state_;
  return context;
}

Status House::Load(Revision revision, Timestamp time) {
  auto bound = std::make_shared<Published>();
  bound->revision = revision;
  bound->time = time;
  const SystemView view(context(), bound, SystemReason::kLoadRegistry, nullptr);
  std::shared_ptr<const Published> loaded = bound;
  RETURN_IF_ERROR(LoadTables(view, loaded));
  auto first = std::make_shared<Published>(*builder_.Build(*loaded, revision, time).published);
  // Which of the changes before were labels or policy is not known any more, so reads wait for all of them.
  first->governance_revision = revision;
  state_.Store(std::move(first));
  return absl::OkStatus();
}

Status House::OpenAudit() {
  const KeyFolder keys(options_.data_dir);
  StatusOr<VersionedSecret> key = keys.FindNewest("tokens", OpaqueTokens::kKeyBytes);
  if (absl::IsNotFound(key.status())) {
    if (!published()->policy->records().principals.empty()) {
      base::LogWarning("the key of revision and page tokens is gone; those handed out before no longer open");
    }
    key = keys.Newest("tokens", OpaqueTokens::kKeyBytes);
  }
  RETURN_IF_ERROR(key.status());
  opaque_ = std::make_unique<OpaqueTokens>(std::move(key->secret));
  const SystemView view(context(), published(), SystemReason::kLoadRegistry, nullptr);
  ASSIGN_OR_RETURN(audit_log_, AuditLog::Open(view, keys));
  if (options_.begin_audit_log) {
    RETURN_IF_ERROR(VerifyAuditLog(view, *audit_log_));
    ASSIGN_OR_RETURN(const storage::Batch batch, audit_log_->BeginNext(keys, clock_->Now(), published()->revision));
    RETURN_IF_ERROR(engine_->Write(batch, /*sync=*/true));
    ASSIGN_OR_RETURN(audit_log_, AuditLog::Open(view, keys));
  }
  signal_.Raise(published()->revision);
  return absl::OkStatus();
}

// Names and headers are each half of a start.
Status House::LoadTables(const SystemView& view, std::shared_ptr<const Published>& loaded) {
  builder_.NamesComeApart(true);
  Status names;
  Status others;
  {
    const std::jthread reading([&] { names = LoadNames(view); });
    for (const Keyspace keyspace : kLoaded) {
      if (others.ok()) others = LoadTable(view, keyspace, loaded);
    }
  }
  builder_.NamesComeApart(false);
  RETURN_IF_ERROR(others);
  RETURN_IF_ERROR(names);
  loaded = builder_.Build(*loaded, loaded->revision, loaded->time).published;
  return NameTheRest(view, loaded->labels);
}

Status House::LoadNames(const SystemView& view) {
  const std::string lower = StoredKey(Keyspace::kName, {});
  const auto cursor = reader_.Scan(view.Pass(), lower, base::PrefixEnd(lower));
  for (; cursor->Valid(); cursor->Next()) {
    const std::string_view key = cursor->row().key;
    RETURN_IF_ERROR(PublishedBuilder::ApplyName(key.substr(1), cursor->row().value, registry_));
  }
  return cursor->status();
}

Status House::NameTheRest(const SystemView& view, const LabelColumns& labels) {
  for (uint64_t number = 1; number < labels.end(); ++number) {
    const AssetId id(number);
    if (!labels.Of(id).exists || registry_.ViewOf(id).has_value()) continue;
    std::string key = StoredKey(Keyspace::kAsset, {});
    base::AppendU64(key, number);
    ASSIGN_OR_RETURN(const std::optional<storage::Row> header, reader_.Find(view.Pass(), key));
    if (header) RETURN_IF_ERROR(builder_.Apply(header->key, header->value));
  }
  return absl::OkStatus();
}

Status House::LoadTable(const SystemView& view, Keyspace keyspace, std::shared_ptr<const Published>& loaded) {
  const std::string lower(1, static_cast<char>(keyspace));
  const std::string upper = base::PrefixEnd(lower);
  auto cursor = reader_.Scan(view.Pass(), lower, upper);
  size_t rows = 0;
  for (; cursor->Valid(); cursor->Next()) {
    RETURN_IF_ERROR(Apply(cursor->row().key, cursor->row().value));
    // Folded in as it goes, so that a million assets are not held twice.
    if (++rows % kLoadBatchRows == 0) loaded = builder_.Build(*loaded, loaded->revision, loaded->time).published;
  }
  return cursor->status();
}

Status House::Apply(std::string_view key, const std::optional<std::string>& value) {
  RETURN_IF_ERROR(builder_.Apply(key, value));
  return credentials_.Apply(key, value);
}

Status House::Bootstrap() {
  FirstRows first = MakeFirstRows(clock_->Now());
  // The file stands before the commit: a crash between leaves a file that the next start replaces.
  if (!options_.data_dir.empty()) RETURN_IF_ERROR(WriteTokenFile(options_.data_dir, first.token.secret));
  // A committer of its own, run on this thread until the one work is done.
  ASSIGN_OR_RETURN(std::unique_ptr<storage::Committer> committer, storage::Committer::Open(engine_, clock_, this, {}));
  std::stop_source done;
  Status outcome = base::Unavailable("the first commit did not run");
  committer->Submit(std::move(first.work), [&](const StatusOr<storage::CommitResult>& result) {
    outcome = result.status();
    done.request_stop();
  });
  if (!done.stop_requested()) committer->Run(done.get_token());
  RETURN_IF_ERROR(outcome);
  bootstrap_token_ = std::move(first.token.secret);
  ASSIGN_OR_RETURN(committer_, storage::Committer::Open(engine_, clock_, this, options_.committer));
  return absl::OkStatus();
}

StatusOr<uint64_t> House::AppendLeaves(const std::vector<storage::CommittedLeaf>& leaves, Timestamp,
                                       storage::Batch* batch) {
  return audit_log_->Append(leaves, batch);
}

void House::Publish(const std::vector<storage::CommittedWork>& group, Revision revision) {
  audit_log_->Synced();
  const std::shared_ptr<const Published> previous = state_.Load();
  Timestamp time = previous->time;
  for (const storage::CommittedWork& committed : group) {
    if (committed.revision.valid()) time = committed.time;
    if (!committed.published_in_parts) PublishPart(committed, 0, committed.work->puts().size());
  }
  if (revision == previous->revision) return;
  const PublishedBuilder::Next next = builder_.Build(*previous, revision, time);
  visibility_.Advance(previous, next.published, next.touched, next.all);
  state_.Store(next.published);
  signal_.Raise(revision);
}

void House::PublishPart(const storage::CommittedWork& work, size_t first, size_t count) {
  for (size_t i = first; i < first + count; ++i) {
    const storage::Work::Put& put = work.work->puts()[i];
    // What this process encoded a moment ago decodes, or memory is not to be trusted.
    if (IsLoaded(put.key.front())) CHECK_OK(Apply(put.key, put.value));
  }
}

StatusOr<House::Forgotten> House::ForgetVersions(const SystemView& view, Timestamp horizon) {
  storage::Gc gc(engine_, {});
  ASSIGN_OR_RETURN(const storage::Gc::Progress progress, gc.Step(view.Pass(), horizon));
  Forgotten forgotten{progress.visited, progress.removed, progress.done, 0};
  ASSIGN_OR_RETURN(forgotten.debt, gc.Debt(horizon));
  return forgotten;
}

StatusOr<bool> House::TrimLog(const SystemView& view, Revision through) {
  const Timestamp horizon = clock_->Now() - kLogKept;
  const StatusOr<Revision> old = change_log_.RevisionAt(view.Pass(), horizon);
  if (old.ok()) through = std::max(through, *old);
  const Revision after(trimmed_.load(std::memory_order_relaxed));
  ASSIGN_OR_RETURN(const Revision trimmed, change_log_.Trim(view.Pass(), after, through, kTrimEntries));
  trimmed_.store(trimmed.value(), std::memory_order_relaxed);
  return trimmed >= std::min(through, view.revision());
}

StatusOr<bool> House::TrimAudit(const SystemView& view, Timestamp before) {
  return audit_log_->Trim(
      view, before, clock_->Now(), [this](storage::Work work) { return committer_->Commit(std::move(work)).status(); },
      [this](const storage::Batch& batch, bool sync) { return engine_->Write(batch, sync); });
}

uint64_t House::log_entries() const {
  return published()->revision.value() -
         std::min(published()->revision.value(), trimmed_.load(std::memory_order_relaxed));
}

}  // namespace cadastre::authz
