// What a write session reads, puts and may: its own puts on top, preconditions, names, labels, rights.
#include <gtest/gtest.h>

#include "authz/write/label_rules.h"
#include "authz/write/write_session.h"
#include "base/status.h"
#include "tests/support/governed_world.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

RowRule Open(std::string_view, const std::string&) { return {Subjects(), Privilege::kNone}; }
constexpr Table<std::string> kMembers{Keyspace::kMember, Open};
constexpr Table<std::string> kFacts{Keyspace::kAspect, Open};
constexpr Table<std::string> kSeen{Keyspace::kSeen, Open};

const AssetName kOrders{AssetKind::kDataset, "pg://db", "shop.orders"};

class SessionTest : public testing::Test {
 protected:
  // The rows under a prefix as a session sees them, `key=value`.
  static std::vector<std::string> Rows(WriteSession& session, const Table<std::string>& table,
                                       std::string_view prefix) {
    std::vector<std::string> rows;
    EXPECT_TRUE(session
                    .Scan<std::string>(table, prefix,
                                       [&](const RowOf<std::string>& row) {
                                         rows.push_back(row.key + "=" + row.record);
                                         return true;
                                       })
                    .ok());
    return rows;
  }
  GovernedWorld world_;
};

TEST_F(SessionTest, OwnPutsStandOverStoredRows) {
  world_.Put([](WriteSession& session) {
    session.Put(testing_support::RowsOf(session), kMembers, "a1", std::string("old"));
    session.Put(testing_support::RowsOf(session), kMembers, "a3", std::string("old"));
    session.Put(testing_support::RowsOf(session), kMembers, "b1", std::string("old"));
    return absl::OkStatus();
  });
  world_.Put([](WriteSession& session) {
    session.Put(testing_support::RowsOf(session), kMembers, "a2", std::string("new"));
    session.Put(testing_support::RowsOf(session), kMembers, "a3", std::string("new"));
    session.Remove(testing_support::RowsOf(session), kMembers, "a1");
    EXPECT_FALSE(session.Find(kMembers, "a1")->has_value());
    EXPECT_EQ((*session.Find(kMembers, "a3"))->record, "new");
    EXPECT_EQ(Rows(session, kMembers, "a"), (std::vector<std::string>{"a2=new", "a3=new"}));
    EXPECT_EQ(Rows(session, kMembers, ""), (std::vector<std::string>{"a2=new", "a3=new", "b1=old"}));
    return absl::OkStatus();
  });
}

TEST_F(SessionTest, AHeldRowAnswersByItsSourceTime) {
  world_.Put([](WriteSession& session) {
    session.PutHeld(testing_support::RowsOf(session), kFacts, "k", Timestamp(100), std::string("at 100"));
    return absl::OkStatus();
  });
  world_.Put([](WriteSession& session) {
    session.PutHeld(testing_support::RowsOf(session), kFacts, "k", Timestamp(50), std::string("at 50"));
    EXPECT_EQ((*session.Find(kFacts, "k"))->record, "at 100");
    EXPECT_EQ((*session.Find(kFacts, "k", Timestamp(70)))->record, "at 50");
    EXPECT_FALSE(session.Find(kFacts, "k", Timestamp(40))->has_value());
    session.WithdrawHeld(testing_support::RowsOf(session), kFacts, "k", std::nullopt);
    EXPECT_FALSE(session.Find(kFacts, "k")->has_value());
    return absl::OkStatus();
  });
}

// Each writer takes the next free key that a scan shows; none may write over another's.
TEST_F(SessionTest, WhatNobodyReadMustStillBeAbsentAtTheCommit) {
  constexpr int kWriters = 32;
  const int failed = world_.WriteAtOnce(kWriters, [](WriteSession& session, int number) {
    const size_t taken = Rows(session, kMembers, "").size();
    const std::string key(1, static_cast<char>('a' + taken));
    session.ExpectNone(kMembers, key);
    session.Put(testing_support::RowsOf(session), kMembers, key, std::to_string(number));
    return absl::OkStatus();
  });
  EXPECT_EQ(failed, 0);
  world_.Put([](WriteSession& session) {
    EXPECT_EQ(Rows(session, kMembers, "").size(), size_t{kWriters});
    return absl::OkStatus();
  });
}

TEST_F(SessionTest, APutOfWhatStandsWritesNothing) {
  const Revision first = world_.Put([](WriteSession& session) {
    session.Put(testing_support::RowsOf(session), kMembers, "a", std::string("same"));
    return absl::OkStatus();
  });
  const Revision second = world_.Put([](WriteSession& session) {
    EXPECT_TRUE(session.Find(kMembers, "a").ok());
    session.Put(testing_support::RowsOf(session), kMembers, "a", std::string("same"));
    EXPECT_FALSE(session.ChangesMeaning());
    return absl::OkStatus();
  });
  EXPECT_EQ(first, second) << "no revision moved";
}

TEST_F(SessionTest, LastSeenRowsAreNoMeaning) {
  world_.Put([](WriteSession& session) {
    session.Put(testing_support::RowsOf(session), kSeen, "job", std::string("now"));
    EXPECT_TRUE(session.InternNumber('p', "airflow").ok());
    EXPECT_TRUE(*session.NotePushed("stream", 5, 4));
    session.Changed(AssetId(1));
    EXPECT_FALSE(session.ChangesMeaning());
    session.Changed(AssetId(1))->set_text(true);
    EXPECT_TRUE(session.ChangesMeaning());
    return absl::OkStatus();
  });
  world_.Put([](WriteSession& session) {
    EXPECT_EQ(*session.PushedSequence("stream"), 5u);
    EXPECT_EQ(*session.PushedSequence("another"), 0u);
    return absl::OkStatus();
  });
}

TEST_F(SessionTest, AnEventOfAStreamIsTakenOnce) {
  constexpr uint64_t kWindow = WriteSession::kPushWindow;
  const auto push = [&](uint64_t sequence, uint64_t durable) {
    bool fresh = false;
    world_.Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(fresh, session.NotePushed("stream", sequence, durable));
      return absl::OkStatus();
    });
    return fresh;
  };
  const auto durable = [&] {
    uint64_t found = 0;
    world_.Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(found, session.PushedSequence("stream"));
      return absl::OkStatus();
    });
    return found;
  };
  for (const uint64_t sequence : {3u, 1u, 7u}) EXPECT_TRUE(push(sequence, 0));
  for (const uint64_t sequence : {1u, 3u, 7u}) EXPECT_FALSE(push(sequence, 0)) << "whatever lies between";
  EXPECT_EQ(durable(), 1u) << "and nothing behind the gap";
  EXPECT_TRUE(push(2, 0));
  EXPECT_EQ(durable(), 3u) << "whatever the rows knew when they were written";
  for (uint64_t sequence = 8; sequence < 5 * kWindow; ++sequence) {
    const uint64_t before = sequence - std::min(sequence, kWindow - 1);
    EXPECT_TRUE(push(sequence, before));
    EXPECT_FALSE(push(sequence, before));
  }
  EXPECT_EQ(durable(), 5 * kWindow - 1);
  for (uint64_t sequence = 4 * kWindow; sequence < 5 * kWindow; ++sequence) EXPECT_FALSE(push(sequence, 4 * kWindow));
  EXPECT_TRUE(push(5 * kWindow, durable()));
}

TEST_F(SessionTest, WhatWasRejectedIsBehindTheStreamOnceThatIsNoted) {
  const auto durable = [&] {
    uint64_t found = 0;
    world_.Put([&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(found, session.PushedSequence("stream"));
      return absl::OkStatus();
    });
    return found;
  };
  world_.Put([](WriteSession& session) { return session.NotePushed("stream", 4, 0).status(); });
  EXPECT_EQ(durable(), 0u);
  world_.Put([](WriteSession& session) { return session.SettlePushed("stream", 3, false); });
  EXPECT_EQ(durable(), 4u);
  world_.Put([](WriteSession& session) -> Status {
    EXPECT_FALSE(*session.NotePushed("stream", 4, 3));
    return session.SettlePushed("stream", 2, false);
  });
  EXPECT_EQ(durable(), 4u) << "never back";
}

TEST_F(SessionTest, OfAStreamThatIsOverOneRowIsKept) {
  const auto durable = [&] {
    StatusOr<uint64_t> found = 0;
    world_.Put([&](WriteSession& session) {
      found = session.PushedSequence("stream");
      return found.status();
    });
    return *found;
  };
  world_.Put([](WriteSession& session) -> Status {
    for (uint64_t sequence = 1; sequence <= 20; ++sequence)
      RETURN_IF_ERROR(session.NotePushed("stream", sequence, 0).status());
    return absl::OkStatus();
  });
  world_.Put([](WriteSession& session) { return session.SettlePushed("stream", 12, true); });
  EXPECT_EQ(durable(), 20u);
  world_.Put([](WriteSession& session) -> Status {
    EXPECT_FALSE(*session.NotePushed("stream", 13, 12)) << "what is beyond stays";
    EXPECT_FALSE(*session.NotePushed("stream", 7, 0)) << "what has settled is known to whoever opened before";
    EXPECT_TRUE(*session.NotePushed("stream", 21, 12));
    return session.SettlePushed("stream", 5, true);
  });
  EXPECT_EQ(durable(), 21u) << "never back";
  world_.Put([](WriteSession& session) { return session.SettlePushed("stream", 21, true); });
  EXPECT_EQ(durable(), 21u);
}

TEST_F(SessionTest, ANameIsMadeOnce) {
  AssetId first;
  world_.Put([&](WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(first, session.Intern(testing_support::RowsOf(session), kOrders));
    EXPECT_TRUE(session.IsNew(first));
    EXPECT_EQ(*session.Intern(testing_support::RowsOf(session), kOrders), first);
    EXPECT_EQ(session.NameOf(first), kOrders);
    EXPECT_TRUE(session.log().assets(0).existence());
    return absl::OkStatus();
  });
  world_.Put([&](WriteSession& session) {
    EXPECT_EQ(*session.Intern(testing_support::RowsOf(session), kOrders), first);
    EXPECT_FALSE(session.IsNew(first));
    EXPECT_TRUE(
        absl::IsInvalidArgument(session.Intern(testing_support::RowsOf(session), {AssetKind::kJob, "", ""}).status()));
    return absl::OkStatus();
  });
}

// Whatever came before: a spelling is none of its own, and who may not push the asset may not push it by a spelling.
TEST_F(SessionTest, ASpellingIsJudgedAsTheNameItStandsFor) {
  record::Scope everywhere;
  record::Scope raw;
  raw.set_namespace_("s3://lake");
  raw.set_name_prefix("raw/");
  record::Scope spelled;
  spelled.set_name_prefix("/raw");
  record::Grant denied = GovernedWorld::Allow({Privilege::kPush}, raw);
  denied.set_deny(true);
  const std::string outside =
      world_.AddPerson("outside", {GovernedWorld::Allow({Privilege::kPush}, everywhere), denied});
  const std::string by_spelling = world_.AddPerson("spelled", {GovernedWorld::Allow({Privilege::kPush}, spelled)});
  const std::string inside = world_.AddPerson("inside", {GovernedWorld::Allow({Privilege::kPush}, raw)});
  const std::vector<AssetName> spellings = {{AssetKind::kDataset, "s3://lake", "/raw/orders"},
                                            {AssetKind::kDataset, "s3://lake/", "raw/orders/"},
                                            {AssetKind::kDataset, "s3://lake", "raw/orders/dt=2026-11-29/hour=3"}};
  for (const bool made : {false, true}) {
    const auto pushes = [&](const std::string& bearer, const AssetName& name) {
      return world_
          .Write(GovernedWorld::WriteCall(bearer),
                 [&](WriteSession& session) -> Status {
                   ASSIGN_OR_RETURN(const auto permit, session.PermitPush(name));
                   ASSIGN_OR_RETURN(const AssetId id, session.AssetOf(permit));
                   EXPECT_EQ(session.NameOf(id), (AssetName{AssetKind::kDataset, "s3://lake", "raw/orders"}));
                   return absl::OkStatus();
                 })
          .status();
    };
    for (const AssetName& name : spellings) {
      EXPECT_TRUE(absl::IsPermissionDenied(pushes(outside, name))) << name << made;
      EXPECT_TRUE(absl::IsPermissionDenied(pushes(by_spelling, name))) << name << made;
    }
    for (const AssetName& name : spellings) EXPECT_TRUE(pushes(inside, name).ok()) << name << made;
  }
}

TEST_F(SessionTest, AStatementsNameLeadsReadersToTheJobOfAToolThatNamesThemSo) {
  const AssetName model{AssetKind::kJob, "etl", "model"};
  const AssetName statement{AssetKind::kJob, "etl", "model.sql.3"};
  const auto found = [&](bool exact) -> std::optional<AssetName> {
    std::optional<AssetName> name;
    const Status status = world_.Look(world_.admin(), [&](GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const AssetId id, exact ? view.ResolveExact(statement) : view.Resolve(statement));
      name = view.NameOf(id);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok() || absl::IsNotFound(status)) << status;
    return name;
  };
  world_.PutAsset(model);
  EXPECT_EQ(found(false), std::nullopt);
  world_.Put([&](WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(const auto permit, session.PermitPush(model));
    return SetHasStatements(session, permit);
  });
  EXPECT_EQ(found(false), model);
  EXPECT_EQ(found(true), std::nullopt) << "nothing is written to the job by its statements' names";
  world_.PutAsset(statement);
  EXPECT_EQ(found(false), statement) << "another's own job of that name stays itself";
}

TEST_F(SessionTest, InternedNumbersStay) {
  uint32_t airflow = 0;
  world_.Put([&](WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(airflow, session.InternNumber('p', "airflow"));
    EXPECT_NE(*session.InternNumber('p', "dbt"), airflow);
    EXPECT_EQ(*session.InternNumber('f', "airflow"), 1u) << "another space counts for itself";
    return absl::OkStatus();
  });
  world_.Put([&](WriteSession& session) {
    EXPECT_EQ(*session.InternNumber('p', "airflow"), airflow);
    return absl::OkStatus();
  });
  EXPECT_TRUE(world_
                  .Look(world_.admin(),
                        [&](GovernedView& view) {
                          EXPECT_EQ(*view.InternedText('p', airflow), "airflow");
                          EXPECT_EQ(*view.InternedNumber('p', "airflow"), airflow);
                          EXPECT_FALSE(view.InternedText('p', 99)->has_value());
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(SessionTest, PushLooksAtTheNameAlone) {
  world_.PutAsset(kOrders);
  record::Scope scope;
  scope.set_namespace_("pg://db");
  const std::string pusher = world_.AddPerson("pusher", {GovernedWorld::Allow({Privilege::kPush}, scope)});
  EXPECT_TRUE(world_
                  .Write(GovernedWorld::WriteCall(pusher),
                         [](WriteSession& session) {
                           EXPECT_TRUE(session.PermitPush(kOrders).ok()) << "hidden from the pusher";
                           EXPECT_TRUE(session.PermitPush({AssetKind::kJob, "pg://db", "new"}).ok());
                           const Status denied = session.PermitPush({AssetKind::kJob, "pg://other", "new"}).status();
                           EXPECT_TRUE(absl::IsPermissionDenied(denied));
                           for (const AssetName& name : {kOrders, AssetName{AssetKind::kJob, "pg://db", "new"}}) {
                             EXPECT_FALSE(*MaySetLabel(session, Privilege::kEditTags,
                                                       *session.Intern(testing_support::RowsOf(session), name)));
                             EXPECT_FALSE(MaySetLabelOfNew(session, Privilege::kEditTags, name, record::Labels()));
                           }
                           return absl::OkStatus();
                         })
                  .ok());
}

TEST_F(SessionTest, OtherWritesOnHiddenAssetsFindNothing) {
  world_.PutAsset(kOrders);
  record::Scope scope;
  scope.set_namespace_("pg://mine");
  const AssetName mine{AssetKind::kDataset, "pg://mine", "t"};
  world_.PutAsset(mine);
  const std::string editor =
      world_.AddPerson("editor", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kEditDocs}, scope)});
  EXPECT_TRUE(world_
                  .Write(GovernedWorld::WriteCall(editor),
                         [&](WriteSession& session) {
                           EXPECT_TRUE(session.PermitEdit<Privilege::kEditDocs>(mine).ok());
                           EXPECT_TRUE(
                               absl::IsPermissionDenied(session.PermitEdit<Privilege::kEditTags>(mine).status()));
                           const Status hidden = session.PermitEdit<Privilege::kEditDocs>(kOrders).status();
                           EXPECT_TRUE(absl::IsNotFound(hidden));
                           const AssetName missing{AssetKind::kDataset, "pg://db", "nothing"};
                           EXPECT_EQ(session.PermitEdit<Privilege::kEditDocs>(missing).status(), hidden);
                           EXPECT_FALSE(session.PermitEverywhere<Privilege::kManageGrants>().ok());
                           return absl::OkStatus();
                         })
                  .ok());
}

TEST_F(SessionTest, OnlyALabelThatChangesIsWritten) {
  record::Labels labels;
  labels.add_tags("gold");
  const AssetId id = world_.PutAsset(kOrders, labels);
  const Revision before = world_.house().published()->revision;
  EXPECT_EQ(world_.Put([&](WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
    header.set_name("another");
    RETURN_IF_ERROR(session.SetHeader(testing_support::RowsOf(session), id, header));
    EXPECT_FALSE(session.ChangesMeaning());
    return absl::OkStatus();
  }),
            before);
  world_.Put([&](WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
    header.mutable_labels()->clear_tags();
    RETURN_IF_ERROR(session.SetHeader(testing_support::RowsOf(session), id, header));
    EXPECT_EQ(session.HeaderOf(id)->labels().tags_size(), 0);
    EXPECT_TRUE(session.log().assets(0).labels());
    EXPECT_FALSE(session.log().assets(0).existence());
    return absl::OkStatus();
  });
}

}  // namespace
}  // namespace cadastre::authz
