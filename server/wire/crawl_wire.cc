#include "server/wire/crawl_wire.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/status.h"
#include "catalog/labels.h"
#include "server/rpc/options.h"

namespace cadastre::server {
namespace {

namespace v1 = ingest::v1;

constexpr size_t kScopeBytesMax = 512;
constexpr size_t kReasonBytesMax = 1024;
constexpr int kScopesMax = 10'000;
constexpr size_t kScopesBytesMax = size_t{1} << 20;
// Far beyond any source, and sums of them fit into a number.
constexpr int64_t kCountMax = 1'000'000'000'000;

void FillRef(const authz::GovernedView& view, AssetId id, cadastre::catalog::v1::AssetRef* out) {
  if (const std::optional<AssetName> name = view.NameOf(id)) *out = catalog::RefOfName(*name);
}

Status CheckReason(const std::string& reason) {
  return reason.size() <= kReasonBytesMax ? absl::OkStatus() : base::InvalidField("reason", "at most 1 KiB");
}

StatusOr<record::CrawlCounts> CountsOf(const v1::ScopeReport& report) {
  const int64_t counts[] = {report.seen(),   report.added(),   report.changed(), report.renamed(),
                            report.missed(), report.dropped(), report.rejected()};
  const bool fit =
      std::all_of(std::begin(counts), std::end(counts), [](int64_t count) { return count >= 0 && count <= kCountMax; });
  if (!fit) return base::InvalidField("seen", "this and the other counts between 0 and 10^12");
  record::CrawlCounts out;
  out.set_seen(report.seen());
  out.set_added(report.added());
  out.set_changed(report.changed());
  out.set_renamed(report.renamed());
  out.set_missed(report.missed());
  out.set_dropped(report.dropped());
  out.set_rejected(report.rejected());
  return out;
}

StatusOr<record::CrawlScopes::Scope> ScopeOf(const v1::ScopeReport& report) {
  record::CrawlScopes::Scope out;
  RETURN_IF_ERROR(CheckScope(report.scope(), "scope"));
  RETURN_IF_ERROR(CheckReason(report.reason()));
  if (!v1::ScopeState_IsValid(report.state()) || report.state() == v1::SCOPE_STATE_UNSPECIFIED) {
    return base::InvalidField("state", "COMPLETE, PARTIAL or FAILED");
  }
  ASSIGN_OR_RETURN(*out.mutable_counts(), CountsOf(report));
  out.set_scope(report.scope());
  out.set_state(static_cast<uint32_t>(report.state()));
  out.set_reason(report.reason());
  out.set_removals_stopped(report.removals_stopped());
  if (report.has_covered_until()) {
    if (report.state() != v1::SCOPE_STATE_COMPLETE) {
      return base::InvalidField("covered_until", "absent where the scope is not complete");
    }
    ASSIGN_OR_RETURN(const Timestamp until, TimestampOf(report.covered_until(), "covered_until"));
    out.set_covered_until(until.micros());
  }
  return out;
}

}  // namespace

StatusOr<AssetName> SourceOf(const cadastre::catalog::v1::AssetRef& ref) {
  ASSIGN_OR_RETURN(AssetName name, catalog::NameOfRef(ref, "source"));
  if (name.kind != AssetKind::kJob) return base::InvalidField("source.kind", "`job`");
  return name;
}

Status CheckScope(std::string_view scope, std::string_view field) {
  const bool fits = !scope.empty() && scope.size() <= kScopeBytesMax && scope.find('\0') == std::string_view::npos;
  return fits ? absl::OkStatus() : base::InvalidField(field, "1 to 512 bytes without U+0000");
}

v1::Crawl ToProto(const authz::Visible<catalog::CrawlRow>& row, Timestamp now) {
  const record::Crawl& crawl = row->crawl;
  v1::Crawl out;
  out.set_crawl(row->number);
  const catalog::CrawlState state = catalog::CrawlStateAt(crawl, now);
  out.set_state(static_cast<v1::CrawlState>(state));
  out.set_holder(crawl.holder());
  out.set_reason(crawl.reason());
  *out.mutable_started_at() = StampOf(Timestamp(crawl.started()));
  *out.mutable_lease_until() = StampOf(Timestamp(crawl.lease_until()));
  if (state == catalog::CrawlState::kAbandoned) {
    *out.mutable_ended_at() = out.lease_until();
  } else if (crawl.ended() != 0) {
    *out.mutable_ended_at() = StampOf(Timestamp(crawl.ended()));
  }
  const record::CrawlCounts& sums = crawl.sums();
  out.set_seen(sums.seen());
  out.set_added(sums.added());
  out.set_changed(sums.changed());
  out.set_missed(sums.missed());
  out.set_dropped(sums.dropped());
  out.set_rejected(sums.rejected());
  return out;
}

void FillScopes(const authz::Visible<authz::RowOf<record::CrawlScopes>>& row, v1::Crawl& out) {
  for (const record::CrawlScopes::Scope& scope : row->record.scopes()) {
    v1::ScopeReport& one = *out.add_scopes();
    one.set_scope(scope.scope());
    one.set_state(static_cast<v1::ScopeState>(scope.state()));
    one.set_reason(scope.reason());
    one.set_seen(scope.counts().seen());
    one.set_added(scope.counts().added());
    one.set_changed(scope.counts().changed());
    one.set_renamed(scope.counts().renamed());
    one.set_missed(scope.counts().missed());
    one.set_dropped(scope.counts().dropped());
    one.set_rejected(scope.counts().rejected());
    one.set_removals_stopped(scope.removals_stopped());
    if (scope.covered_until() != 0) *one.mutable_covered_until() = StampOf(Timestamp(scope.covered_until()));
  }
}

v1::CrawledSource ToProto(const authz::Visible<catalog::SourceRow>& row, const authz::GovernedView& view,
                          Timestamp now) {
  v1::CrawledSource out;
  FillRef(view, row->job, out.mutable_source());
  if (row->newest) *out.mutable_newest() = ToProto(view.Merge(*row->newest, authz::Witness(row)), now);
  if (row->complete_at != Timestamp()) *out.mutable_complete_at() = StampOf(row->complete_at);
  out.set_objects(row->objects);
  return out;
}

v1::RememberedObject ToProto(const authz::Visible<catalog::RememberedRow>& row, const authz::GovernedView& view) {
  v1::RememberedObject out;
  FillRef(view, row->asset, out.mutable_asset());
  out.set_scope(row->scope);
  out.set_source_id(row->object.source_id());
  out.set_digest(row->object.digest());
  out.set_missed(row->object.missed_by() == 0 ? 0 : 1);
  return out;
}

StatusOr<catalog::CrawlReport> ReportOf(const v1::FinishCrawlRequest& request) {
  catalog::CrawlReport out;
  switch (request.state()) {
    case v1::CRAWL_STATE_COMPLETE:
    case v1::CRAWL_STATE_PARTIAL:
    case v1::CRAWL_STATE_FAILED: out.state = static_cast<catalog::CrawlState>(request.state()); break;
    default: return base::InvalidField("state", "COMPLETE, PARTIAL or FAILED");
  }
  RETURN_IF_ERROR(CheckReason(request.reason()));
  out.reason = request.reason();
  if (request.scopes_size() > kScopesMax) return base::InvalidField("scopes", "at most 10,000");
  size_t bytes = 0;
  std::set<std::string_view> named;
  for (int i = 0; i < request.scopes_size(); ++i) {
    const v1::ScopeReport& report = request.scopes(i);
    bytes += report.ByteSizeLong();
    StatusOr<record::CrawlScopes::Scope> scope = ScopeOf(report);
    if (!scope.ok()) return base::WithinField(base::Cat("scopes[", i, "]"), scope.status());
    if (!named.insert(report.scope()).second) {
      return base::InvalidField(base::Cat("scopes[", i, "].scope"), "each scope once");
    }
    if (out.state == catalog::CrawlState::kComplete && report.state() != v1::SCOPE_STATE_COMPLETE) {
      return base::InvalidField("state", "COMPLETE only where every scope is");
    }
    *out.scopes.add_scopes() = *std::move(scope);
  }
  if (bytes > kScopesBytesMax) return base::InvalidField("scopes", "at most 1 MiB together");
  return out;
}

}  // namespace cadastre::server
