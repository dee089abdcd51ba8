#include "authz/audit/audit_log.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "authz/audit/audit_leaf.h"
#include "authz/view/row_codec.h"
#include "base/durable_file.h"
#include "base/status.h"
#include "tests/support/governed_world.h"
#include "tests/support/temp_folder.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

TEST(AuditLeafTest, ThePersonalPartStandsApart) {
  AuditedCall call;
  call.principal = "ann";
  call.operation = "Search";
  call.detail = "secret query";
  call.peer = "10.0.0.1";
  const auto leaves = MakeLeaves(call);
  ASSERT_EQ(leaves.size(), 1u);
  EXPECT_EQ(leaves[0].leaf.find("secret query"), std::string::npos);
  EXPECT_EQ(leaves[0].leaf.find("10.0.0.1"), std::string::npos);
  record::AuditLeaf leaf;
  record::AuditPersonal personal;
  ASSERT_TRUE(DecodeRecord(leaves[0].leaf, &leaf).ok());
  ASSERT_TRUE(DecodeRecord(leaves[0].personal, &personal).ok());
  EXPECT_EQ(personal.detail(), "secret query");
  EXPECT_EQ(leaf.personal_hash(), PersonalHash(personal, leaves[0].personal));
  EXPECT_NE(MakeLeaves(call)[0].personal, leaves[0].personal) << "the salt is fresh";
}

TEST(AuditLeafTest, ANameWithADotIsOneSegmentAndJoinedPathsStayWhatTheyAre) {
  ShownAssets shown;
  shown.NoteColumn(AssetId(1), {"a.b", "c"});
  shown.NoteColumn(AssetId(1), {"a", "b.c"});
  const auto leaves = MakeLeaves({}, shown, [](AssetId) { return std::optional<AssetName>(); });
  record::AuditLeaf leaf;
  ASSERT_TRUE(DecodeRecord(leaves.at(0).leaf, &leaf).ok());
  record::Shown entry = leaf.shown(0);
  const auto told = [&entry] {
    std::vector<std::vector<std::string>> paths;
    for (const catalog::v1::ColumnRef& column : ColumnsOf(entry)) {
      paths.emplace_back(column.path().begin(), column.path().end());
    }
    return paths;
  };
  const std::vector<std::vector<std::string>> apart = {{"a", "b.c"}, {"a.b", "c"}};
  EXPECT_EQ(told(), apart);
  // As leaves were written before paths stood in segments.
  record::Shown joined;
  joined.add_columns("a.b.c");
  entry = joined;
  EXPECT_EQ(told(), std::vector<std::vector<std::string>>{{"a.b.c"}});
}

TEST(AuditLeafTest, HostileTextsStayReadable) {
  AuditedCall call;
  call.operation = "Search";
  call.request_id = "\xff\xfe";
  call.detail = std::string(4095, 'a');
  call.detail += "ä and more";
  const auto leaves = MakeLeaves(call);
  record::AuditLeaf leaf;
  record::AuditPersonal personal;
  EXPECT_TRUE(DecodeRecord(leaves[0].leaf, &leaf).ok());
  EXPECT_TRUE(DecodeRecord(leaves[0].personal, &personal).ok());
  EXPECT_EQ(personal.detail().size(), 4095u);
}

class AuditLogTest : public testing::Test {
 protected:
  void Look() {
    EXPECT_TRUE(world_.Look(world_.admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
  }
  Status Verify() {
    const SystemView view = world_.guard().OpenSystem(SystemReason::kLoadRegistry);
    return VerifyAuditLog(view, world_.guard().audit_log());
  }
  // As a thief with the disk would, around every hook.
  void Overwrite(const std::string& key, std::optional<std::string> value) {
    storage::Batch batch;
    value ? batch.Put(key, *value) : batch.Delete(key);
    EXPECT_TRUE(world_.engine().Write(batch, true).ok());
  }
  GovernedWorld world_;
};

TEST_F(AuditLogTest, HeadsAreSignedOverWhatIsOnTheDevice) {
  for (int i = 0; i < 5; ++i) Look();
  const SignedHead head = world_.guard().audit_log().SignHead(world_.clock().Now());
  EXPECT_EQ(head.head.tree_size, world_.guard().audit_log().size());
  EXPECT_TRUE(proof::VerifyHead(head.head, head.signature, head.public_key));
  proof::Head other = head.head;
  ++other.tree_size;
  EXPECT_FALSE(proof::VerifyHead(other, head.signature, head.public_key));
  EXPECT_EQ(head.head.log_id, proof::LogIdOf(head.public_key));
}

TEST_F(AuditLogTest, AStoredHeadIsMadeOncePerSize) {
  Look();
  world_.guard().Tick();
  EXPECT_FALSE(world_.guard().audit_log().TakeHeadWork(world_.clock().Now()).has_value());
  Look();
  EXPECT_TRUE(world_.guard().audit_log().TakeHeadWork(world_.clock().Now()).has_value());
}

TEST_F(AuditLogTest, WhatIsChangedOnTheDiskDoesNotVerify) {
  for (int i = 0; i < 6; ++i) Look();
  world_.guard().Tick();
  Look();
  ASSERT_TRUE(Verify().ok()) << Verify();
  const std::string leaf_key = StoredKey(Keyspace::kAudit, AuditLeafKey(0, 2));
  const std::string leaf = **world_.engine().Get(leaf_key);
  Overwrite(leaf_key, leaf + "x");
  EXPECT_TRUE(absl::IsDataLoss(Verify()));
  Overwrite(leaf_key, std::nullopt);
  EXPECT_TRUE(absl::IsDataLoss(Verify()));
  Overwrite(leaf_key, leaf);
  EXPECT_TRUE(Verify().ok());
  const std::string personal_key = StoredKey(Keyspace::kPersonal, AuditLeafKey(0, 2));
  ASSERT_TRUE(world_.engine().Get(personal_key)->has_value());
  Overwrite(personal_key, std::nullopt);
  EXPECT_TRUE(Verify().ok()) << "erased is no damage";
  record::AuditPersonal forged;
  forged.set_detail("another query");
  Overwrite(personal_key, EncodeRecord(forged));
  EXPECT_TRUE(absl::IsDataLoss(Verify()));
}

TEST_F(AuditLogTest, ALogGoesOnWhereItWas) {
  for (int i = 0; i < 11; ++i) Look();
  const SystemView view = world_.guard().OpenSystem(SystemReason::kLoadRegistry);
  Look();
  const auto again = AuditLog::Open(view, KeyFolder(""));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->size(), world_.guard().audit_log().size());
  EXPECT_EQ((*again)->SignHead(Timestamp(1)).head.root, world_.guard().audit_log().SignHead(Timestamp(1)).head.root);
}

TEST(RestoredAuditLogTest, TheNextLogBeginsWithTheHeadOfTheLast) {
  const testing_support::TempFolder own;
  const std::string& folder = own.path();
  GovernedWorld world(2, folder);
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(world.Look(world.admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
  world.StopCommitter();
  const SignedHead last = world.house().audit_log().SignHead(world.clock().Now());

  House::Options options;
  options.data_dir = folder;
  options.begin_audit_log = true;
  const auto restored = House::Open(&world.engine(), &world.clock(), options);
  ASSERT_TRUE(restored.ok()) << restored.status();
  const AuditLog& log = (*restored)->audit_log();
  EXPECT_EQ(log.size(), 1u);
  EXPECT_NE(log.log_id(), last.head.log_id);
  ASSERT_EQ(log.previous().size(), 1u);
  EXPECT_EQ(log.Find(last.head.log_id)->size, last.head.tree_size);
  EXPECT_FALSE(log.Find("nonsense").has_value());

  record::AuditLeaf leaf;
  const auto bytes = world.engine().Get(StoredKey(Keyspace::kAudit, AuditLeafKey(log.number(), 0)));
  ASSERT_TRUE(bytes.ok() && bytes->has_value());
  ASSERT_TRUE(DecodeRecord(**bytes, &leaf).ok());
  const record::PreviousLog& previous = leaf.previous();
  EXPECT_EQ(previous.log_id(), last.head.log_id);
  EXPECT_EQ(previous.head().tree_size(), last.head.tree_size);
  const proof::Head head{last.head.log_id, last.head.tree_size, last.head.root, previous.head().time()};
  EXPECT_TRUE(proof::VerifyHead(head, previous.head().signature(), previous.public_key()));
}

TEST(RestoredAuditLogTest, ADamagedLogIsNotFollowed) {
  GovernedWorld world;
  for (int i = 0; i < 5; ++i)
    EXPECT_TRUE(world.Look(world.admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
  world.StopCommitter();
  storage::Batch damage;
  damage.Put(StoredKey(Keyspace::kAudit, AuditLeafKey(0, 2)), "another leaf");
  ASSERT_TRUE(world.engine().Write(damage, true).ok());
  House::Options options;
  options.begin_audit_log = true;
  EXPECT_TRUE(absl::IsDataLoss(House::Open(&world.engine(), &world.clock(), options).status()));
}

// A house over a folder of keys, whose log has some records and a stored head.
class StartedAgainTest : public testing::Test {
 protected:
  void SetUp() override {
    world_ = std::make_unique<GovernedWorld>(2, folder_);
    for (int i = 0; i < 5; ++i)
      EXPECT_TRUE(world_->Look(world_->admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
    world_->clock().Advance(std::chrono::minutes(2));
    world_->guard().Tick();
    EXPECT_TRUE(world_->Look(world_->admin(), [](GovernedView&) { return absl::OkStatus(); }).ok());
    world_->StopCommitter();
  }

  Status StartAgain() {
    House::Options options;
    options.data_dir = folder_;
    return House::Open(&world_->engine(), &world_->clock(), options).status();
  }
  void Overwrite(const std::string& key, const std::string& value) {
    storage::Batch batch;
    batch.Put(key, value);
    ASSERT_TRUE(world_->engine().Write(batch, true).ok());
  }
  std::string SigningKeyPath() const { return folder_ + "/keys/audit-signing.1"; }

  const testing_support::TempFolder own_;
  const std::string& folder_ = own_.path();
  std::unique_ptr<GovernedWorld> world_;
};

TEST_F(StartedAgainTest, ALostSigningKeyIsNeverReplaced) {
  ASSERT_TRUE(StartAgain().ok());
  const std::string aside = folder_ + "/aside";
  std::filesystem::rename(SigningKeyPath(), aside);
  const Status lost = StartAgain();
  EXPECT_TRUE(absl::IsFailedPrecondition(lost)) << lost;
  EXPECT_NE(lost.message().find("audit-signing"), std::string::npos) << lost;
  EXPECT_FALSE(std::filesystem::exists(SigningKeyPath()));
  std::filesystem::rename(aside, SigningKeyPath());
  EXPECT_TRUE(StartAgain().ok());
}

TEST_F(StartedAgainTest, AnotherSigningKeyIsRefused) {
  std::filesystem::remove(SigningKeyPath());
  ASSERT_TRUE(base::WriteNewFile(SigningKeyPath(), std::string(32, 'k')).ok());
  EXPECT_TRUE(absl::IsDataLoss(StartAgain()));
}

TEST_F(StartedAgainTest, TheStoredHeadIsHeldAgainstTheTree) {
  const std::string node = StoredKey(Keyspace::kMerkle, AuditNodeKey(0, {0, 0}));
  const std::string left = **world_->engine().Get(node);
  const std::string peak = StoredKey(Keyspace::kMerkle, AuditNodeKey(0, {2, 0}));
  const std::string before = **world_->engine().Get(peak);
  Overwrite(peak, left);
  EXPECT_TRUE(absl::IsDataLoss(StartAgain()));
  Overwrite(peak, before);
  ASSERT_TRUE(StartAgain().ok());
  const std::string leaf = StoredKey(Keyspace::kAudit, AuditLeafKey(0, 1));
  Overwrite(leaf, **world_->engine().Get(leaf) + "x");
  EXPECT_TRUE(absl::IsDataLoss(StartAgain()));
}

}  // namespace
}  // namespace cadastre::authz
