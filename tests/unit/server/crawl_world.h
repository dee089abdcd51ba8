// A server without doors whose crawls tests call by their methods, as a door does.
//
// Thread rule: confined.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/status.h"
#include "cadastre/audit/v1/audit.pb.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "cadastre/privilege/v1/privilege.pb.h"
#include "server/rooms.h"
#include "storage/memory_engine.h"

namespace cadastre::server {

inline catalog::v1::AssetRef Ref(const std::string& kind, const std::string& ns, const std::string& name) {
  catalog::v1::AssetRef ref;
  ref.set_kind(kind);
  ref.set_namespace_(ns);
  ref.set_name(name);
  return ref;
}
inline catalog::v1::AssetRef Table(const std::string& name) { return Ref("dataset", "postgres://db:5432", name); }
inline catalog::v1::AssetRef Source(const std::string& name = "shop") { return Ref("job", "cadastre", name); }

inline constexpr char kShop[] = "shop.public";

class CrawlWorld : public testing::Test {
 protected:
  using Privilege = privilege::v1::Privilege;

  CrawlWorld() {
    Config config;
    config.executor_threads = 2;
    auto rooms = Rooms::Open(&engine_, &clock_, config);
    CHECK_OK(rooms.status());
    rooms_ = *std::move(rooms);
    rooms_->Start();
    admin_ = rooms_->house().bootstrap_token();
  }
  ~CrawlWorld() override { rooms_->Stop(); }

  template <typename Response, typename Request>
  StatusOr<Response> CallAs(const std::string& bearer, const Request& request) {
    const Method* found = nullptr;
    for (const auto& [name, method] : rooms_->methods().methods()) {
      if (method.descriptor->input_type() == Request::descriptor()) found = &method;
    }
    CHECK(found != nullptr) << Request::descriptor()->full_name();
    authz::Call call{};
    call.operation = &found->operation;
    call.bearer = bearer;
    call.peer = "127.0.0.1";
    std::promise<StatusOr<Response>> promise;
    found->invoke(std::move(call), request, [&promise](StatusOr<std::unique_ptr<google::protobuf::Message>> answer) {
      if (!answer.ok()) return promise.set_value(answer.status());
      promise.set_value(static_cast<const Response&>(**answer));
    });
    return promise.get_future().get();
  }
  template <typename Response, typename Request>
  Response Must(const Request& request) {
    StatusOr<Response> answer = CallAs<Response>(admin_, request);
    EXPECT_TRUE(answer.ok()) << answer.status() << "\n" << request.DebugString();
    return answer.ok() ? *std::move(answer) : Response();
  }

  struct Right {
    std::vector<Privilege> privileges;
    std::string ns;           // empty: every namespace
    std::string name_prefix;  // within `ns`
  };
  // A service that holds these; its bearer.
  std::string AddService(const std::string& id, const std::vector<Right>& rights) {
    authz::v1::PutRoleRequest role;
    role.mutable_role()->set_id("role-" + id);
    Must<authz::v1::PutRoleResponse>(role);
    for (size_t i = 0; i < rights.size(); ++i) {
      authz::v1::PutGrantRequest grant;
      grant.mutable_grant()->set_id(base::Cat(id, "-", i));
      grant.mutable_grant()->set_role("role-" + id);
      for (const Privilege privilege : rights[i].privileges) grant.mutable_grant()->add_privileges(privilege);
      grant.mutable_grant()->mutable_scope()->set_namespace_(rights[i].ns);
      grant.mutable_grant()->mutable_scope()->set_name_prefix(rights[i].name_prefix);
      Must<authz::v1::PutGrantResponse>(grant);
    }
    authz::v1::PutPrincipalRequest principal;
    principal.mutable_principal()->set_id(id);
    principal.mutable_principal()->set_kind(authz::v1::PRINCIPAL_KIND_SERVICE);
    principal.mutable_principal()->add_roles("role-" + id);
    Must<authz::v1::PutPrincipalResponse>(principal);
    authz::v1::CreateTokenRequest token;
    token.set_principal(id);
    token.set_description("for a test");
    return Must<authz::v1::CreateTokenResponse>(token).token();
  }

  StatusOr<int64_t> BeginAs(const std::string& bearer, const catalog::v1::AssetRef& source = Source()) {
    ingest::v1::BeginCrawlRequest request;
    *request.mutable_source() = source;
    // Each time another crawler.
    request.set_holder(base::Cat("host:", ++crawlers_));
    const auto begun = CallAs<ingest::v1::BeginCrawlResponse>(bearer, request);
    return begun.ok() ? StatusOr<int64_t>(begun->crawl()) : begun.status();
  }
  int64_t Begin() {
    const StatusOr<int64_t> crawl = BeginAs(admin_);
    EXPECT_TRUE(crawl.ok()) << crawl.status();
    return crawl.value_or(0);
  }
  static ingest::v1::FinishCrawlRequest Finish(int64_t crawl) {
    ingest::v1::FinishCrawlRequest request;
    *request.mutable_source() = Source();
    request.set_crawl(crawl);
    request.set_state(ingest::v1::CRAWL_STATE_COMPLETE);
    return request;
  }
  void MustFinish(int64_t crawl) { Must<ingest::v1::FinishCrawlResponse>(Finish(crawl)); }

  static ingest::v1::RecordCrawledObjectsRequest Objects(int64_t crawl, const std::vector<std::string>& tables = {}) {
    ingest::v1::RecordCrawledObjectsRequest request;
    *request.mutable_source() = Source();
    request.set_crawl(crawl);
    request.set_scope(kShop);
    request.set_tool("postgres");
    for (const std::string& table : tables) *request.add_objects()->mutable_asset() = Table(table);
    return request;
  }
  ingest::v1::RecordCrawledObjectsResponse Record(const ingest::v1::RecordCrawledObjectsRequest& request) {
    return Must<ingest::v1::RecordCrawledObjectsResponse>(request);
  }
  static ingest::v1::MissCrawledObjectsRequest Missing(int64_t crawl, const std::vector<std::string>& tables) {
    ingest::v1::MissCrawledObjectsRequest request;
    *request.mutable_source() = Source();
    request.set_crawl(crawl);
    request.set_scope(kShop);
    request.set_tool("postgres");
    for (const std::string& table : tables) *request.add_assets() = Table(table);
    return request;
  }

  StatusOr<std::vector<std::string>> RememberedAs(const std::string& bearer) {
    ingest::v1::ListCrawledObjectsRequest request;
    *request.mutable_source() = Source();
    const auto listed = CallAs<ingest::v1::ListCrawledObjectsResponse>(bearer, request);
    if (!listed.ok()) return listed.status();
    std::vector<std::string> names;
    for (const auto& object : listed->objects()) names.push_back(object.asset().name());
    return names;
  }
  std::vector<std::string> Remembered() { return RememberedAs(admin_).value_or(std::vector<std::string>{"error"}); }

  catalog::v1::Asset Asset(const catalog::v1::AssetRef& ref) {
    catalog::v1::GetAssetRequest request;
    *request.mutable_asset() = ref;
    request.set_view(catalog::v1::ASSET_VIEW_FULL);
    return Must<catalog::v1::GetAssetResponse>(request).asset();
  }

  void Pass(std::chrono::microseconds time) { clock_.Set(clock_.Now() + time); }

  storage::MemoryEngine engine_;
  base::FakeClock clock_{Timestamp(1'700'000'000'000'000)};
  std::unique_ptr<Rooms> rooms_;
  std::string admin_;
  int crawlers_ = 0;
};

}  // namespace cadastre::server
