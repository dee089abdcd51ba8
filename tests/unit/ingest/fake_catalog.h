// The catalog's side of a crawl in memory, as ingest.proto tells it: what a run is tried against, and what breaks on
// request.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "client/caller.h"
#include "ingestors/runner/reconciler.h"

namespace cadastre::ingest {

class FakeCatalog final : public client::Caller {
 public:
  struct Kept {
    std::string scope;
    v1::CrawledObject object;
    int32_t missed = 0;
  };

  // What is remembered, by asset.
  std::map<std::string, Kept> kept;
  // Every call by its method's name.
  std::vector<std::string> called;
  std::vector<v1::RecordCrawledObjectsRequest> recorded;
  std::vector<v1::MissCrawledObjectsRequest> missing;
  std::vector<v1::FinishCrawlRequest> finished;
  std::vector<std::string> dropped;
  // Answered in turn to calls of this method, instead of what it does.
  std::map<std::string, std::deque<absl::Status>> faults;
  // Objects with these names are refused by themselves.
  std::vector<std::string> refuse;
  int page_size_max = 3;
  // By whom each crawl was begun, from the first on; of the last, whether it ended.
  std::vector<std::string> holders;
  bool running = false;
  // Set: nobody is there.
  bool away = false;

  int CountOf(std::string_view method) const {
    return static_cast<int>(std::count(called.begin(), called.end(), method));
  }
  void Forget() {
    called.clear();
    recorded.clear();
    missing.clear();
    finished.clear();
  }

  absl::Status Call(std::string_view path, const google::protobuf::Message& request,
                    google::protobuf::Message* response) override {
    const std::string method(path.substr(path.rfind('/') + 1));
    called.push_back(method);
    if (away) return absl::UnavailableError("nobody there");
    if (auto& waiting = faults[method]; !waiting.empty()) {
      const absl::Status fault = waiting.front();
      waiting.pop_front();
      if (!fault.ok()) return fault;
    }
    response->Clear();
    if (method == "BeginCrawl") {
      const std::string& holder = static_cast<const v1::BeginCrawlRequest&>(request).holder();
      if (running && (holder.empty() || holders.back() != holder)) return absl::AbortedError("another holds the lease");
      holders.push_back(holder);
      running = true;
      static_cast<v1::BeginCrawlResponse*>(response)->set_crawl(static_cast<int64_t>(holders.size()));
      return absl::OkStatus();
    }
    if (method == "ListCrawls") {
      for (size_t crawl = holders.size(); crawl > 0; --crawl) {
        v1::Crawl& told = *static_cast<v1::ListCrawlsResponse*>(response)->add_crawls();
        told.set_crawl(static_cast<int64_t>(crawl));
        told.set_holder(holders[crawl - 1]);
      }
      return absl::OkStatus();
    }
    if (method == "RenewCrawl") return absl::OkStatus();
    if (method == "ListCrawledObjects") {
      return List(static_cast<const v1::ListCrawledObjectsRequest&>(request),
                  *static_cast<v1::ListCrawledObjectsResponse*>(response));
    }
    if (method == "RecordCrawledObjects") {
      return Record(static_cast<const v1::RecordCrawledObjectsRequest&>(request),
                    *static_cast<v1::RecordCrawledObjectsResponse*>(response));
    }
    if (method == "MissCrawledObjects") {
      return Miss(static_cast<const v1::MissCrawledObjectsRequest&>(request),
                  *static_cast<v1::MissCrawledObjectsResponse*>(response));
    }
    CHECK(method == "FinishCrawl") << method;
    finished.push_back(static_cast<const v1::FinishCrawlRequest&>(request));
    if (finished.back().crawl() == crawl()) running = false;
    return absl::OkStatus();
  }

  absl::StatusOr<Answer> PostJson(std::string_view, std::string_view) override {
    return absl::UnimplementedError("no crawl posts JSON");
  }

 private:
  int64_t crawl() const { return static_cast<int64_t>(holders.size()); }

  absl::Status List(const v1::ListCrawledObjectsRequest& request, v1::ListCrawledObjectsResponse& response) {
    auto at = request.page_token().empty() ? kept.begin() : kept.upper_bound(request.page_token());
    for (int rows = 0; at != kept.end() && rows < page_size_max; ++at, ++rows) {
      v1::RememberedObject& object = *response.add_objects();
      *object.mutable_asset() = at->second.object.asset();
      object.set_scope(at->second.scope);
      object.set_source_id(at->second.object.source_id());
      object.set_digest(at->second.object.digest());
      object.set_missed(at->second.missed);
      if (rows + 1 == page_size_max && std::next(at) != kept.end()) response.set_next_page_token(at->first);
    }
    return absl::OkStatus();
  }

  absl::Status Record(const v1::RecordCrawledObjectsRequest& request, v1::RecordCrawledObjectsResponse& response) {
    if (request.crawl() != crawl()) return absl::AbortedError("a later crawl took the lease");
    CHECK(request.objects_size() >= 1 && request.objects_size() <= 1'000);
    recorded.push_back(request);
    for (int i = 0; i < request.objects_size(); ++i) {
      const v1::CrawledObject& object = request.objects(i);
      if (std::find(refuse.begin(), refuse.end(), object.asset().name()) != refuse.end()) {
        v1::RejectedObject& rejected = *response.add_rejected();
        rejected.set_index(i);
        rejected.set_field("asset");
        rejected.set_reason("outside what may be pushed");
        continue;
      }
      if (object.has_renamed_from()) kept.erase(AssetKey(object.renamed_from()));
      kept[AssetKey(object.asset())] = {request.scope(), object, 0};
    }
    return absl::OkStatus();
  }

  absl::Status Miss(const v1::MissCrawledObjectsRequest& request, v1::MissCrawledObjectsResponse& response) {
    if (request.crawl() != crawl()) return absl::AbortedError("a later crawl took the lease");
    int64_t in_scope = 0;
    for (const auto& [key, one] : kept) in_scope += one.scope == request.scope() ? 1 : 0;
    if (request.assets_size() * 5 > in_scope && request.assets_size() > request.allow_missed()) {
      return absl::FailedPreconditionError("more than a fifth of the scope");
    }
    missing.push_back(request);
    for (const catalog::v1::AssetRef& asset : request.assets()) {
      const auto found = kept.find(AssetKey(asset));
      if (found == kept.end()) continue;
      if (++found->second.missed == 1) {
        response.set_missed(response.missed() + 1);
      } else {
        response.set_dropped(response.dropped() + 1);
        dropped.push_back(found->first);
        kept.erase(found);
      }
    }
    return absl::OkStatus();
  }
};

}  // namespace cadastre::ingest
