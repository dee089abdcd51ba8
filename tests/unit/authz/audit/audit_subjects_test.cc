// What leaves say of writes: their targets, their change, and the names behind their ids.
#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "authz/accounts/policy_store.h"
#include "authz/audit/audit_leaf.h"
#include "authz/audit/audit_log.h"
#include "authz/proof/leaf_names.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"
#include "tests/support/governed_world.h"
#include "tests/support/temp_folder.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

const AssetName kOrders{AssetKind::kDataset, "postgres://db:5432", "shop.orders"};
const AssetName kLoader{AssetKind::kJob, "etl", "loader"};

class AuditSubjectsTest : public testing::Test {
 protected:
  record::AuditLeaf LeafAt(uint64_t index) {
    record::AuditLeaf leaf;
    const auto bytes = world_.engine().Get(StoredKey(Keyspace::kAudit, AuditLeafKey(0, index)));
    EXPECT_TRUE(bytes.ok() && bytes->has_value() && DecodeRecord(**bytes, &leaf).ok());
    return leaf;
  }
  record::AuditLeaf NewestLeaf() { return LeafAt(world_.guard().audit_log().size() - 1); }
  Status Verify() {
    const SystemView view = world_.guard().OpenSystem(SystemReason::kLoadRegistry);
    return VerifyAuditLog(view, world_.guard().audit_log());
  }
  static std::string TargetsOf(const record::AuditLeaf& leaf) {
    std::string text;
    for (const record::Target& target : leaf.targets()) text += base::Cat(target.kind(), " ", target.id(), "\n");
    return text;
  }
  GovernedWorld world_;
};

TEST_F(AuditSubjectsTest, AWriteOfPolicyNamesItsTargets) {
  world_.AddPerson("ann", {GovernedWorld::Allow({Privilege::kBrowse})});
  EXPECT_EQ(TargetsOf(NewestLeaf()), "grant ann-0\nprincipal ann\nrole role-ann\n");
  world_.Put([&](WriteSession& session) {
    session.Put(testing_support::RowsOf(session), kTokenOfTable, TokenOfKey("ann", "t1"), std::string("digest"));
    return absl::OkStatus();
  });
  EXPECT_EQ(TargetsOf(NewestLeaf()), "token ann/t1\n");
  world_.Put([&](WriteSession& session) {
    session.Remove(testing_support::RowsOf(session), kGrantTable, IdKey("ann-0"));
    return absl::OkStatus();
  });
  EXPECT_EQ(TargetsOf(NewestLeaf()), "grant ann-0\n");
  EXPECT_EQ(TargetsOf(LeafAt(0)).find("grant administrator\nprincipal admin\nrole administrator\ntoken admin/"), 0u);
  EXPECT_TRUE(Verify().ok()) << Verify();
}

TEST_F(AuditSubjectsTest, AWriteOfWhatStandsNamesItsTargetAndChangesNothing) {
  const auto put = [&] {
    return world_
        .Write(GovernedWorld::WriteCall(world_.admin()),
               [&](WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 record::Role role;
                 role.set_description("of readers");
                 return PutRole(session, std::move(permit), "readers", role, {}).status();
               })
        .status();
  };
  ASSERT_TRUE(put().ok());
  EXPECT_NE(NewestLeaf().change(), 0u);
  ASSERT_TRUE(put().ok());
  EXPECT_EQ(TargetsOf(NewestLeaf()), "role readers\n");
  EXPECT_EQ(NewestLeaf().change(), 0u);
}

TEST_F(AuditSubjectsTest, AWriteOfEdgesAloneNamesTheirEndsAndJob) {
  const AssetId orders = world_.PutAsset(kOrders);
  const AssetId loader = world_.PutAsset(kLoader);
  world_.Put([&](WriteSession& session) {
    record::EdgeChange* edge = session.log().add_edges();
    edge->set_from(orders.value());
    edge->set_to(orders.value());
    edge->set_job(loader.value());
    return absl::OkStatus();
  });
  const record::AuditLeaf leaf = NewestLeaf();
  ASSERT_EQ(leaf.shown_size(), 2);
  EXPECT_EQ(leaf.shown(0).asset(), orders.value());
  EXPECT_EQ(leaf.shown(1).asset(), loader.value());
  EXPECT_EQ(leaf.names_hash(), proof::NamesHash({kOrders, kLoader}));
}

TEST_F(AuditSubjectsTest, AWriteAndItsChangeFindEachOther) {
  world_.PutAsset(kOrders);
  const record::AuditLeaf leaf = NewestLeaf();
  EXPECT_EQ(leaf.change(), world_.house().published()->revision.value());
  EXPECT_LT(leaf.revision(), leaf.change()) << "the one it was based on";
  world_.Put([](WriteSession&) { return absl::OkStatus(); });
  EXPECT_EQ(NewestLeaf().change(), 0u) << "it changed nothing";
  ASSERT_TRUE(Verify().ok()) << Verify();
  // A change that came around every door, and one after it that did not.
  storage::Work around;
  around.log().set_policy(true);
  ASSERT_TRUE(world_.house().committer().Commit(std::move(around)).ok());
  world_.PutAsset(kLoader);
  const Status found = Verify();
  EXPECT_TRUE(absl::IsDataLoss(found)) << found;
  EXPECT_NE(found.message().find("has no record"), std::string::npos) << found;
}

TEST_F(AuditSubjectsTest, WhatTheHouseWritesUnaskedIsRecordedToo) {
  const AssetId id = world_.PutAsset(kOrders);
  WriteSession session = world_.guard().BeginUpkeep();
  session.Changed(id)->set_text(true);
  session.Put(testing_support::RowsOf(session), Table<std::string>{Keyspace::kPush, nullptr}, "a stream",
              std::string("row"));
  ASSERT_TRUE(world_.guard().CommitUpkeep(std::move(session)).ok());
  const record::AuditLeaf leaf = NewestLeaf();
  EXPECT_EQ(leaf.operation(), "system/upkeep");
  EXPECT_EQ(leaf.change(), world_.house().published()->revision.value());
  world_.PutAsset(kLoader);
  EXPECT_TRUE(Verify().ok()) << Verify();
}

TEST(AuditNamesTest, WhoHasTheDiskCannotGiveAnAssetAnotherName) {
  const testing_support::TempFolder own;
  const std::string& folder = own.path();
  GovernedWorld world(2, folder);
  const AssetId id = world.PutAsset(kOrders);
  world.StopCommitter();
  House::Options options;
  options.data_dir = folder;
  options.begin_audit_log = true;
  // Name and header again, in other words.
  const std::string header_key = StoredKey(Keyspace::kAsset, [&] {
    std::string key;
    base::AppendU64(key, id.value());
    return key;
  }());
  const auto cursor = world.engine().NewCursor(header_key, base::PrefixEnd(header_key));
  ASSERT_TRUE(cursor->Valid());
  record::AssetHeader header;
  ASSERT_TRUE(header.ParseFromArray(cursor->value().data(), static_cast<int>(cursor->value().size())));
  header.set_name("shop.harmless");
  storage::Batch batch;
  batch.Put(std::string(cursor->key()), header.SerializeAsString());
  const std::string names(1, static_cast<char>(Keyspace::kName));
  for (const auto row = world.engine().NewCursor(names, base::PrefixEnd(names)); row->Valid(); row->Next()) {
    std::string key(row->key());
    const size_t at = key.find(kOrders.name);
    ASSERT_NE(at, std::string::npos);
    batch.Delete(key);
    batch.Put(key.replace(at, kOrders.name.size(), "shop.harmless"), std::string(row->value()));
  }
  ASSERT_TRUE(world.engine().Write(batch, true).ok());
  const Status found = House::Open(&world.engine(), &world.clock(), options).status();
  EXPECT_TRUE(absl::IsDataLoss(found)) << found;
  EXPECT_NE(found.message().find("other names"), std::string::npos) << found;
}

}  // namespace
}  // namespace cadastre::authz
