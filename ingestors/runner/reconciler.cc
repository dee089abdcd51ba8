#include "ingestors/runner/reconciler.h"

#include <algorithm>
#include <utility>

#include "base/asset_name.h"
#include "base/canonical_name.h"
#include "base/status.h"
#include "ingestors/runner/digest.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

constexpr size_t kBatchObjectsMax = 1'000;
constexpr size_t kBatchBytesMax = size_t{4} << 20;
constexpr size_t kObjectBytesMax = size_t{8} << 20;
constexpr size_t kReasonBytesMax = 1'024;
constexpr size_t kFailuresTold = 1'000;
constexpr size_t kChangesTold = 10'000;
constexpr size_t kSourceIdBytesMax = 64;

bool States(const ingest::v1::CrawledObject& object, catalog::v1::Aspect::ValueCase kind) {
  return std::any_of(object.aspects().begin(), object.aspects().end(),
                     [&](const auto& aspect) { return !aspect.has_column() && aspect.aspect().value_case() == kind; });
}

// As its source told it: what is withdrawn and what it was called before follow from what is remembered by then.
ingest::v1::CrawledObject AsTold(ingest::v1::CrawledObject object) {
  ingest::v1::CrawledObject told;
  for (ingest::v1::CrawledAspect& aspect : *object.mutable_aspects()) {
    if (!aspect.withdraw()) *told.add_aspects() = std::move(aspect);
  }
  object.mutable_aspects()->Swap(told.mutable_aspects());
  object.clear_digest();
  object.clear_renamed_from();
  return object;
}

void Withdraw(const std::vector<catalog::v1::Aspect::ValueCase>& states, ingest::v1::CrawledObject& object) {
  for (const catalog::v1::Aspect::ValueCase kind : states) {
    if (States(object, kind)) continue;
    ingest::v1::CrawledAspect& gone = *object.add_aspects();
    gone.set_withdraw(true);
    const auto* field = catalog::v1::Aspect::descriptor()->FindFieldByNumber(kind);
    gone.mutable_aspect()->GetReflection()->MutableMessage(gone.mutable_aspect(), field);
  }
}

void SetTime(base::Timestamp at, google::protobuf::Timestamp& to) {
  to.set_seconds(at.micros() / 1'000'000);
  to.set_nanos(static_cast<int32_t>(at.micros() % 1'000'000 * 1'000));
}

int64_t CountOf(const ingest::v1::ScopeReport& report, Change what) {
  return what == Change::kAdd ? report.added() : what == Change::kRename ? report.renamed() : report.changed();
}

void SetCount(ingest::v1::ScopeReport& report, Change what, int64_t count) {
  if (what == Change::kAdd) {
    report.set_added(count);
  } else if (what == Change::kRename) {
    report.set_renamed(count);
  } else {
    report.set_changed(count);
  }
}

}  // namespace

std::string AssetKey(const catalog::v1::AssetRef& asset) {
  absl::StatusOr<base::AssetName> name = base::MakeAssetName(asset.kind(), asset.namespace_(), asset.name());
  if (!name.ok()) return base::Cat(asset.kind(), ":", asset.namespace_(), "#", asset.name());
  return base::AssetNameText(*base::CanonicalName(*std::move(name)));
}

Reconciler::Reconciler(const Source* source, CrawlCalls* calls, Options options)
    : source_(source), calls_(calls), options_(std::move(options)) {}

void Reconciler::Remember(std::vector<ingest::v1::RememberedObject> objects) {
  for (ingest::v1::RememberedObject& object : objects) {
    Known& known = known_[AssetKey(object.asset())];
    known.object = std::move(object);
    if (!known.object.source_id().empty()) by_source_id_[known.object.source_id()] = &known;
  }
}

ingest::v1::ScopeReport& Reconciler::ReportOf(const std::string& scope) {
  ingest::v1::ScopeReport& report = outcome_.scopes[scope];
  report.set_scope(scope);
  return report;
}

void Reconciler::EndScope(const std::string& scope, ingest::v1::ScopeState state, std::string_view reason) {
  ingest::v1::ScopeReport& report = ReportOf(scope);
  if (spool_ != nullptr) spool_->End(scope, state, reason);
  if (report.state() > state) return;
  report.set_state(state);
  report.set_reason(Mended(reason, kReasonBytesMax));
}

void Reconciler::Complete(const std::string& scope) { EndScope(scope, ingest::v1::SCOPE_STATE_COMPLETE, ""); }
void Reconciler::Partial(const std::string& scope, std::string_view reason) {
  EndScope(scope, ingest::v1::SCOPE_STATE_PARTIAL, reason);
}
void Reconciler::Failed(const std::string& scope, std::string_view reason) {
  EndScope(scope, ingest::v1::SCOPE_STATE_FAILED, reason);
}

void Reconciler::AddFailure(std::string shown, std::string_view reason) {
  ++outcome_.failed;
  if (outcome_.failures.size() < kFailuresTold) {
    outcome_.failures.push_back({std::move(shown), Mended(reason, kReasonBytesMax)});
  }
}

void Reconciler::Fail(const std::string& scope, Unread object) {
  ingest::v1::ScopeReport& report = ReportOf(scope);
  if (spool_ != nullptr) spool_->Fail(scope, object);
  report.set_seen(report.seen() + 1);
  report.set_rejected(report.rejected() + 1);
  // It is there, whatever could be read of it: nothing that was remembered of it is gone.
  if (object.asset.has_value()) {
    if (const auto known = known_.find(AssetKey(*object.asset)); known != known_.end()) known->second.seen = true;
  }
  if (!object.source_id.empty()) {
    if (const auto known = by_source_id_.find(object.source_id); known != by_source_id_.end()) {
      known->second->seen = true;
    }
  }
  AddFailure(Mended(object.shown, kReasonBytesMax), object.reason);
}

void Reconciler::Tell(Change what, const catalog::v1::AssetRef& asset, std::string before) {
  if (outcome_.changes.size() < kChangesTold) {
    outcome_.changes.push_back({what, AssetKey(asset), std::move(before)});
  }
}

absl::Status Reconciler::Emit(const std::string& scope, ingest::v1::CrawledObject object) {
  if (options_.stop && options_.stop()) {
    absl::Status stopped = base::Cancelled("it was told to stop");
    if (lost_.ok()) lost_ = stopped;
    return stopped;
  }
  if (spool_ == nullptr && !lost_.ok()) return lost_;
  if (spool_ == nullptr && calls_ != nullptr) {
    if (absl::Status renewed = calls_->Renew(); !renewed.ok()) RETURN_IF_ERROR(Lose(std::move(renewed)));
  }
  if (spool_ != nullptr) return Spooled(scope, std::move(object));
  const catalog::v1::AssetRef& asset = object.asset();
  const auto fail = [&](std::string_view reason) {
    Fail(scope, {base::Cat(asset.namespace_(), "#", asset.name()), asset, object.source_id(), std::string(reason)});
    return absl::OkStatus();
  };
  if (const auto name = base::MakeAssetName(asset.kind(), asset.namespace_(), asset.name()); !name.ok()) {
    return fail(base::MessageOf(name.status()));
  }
  if (object.source_id().size() > kSourceIdBytesMax) return fail("its id is longer than 64 bytes");
  const std::string key = AssetKey(asset);
  if (!seen_.insert(key).second) return fail(base::Cat("another object is ", key, " too"));
  ingest::v1::ScopeReport& report = ReportOf(scope);
  report.set_seen(report.seen() + 1);
  if (options_.progress) options_.progress(++seen_count_, scope);
  if (asset.kind() == base::AssetKindWord(base::AssetKind::kDataset)) {
    for (const catalog::v1::Aspect& aspect : options_.defaults) {
      if (!States(object, aspect.value_case())) *object.add_aspects()->mutable_aspect() = aspect;
    }
  }
  object.set_digest(DigestOf(object));
  if (object.ByteSizeLong() > kObjectBytesMax) {
    seen_.erase(key);
    report.set_seen(report.seen() - 1);
    return fail("it has more than 8 MiB");
  }

  const auto found = known_.find(key);
  if (found == known_.end()) {
    if (Known* before = RenameOf(object)) {
      deferred_.push_back({scope, std::move(object), before});
      return absl::OkStatus();
    }
    return Take(scope, std::move(object), Change::kAdd);
  }
  Known& known = found->second;
  known.seen = true;
  const ingest::v1::RememberedObject& before = known.object;
  if (before.digest() == object.digest() && before.source_id() == object.source_id() && before.scope() == scope &&
      before.missed() == 0) {
    ++outcome_.unchanged;
    return absl::OkStatus();
  }
  Withdraw(options_.states, object);
  return Take(scope, std::move(object), Change::kChange);
}

void Reconciler::Seen(const catalog::v1::AssetRef& asset) {
  if (const auto known = known_.find(AssetKey(asset)); known != known_.end()) known->second.seen = true;
}

absl::Status Reconciler::Lose(absl::Status why) {
  lost_ = std::move(why);
  return Divert();
}

// From what was told and answered, names alone are kept; from the rest, all there is.
absl::Status Reconciler::Divert() {
  if (CannotBeReached(lost_) && options_.open_spool) spool_ = options_.open_spool();
  if (spool_ == nullptr) return lost_;
  std::unordered_set<std::string> untold;
  for (const Pending& pending : pending_) untold.insert(AssetKey(pending.object.asset()));
  for (const Deferred& deferred : deferred_) untold.insert(AssetKey(deferred.object.asset()));
  for (const std::string& key : seen_) {
    if (untold.contains(key)) continue;
    const absl::StatusOr<base::AssetName> name = base::ParseAssetName(key);
    if (!name.ok()) continue;
    catalog::v1::AssetRef asset;
    asset.set_kind(std::string(base::AssetKindWord(name->kind)));
    asset.set_namespace_(name->ns);
    asset.set_name(name->name);
    spool_->Seen(asset);
  }
  for (const auto& [scope, report] : outcome_.scopes) {
    if (report.state() != ingest::v1::SCOPE_STATE_UNSPECIFIED) spool_->End(scope, report.state(), report.reason());
  }
  absl::Status status;
  for (Pending& pending : pending_) {
    ingest::v1::ScopeReport& report = ReportOf(pending_scope_);
    SetCount(report, pending.what, CountOf(report, pending.what) - 1);
    if (status.ok()) status = spool_->Emit(pending_scope_, AsTold(std::move(pending.object)));
  }
  pending_.clear();
  pending_bytes_ = 0;
  for (Deferred& deferred : deferred_) {
    if (status.ok()) status = spool_->Emit(deferred.scope, AsTold(std::move(deferred.object)));
  }
  deferred_.clear();
  return status;
}

absl::Status Reconciler::Spooled(const std::string& scope, ingest::v1::CrawledObject object) {
  ingest::v1::ScopeReport& report = ReportOf(scope);
  report.set_seen(report.seen() + 1);
  if (options_.progress) options_.progress(++seen_count_, scope);
  return spool_->Emit(scope, std::move(object));
}

// What bore the same id under another name; whether that name is gone shows when all was seen. Containers have names of
// their own: rights by container are not to move with an id.
Reconciler::Known* Reconciler::RenameOf(const ingest::v1::CrawledObject& object) {
  const std::string& kind = object.asset().kind();
  if (object.source_id().empty() || kind == base::AssetKindWord(base::AssetKind::kContainer) ||
      kind == base::AssetKindWord(base::AssetKind::kDomain)) {
    return nullptr;
  }
  const auto found = by_source_id_.find(object.source_id());
  if (found == by_source_id_.end()) return nullptr;
  const catalog::v1::AssetRef& before = found->second->object.asset();
  const bool same = before.kind() == object.asset().kind() && before.namespace_() == object.asset().namespace_();
  return same ? found->second : nullptr;
}

absl::Status Reconciler::Take(const std::string& scope, ingest::v1::CrawledObject object, Change what) {
  ingest::v1::ScopeReport& report = ReportOf(scope);
  SetCount(report, what, CountOf(report, what) + 1);
  Tell(what, object.asset(), object.has_renamed_from() ? AssetKey(object.renamed_from()) : "");
  if (calls_ == nullptr) return absl::OkStatus();
  const size_t bytes = object.ByteSizeLong();
  if (!pending_.empty() &&
      (pending_scope_ != scope || pending_.size() >= kBatchObjectsMax || pending_bytes_ + bytes > kBatchBytesMax)) {
    RETURN_IF_ERROR(Flush());
  }
  if (spool_ != nullptr) {
    SetCount(report, what, CountOf(report, what) - 1);
    return spool_->Emit(scope, AsTold(std::move(object)));
  }
  pending_scope_ = scope;
  pending_bytes_ += bytes;
  pending_.push_back({std::move(object), what});
  return absl::OkStatus();
}

absl::Status Reconciler::Flush() {
  if (pending_.empty()) return absl::OkStatus();
  ingest::v1::RecordCrawledObjectsRequest request;
  request.set_scope(pending_scope_);
  request.set_tool(options_.tool);
  SetTime(options_.held_at, *request.mutable_held_at());
  for (const Pending& pending : pending_) *request.add_objects() = pending.object;
  absl::StatusOr<ingest::v1::RecordCrawledObjectsResponse> answer = calls_->Record(std::move(request));
  ingest::v1::ScopeReport& report = ReportOf(pending_scope_);
  if (answer.ok()) {
    TakeAnswer(*answer, report);
  } else if (EndsRun(answer.status())) {
    return Lose(answer.status());
  } else {
    // Told once for all of them; the scope is not what the source has.
    for (const Pending& pending : pending_) SetCount(report, pending.what, CountOf(report, pending.what) - 1);
    report.set_rejected(report.rejected() + static_cast<int64_t>(pending_.size()));
    AddFailure(base::Cat(pending_.size(), " objects of ", pending_scope_), base::MessageOf(answer.status()));
    outcome_.failed += static_cast<int64_t>(pending_.size()) - 1;
    Partial(pending_scope_, base::MessageOf(answer.status()));
  }
  pending_.clear();
  pending_bytes_ = 0;
  return lost_;
}

void Reconciler::TakeAnswer(const ingest::v1::RecordCrawledObjectsResponse& answer, ingest::v1::ScopeReport& report) {
  for (const ingest::v1::RejectedObject& rejected : answer.rejected()) {
    if (rejected.index() < 0 || static_cast<size_t>(rejected.index()) >= pending_.size()) continue;
    const Pending& pending = pending_[static_cast<size_t>(rejected.index())];
    SetCount(report, pending.what, CountOf(report, pending.what) - 1);
    report.set_rejected(report.rejected() + 1);
    AddFailure(AssetKey(pending.object.asset()),
               rejected.field().empty() ? rejected.reason() : base::Cat(rejected.field(), ": ", rejected.reason()));
  }
}

absl::Status Reconciler::SettleRenames() {
  while (!deferred_.empty()) {
    Deferred deferred = std::move(deferred_.front());
    deferred_.pop_front();
    Change what = Change::kAdd;
    // In a scope that was cut short the other name may still be there, and two things would be told as one.
    const Known& before = *deferred.before;
    if (!before.seen && !before.renamed && KnownWholly(before.object.scope())) {
      deferred.before->renamed = true;
      *deferred.object.mutable_renamed_from() = deferred.before->object.asset();
      Withdraw(options_.states, deferred.object);
      what = Change::kRename;
    }
    RETURN_IF_ERROR(Take(deferred.scope, std::move(deferred.object), what));
  }
  return absl::OkStatus();
}

// Whether what was not seen of a scope is not there: it was read completely, or what lists the scopes was and does not
// have it any more.
bool Reconciler::KnownWholly(const std::string& scope) const {
  std::string at = scope;
  for (int level = 0; level < 16 && !at.empty(); ++level) {
    if (const auto found = outcome_.scopes.find(at); found != outcome_.scopes.end()) {
      return found->second.state() == ingest::v1::SCOPE_STATE_COMPLETE;
    }
    at = source_->ScopeAbove(at);
  }
  return false;
}

Reconciler::Gone Reconciler::FindGone(Losses& losses, int64_t& remembered) {
  Gone gone;
  for (auto& [key, known] : known_) {
    if (!source_->Covers(known.object.asset())) continue;
    ++remembered;
    const std::string& scope = known.object.scope();
    const auto report = outcome_.scopes.find(scope);
    if (!KnownWholly(scope)) continue;
    ScopeLoss& loss = losses[scope];
    ++loss.remembered;
    if (report != outcome_.scopes.end()) loss.found = report->second.seen();
    if (known.seen || known.renamed) continue;
    ++loss.missing;
    gone[scope].push_back(&known);
  }
  for (auto& [scope, objects] : gone) {
    std::sort(objects.begin(), objects.end(),
              [](const Known* a, const Known* b) { return AssetKey(a->object.asset()) < AssetKey(b->object.asset()); });
  }
  return gone;
}

absl::Status Reconciler::Miss(const std::string& scope, const std::vector<Known*>& gone, const ScopeLoss& loss) {
  constexpr int64_t kServersPercent = 20;
  ingest::v1::ScopeReport& report = ReportOf(scope);
  for (size_t from = 0; from < gone.size(); from += kBatchObjectsMax) {
    ingest::v1::MissCrawledObjectsRequest request;
    request.set_scope(scope);
    request.set_tool(options_.tool);
    // What was judged here need not be judged again by the server's own, fixed measure.
    if (loss.missing * 100 > loss.remembered * kServersPercent) request.set_allow_missed(loss.missing);
    const size_t to = std::min(gone.size(), from + kBatchObjectsMax);
    for (size_t i = from; i < to; ++i) {
      const ingest::v1::RememberedObject& object = gone[i]->object;
      *request.add_assets() = object.asset();
      Tell(object.missed() > 0 ? Change::kDrop : Change::kMiss, object.asset());
      if (calls_ != nullptr) continue;
      object.missed() > 0 ? report.set_dropped(report.dropped() + 1) : report.set_missed(report.missed() + 1);
    }
    if (calls_ == nullptr) continue;
    absl::StatusOr<ingest::v1::MissCrawledObjectsResponse> answer = calls_->Miss(std::move(request));
    if (answer.ok()) {
      report.set_missed(report.missed() + answer->missed());
      report.set_dropped(report.dropped() + answer->dropped());
    } else if (absl::IsFailedPrecondition(answer.status())) {
      report.set_removals_stopped(true);
      report.set_reason(Mended(base::MessageOf(answer.status()), kReasonBytesMax));
      outcome_.removals_stopped = true;
      return absl::OkStatus();
    } else if (EndsRun(answer.status())) {
      lost_ = answer.status();
      return lost_;
    } else {
      AddFailure(base::Cat("what is gone from ", scope), base::MessageOf(answer.status()));
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

void Reconciler::CloseReports() {
  for (auto& [scope, report] : outcome_.scopes) {
    if (report.state() == ingest::v1::SCOPE_STATE_UNSPECIFIED) Partial(scope, "it was cut short");
    if (report.state() == ingest::v1::SCOPE_STATE_COMPLETE) SetTime(options_.held_at, *report.mutable_covered_until());
  }
}

absl::Status Reconciler::Settle() {
  absl::Status status = lost_;
  if (status.ok()) status = SettleRenames();
  if (status.ok() && calls_ != nullptr) status = Flush();
  if (status.ok()) status = lost_;
  if (status.ok() && options_.removals) {
    Losses losses;
    int64_t remembered = 0;
    const Gone gone = FindGone(losses, remembered);
    const RemovalVerdict verdict = JudgeRemovals(options_.rules, losses, remembered);
    for (const auto& [scope, objects] : gone) {
      ingest::v1::ScopeReport& report = ReportOf(scope);
      if (report.state() == ingest::v1::SCOPE_STATE_UNSPECIFIED) Complete(scope);
      if (const std::string& why = verdict.stopped_because.at(scope); !why.empty()) {
        report.set_removals_stopped(true);
        report.set_reason(Mended(base::Cat("removals stopped: ", why), kReasonBytesMax));
        outcome_.removals_stopped = true;
        continue;
      }
      status = Miss(scope, objects, losses[scope]);
      if (!status.ok()) break;
    }
  }
  CloseReports();
  return status;
}

void FillScopes(const Outcome& outcome, ingest::v1::FinishCrawlRequest& request) {
  constexpr size_t kScopesMax = 10'000;
  constexpr size_t kScopesBytesMax = (size_t{1} << 20) - (size_t{4} << 10);
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

}  // namespace cadastre::ingest
