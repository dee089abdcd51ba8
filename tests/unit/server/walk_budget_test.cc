// What walks reach counts in the name of who asked, and is given back with the answer.
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "base/check.h"
#include "base/status.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "server/http/endpoints.h"
#include "server/rooms.h"
#include "storage/memory_engine.h"

namespace cadastre::server {
namespace {

constexpr char kEvent[] =
    R"({"eventType": "COMPLETE", "eventTime": "2026-03-01T09:30:00Z", "producer": "https://example.org",
    "run": {"runId": "r1"}, "job": {"namespace": "etl", "name": "load"},
    "inputs": [{"namespace": "pg", "name": "raw"}], "outputs": [{"namespace": "pg", "name": "orders"}]})";

class WalkBudgetTest : public ::testing::Test {
 protected:
  WalkBudgetTest() {
    Config config;
    config.executor_threads = 2;
    auto rooms = Rooms::Open(&engine_, &clock_, config);
    CHECK_OK(rooms.status());
    rooms_ = *std::move(rooms);
    rooms_->Start();
    std::promise<Status> pushed;
    rooms_->services().ingest->Ingest(CallOf(kLineageEndpoint), std::make_shared<const std::string>(kEvent), {},
                                      [&](const auto& outcome) { pushed.set_value(outcome.status()); });
    CHECK_OK(pushed.get_future().get());
  }
  ~WalkBudgetTest() override { rooms_->Stop(); }

  authz::Call CallOf(const authz::Operation& operation) const {
    authz::Call call{};
    call.operation = &operation;
    call.bearer = rooms_->house().bootstrap_token();
    call.peer = "127.0.0.1";
    return call;
  }

  template <typename Request>
  Status Ask(const std::string& method, const Request& request) {
    const Method* const found = rooms_->methods().Find("cadastre.lineage.v1.LineageService/" + method);
    std::promise<Status> answer;
    found->invoke(CallOf(found->operation), request,
                  [&](const auto& response) { answer.set_value(response.status()); });
    return answer.get_future().get();
  }

  Status AskLineage(lineage::v1::Level level) {
    lineage::v1::GetLineageRequest request;
    *request.mutable_asset() = Dataset("orders");
    request.set_level(level);
    return Ask("GetLineage", request);
  }
  Status AskPaths() {
    lineage::v1::FindPathsRequest request;
    *request.mutable_from() = Dataset("raw");
    *request.mutable_to() = Dataset("orders");
    return Ask("FindPaths", request);
  }

  static catalog::v1::AssetRef Dataset(const std::string& name) {
    catalog::v1::AssetRef ref;
    ref.set_kind("dataset");
    ref.set_namespace_("pg");
    ref.set_name(name);
    return ref;
  }

  storage::MemoryEngine engine_;
  base::SystemClock clock_;
  std::unique_ptr<Rooms> rooms_;
};

TEST_F(WalkBudgetTest, WhoseWalksHoldTheirShareIsToldToComeAgain) {
  Budget& budget = rooms_->budget();
  const size_t half = budget.limit(Budget::Resource::kNodes) / 2;
  auto held = budget.Take(Budget::Resource::kNodes, base::Sender::OfPrincipal("admin"), half);
  ASSERT_TRUE(held.ok());
  EXPECT_TRUE(absl::IsResourceExhausted(AskLineage(lineage::v1::LEVEL_ASSET)));
  EXPECT_TRUE(absl::IsResourceExhausted(AskPaths()));
  held->GiveBack();
  EXPECT_TRUE(AskLineage(lineage::v1::LEVEL_ASSET).ok());
  EXPECT_TRUE(AskPaths().ok());
}

TEST_F(WalkBudgetTest, AnothersWalksDoNotStopOnes) {
  Budget& budget = rooms_->budget();
  const size_t half = budget.limit(Budget::Resource::kNodes) / 2;
  const auto held = budget.Take(Budget::Resource::kNodes, base::Sender::OfPrincipal("other"), half);
  ASSERT_TRUE(held.ok());
  EXPECT_TRUE(AskLineage(lineage::v1::LEVEL_ASSET).ok());
  EXPECT_EQ(budget.held(Budget::Resource::kNodes), half);
}

}  // namespace
}  // namespace cadastre::server
