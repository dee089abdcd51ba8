// House: the one place where storage, the registry, the policy and what is published are held together.
//
// Made by main over one engine and clock, which outlive it; it is the committer's
// hook. Main runs committer().Run on a thread of its own. Thread rule: safe (the
// hook's methods: from the committer thread alone).
// Errors of Open: those of the engine; DATA_LOSS for rows that do not decode.
// A new data folder gets the principal `admin`, whose role `administrator` holds
// every privilege on everything by ordinary grants; its first token is written to
// DIR/admin.token (0600).
// Deliberately does not: authenticate, check or audit (the Guard does), or run threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "authz/audit/audit_log.h"
#include "authz/identity/credentials.h"
#include "authz/identity/key_folder.h"
#include "authz/identity/opaque_tokens.h"
#include "authz/policy/published.h"
#include "authz/policy/published_builder.h"
#include "authz/policy/registry.h"
#include "authz/view/revision_signal.h"
#include "authz/view/view.h"
#include "base/words.h"
#include "storage/change_log.h"
#include "storage/committer.h"
#include "storage/engine.h"
#include "storage/reader.h"

namespace cadastre::authz {

class House final : public storage::CommitHooks {
 public:
  struct Options {
    // Where admin.token is written and keys/ stand. Empty: nothing is written (tests, tools).
    std::string data_dir;
    storage::Committer::Options committer;
    // Of the bitmaps kept for searches and walks.
    size_t visibility_bytes_max = kVisibilityBytesMax;
    // For a store that was restored: the audit log is verified and the next one begun before anything is logged.
    bool begin_audit_log = false;
  };

  static StatusOr<std::unique_ptr<House>> Open(storage::Engine* engine, Clock* clock, Options options);
  ~House() override;

  std::shared_ptr<const Published> published() const { return state_.Load(); }
  // What views read through.
  ViewContext context();
  storage::Committer& committer() { return *committer_; }
  Credentials& credentials() { return credentials_; }
  AuditLog& audit_log() { return *audit_log_; }
  OpaqueTokens& opaque() { return *opaque_; }
  // Raised after each commit that moved the revision.
  RevisionSignal& signal() { return signal_; }
  const Clock& clock() const { return *clock_; }
  storage::Engine& engine() { return *engine_; }
  const std::string& data_dir() const { return options_.data_dir; }
  // One bounded step of forgetting versions that no read at or after `horizon` can reach.
  struct Forgotten {
    uint64_t visited = 0;
    uint64_t removed = 0;
    bool done = false;  // the pass is at its end
    // Commits whose replaced versions may go and were not gone through yet.
    uint64_t debt = 0;
  };
  StatusOr<Forgotten> ForgetVersions(const SystemView& view, Timestamp horizon);
  // One bounded step of forgetting the change log up to `through`, which every follower has in its checkpoint, and in
  // any case what is older than a day: a follower that far behind is rebuilt. True when that far. Confined to one
  // thread.
  StatusOr<bool> TrimLog(const SystemView& view, Revision through);
  // One bounded step of forgetting audit leaves older than `before` (AuditLog::Trim); true when none is left. Waits for
  // the committer, which must run.
  StatusOr<bool> TrimAudit(const SystemView& view, Timestamp before);
  // Entries of the change log that are kept, about.
  uint64_t log_entries() const;
  // The token made with a new data folder; empty otherwise.
  const std::string& bootstrap_token() const { return bootstrap_token_; }

  // CommitHooks.
  StatusOr<uint64_t> AppendLeaves(const std::vector<storage::CommittedLeaf>& leaves, Timestamp now,
                                  storage::Batch* batch) override;
  void Discard() override { audit_log_->Discard(); }
  void Publish(const std::vector<storage::CommittedWork>& group, Revision revision) override;
  void PublishPart(const storage::CommittedWork& work, size_t first, size_t count) override;

 private:
  House(storage::Engine* engine, Clock* clock, Options options);
  // Fills registry, labels, policy and credentials from the store as of `revision`.
  Status Load(Revision revision, Timestamp time);
  Status LoadTables(const SystemView& view, std::shared_ptr<const Published>& loaded);
  // Into the registry alone.
  Status LoadNames(const SystemView& view);
  // Assets that no name row stands for have the name of their header.
  Status NameTheRest(const SystemView& view, const LabelColumns& labels);
  // `loaded` grows by what it reads.
  Status LoadTable(const SystemView& view, storage::Keyspace keyspace, std::shared_ptr<const Published>& loaded);
  Status Apply(std::string_view key, const std::optional<std::string>& value);
  // Keys, opaque tokens and the audit log.
  Status OpenAudit();
  // The administrator, where no principal exists yet.
  Status Bootstrap();

  storage::Engine* const engine_;
  Clock* const clock_;
  const Options options_;
  const storage::Reader reader_;
  const storage::ChangeLog change_log_;
  Registry registry_;
  VisibilityCache visibility_;
  Credentials credentials_;
  PublishedState state_;
  PublishedBuilder builder_;
  RevisionSignal signal_;
  std::unique_ptr<AuditLog> audit_log_;
  std::unique_ptr<OpaqueTokens> opaque_;
  std::string bootstrap_token_;
  // No entry of the log stands at or before this one.
  std::atomic<uint64_t> trimmed_{0};
  std::unique_ptr<storage::Committer> committer_;
};

}  // namespace cadastre::authz
