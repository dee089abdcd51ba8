#include "ingestors/runner/crawl_calls.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/status.h"

namespace cadastre::ingest {
namespace {

constexpr std::chrono::milliseconds kFirstPause{500};
constexpr std::chrono::milliseconds kLongestPause{30'000};
constexpr std::chrono::seconds kRenewAfter{60};
constexpr int kListPage = 10'000;
// As many as a catalog keeps of a source.
constexpr int kCrawlsPage = 100;
// Above what a catalog of this kind holds; a server that never ends is no server of ours.
constexpr int kListPagesMax = 100'000;

}  // namespace

bool EndsRun(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kUnimplemented: return true;
    default: return false;
  }
}

bool CannotBeReached(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status);
}

Pace RealPace() {
  return {[] { return std::chrono::steady_clock::now(); },
          [](std::chrono::milliseconds pause) { std::this_thread::sleep_for(pause); }};
}

CrawlCalls::CrawlCalls(client::Caller* caller, catalog::v1::AssetRef source, Pace pace,
                       std::chrono::milliseconds patience)
    : caller_(caller), source_(std::move(source)), pace_(std::move(pace)), patience_(patience), renewed_(pace_.now()) {}

absl::Status CrawlCalls::Call(std::string_view method, const google::protobuf::Message& request,
                              google::protobuf::Message* response) {
  const std::string path = base::Cat("cadastre.ingest.v1.IngestService/", method);
  std::chrono::milliseconds pause = kFirstPause;
  std::chrono::milliseconds left = patience_;
  while (true) {
    absl::Status status = caller_->Call(path, request, response);
    if (status.ok() || left.count() <= 0 || !CannotBeReached(status)) return status;
    pause = std::min(pause, left);
    left -= pause;
    pace_.sleep(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

absl::Status CrawlCalls::Begin(const std::string& holder) {
  ingest::v1::BeginCrawlRequest request;
  *request.mutable_source() = source_;
  request.set_holder(holder);
  request.mutable_lease()->set_seconds(kLease.count());
  ingest::v1::BeginCrawlResponse response;
  const auto asked = pace_.now();
  RETURN_IF_ERROR(Call("BeginCrawl", request, &response));
  crawl_ = response.crawl();
  renewed_ = asked;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<ingest::v1::RememberedObject>> CrawlCalls::List() {
  ingest::v1::ListCrawledObjectsRequest request;
  *request.mutable_source() = source_;
  request.set_page_size(kListPage);
  std::vector<ingest::v1::RememberedObject> all;
  for (int pages = 0; pages < kListPagesMax; ++pages) {
    if (crawl_ != 0) RETURN_IF_ERROR(Renew());
    ingest::v1::ListCrawledObjectsResponse response;
    RETURN_IF_ERROR(Call("ListCrawledObjects", request, &response));
    for (ingest::v1::RememberedObject& object : *response.mutable_objects()) all.push_back(std::move(object));
    if (response.next_page_token().empty()) return all;
    if (response.next_page_token() == request.page_token()) break;
    request.set_page_token(response.next_page_token());
  }
  return base::Internal("the list of what is remembered does not end");
}

absl::Status CrawlCalls::Renew() {
  const auto asked = pace_.now();
  if (asked - renewed_ < kRenewAfter) return absl::OkStatus();
  ingest::v1::RenewCrawlRequest request;
  *request.mutable_source() = source_;
  request.set_crawl(crawl_);
  request.mutable_lease()->set_seconds(kLease.count());
  ingest::v1::RenewCrawlResponse response;
  RETURN_IF_ERROR(Call("RenewCrawl", request, &response));
  renewed_ = asked;
  return absl::OkStatus();
}

absl::StatusOr<ingest::v1::RecordCrawledObjectsResponse> CrawlCalls::Record(
    ingest::v1::RecordCrawledObjectsRequest request) {
  RETURN_IF_ERROR(Renew());
  *request.mutable_source() = source_;
  request.set_crawl(crawl_);
  ingest::v1::RecordCrawledObjectsResponse response;
  RETURN_IF_ERROR(Call("RecordCrawledObjects", request, &response));
  return response;
}

absl::StatusOr<ingest::v1::MissCrawledObjectsResponse> CrawlCalls::Miss(ingest::v1::MissCrawledObjectsRequest request) {
  RETURN_IF_ERROR(Renew());
  *request.mutable_source() = source_;
  request.set_crawl(crawl_);
  ingest::v1::MissCrawledObjectsResponse response;
  RETURN_IF_ERROR(Call("MissCrawledObjects", request, &response));
  return response;
}

absl::Status CrawlCalls::Finish(ingest::v1::FinishCrawlRequest request) {
  *request.mutable_source() = source_;
  request.set_crawl(crawl_);
  ingest::v1::FinishCrawlResponse response;
  return Call("FinishCrawl", request, &response);
}

absl::StatusOr<bool> CrawlCalls::OnlyBegunBy(const std::string& holder, int64_t after) {
  int64_t expected = crawl_ - after - 1;
  if (expected <= 0) return expected == 0;
  ingest::v1::ListCrawlsRequest request;
  *request.mutable_source() = source_;
  request.set_page_size(kCrawlsPage);
  ingest::v1::ListCrawlsResponse response;
  RETURN_IF_ERROR(Call("ListCrawls", request, &response));
  for (const ingest::v1::Crawl& crawl : response.crawls()) {
    if (crawl.crawl() >= crawl_ || crawl.crawl() <= after) continue;
    if (crawl.holder() != holder) return false;
    --expected;
  }
  return expected == 0;
}

}  // namespace cadastre::ingest
