#include "ingestors/runner/run.h"

#include <algorithm>
#include <utility>

#include "base/asset_name.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "ingestors/runner/replay.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

constexpr std::chrono::seconds kLockPause{5};
constexpr std::chrono::seconds kLocalLockPause{1};
constexpr size_t kRunReasonBytesMax = 1'024;

ExitCode CodeOfCatalog(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk: return kDone;
    case absl::StatusCode::kAborted: return kLocked;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied: return kSourceOrLogin;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnimplemented: return kCatalogUnreachable;
    default: return kSomeFailed;
  }
}

// Takes the secrets of the recipe out of what a source says, before anybody hears it.
class Discreet final : public Sink {
 public:
  Discreet(Sink* to, const Recipe* recipe) : to_(to), recipe_(recipe) {}

  absl::Status Emit(const std::string& scope, ingest::v1::CrawledObject object) override {
    return to_->Emit(scope, std::move(object));
  }
  void Fail(const std::string& scope, Unread object) override {
    object.reason = recipe_->WithoutSecrets(std::move(object.reason));
    to_->Fail(scope, std::move(object));
  }
  void Complete(const std::string& scope) override { to_->Complete(scope); }
  void Partial(const std::string& scope, std::string_view reason) override {
    to_->Partial(scope, recipe_->WithoutSecrets(std::string(reason)));
  }
  void Failed(const std::string& scope, std::string_view reason) override {
    to_->Failed(scope, recipe_->WithoutSecrets(std::string(reason)));
  }

 private:
  Sink* to_;
  const Recipe* recipe_;
};

// Tries until it is not ABORTED, as long as the run waits for others.
template <typename Try>
absl::Status WhenFree(const RunOptions& options, std::chrono::seconds pause, const Try& once) {
  const auto start = options.pace.now();
  while (true) {
    absl::Status status = once();
    const bool wait = absl::IsAborted(status) && options.if_locked == IfLocked::kWait;
    if (!wait || options.pace.now() - start >= options.wait_max) return status;
    if (options.stop && options.stop()) return base::Cancelled("it was told to stop");
    options.pace.sleep(pause);
  }
}

absl::Status TakeLock(const RunOptions& options) {
  if (options.place == nullptr || options.plan) return absl::OkStatus();
  return WhenFree(options, kLocalLockPause, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const bool locked, options.place->TryLock());
    if (locked) return absl::OkStatus();
    const std::string who = options.place->LastLockedBy();
    return base::Aborted(who.empty() ? "another process" : who, " on this machine crawls the source");
  });
}

std::string HolderOf(const RunOptions& options) {
  return options.place == nullptr ? options.holder : options.place->holder();
}

absl::Status BeginWhenFree(CrawlCalls& calls, const RunOptions& options) {
  RETURN_IF_ERROR(WhenFree(options, kLockPause, [&] { return calls.Begin(HolderOf(options)); }));
  if (options.place != nullptr) options.place->KeepLastCrawl(calls.crawl());
  return absl::OkStatus();
}

Reconciler::Options OptionsOf(const SourceType& type, const Recipe& recipe, std::vector<catalog::v1::Aspect> defaults,
                              const RunOptions& options, base::Timestamp held_at) {
  Reconciler::Options out;
  out.tool = std::string(type.word);
  out.held_at = held_at;
  out.defaults = std::move(defaults);
  out.states = type.states;
  for (const auto kind : {catalog::v1::Aspect::kOwnership, catalog::v1::Aspect::kDomain, catalog::v1::Aspect::kTags}) {
    out.states.push_back(kind);
  }
  out.removals = recipe.Flag("removal.enabled");
  out.rules.scope_percent = recipe.Number("removal.scope_percent");
  out.rules.run_percent = recipe.Number("removal.run_percent");
  out.rules.allowed = options.allow_removals;
  out.progress = options.progress;
  out.stop = options.stop;
  return out;
}

std::string ReasonOf(const absl::Status& status) {
  return base::Cat(absl::IsCancelled(status) ? "" : "the catalog: ", base::MessageOf(status));
}

void Judge(const absl::Status& crawled, const absl::Status& lost, const Outcome& outcome, RunReport& report) {
  const auto in_state = [&](ingest::v1::ScopeState state) {
    return std::count_if(outcome.scopes.begin(), outcome.scopes.end(),
                         [&](const auto& scope) { return scope.second.state() == state; });
  };
  const auto complete = in_state(ingest::v1::SCOPE_STATE_COMPLETE);
  const bool whole = complete == static_cast<std::ptrdiff_t>(outcome.scopes.size());
  if (!lost.ok()) {
    report.code = CodeOfCatalog(lost);
    report.reason = ReasonOf(lost);
    // What went on without the catalog may have failed by itself; what ended by it says the same again.
    if (!crawled.ok() && base::MessageOf(crawled) != base::MessageOf(lost)) {
      report.reason += base::Cat("; the source: ", base::MessageOf(crawled));
    }
    report.state = ingest::v1::CRAWL_STATE_PARTIAL;
  } else if (!crawled.ok()) {
    const bool nothing = complete == 0 && in_state(ingest::v1::SCOPE_STATE_PARTIAL) == 0;
    report.code = nothing ? kSourceOrLogin : kSomeFailed;
    report.reason = base::Cat("the source: ", base::MessageOf(crawled));
    report.state = nothing ? ingest::v1::CRAWL_STATE_FAILED : ingest::v1::CRAWL_STATE_PARTIAL;
  } else {
    report.code = outcome.removals_stopped ? kRemovalStopped : whole && outcome.failed == 0 ? kDone : kSomeFailed;
    report.state = whole && outcome.failed == 0 ? ingest::v1::CRAWL_STATE_COMPLETE : ingest::v1::CRAWL_STATE_PARTIAL;
  }
  report.reason.resize(base::Utf8Prefix(report.reason, kRunReasonBytesMax).size());
}

RunReport Refused(RunReport report, const absl::Status& status, std::string reason, const RunOptions& options) {
  report.code = CodeOfCatalog(status);
  report.reason = std::move(reason);
  if (report.code == kLocked && options.if_locked == IfLocked::kSkip) {
    report.code = kDone;
    report.reason = "another run is at it; there is nothing to do";
  }
  return report;
}

// What is kept of a run whose catalog went away, for the next one.
class Spooling {
 public:
  Spooling(const RunOptions& options, SpoolHeader header) : options_(options), header_(std::move(header)) {}

  // nullptr where nothing can be kept.
  SpoolWriter* Open() {
    if (options_.place == nullptr || options_.plan || options_.spool_bytes_max <= 0) return nullptr;
    absl::StatusOr<std::unique_ptr<SpoolWriter>> begun =
        SpoolWriter::Begin(options_.place->NextSpool(), header_, options_.spool_bytes_max);
    if (!begun.ok()) {
      refused_ = begun.status();
      return nullptr;
    }
    writer_ = *std::move(begun);
    return writer_.get();
  }

  // Whether it is the spool that takes no more.
  bool Failed() const { return writer_ != nullptr && !writer_->status().ok(); }

  void Close(RunReport& report) {
    absl::Status status = refused_;
    if (status.ok() && writer_ != nullptr) status = writer_->status();
    if (status.ok() && writer_ != nullptr && writer_->objects() > 0) {
      const int gone = options_.place->MakeRoom(writer_->bytes(), options_.spool_bytes_max);
      status = writer_->Seal();
      if (status.ok()) {
        report.spooled = {writer_->path(), writer_->objects(), writer_->bytes()};
        report.reason += base::Cat("; ", writer_->objects(), " objects are kept for the next run",
                                   gone == 0 ? "" : base::Cat(", and ", gone, " older spools made room"));
      }
    }
    if (!status.ok()) report.reason += base::Cat("; nothing is kept for the next run: ", base::MessageOf(status));
    writer_.reset();
  }

 private:
  const RunOptions& options_;
  const SpoolHeader header_;
  std::unique_ptr<SpoolWriter> writer_;
  absl::Status refused_;
};

void FinishRun(CrawlCalls& calls, RunReport& report) {
  ingest::v1::FinishCrawlRequest request;
  request.set_state(report.state);
  request.set_reason(report.reason);
  FillScopes(report.outcome, request);
  const absl::Status finished = calls.Finish(std::move(request));
  if (finished.ok() || report.code != kDone) return;
  report.code = CodeOfCatalog(finished);
  report.reason = ReasonOf(finished);
}

// The lease, with what earlier runs left behind told before; then what the catalog remembers.
absl::Status Start(CrawlCalls& calls, const Source& source, const ReplaySettings& replay, const RunOptions& options,
                   RunReport& report) {
  if (options.plan) return absl::OkStatus();
  bool begun = false;
  if (options.place != nullptr) {
    ReplayEnd end = SendSpools(*options.place, source, calls, replay, report.replayed);
    RETURN_IF_ERROR(end.status);
    begun = end.begun;
  }
  if (!begun) RETURN_IF_ERROR(BeginWhenFree(calls, options));
  report.crawl = calls.crawl();
  return absl::OkStatus();
}

}  // namespace

catalog::v1::AssetRef JobOf(std::string_view source_name) {
  catalog::v1::AssetRef job;
  job.set_kind("job");
  job.set_namespace_("cadastre-ingest");
  job.set_name(std::string(source_name));
  return job;
}

absl::StatusOr<std::vector<catalog::v1::Aspect>> DefaultsOf(const Recipe& recipe) {
  std::vector<catalog::v1::Aspect> aspects;
  if (const auto owners = recipe.Texts("defaults.owners"); !owners.empty()) {
    catalog::v1::Aspect aspect;
    for (const std::string& owner : owners) {
      if (owner.empty() || owner.size() > base::kOwnerBytesMax)
        return recipe.Wrong("defaults.owners", "names of owners");
      aspect.mutable_ownership()->add_owners()->set_owner(owner);
    }
    aspects.push_back(std::move(aspect));
  }
  if (const std::string domain = recipe.Text("defaults.domain"); !domain.empty()) {
    const absl::StatusOr<base::AssetName> name = base::ParseAssetName(domain);
    if (!name.ok() || name->kind != base::AssetKind::kDomain) {
      return recipe.Wrong("defaults.domain", "a domain, such as domain:acme#sales");
    }
    catalog::v1::Aspect aspect;
    catalog::v1::AssetRef& ref = *aspect.mutable_domain()->mutable_domain();
    ref.set_kind(std::string(base::AssetKindWord(name->kind)));
    ref.set_namespace_(name->ns);
    ref.set_name(name->name);
    aspects.push_back(std::move(aspect));
  }
  if (const auto tags = recipe.Texts("defaults.tags"); !tags.empty()) {
    catalog::v1::Aspect aspect;
    for (const std::string& tag : tags) {
      const size_t colon = tag.find(':');
      catalog::v1::Tags::Tag& made = *aspect.mutable_tags()->add_tags();
      made.set_key(tag.substr(0, colon));
      if (colon != std::string::npos) made.set_value(tag.substr(colon + 1));
      if (made.key().empty() || made.key().size() > base::kTagKeyBytesMax) {
        return recipe.Wrong("defaults.tags", "tags, each `key` or `key:value`");
      }
    }
    aspects.push_back(std::move(aspect));
  }
  return aspects;
}

RunReport RunCrawl(const SourceType& type, const Recipe& recipe, Source& source, client::Caller& caller,
                   const RunOptions& options) {
  RunReport report;
  report.source_name = recipe.Text("source.name");
  report.plan = options.plan;
  report.started_at = options.clock->Now();
  const absl::StatusOr<std::vector<catalog::v1::Aspect>> defaults = DefaultsOf(recipe);
  if (!defaults.ok()) {
    report.code = kUsage;
    report.reason = base::MessageOf(defaults.status());
    return report;
  }
  if (const absl::Status locked = TakeLock(options); !locked.ok()) {
    return Refused(std::move(report), locked, std::string(base::MessageOf(locked)), options);
  }
  CrawlCalls calls(&caller, JobOf(report.source_name), options.pace,
                   std::chrono::seconds(recipe.Number("sink.patience_seconds")));
  ReplaySettings replay;
  replay.header = {report.source_name, std::string(type.word), source.Namespace(), report.started_at};
  replay.holder = HolderOf(options);
  replay.begin = [&](CrawlCalls& of) { return BeginWhenFree(of, options); };
  replay.options_at = [&](base::Timestamp held_at) {
    Reconciler::Options then = OptionsOf(type, recipe, *defaults, options, held_at);
    then.removals = false;
    return then;
  };
  Spooling spooling(options, replay.header);
  absl::Status lost = Start(calls, source, replay, options, report);
  if (!lost.ok() && !CannotBeReached(lost)) return Refused(std::move(report), lost, ReasonOf(lost), options);
  Reconciler::Options how = OptionsOf(type, recipe, *defaults, options, report.started_at);
  how.open_spool = [&] { return spooling.Open(); };
  Reconciler reconciler(&source, options.plan ? nullptr : &calls, std::move(how));
  if (lost.ok()) {
    absl::StatusOr<std::vector<ingest::v1::RememberedObject>> remembered = calls.List();
    lost = remembered.status();
    if (lost.ok()) reconciler.Remember(*std::move(remembered));
  }
  if (!lost.ok()) lost = reconciler.Lose(std::move(lost));
  absl::Status crawled;
  if (lost.ok()) {
    Discreet discreet(&reconciler, &recipe);
    crawled = source.Crawl(discreet);
    crawled = {crawled.code(), recipe.WithoutSecrets(std::string(base::MessageOf(crawled)))};
    lost = reconciler.Settle();
    if (spooling.Failed()) crawled = absl::OkStatus();
  }
  report.outcome = reconciler.outcome();
  Judge(crawled, lost, report.outcome, report);
  if (report.crawl == 0) report.state = options.plan ? report.state : ingest::v1::CRAWL_STATE_UNSPECIFIED;
  spooling.Close(report);
  // Who was overtaken has nothing to finish; who cannot reach the catalog tried long enough already.
  if (!options.plan && report.code != kLocked && report.code != kCatalogUnreachable) FinishRun(calls, report);
  report.took = options.clock->Now() - report.started_at;
  return report;
}

}  // namespace cadastre::ingest
