#include "ingestors/runner/run.h"

#include <algorithm>
#include <utility>

#include "base/asset_name.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

constexpr std::chrono::seconds kLockPause{5};
constexpr size_t kScopesMax = 10'000;
constexpr size_t kScopesBytesMax = (size_t{1} << 20) - (size_t{4} << 10);
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

absl::Status BeginWhenFree(CrawlCalls& calls, const RunOptions& options) {
  const auto start = calls.pace().now();
  while (true) {
    const absl::Status status = calls.Begin(options.holder);
    const bool wait = absl::IsAborted(status) && options.if_locked == IfLocked::kWait;
    if (!wait || calls.pace().now() - start >= options.wait_max) return status;
    calls.pace().sleep(kLockPause);
  }
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

// What the catalog is told of the scopes: those that are not as they were first, as many as it takes.
void FillScopes(const Outcome& outcome, ingest::v1::FinishCrawlRequest& request) {
  std::vector<const ingest::v1::ScopeReport*> reports;
  for (const auto& [scope, report] : outcome.scopes) reports.push_back(&report);
  std::stable_partition(reports.begin(), reports.end(), [](const ingest::v1::ScopeReport* report) {
    return report->state() != ingest::v1::SCOPE_STATE_COMPLETE || report->removals_stopped();
  });
  size_t bytes = 0;
  for (const ingest::v1::ScopeReport* report : reports) {
    bytes += report->ByteSizeLong() + 8;
    if (request.scopes_size() >= static_cast<int>(kScopesMax) || bytes > kScopesBytesMax) break;
    *request.add_scopes() = *report;
  }
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
    report.reason = base::Cat(absl::IsCancelled(lost) ? "" : "the catalog: ", base::MessageOf(lost));
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

RunReport RefusedAtBegin(RunReport report, const absl::Status& status, const RunOptions& options) {
  report.code = CodeOfCatalog(status);
  report.reason = base::Cat("the catalog: ", base::MessageOf(status));
  if (report.code == kLocked && options.if_locked == IfLocked::kSkip) {
    report.code = kDone;
    report.reason = "another run holds the lease; there is nothing to do";
  }
  return report;
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
  const auto took = [&] { report.took = options.clock->Now() - report.started_at; };
  absl::StatusOr<std::vector<catalog::v1::Aspect>> defaults = DefaultsOf(recipe);
  if (!defaults.ok()) {
    report.code = kUsage;
    report.reason = base::MessageOf(defaults.status());
    return report;
  }
  CrawlCalls calls(&caller, JobOf(report.source_name), options.pace);
  if (!options.plan) {
    if (const absl::Status begun = BeginWhenFree(calls, options); !begun.ok()) {
      return RefusedAtBegin(std::move(report), begun, options);
    }
    report.crawl = calls.crawl();
  }
  Reconciler reconciler(&source, options.plan ? nullptr : &calls,
                        OptionsOf(type, recipe, *std::move(defaults), options, report.started_at));
  absl::StatusOr<std::vector<ingest::v1::RememberedObject>> remembered = calls.List();
  absl::Status lost = remembered.status();
  absl::Status crawled;
  if (lost.ok()) {
    reconciler.Remember(*std::move(remembered));
    Discreet discreet(&reconciler, &recipe);
    crawled = source.Crawl(discreet);
    crawled = {crawled.code(), recipe.WithoutSecrets(std::string(base::MessageOf(crawled)))};
    lost = reconciler.Settle();
  }
  report.outcome = reconciler.outcome();
  Judge(crawled, lost, report.outcome, report);
  // Who was overtaken has nothing to finish; who cannot reach the catalog tried for minutes already.
  if (!options.plan && report.code != kLocked && report.code != kCatalogUnreachable) {
    ingest::v1::FinishCrawlRequest request;
    request.set_state(report.state);
    request.set_reason(report.reason);
    FillScopes(report.outcome, request);
    if (const absl::Status finished = calls.Finish(std::move(request)); !finished.ok() && report.code == kDone) {
      report.code = CodeOfCatalog(finished);
      report.reason = base::Cat("the catalog: ", base::MessageOf(finished));
    }
  }
  took();
  return report;
}

}  // namespace cadastre::ingest
