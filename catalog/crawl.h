// Crawls of sources: who holds a source's lease, and how a crawl begins and ends.
//
// A source is a job. Functions over a write session with the permit of that job; thread rule: confined. Each write of a
// crawl expects the source's row as it read it, so that of two that race only one is committed.
// Errors: ABORTED that names `source` (another crawl holds the lease) or `crawl` (it is not the newest, or somebody
// else began it); FAILED_PRECONDITION that names `crawl` (it has ended); those of WriteSession.
// Bounds: the newest kCrawlsKept crawls of a source are kept. Deliberately does not: check what the caller sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "authz/write/permit.h"
#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/crawl.pb.h"

namespace cadastre::catalog {

inline constexpr int64_t kCrawlsKept = 100;

// Numbers as in ingest.v1.CrawlState, written to disk.
enum class CrawlState : uint32_t { kRunning = 1, kComplete = 2, kPartial = 3, kFailed = 4, kAbandoned = 5 };

// One whose lease has run out is abandoned, whether or not the next has said so.
CrawlState CrawlStateAt(const record::Crawl& crawl, Timestamp now);

struct CrawlLease {
  int64_t crawl = 0;
  Timestamp until;
};

using SourcePermit = authz::Permit<authz::Privilege::kPush>;

// Takes the lease and numbers the crawl; a crawl before it is abandoned whose lease has run out, or which the same
// viewer began as the same `holder`, where that is not empty. The job is made where it does not exist.
StatusOr<CrawlLease> BeginCrawl(authz::WriteSession& session, const SourcePermit& source, std::string_view holder,
                                std::chrono::microseconds lease);

// Until when the lease is kept. One that has run out is taken up again where no other crawl began meanwhile.
StatusOr<Timestamp> RenewCrawl(authz::WriteSession& session, const SourcePermit& source, int64_t crawl,
                               std::chrono::microseconds lease);

// That the crawl may write: it is the newest, the viewer began it, and it has not ended. The source's asset.
StatusOr<AssetId> CheckCrawl(authz::WriteSession& session, const SourcePermit& source, int64_t crawl);

struct CrawlReport {
  CrawlState state = CrawlState::kFailed;
  std::string reason;
  record::CrawlScopes scopes;
};
// Gives the lease back. Repeating it with the same report changes nothing; another report is FAILED_PRECONDITION.
Status FinishCrawl(authz::WriteSession& session, const SourcePermit& source, int64_t crawl, CrawlReport report);

}  // namespace cadastre::catalog
