// The crawls of sources: IngestService's methods but Push.
//
// Made once by main; thread rule: safe.
// Errors beside those of ServeRead and ServeWrite: ABORTED that names `source` or `crawl` where the lease is another's
// (catalog/crawl.h), and for nothing else: writes that get into each other's way end as UNAVAILABLE, which is worth
// repeating. What each asks of its caller stands in its .proto.
#pragma once

#include "cadastre/ingest/v1/ingest.pb.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class CrawlService {
 public:
  explicit CrawlService(ServiceContext context) : context_(context) {}

  void BeginCrawl(authz::Call call, ingest::v1::BeginCrawlRequest request, Done<ingest::v1::BeginCrawlResponse> done);
  void RenewCrawl(authz::Call call, ingest::v1::RenewCrawlRequest request, Done<ingest::v1::RenewCrawlResponse> done);
  void ListCrawledObjects(authz::Call call, ingest::v1::ListCrawledObjectsRequest request,
                          Done<ingest::v1::ListCrawledObjectsResponse> done);
  void RecordCrawledObjects(authz::Call call, ingest::v1::RecordCrawledObjectsRequest request,
                            Done<ingest::v1::RecordCrawledObjectsResponse> done);
  void MissCrawledObjects(authz::Call call, ingest::v1::MissCrawledObjectsRequest request,
                          Done<ingest::v1::MissCrawledObjectsResponse> done);
  void FinishCrawl(authz::Call call, ingest::v1::FinishCrawlRequest request,
                   Done<ingest::v1::FinishCrawlResponse> done);
  void ListSources(authz::Call call, ingest::v1::ListSourcesRequest request,
                   Done<ingest::v1::ListSourcesResponse> done);
  void ListCrawls(authz::Call call, ingest::v1::ListCrawlsRequest request, Done<ingest::v1::ListCrawlsResponse> done);
  void GetCrawl(authz::Call call, ingest::v1::GetCrawlRequest request, Done<ingest::v1::GetCrawlResponse> done);

 private:
  ServiceContext context_;
};

}  // namespace cadastre::server
