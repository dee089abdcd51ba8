#include "catalog/crawl.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/time_format.h"
#include "catalog/crawl_tables.h"
#include "catalog/merge.h"

namespace cadastre::catalog {
namespace {

using authz::RowPermit;
using authz::WriteSession;

bool LeaseHolds(const record::Crawl& crawl, Timestamp now) { return Timestamp(crawl.lease_until()) > now; }

// The same text whichever it is, so that it tells nothing of a source that the caller does not see.
Status FencedOff() {
  return base::FieldStatus(absl::StatusCode::kAborted, "crawl",
                           "the one of yours that began last: a later one began, or none did");
}

struct OwnCrawl {
  AssetId source;
  record::CrawlSource row;
};

StatusOr<OwnCrawl> FindOwn(WriteSession& session, const SourcePermit& source, int64_t crawl) {
  const std::optional<AssetId> id = session.FindName(source.asset());
  if (!id) return FencedOff();
  ASSIGN_OR_RETURN(auto row, session.Find(kCrawlSources, CrawlSourceKey(*id)));
  if (!row || row->record.newest() != crawl || row->record.principal() != session.viewer().principal()) {
    return FencedOff();
  }
  session.shown().Note(*id);
  return OwnCrawl{*id, std::move(row->record)};
}

Status CheckRuns(const OwnCrawl& own) {
  return own.row.running() ? absl::OkStatus()
                           : base::FieldStatus(absl::StatusCode::kFailedPrecondition, "crawl", "it has ended");
}

StatusOr<record::Crawl> FindStored(WriteSession& session, AssetId source, int64_t crawl) {
  ASSIGN_OR_RETURN(auto row, session.Find(kCrawls, CrawlKey(source, crawl)));
  if (!row) return base::DataLoss("a source without its newest crawl");
  return std::move(row->record);
}

// Who holds it is told to who could read it.
Status Held(const WriteSession& session, AssetId source, const record::Crawl& crawl) {
  std::string who = "another crawl";
  if (!crawl.holder().empty() && session.May(authz::Privilege::kReadOperations, source)) {
    who = base::Cat("the crawl of ", crawl.holder());
  }
  return base::FieldStatus(absl::StatusCode::kAborted, "source",
                           base::Cat(who, " holds its lease until ", base::FormatTime(Timestamp(crawl.lease_until()))));
}

// Who comes back under the name that holds the lease died, or heard no answer: nobody else is to be waited for.
bool ComesBack(const WriteSession& session, const record::CrawlSource& source, const record::Crawl& crawl,
               std::string_view holder) {
  return !holder.empty() && crawl.holder() == holder && source.principal() == session.viewer().principal();
}

Status Abandon(WriteSession& session, const RowPermit& permit, AssetId source, const record::CrawlSource& stored,
               std::string_view holder) {
  const int64_t number = stored.newest();
  ASSIGN_OR_RETURN(record::Crawl crawl, FindStored(session, source, number));
  const bool holds = LeaseHolds(crawl, session.now());
  if (holds && !ComesBack(session, stored, crawl, holder)) return Held(session, source, crawl);
  crawl.set_state(static_cast<uint32_t>(CrawlState::kAbandoned));
  crawl.set_ended(holds ? session.now().micros() : crawl.lease_until());
  session.Put(permit, kCrawls, CrawlKey(source, number), crawl);
  return absl::OkStatus();
}

void Forget(WriteSession& session, const RowPermit& permit, AssetId source, int64_t crawl) {
  session.Remove(permit, kCrawls, CrawlKey(source, crawl));
  session.Remove(permit, kCrawlScopes, CrawlScopesKey(source, crawl));
}

void AddTo(record::CrawlCounts& sums, const record::CrawlCounts& counts) {
  sums.set_seen(sums.seen() + counts.seen());
  sums.set_added(sums.added() + counts.added());
  sums.set_changed(sums.changed() + counts.changed());
  sums.set_renamed(sums.renamed() + counts.renamed());
  sums.set_missed(sums.missed() + counts.missed());
  sums.set_dropped(sums.dropped() + counts.dropped());
  sums.set_rejected(sums.rejected() + counts.rejected());
}

StatusOr<bool> IsReport(WriteSession& session, AssetId source, int64_t crawl, const CrawlReport& report) {
  ASSIGN_OR_RETURN(const record::Crawl stored, FindStored(session, source, crawl));
  ASSIGN_OR_RETURN(const auto scopes, session.Find(kCrawlScopes, CrawlScopesKey(source, crawl)));
  const record::CrawlScopes told = scopes ? scopes->record : record::CrawlScopes();
  return stored.state() == static_cast<uint32_t>(report.state) && stored.reason() == report.reason &&
         CanonicalBytes(told) == CanonicalBytes(report.scopes);
}

}  // namespace

CrawlState CrawlStateAt(const record::Crawl& crawl, Timestamp now) {
  const auto state = static_cast<CrawlState>(crawl.state());
  return state == CrawlState::kRunning && !LeaseHolds(crawl, now) ? CrawlState::kAbandoned : state;
}

StatusOr<CrawlLease> BeginCrawl(WriteSession& session, const SourcePermit& source, std::string_view holder,
                                std::chrono::microseconds lease) {
  const RowPermit permit(source);
  ASSIGN_OR_RETURN(const AssetId id, session.AssetOf(source));
  session.shown().Note(id);
  ASSIGN_OR_RETURN(auto row, session.Find(kCrawlSources, CrawlSourceKey(id)));
  record::CrawlSource stored = row ? std::move(row->record) : record::CrawlSource();
  if (stored.running()) RETURN_IF_ERROR(Abandon(session, permit, id, stored, holder));
  stored.set_newest(stored.newest() + 1);
  stored.set_running(true);
  stored.set_principal(session.viewer().principal());
  record::Crawl crawl;
  crawl.set_state(static_cast<uint32_t>(CrawlState::kRunning));
  crawl.set_holder(std::string(holder));
  crawl.set_started(session.now().micros());
  crawl.set_lease_until((session.now() + lease).micros());
  session.Put(permit, kCrawlSources, CrawlSourceKey(id), stored);
  session.Put(permit, kCrawls, CrawlKey(id, stored.newest()), crawl);
  if (stored.newest() > kCrawlsKept) Forget(session, permit, id, stored.newest() - kCrawlsKept);
  return CrawlLease{stored.newest(), Timestamp(crawl.lease_until())};
}

StatusOr<Timestamp> RenewCrawl(WriteSession& session, const SourcePermit& source, int64_t crawl,
                               std::chrono::microseconds lease) {
  ASSIGN_OR_RETURN(const OwnCrawl own, FindOwn(session, source, crawl));
  RETURN_IF_ERROR(CheckRuns(own));
  ASSIGN_OR_RETURN(record::Crawl stored, FindStored(session, own.source, crawl));
  stored.set_lease_until((session.now() + lease).micros());
  session.Put(RowPermit(source), kCrawls, CrawlKey(own.source, crawl), stored);
  return Timestamp(stored.lease_until());
}

StatusOr<AssetId> CheckCrawl(WriteSession& session, const SourcePermit& source, int64_t crawl) {
  ASSIGN_OR_RETURN(const OwnCrawl own, FindOwn(session, source, crawl));
  RETURN_IF_ERROR(CheckRuns(own));
  return own.source;
}

Status FinishCrawl(WriteSession& session, const SourcePermit& source, int64_t crawl, CrawlReport report) {
  const RowPermit permit(source);
  ASSIGN_OR_RETURN(OwnCrawl own, FindOwn(session, source, crawl));
  if (!own.row.running()) {
    ASSIGN_OR_RETURN(const bool repeated, IsReport(session, own.source, crawl, report));
    return repeated ? absl::OkStatus() : CheckRuns(own);
  }
  ASSIGN_OR_RETURN(record::Crawl stored, FindStored(session, own.source, crawl));
  stored.set_state(static_cast<uint32_t>(report.state));
  stored.set_reason(std::move(report.reason));
  stored.set_ended(session.now().micros());
  for (const record::CrawlScopes::Scope& scope : report.scopes.scopes()) AddTo(*stored.mutable_sums(), scope.counts());
  session.Put(permit, kCrawls, CrawlKey(own.source, crawl), stored);
  if (report.scopes.scopes_size() > 0) {
    session.Put(permit, kCrawlScopes, CrawlScopesKey(own.source, crawl), report.scopes);
  }
  own.row.set_running(false);
  if (report.state == CrawlState::kComplete) own.row.set_complete_at(stored.ended());
  session.Put(permit, kCrawlSources, CrawlSourceKey(own.source), own.row);
  return absl::OkStatus();
}

}  // namespace cadastre::catalog
