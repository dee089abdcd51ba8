// The one template all doors pass through: who is let in, what is recorded, when the answer leaves.
#include "authz/front/front.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <thread>

#include "authz/accounts/token_store.h"
#include "authz/audit/audit_log.h"
#include "authz/audit/audit_records.h"
#include "authz/identity/opaque_tokens.h"
#include "authz/view/change_feed.h"
#include "authz/view/revision_gate.h"
#include "base/status.h"
#include "tests/support/governed_world.h"
#include "tests/support/operations.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

const AssetName kOrders{AssetKind::kDataset, "pg://db", "shop.orders"};
RowRule Open(std::string_view, const std::string&) { return {Subjects(), Privilege::kNone}; }
constexpr Table<std::string> kMembers{Keyspace::kMember, Open};

class FrontTest : public testing::Test {
 protected:
  // The newest records, as the administrator reads them.
  std::vector<AuditRecord> Records(size_t max) {
    std::vector<AuditRecord> records;
    authz::Call call = GovernedWorld::ReadCall(world_.admin());
    call.operation = &testing_support::kTestAudit;
    const auto answer = world_.Read<bool>(call, {}, [&](GovernedView& view) -> StatusOr<bool> {
      ASSIGN_OR_RETURN(const auto page, ScanAuditRecords(view, world_.guard().audit_log(), {}, {.rows = max}, {}));
      records = page->records;
      return true;
    });
    EXPECT_TRUE(answer.ok()) << answer.status();
    return records;
  }
  // Leaves nobody waits for are on the device once a later one is: this read's, which then stands first.
  void Settle() {
    EXPECT_TRUE(world_.Look(world_.admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
  }
  Status Verify() {
    const SystemView view = world_.guard().OpenSystem(SystemReason::kLoadRegistry);
    return VerifyAuditLog(view, world_.guard().audit_log());
  }
  GovernedWorld world_;
};

TEST_F(FrontTest, ATokenNobodyIssuedIsCountedNotAnswered) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(absl::IsUnauthenticated(world_.Look("cad_wrong", [](GovernedView&) { return absl::OkStatus(); })));
    EXPECT_TRUE(absl::IsUnauthenticated(world_.Look("", [](GovernedView&) { return absl::OkStatus(); })));
  }
  const uint64_t before = world_.guard().audit_log().size();
  world_.clock().Advance(std::chrono::minutes(1));
  world_.guard().Tick();
  Settle();
  const AuditRecord record = Records(2).at(1);
  EXPECT_EQ(record.index, before);
  EXPECT_EQ(record.leaf.count(), 10u);
  EXPECT_EQ(record.peer, "127.0.0.1");
}

TEST_F(FrontTest, WhoSendsComesBeforeWhatIsWrongWithIt) {
  const auto ask = [&](const std::string& bearer) {
    Call call = GovernedWorld::ReadCall(bearer);
    call.shape = base::InvalidField("body", "JSON");
    return world_.Read<bool>(call, {}, [](GovernedView&) -> StatusOr<bool> { return true; }).status();
  };
  EXPECT_TRUE(absl::IsUnauthenticated(ask("cad_wrong")));
  EXPECT_TRUE(absl::IsPermissionDenied(ask(world_.AddPerson("nobody", {}))));
  EXPECT_EQ(ask(world_.admin()), base::InvalidField("body", "JSON"));
  EXPECT_EQ(Records(1).at(0).leaf.outcome(), static_cast<uint32_t>(absl::StatusCode::kInvalidArgument));
}

TEST_F(FrontTest, AFailedLoginIsRecordedWithTheNameThatWasTried) {
  const auto fail = [&](const std::string& name) {
    Call call;
    call.operation = &testing_support::kTestLogin;
    call.peer = "10.0.0.7";
    call.detail = name;
    std::promise<Status> answer;
    world_.front().Login<bool>(
        call, name, "wrong", [](WriteSession&) -> StatusOr<bool> { return true; },
        [&answer](const StatusOr<bool>& response) { answer.set_value(response.status()); });
    EXPECT_TRUE(absl::IsUnauthenticated(answer.get_future().get()));
  };
  world_.AddPerson("ann", {});
  for (int i = 0; i < 3; ++i) fail("ann");
  fail("nobody");
  world_.clock().Advance(std::chrono::minutes(1));
  world_.guard().Tick();
  Settle();
  const auto records = Records(3);
  // Of one minute, by name: one that exists stands there as one that does not.
  EXPECT_EQ(records.at(2).detail, "ann");
  EXPECT_EQ(records.at(2).leaf.count(), 3u);
  EXPECT_EQ(records.at(1).detail, "nobody");
  for (const AuditRecord& record : {records.at(1), records.at(2)}) {
    EXPECT_EQ(record.leaf.operation(), kLoginName);
    EXPECT_EQ(record.leaf.outcome(), static_cast<uint32_t>(absl::StatusCode::kUnauthenticated));
    EXPECT_EQ(record.leaf.principal(), "");
    EXPECT_EQ(record.peer, "10.0.0.7");
  }
  EXPECT_EQ(records.at(1).leaf.SerializeAsString().find("nobody"), std::string::npos) << "the erasable part alone";
}

TEST_F(FrontTest, ALoginPastItsDeadlineIsRecorded) {
  Call call;
  call.operation = &testing_support::kTestLogin;
  call.peer = "10.0.0.7";
  call.detail = "ann";
  call.deadline = world_.clock().Now();
  std::promise<Status> answer;
  world_.front().Login<bool>(
      call, "ann", "secret", [](WriteSession&) -> StatusOr<bool> { return true; },
      [&answer](const StatusOr<bool>& response) { answer.set_value(response.status()); });
  EXPECT_TRUE(absl::IsDeadlineExceeded(answer.get_future().get()));
  world_.clock().Advance(std::chrono::minutes(1));
  world_.guard().Tick();
  Settle();
  const AuditRecord record = Records(2).at(1);
  EXPECT_EQ(record.leaf.operation(), kLoginName);
  EXPECT_EQ(record.leaf.outcome(), static_cast<uint32_t>(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(record.detail, "ann");
}

TEST_F(FrontTest, WhoIsTurnedAwayIsCounted) {
  // Before the executor, whose thread may still wait for them when the test is over.
  std::latch started(1);
  std::latch go(1);
  base::Executor tiny(1, 1);
  Front front(&world_.guard(), &tiny, &tiny);
  const base::Sender admin = base::Sender::OfPrincipal("admin");
  ASSERT_TRUE(tiny.TrySubmit(admin, [&] {
    started.count_down();
    go.wait();
  }));
  started.wait();
  ASSERT_TRUE(tiny.TrySubmit(admin, [] {}));
  const auto look = [&](bool offered_again) {
    Call call = GovernedWorld::ReadCall(world_.admin());
    call.offered_again = offered_again;
    Status answer;
    front.Read<bool>(
        call, {}, [](GovernedView&) -> StatusOr<bool> { return true; },
        [&answer](const StatusOr<bool>& response) { answer = response.status(); });
    EXPECT_TRUE(absl::IsResourceExhausted(answer));
  };
  for (int i = 0; i < 4; ++i) look(false);
  look(true);
  go.count_down();
  EXPECT_EQ(world_.guard().turned_away(), 4u);
  world_.clock().Advance(std::chrono::minutes(1));
  world_.guard().Tick();
  Settle();
  const AuditRecord record = Records(2).at(1);
  EXPECT_EQ(record.leaf.operation(), "turned away");
  EXPECT_EQ(record.leaf.count(), 4u);
  EXPECT_EQ(record.peer, "127.0.0.1");
  tiny.Stop();
}

TEST_F(FrontTest, AnOperationNeedsItsPrivilege) {
  const std::string nobody = world_.AddPerson("nobody", {});
  EXPECT_TRUE(absl::IsPermissionDenied(world_.Look(nobody, [](GovernedView&) { return absl::OkStatus(); })));
  const AuditRecord record = Records(1).at(0);
  EXPECT_EQ(record.leaf.principal(), "nobody");
  EXPECT_EQ(record.leaf.outcome(), static_cast<uint32_t>(absl::StatusCode::kPermissionDenied));
}

TEST_F(FrontTest, WhatWasShownIsRecordedBeforeTheAnswer) {
  const AssetId id = world_.PutAsset(kOrders);
  Call call = GovernedWorld::ReadCall(world_.admin());
  call.detail = "orders of today";
  const auto answer = world_.Read<uint64_t>(call, {}, [&](GovernedView& view) -> StatusOr<uint64_t> {
    return **view.Reveal(Sealed<uint64_t>(7, Subjects::Of(id), Privilege::kBrowse));
  });
  EXPECT_EQ(*answer, 7u);
  const uint64_t size = world_.guard().audit_log().size();
  world_.engine().DropUnsynced();
  EXPECT_EQ(world_.guard().audit_log().size(), size);
  const AuditRecord record = Records(1).at(0);
  EXPECT_EQ(record.index, size - 1);
  EXPECT_EQ(record.leaf.operation(), "cadastre.catalog.v1.CatalogService/GetAsset");
  ASSERT_EQ(record.shown_names.size(), 1u);
  EXPECT_EQ(record.shown_names[0], kOrders);
  EXPECT_EQ(record.detail, "orders of today");
  EXPECT_TRUE(Verify().ok()) << Verify();
}

TEST_F(FrontTest, WhatIsOnlyValidatedIsCheckedAndRecordedButNotWritten) {
  const Revision before = world_.house().published()->revision;
  Call call = GovernedWorld::WriteCall(world_.admin());
  call.validate_only = true;
  bool refuse = false;
  const auto write = [&] {
    return world_.Write(call, [&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, session.Intern(testing_support::RowsOf(session), kOrders));
      session.shown().Note(id);
      return refuse ? base::PermissionDenied("not you") : absl::OkStatus();
    });
  };
  EXPECT_TRUE(write().ok());
  EXPECT_EQ(world_.house().published()->revision, before);
  const AuditRecord record = Records(1).at(0);
  EXPECT_TRUE(
      absl::IsNotFound(world_.Look(world_.admin(), [](GovernedView& view) { return view.Resolve(kOrders).status(); })));
  EXPECT_EQ(record.leaf.operation(), "cadastre.catalog.v1.CatalogService/UpsertAspects");
  EXPECT_FALSE(record.leaf.write());
  refuse = true;
  EXPECT_TRUE(absl::IsPermissionDenied(write().status()));
}

TEST_F(FrontTest, AFailedReadIsRecordedWithNothingShown) {
  const AssetId id = world_.PutAsset(kOrders);
  EXPECT_TRUE(absl::IsNotFound(world_.Look(world_.admin(), [&](GovernedView& view) {
    view.shown().Note(id);
    return base::NotFound("nothing");
  })));
  const AuditRecord record = Records(1).at(0);
  EXPECT_EQ(record.leaf.outcome(), static_cast<uint32_t>(absl::StatusCode::kNotFound));
  EXPECT_EQ(record.leaf.shown_size(), 0);
}

TEST_F(FrontTest, WhereTheRecordCannotBeWrittenThereIsNoAnswer) {
  world_.engine().FailSync(1, storage::MemoryEngine::Outcome::kLost);
  EXPECT_TRUE(absl::IsUnavailable(world_.Look(world_.admin(), [](GovernedView&) { return absl::OkStatus(); })));
  world_.StopCommitter();
  EXPECT_FALSE(world_.fatal().ok()) << "the process ends after a failed sync";
}

TEST_F(FrontTest, NothingShownIsDroppedFromALongAnswer) {
  EXPECT_TRUE(world_
                  .Look(world_.admin(),
                        [](GovernedView& view) {
                          for (uint64_t id = 1; id <= 25'000; ++id) view.shown().Note(AssetId(id));
                          return absl::OkStatus();
                        })
                  .ok());
  size_t shown = 0;
  for (const AuditRecord& record : Records(3)) {
    shown += static_cast<size_t>(record.leaf.shown_size());
  }
  EXPECT_EQ(shown, 25'000u);
}

TEST_F(FrontTest, AWriteAndItsRecordAreOneCommit) {
  const AssetId id = world_.PutAsset(kOrders);
  const AuditRecord record = Records(1).at(0);
  EXPECT_TRUE(record.leaf.write());
  ASSERT_EQ(record.leaf.shown_size(), 1);
  EXPECT_EQ(record.leaf.shown(0).asset(), id.value());
}

// Every writer adds one to the same row; none may be lost.
TEST_F(FrontTest, ConflictingWritesAllHappenOnce) {
  constexpr int kWriters = 64;
  const int failed = world_.WriteAtOnce(kWriters, [](WriteSession& session, int) -> Status {
    ASSIGN_OR_RETURN(const auto row, session.Find(kMembers, "counter"));
    session.Put(testing_support::RowsOf(session), kMembers, "counter",
                std::to_string(row ? std::stoi(row->record) + 1 : 1));
    return absl::OkStatus();
  });
  EXPECT_EQ(failed, 0);
  world_.Put([](WriteSession& session) {
    EXPECT_EQ((*session.Find(kMembers, "counter"))->record, "64");
    return absl::OkStatus();
  });
}

TEST_F(FrontTest, ARepeatedKeyAnswersTheFirstRevisionAndWritesNothing) {
  Call call = GovernedWorld::WriteCall(world_.admin());
  call.idempotency_key = "key";
  call.request_digest = RequestDigest("request");
  const auto handler = [](WriteSession& session) {
    session.Put(testing_support::RowsOf(session), kMembers, "a", std::to_string(session.published().revision.value()));
    return absl::OkStatus();
  };
  // Of two at once one commits, and both answer its revision.
  std::promise<Revision> other_answer;
  world_.front().Write<Revision>(
      call,
      [&](WriteSession& session) -> StatusOr<Revision> {
        RETURN_IF_ERROR(handler(session));
        return Revision();
      },
      [](Revision& answer, Revision revision) { answer = revision; },
      [&](const StatusOr<Revision>& answer) { other_answer.set_value(answer.value_or(Revision())); });
  const StatusOr<Revision> first = world_.Write(call, handler);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(other_answer.get_future().get(), *first);
  world_.PutAsset(kOrders);
  const Revision between = world_.house().published()->revision;
  EXPECT_EQ(*world_.Write(call, handler), *first);
  EXPECT_EQ(world_.house().published()->revision, between);
  call.request_digest = RequestDigest("another");
  const Status other = world_.Write(call, handler).status();
  EXPECT_EQ(base::FieldOf(other), "idempotency_key") << other;
}

TEST_F(FrontTest, AFutureMinRevisionFailsAtOnce) {
  ReadOptions options;
  options.min_revision = world_.guard().opaque().SealRevision(Revision(1'000'000));
  const Status status = world_.Look(
      world_.admin(), [](GovernedView&) { return absl::OkStatus(); }, options);
  EXPECT_EQ(base::FieldOf(status), "min_revision") << status;
}

// 32 reads wait for a follower that does not come; the two threads stay free.
TEST_F(FrontTest, WaitingForARevisionBlocksNoThread) {
  constexpr int kReads = 32;
  RevisionGate gate;
  world_.PutAsset(kOrders);
  std::latch done(kReads);
  std::atomic<int> answered = 0;
  for (int i = 0; i < kReads; ++i) {
    Call call = GovernedWorld::ReadCall(world_.admin());
    call.gate = &gate;
    ReadOptions options;
    options.min_revision = world_.guard().opaque().SealRevision(world_.house().published()->revision);
    world_.front().Read<bool>(
        call, options, [](GovernedView&) -> StatusOr<bool> { return true; },
        [&](const StatusOr<bool>& answer) {
          if (answer.ok()) ++answered;
          done.count_down();
        });
  }
  while (gate.waiting() < kReads) std::this_thread::yield();
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(world_.Look(world_.admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(100));
  EXPECT_EQ(answered, 0);
  gate.Advance(world_.house().published()->revision);
  done.wait();
  EXPECT_EQ(answered, kReads);
}

TEST_F(FrontTest, AWaitEndsWithItsDeadline) {
  RevisionGate gate;
  Call call = GovernedWorld::ReadCall(world_.admin());
  call.gate = &gate;
  call.deadline = world_.clock().Now() + std::chrono::seconds(1);
  std::promise<Status> answer;
  world_.front().Read<bool>(
      call, {}, [](GovernedView&) -> StatusOr<bool> { return true; },
      [&](const StatusOr<bool>& response) { answer.set_value(response.status()); });
  while (gate.waiting() == 0) std::this_thread::yield();
  gate.Expire(world_.clock().Now());
  EXPECT_EQ(gate.waiting(), 1u);
  gate.Expire(world_.clock().Now() + std::chrono::seconds(1));
  EXPECT_TRUE(absl::IsDeadlineExceeded(answer.get_future().get()));
}

TEST_F(FrontTest, AFollowerHearsOfEveryCommit) {
  const Revision start = world_.house().published()->revision;
  ChangeFeed feed(world_.guard().OpenSystem(SystemReason::kFollowSearch), &world_.guard().signal());
  std::stop_source stop;
  EXPECT_FALSE(feed.Await(start, std::chrono::milliseconds(1), stop.get_token()));
  const AssetId id = world_.PutAsset(kOrders);
  EXPECT_TRUE(feed.Await(start, std::chrono::seconds(10), stop.get_token()));
  const auto entries = feed.Read(start, 100);
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->at(0).entry.assets(0).asset(), id.value());
  stop.request_stop();
  EXPECT_FALSE(feed.Await(feed.view().revision(), std::chrono::seconds(10), stop.get_token()));
}

TEST_F(FrontTest, ASystemViewIsRecordedWhenItOpensAndCloses) {
  { const SystemView view = world_.guard().OpenSystem(SystemReason::kLoadRegistry); }
  Settle();
  const std::vector<AuditRecord> records = Records(3);
  EXPECT_EQ(records.at(1).leaf.operation(), "system/load_registry/close");
  EXPECT_EQ(records.at(2).leaf.operation(), "system/load_registry/open");
}

TEST_F(FrontTest, PagesOfRecordsEndAtTheSizeAtTheStart) {
  for (int i = 0; i < 7; ++i)
    EXPECT_TRUE(world_.Look(world_.admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
  const uint64_t size = world_.guard().audit_log().size();
  std::string position;
  std::vector<uint64_t> indexes;
  do {
    EXPECT_TRUE(world_
                    .Look(world_.admin(),
                          [&](GovernedView& view) -> Status {
                            ASSIGN_OR_RETURN(const auto page, ScanAuditRecords(view, world_.guard().audit_log(), {},
                                                                               {.rows = 3}, position));
                            EXPECT_FALSE(page->truncated);
                            for (const AuditRecord& record : page->records) indexes.push_back(record.index);
                            position = page->next;
                            return absl::OkStatus();
                          })
                    .ok());
  } while (!position.empty());
  ASSERT_EQ(indexes.size(), size);
  for (size_t i = 0; i < indexes.size(); ++i) EXPECT_EQ(indexes[i], size - 1 - i);
}

TEST_F(FrontTest, RecordsAreForAuditorsAlone) {
  const std::string reader = world_.AddPerson("reader", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
  EXPECT_TRUE(absl::IsPermissionDenied(world_.Look(reader, [&](GovernedView& view) {
    EXPECT_FALSE(view.RecordedNameOf(AssetId(1)).has_value());
    return ScanAuditRecords(view, world_.guard().audit_log(), {}, {.rows = 3}, "").status();
  })));
}

// Revoked between the handler and the commit: the right is looked at again, and is gone.
TEST_F(FrontTest, AWriteThatWaitsDoesNotKeepTheRightItHad) {
  const AssetName orders{AssetKind::kDataset, "postgres://db:5432", "shop.orders"};
  const AssetId id = world_.PutAsset(orders);
  const std::string editor =
      world_.AddPerson("editor", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kEditTechnical})});
  const auto delete_while = [&](const std::function<void()>& meanwhile) {
    std::atomic<int> runs = 0;
    const Status status =
        world_
            .Write(GovernedWorld::WriteCall(editor),
                   [&](WriteSession& session) -> Status {
                     ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTechnical>(orders));
                     ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
                     header.set_deleted(true);
                     RETURN_IF_ERROR(session.SetHeader(testing_support::RowsOf(session), id, header));
                     if (runs++ == 0) meanwhile();
                     return absl::OkStatus();
                   })
            .status();
    EXPECT_GE(runs, 1);
    return status;
  };
  const Status relabelled = delete_while([&] {
    record::Grant deny = GovernedWorld::Allow({Privilege::kEditTechnical}, [] {
      record::Scope scope;
      scope.set_tag("frozen");
      return scope;
    }());
    deny.set_deny(true);
    deny.set_role("role-editor");
    world_.Put([&](WriteSession& session) -> Status {
      session.Put(testing_support::RowsOf(session), kGrantTable, IdKey("frozen"), deny);
      session.log().set_policy(true);
      return absl::OkStatus();
    });
    record::Labels frozen;
    frozen.add_tags("frozen");
    world_.PutAsset(orders, frozen);
  });
  EXPECT_TRUE(absl::IsPermissionDenied(relabelled)) << relabelled;
  world_.PutAsset(orders);
  const Status revoked = delete_while([&] {
    world_.Put([&](WriteSession& session) -> Status {
      session.Remove(testing_support::RowsOf(session), kGrantTable, IdKey("editor-0"));
      session.log().set_policy(true);
      return absl::OkStatus();
    });
  });
  EXPECT_FALSE(revoked.ok());
  EXPECT_FALSE(world_.house().published()->labels.Of(id).deleted);
}

// What is denied of one name is denied of all that are merged with it, so the labels of each are waited under.
TEST_F(FrontTest, AWriteThatWaitsHoldsTheLabelsOfAllMergedNames) {
  const std::vector<AssetName> names = {{AssetKind::kDataset, "hive://m", "shop.orders"},
                                        {AssetKind::kDataset, "s3://l", "shop/orders"},
                                        {AssetKind::kDataset, "gs://l", "shop/orders"}};
  std::vector<AssetId> ids;
  ids.reserve(names.size());
  for (const AssetName& name : names) ids.push_back(world_.PutAsset(name));
  // The third through the second, which lies in a container.
  const AssetId container = world_.PutAsset({AssetKind::kContainer, "s3://l", "shop"});
  record::Labels in_container;
  in_container.set_container(container.value());
  world_.PutAsset(names[1], in_container);
  world_.Put([&](WriteSession& session) -> Status {
    for (const auto& [near, far] : {std::pair(0, 1), {1, 0}, {1, 2}, {2, 1}}) {
      ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(ids[near]));
      header.add_merged()->set_asset(ids[far].value());
      RETURN_IF_ERROR(session.SetHeader(testing_support::RowsOf(session), ids[near], std::move(header)));
    }
    return absl::OkStatus();
  });
  record::Scope frozen_scope;
  frozen_scope.set_tag("frozen");
  record::Scope moved_scope;
  moved_scope.set_container(world_.PutAsset({AssetKind::kContainer, "s3://l", "vault"}).value());
  const auto deny = [](const record::Scope& scope) {
    record::Grant grant = GovernedWorld::Allow({Privilege::kEditTechnical}, scope);
    grant.set_deny(true);
    return grant;
  };
  const std::string editor = world_.AddPerson(
      "editor",
      {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kEditTechnical}), deny(frozen_scope), deny(moved_scope)});
  const auto edit_while = [&](const std::function<void()>& meanwhile) {
    bool first = true;
    return world_
        .Write(GovernedWorld::WriteCall(editor),
               [&](WriteSession& session) -> Status {
                 RETURN_IF_ERROR(session.PermitEdit<Privilege::kEditTechnical>(names[0]).status());
                 RETURN_IF_ERROR(
                     session.Intern(testing_support::RowsOf(session), {AssetKind::kDataset, "n", "made"}).status());
                 if (std::exchange(first, false)) meanwhile();
                 return absl::OkStatus();
               })
        .status();
  };
  const auto relabel = [&](AssetId id, const std::function<void(record::Labels&)>& change) {
    world_.Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
      change(*header.mutable_labels());
      return session.SetHeader(testing_support::RowsOf(session), id, std::move(header));
    });
  };
  for (const AssetId member : {ids[1], ids[2]}) {
    const Status refused =
        edit_while([&] { relabel(member, [](record::Labels& labels) { labels.add_tags("frozen"); }); });
    EXPECT_TRUE(absl::IsPermissionDenied(refused)) << refused;
    relabel(member, [](record::Labels& labels) { labels.clear_tags(); });
  }
  const Status moved = edit_while(
      [&] { relabel(container, [&](record::Labels& labels) { labels.set_container(moved_scope.container()); }); });
  EXPECT_TRUE(absl::IsPermissionDenied(moved)) << "what another name lies in: " << moved;
}

TEST_F(FrontTest, AWriteUnderATokenRevokedMeanwhileIsRefused) {
  const AssetName orders{AssetKind::kDataset, "postgres://db:5432", "shop.orders"};
  const std::string pusher = world_.AddPerson("pusher", {GovernedWorld::Allow({Privilege::kPush})});
  bool first = true;
  const Status status =
      world_
          .Write(GovernedWorld::WriteCall(pusher),
                 [&](WriteSession& session) -> Status {
                   RETURN_IF_ERROR(session.PermitPush(orders).status());
                   RETURN_IF_ERROR(session.Intern(testing_support::RowsOf(session), orders).status());
                   if (!std::exchange(first, false)) return absl::OkStatus();
                   const auto tokens = world_.house().credentials().ScanTokens("pusher", "", 1);
                   world_.Put([&](WriteSession& admin) -> Status {
                     ASSIGN_OR_RETURN(auto permit, admin.PermitEverywhere<Privilege::kManageGrants>());
                     return RevokeToken(admin, std::move(permit), world_.house().credentials(), tokens.at(0).id());
                   });
                   return absl::OkStatus();
                 })
          .status();
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
}

TEST_F(FrontTest, RefusalsOfOneRequestAreOneLeafAnOutcome) {
  Call call = GovernedWorld::WriteCall(world_.admin());
  call.tally = std::make_shared<RefusalTally>();
  const uint64_t before = world_.guard().audit_log().size();
  for (int i = 0; i < 50; ++i) {
    call.names = [i] { return std::vector<std::string>{"job:etl#load", base::Cat("dataset:x#", i % 2)}; };
    EXPECT_TRUE(absl::IsInvalidArgument(
        world_.Write(call, [](WriteSession&) -> Status { return base::InvalidField("event", "one"); }).status()));
  }
  call.names = nullptr;
  EXPECT_TRUE(absl::IsNotFound(
      world_.Write(call, [](WriteSession&) -> Status { return base::NotFound("no such thing"); }).status()));
  EXPECT_EQ(world_.guard().audit_log().size(), before);
  std::promise<Status> recorded;
  world_.front().RecordRefusals(call, [&](const Status& status) { recorded.set_value(status); });
  EXPECT_TRUE(recorded.get_future().get().ok());
  EXPECT_EQ(world_.guard().audit_log().size(), before + 2);
  for (const AuditRecord& record : Records(2)) {
    const bool invalid = record.leaf.outcome() == static_cast<uint32_t>(absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(record.leaf.count(), invalid ? 50u : 1u);
    EXPECT_EQ(record.detail, invalid ? "job:etl#load, dataset:x#0, dataset:x#1, event ×50" : "");
    EXPECT_EQ(record.leaf.principal(), "admin");
  }
}

TEST(RefusalTally, WhatWasTakenIsNotToldAgain) {
  RefusalTally tally;
  EXPECT_TRUE(tally.empty());
  for (size_t i = 0; i < 2 * RefusalTally::kFieldsMax; ++i) {
    tally.Note(base::InvalidField(base::Cat("f", i), "one"),
               {std::string(RefusalTally::kNamesBytesMax / 4, 'a' + i % 8)});
  }
  const RefusalTally::Outcomes outcomes = tally.Take();
  const RefusalTally::Refusals& refusals = outcomes.at(absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refusals.count, 2 * RefusalTally::kFieldsMax);
  EXPECT_EQ(refusals.fields.size(), RefusalTally::kFieldsMax);
  EXPECT_EQ(refusals.names.size(), 4u);
  EXPECT_TRUE(tally.empty());
}

TEST_F(FrontTest, WhoMayNotIsRefusedBeforeMoreIsDone) {
  const std::string reader = world_.AddPerson("reader", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
  Call call = GovernedWorld::WriteCall(reader);
  call.operation = &testing_support::kTestPush;
  const uint64_t before = world_.guard().audit_log().size();
  std::promise<Status> refused;
  EXPECT_FALSE(world_.front().AdmitCaller(call, [&](const Status& status) { refused.set_value(status); }));
  EXPECT_TRUE(absl::IsPermissionDenied(refused.get_future().get()));
  EXPECT_EQ(world_.guard().audit_log().size(), before + 1);
  call.bearer = world_.admin();
  EXPECT_TRUE(world_.front().AdmitCaller(call, [](const Status&) { FAIL(); }));
  EXPECT_EQ(call.sender, base::Sender::OfPrincipal("admin"));
}

}  // namespace
}  // namespace cadastre::authz
