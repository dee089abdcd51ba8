// The calls of a crawl, with patience: what may heal is tried again.
//
// Owner: the run. Thread rule: confined.
// Errors: as the server told; UNAVAILABLE and RESOURCE_EXHAUSTED only after the last try. ABORTED where the lease is
// another's.
// Bounds: a call is tried again after 0.5 s, and twice as long after each try, at most 30 s; until its patience is
// over.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "client/caller.h"

namespace cadastre::ingest {

// Time as a run feels it; a test has its own.
struct Pace {
  std::function<std::chrono::steady_clock::time_point()> now;
  std::function<void(std::chrono::milliseconds)> sleep;
};
Pace RealPace();

class CrawlCalls {
 public:
  // `caller` outlives it.
  CrawlCalls(client::Caller* caller, catalog::v1::AssetRef source, Pace pace,
             std::chrono::milliseconds patience = std::chrono::seconds(60));

  static constexpr std::chrono::seconds kLease{300};

  // ABORTED while another crawl holds the lease; one that this principal began under the same name does not.
  absl::Status Begin(const std::string& holder);
  // Everything that is remembered of the source, in as many pages as it takes.
  absl::StatusOr<std::vector<ingest::v1::RememberedObject>> List();
  // Keeps the lease, where it was not kept within the last minute.
  absl::Status Renew();
  // `request` without its source and crawl.
  absl::StatusOr<ingest::v1::RecordCrawledObjectsResponse> Record(ingest::v1::RecordCrawledObjectsRequest request);
  absl::StatusOr<ingest::v1::MissCrawledObjectsResponse> Miss(ingest::v1::MissCrawledObjectsRequest request);
  absl::Status Finish(ingest::v1::FinishCrawlRequest request);

  // Whether every crawl of the source behind number `after` and before this one was begun as `holder`. False where the
  // catalog does not remember that many, or shows none.
  absl::StatusOr<bool> OnlyBegunBy(const std::string& holder, int64_t after);

  // 0 before it began.
  int64_t crawl() const { return crawl_; }
  const Pace& pace() const { return pace_; }

 private:
  absl::Status Call(std::string_view method, const google::protobuf::Message& request,
                    google::protobuf::Message* response);

  client::Caller* caller_;
  const catalog::v1::AssetRef source_;
  const Pace pace_;
  const std::chrono::milliseconds patience_;
  int64_t crawl_ = 0;
  std::chrono::steady_clock::time_point renewed_;
};

// Whether it is the run that failed, and not what was asked.
bool EndsRun(const absl::Status& status);
// Whether the catalog is away, and may be back.
bool CannotBeReached(const absl::Status& status);

}  // namespace cadastre::ingest
