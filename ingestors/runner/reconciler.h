// Compares what a crawl sees with what is remembered of the source, and tells the catalog the difference.
//
// Owner: the run; what it is given outlives it. Thread rule: confined.
// Errors: those of CrawlCalls that end a run (`lost`); an object or a scope that fails by itself is told in the
// outcome. Bounds: requests of at most 1,000 objects and 4 MiB; 1,000 failures and 10,000 changes are told by name, the
// rest by number. Holds one name for each object of the source, and the objects that may have been renamed.
// Deliberately does not: judge whether removals are safe (removal.h does).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "ingestors/runner/crawl_calls.h"
#include "ingestors/runner/removal.h"
#include "ingestors/runner/source.h"
#include "ingestors/runner/spool_file.h"

namespace cadastre::ingest {

enum class Change : uint8_t { kAdd, kChange, kRename, kMiss, kDrop };

struct Outcome {
  // By scope; `covered_until` and all counts filled in.
  std::map<std::string, ingest::v1::ScopeReport> scopes;
  struct Changed {
    Change what = Change::kAdd;
    std::string asset;
    // Of a rename.
    std::string before;
  };
  std::vector<Changed> changes;
  struct Failure {
    std::string shown, reason;
  };
  std::vector<Failure> failures;
  int64_t unchanged = 0;
  // Objects that failed or were refused, all of them.
  int64_t failed = 0;
  bool removals_stopped = false;
};

class Reconciler final : public Sink {
 public:
  struct Options {
    // The tool that statements are told by.
    std::string tool;
    base::Timestamp held_at;
    // Stated of every dataset besides what the source says.
    std::vector<catalog::v1::Aspect> defaults;
    // Kinds that are withdrawn from a changed object which does not state them.
    std::vector<catalog::v1::Aspect::ValueCase> states;
    bool removals = true;
    RemovalRules rules;
    // Called for every object.
    std::function<void(int64_t seen, const std::string& scope)> progress;
    // Whether to end here, asked before every object; nothing: never.
    std::function<bool()> stop;
    // Where the rest of a crawl goes once the catalog cannot be reached; asked for once. nullptr, or nothing: the crawl
    // ends there.
    std::function<SpoolWriter*()> open_spool;
  };

  // Without `calls` nothing is told to the catalog: a plan.
  Reconciler(const Source* source, CrawlCalls* calls, Options options);

  // What earlier crawls saw; before the crawl.
  void Remember(std::vector<ingest::v1::RememberedObject> objects);

  absl::Status Emit(const std::string& scope, ingest::v1::CrawledObject object) override;
  void Fail(const std::string& scope, Unread object) override;
  void Complete(const std::string& scope) override;
  void Partial(const std::string& scope, std::string_view reason) override;
  void Failed(const std::string& scope, std::string_view reason) override;

  // An object that is there, of which there is nothing to tell.
  void Seen(const catalog::v1::AssetRef& asset);

  // The catalog cannot be reached, and everything from here on is for the spool. Not OK where there is none.
  absl::Status Lose(absl::Status why);

  // After the crawl: renames, what is still to be sent, and what is gone.
  absl::Status Settle();

  // Why the catalog takes no more of this run; OK while it does.
  const absl::Status& lost() const { return lost_; }
  const Outcome& outcome() const { return outcome_; }

 private:
  struct Known {
    ingest::v1::RememberedObject object;
    bool seen = false;
    bool renamed = false;
  };
  struct Pending {
    ingest::v1::CrawledObject object;
    Change what;
  };
  struct Deferred {
    std::string scope;
    ingest::v1::CrawledObject object;
    Known* before;
  };
  using Losses = std::map<std::string, ScopeLoss>;
  using Gone = std::map<std::string, std::vector<Known*>>;

  ingest::v1::ScopeReport& ReportOf(const std::string& scope);
  void EndScope(const std::string& scope, ingest::v1::ScopeState state, std::string_view reason);
  void AddFailure(std::string shown, std::string_view reason);
  void Tell(Change what, const catalog::v1::AssetRef& asset, std::string before = "");
  Known* RenameOf(const ingest::v1::CrawledObject& object);
  absl::Status Take(const std::string& scope, ingest::v1::CrawledObject object, Change what);
  absl::Status Flush();
  absl::Status Divert();
  absl::Status Spooled(const std::string& scope, ingest::v1::CrawledObject object);
  void TakeAnswer(const ingest::v1::RecordCrawledObjectsResponse& answer, ingest::v1::ScopeReport& report);
  absl::Status SettleRenames();
  bool KnownWholly(const std::string& scope) const;
  Gone FindGone(Losses& losses, int64_t& remembered);
  absl::Status Miss(const std::string& scope, const std::vector<Known*>& gone, const ScopeLoss& loss);
  void CloseReports();

  const Source* source_;
  CrawlCalls* calls_;
  const Options options_;
  Outcome outcome_;
  absl::Status lost_;
  int64_t seen_count_ = 0;

  std::unordered_map<std::string, Known> known_;
  std::unordered_map<std::string, Known*> by_source_id_;
  std::unordered_set<std::string> seen_;
  std::deque<Deferred> deferred_;
  std::string pending_scope_;
  std::vector<Pending> pending_;
  size_t pending_bytes_ = 0;
  // Where everything goes since the catalog was lost; nullptr before.
  SpoolWriter* spool_ = nullptr;
};

// What the catalog is told of the scopes: those that are not as they were first, as many as it takes.
void FillScopes(const Outcome& outcome, ingest::v1::FinishCrawlRequest& request);

// An asset's name as text, once folded as the catalog folds it; what cannot be a name as it stands.
std::string AssetKey(const catalog::v1::AssetRef& asset);

}  // namespace cadastre::ingest
