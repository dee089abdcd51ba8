// A whole house in memory for tests of the rooms: engine, committer thread, guard, front, principals and grants.
//
// Calls go through Front, as a door's do, and block until answered. Thread rule: safe once set up.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "authz/accounts/policy_tables.h"
#include "authz/front/front.h"
#include "authz/front/guard.h"
#include "authz/house/house.h"
#include "base/executor.h"
#include "base/status.h"
#include "storage/memory_engine.h"
#include "tests/support/operations.h"
#include "tests/support/row_permit.h"

namespace cadastre::testing_support {

using authz::GovernedView;
using authz::Privilege;
using authz::ReadOptions;
using authz::WriteSession;

class GovernedWorld {
 public:
  explicit GovernedWorld(size_t threads = 2, std::string data_dir = {}) : executor_(threads, 10'000) {
    authz::House::Options options;
    options.data_dir = std::move(data_dir);
    options.committer.on_fatal = [this](const Status& cause) { fatal_ = cause; };
    auto house = authz::House::Open(&engine_, &clock_, std::move(options));
    EXPECT_TRUE(house.ok()) << house.status();
    house_ = *std::move(house);
    committer_ = std::jthread([this](const std::stop_token& stop) { house_->committer().Run(stop); });
    guard_ = std::make_unique<authz::Guard>(house_.get());
    front_ = std::make_unique<authz::Front>(guard_.get(), &executor_, &executor_);
    admin_ = house_->bootstrap_token();
  }
  ~GovernedWorld() {
    executor_.Stop();
    committer_ = {};
  }

  authz::Front& front() { return *front_; }
  authz::Guard& guard() { return *guard_; }
  authz::House& house() { return *house_; }
  storage::MemoryEngine& engine() { return engine_; }
  base::FakeClock& clock() { return clock_; }
  base::Executor& executor() { return executor_; }
  // A bearer with every privilege on everything.
  const std::string& admin() const { return admin_; }
  const Status& fatal() const { return fatal_; }
  void StopCommitter() { committer_ = {}; }

  static authz::Call ReadCall(std::string bearer) { return CallOf(kTestRead, std::move(bearer)); }
  static authz::Call WriteCall(std::string bearer) { return CallOf(kTestWrite, std::move(bearer)); }

  template <typename Response>
  StatusOr<Response> Read(authz::Call call, ReadOptions options,
                          std::function<StatusOr<Response>(GovernedView&)> handler) {
    std::promise<StatusOr<Response>> answer;
    front_->Read<Response>(std::move(call), std::move(options), std::move(handler),
                           [&answer](StatusOr<Response> response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }
  // Hands as many writes as there are numbers to the front at once, and waits for all; how many failed.
  int WriteAtOnce(int writers, const std::function<Status(WriteSession&, int number)>& handler) {
    std::latch done(writers);
    std::atomic<int> failed = 0;
    for (int i = 0; i < writers; ++i) {
      front_->Write<bool>(
          WriteCall(admin_),
          [&handler, i](WriteSession& session) -> StatusOr<bool> {
            RETURN_IF_ERROR(handler(session, i));
            return true;
          },
          {},
          [&](const StatusOr<bool>& answer) {
            if (!answer.ok()) ++failed;
            done.count_down();
          });
    }
    done.wait();
    return failed;
  }
  Status Look(const std::string& bearer, const std::function<Status(GovernedView&)>& handler,
              ReadOptions options = {}) {
    return Read<bool>(ReadCall(bearer), std::move(options),
                      [&](GovernedView& view) -> StatusOr<bool> {
                        const Status status = handler(view);
                        if (!status.ok()) return status;
                        return true;
                      })
        .status();
  }

  StatusOr<Revision> Write(authz::Call call, const std::function<Status(WriteSession&)>& handler) {
    std::promise<StatusOr<Revision>> answer;
    front_->Write<Revision>(
        std::move(call),
        [handler](WriteSession& session) -> StatusOr<Revision> {
          const Status status = handler(session);
          if (!status.ok()) return status;
          return Revision();
        },
        [](Revision& response, Revision revision) { response = revision; },
        [&answer](StatusOr<Revision> response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }
  // As the administrator; the test fails where the write does.
  Revision Put(const std::function<Status(WriteSession&)>& handler) {
    const StatusOr<Revision> revision = Write(WriteCall(admin_), handler);
    EXPECT_TRUE(revision.ok()) << revision.status();
    return revision.value_or(Revision());
  }

  // Makes the asset, or gives it other labels.
  AssetId PutAsset(const AssetName& name, const record::Labels& labels = {}) {
    AssetId id;
    Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(id, session.Intern(RowsOf(session), name));
      ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
      *header.mutable_labels() = labels;
      return session.SetHeader(RowsOf(session), id, header);
    });
    return id;
  }

  // A person with these grants; returns a bearer.
  std::string AddPerson(const std::string& id, const std::vector<record::Grant>& grants) {
    authz::IssuedToken issued = authz::IssueToken(id, "test", clock_.Now(), std::chrono::hours(24), false);
    Put([&](WriteSession& session) -> Status {
      record::Principal principal;
      principal.set_kind(1);
      ASSIGN_OR_RETURN(const uint64_t number, session.NextNumber("principal"));
      principal.set_number(number);
      principal.add_roles("role-" + id);
      session.Put(RowsOf(session), authz::kPrincipalTable, authz::IdKey(id), principal);
      session.Put(RowsOf(session), authz::kRoleTable, authz::IdKey("role-" + id), record::Role());
      for (size_t i = 0; i < grants.size(); ++i) {
        record::Grant grant = grants[i];
        grant.set_role("role-" + id);
        session.Put(RowsOf(session), authz::kGrantTable, authz::IdKey(id + "-" + std::to_string(i)), grant);
      }
      session.Put(RowsOf(session), authz::kTokenTable, issued.digest, issued.token);
      session.log().set_policy(true);
      return absl::OkStatus();
    });
    return issued.secret;
  }

  static record::Grant Allow(const std::vector<Privilege>& privileges, const record::Scope& scope = {}) {
    record::Grant grant;
    for (const Privilege privilege : privileges) grant.add_privileges(static_cast<uint32_t>(privilege));
    *grant.mutable_scope() = scope;
    return grant;
  }

 private:
  static authz::Call CallOf(const authz::Operation& operation, std::string bearer) {
    authz::Call call{};
    call.operation = &operation;
    call.bearer = std::move(bearer);
    call.peer = "127.0.0.1";
    call.request_id = "request";
    call.deadline = kTimestampMax;
    return call;
  }

  storage::MemoryEngine engine_;
  base::FakeClock clock_{Timestamp(1'700'000'000'000'000)};
  Status fatal_;
  std::unique_ptr<authz::House> house_;
  base::Executor executor_;
  std::jthread committer_;
  std::unique_ptr<authz::Guard> guard_;
  std::unique_ptr<authz::Front> front_;
  std::string admin_;
};

}  // namespace cadastre::testing_support
