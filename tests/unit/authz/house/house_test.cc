#include "authz/house/house.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "authz/accounts/policy_tables.h"
#include "authz/front/guard.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"
#include "storage/memory_engine.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/storage/test_engines.h"

namespace cadastre::authz {
namespace {

using storage::Work;

std::string Stored(Keyspace keyspace, const std::string& key) {
  return std::string(1, static_cast<char>(keyspace)) + key;
}

std::string AssetKey(uint64_t id) {
  std::string key;
  base::AppendU64(key, id);
  return Stored(Keyspace::kAsset, key);
}

std::string NameKey(const AssetName& name) {
  std::string key;
  base::AppendU8(key, static_cast<uint8_t>(name.kind));
  base::AppendString(key, name.ns);
  base::AppendString(key, name.name);
  return Stored(Keyspace::kName, key);
}

record::AssetHeader HeaderOf(const AssetName& name, const std::string& tag = "") {
  record::AssetHeader header;
  header.set_kind(static_cast<uint32_t>(name.kind));
  header.set_namespace_(name.ns);
  header.set_name(name.name);
  header.set_created(1);
  if (!tag.empty()) header.mutable_labels()->add_tags(tag);
  return header;
}

Work NewAsset(const AssetName& name, uint64_t id, const std::string& tag = "") {
  Work work;
  record::Name row;
  row.set_asset(id);
  work.Set(NameKey(name), row.SerializeAsString());
  work.Set(AssetKey(id), HeaderOf(name, tag).SerializeAsString());
  return work;
}

// A house whose committer runs until the test's end.
class HouseTest : public testing::Test {
 protected:
  void SetUp() override { Start(); }
  void TearDown() override { Stop(); }

  void Start(const std::string& data_dir = "") {
    auto opened = House::Open(&engine_, &clock_, {.data_dir = data_dir, .committer = {}});
    ASSERT_TRUE(opened.ok()) << opened.status();
    house_ = *std::move(opened);
    committer_ = std::jthread([this](const std::stop_token& stop) { house_->committer().Run(stop); });
  }
  void Stop() {
    committer_ = {};
    house_.reset();
  }
  Revision Commit(Work work) {
    auto result = house_->committer().Commit(std::move(work));
    EXPECT_TRUE(result.ok()) << result.status();
    return result->revision;
  }
  bool AdminSees(uint64_t id) {
    const auto published = house_->published();
    return house_->context()
        .visibility->BitmapAt(published, published->policy->RulesOf("admin"), Privilege::kBrowse)
        ->Has(AssetId(id));
  }

  storage::MemoryEngine engine_;
  base::FakeClock clock_{Timestamp(1'000'000'000)};
  std::unique_ptr<House> house_;
  std::jthread committer_;
};

const AssetName kOrders{AssetKind::kDataset, "postgres://db:5432", "shop.public.orders"};

TEST_F(HouseTest, ANewFolderGetsOneAdministratorByOrdinaryGrants) {
  const auto published = house_->published();
  EXPECT_EQ(published->policy->records().principals.size(), 1u);
  EXPECT_EQ(published->policy->records().grants.size(), 1u);
  const auto rules = published->policy->RulesOf("admin");
  ASSERT_NE(rules, nullptr);
  for (int privilege = 1; privilege < kPrivilegeCount; ++privilege) {
    EXPECT_TRUE(rules->everywhere.Has(static_cast<Privilege>(privilege))) << privilege;
  }
  const auto token = house_->credentials().FindToken(house_->bootstrap_token());
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_EQ(token->principal(), "admin");
}

TEST_F(HouseTest, TheAdministratorIsMadeOnce) {
  const std::string secret = house_->bootstrap_token();
  Stop();
  Start();
  EXPECT_EQ(house_->bootstrap_token(), "");
  EXPECT_TRUE(house_->credentials().FindToken(secret).ok());
}

TEST_F(HouseTest, TheFirstTokenStandsInAFileForItsOwnerAlone) {
  Stop();
  storage::MemoryEngine fresh;
  const testing_support::TempFolder folder;
  const std::string& dir = folder.path();
  auto house = House::Open(&fresh, &clock_, {.data_dir = dir, .committer = {}});
  ASSERT_TRUE(house.ok()) << house.status();
  std::string line;
  std::getline(std::ifstream(dir + "/admin.token"), line);
  EXPECT_EQ(line, (*house)->bootstrap_token());
  struct stat status;
  ASSERT_EQ(stat((dir + "/admin.token").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  Start();
}

TEST_F(HouseTest, ACommitIsPublishedBeforeItsCallerWakes) {
  const Revision before = house_->published()->revision;
  const Revision revision = Commit(NewAsset(kOrders, 7, "pii"));
  EXPECT_GT(revision, before);
  const auto published = house_->published();
  EXPECT_EQ(published->revision, revision);
  EXPECT_EQ(house_->context().registry->Find(kOrders), AssetId(7));
  EXPECT_TRUE(published->live.Has(AssetId(7)));
  EXPECT_TRUE(AdminSees(7));
  EXPECT_EQ(published->labels.Of(AssetId(7)).tags.size(), 1u);
}

TEST_F(HouseTest, AStartFindsWhatWasCommitted) {
  Commit(NewAsset(kOrders, 7, "pii"));
  Stop();
  Start();
  const Registry& registry = *house_->context().registry;
  EXPECT_EQ(registry.Find(kOrders), AssetId(7));
  EXPECT_EQ(registry.NameOf(AssetId(7)), kOrders);
  EXPECT_GT(house_->context().registry->NextId().value(), 7u);
  EXPECT_TRUE(AdminSees(7));
}

TEST_F(HouseTest, AnAssetWithoutANameRowHasTheNameOfItsHeader) {
  Work work;
  work.Set(AssetKey(7), HeaderOf(kOrders).SerializeAsString());
  Commit(std::move(work));
  Stop();
  Start();
  EXPECT_EQ(house_->context().registry->NameOf(AssetId(7)), kOrders);
  EXPECT_EQ(house_->context().registry->Find(kOrders), AssetId(7));
}

TEST_F(HouseTest, OnlyGovernanceMovesTheGovernanceRevision) {
  const Revision start = house_->published()->governance_revision;
  Commit(NewAsset(kOrders, 7));
  EXPECT_EQ(house_->published()->governance_revision, start) << "a new asset hides nothing from anyone";
  Work relabel;
  relabel.Set(AssetKey(7), HeaderOf(kOrders, "pii").SerializeAsString());
  const Revision relabelled = Commit(std::move(relabel));
  EXPECT_EQ(house_->published()->governance_revision, relabelled);
  Work role;
  record::Role reader;
  reader.set_description("reads");
  role.Set(Stored(Keyspace::kRole, IdKey("reader")), reader.SerializeAsString());
  const Revision granted = Commit(std::move(role));
  EXPECT_EQ(house_->published()->governance_revision, granted);
}

TEST_F(HouseTest, ARevokedTokenIsRefusedFromItsCommitOn) {
  const std::string secret = house_->bootstrap_token();
  const auto token = house_->credentials().FindToken(secret);
  ASSERT_TRUE(token.ok());
  const auto stored = house_->credentials().FindTokenById(token->id());
  ASSERT_TRUE(stored.has_value());
  Work work;
  work.Remove(Stored(Keyspace::kToken, stored->digest));
  work.Remove(Stored(Keyspace::kTokenOf, TokenOfKey("admin", token->id())));
  Commit(std::move(work));
  EXPECT_EQ(house_->credentials().FindToken(secret).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(HouseTest, ASoftDeletedAssetIsNoLongerLive) {
  Commit(NewAsset(kOrders, 7));
  Work work;
  record::AssetHeader header = HeaderOf(kOrders);
  header.set_deleted(true);
  work.Set(AssetKey(7), header.SerializeAsString());
  Commit(std::move(work));
  const auto published = house_->published();
  EXPECT_FALSE(published->live.Has(AssetId(7)));
  EXPECT_TRUE(published->deleted.Has(AssetId(7)));
}

// A device that has no room for larger batches than this.
class FullEngine final : public storage::EngineWrapper {
 public:
  using EngineWrapper::EngineWrapper;
  Status Write(const storage::Batch& batch, bool sync) override {
    if (batch.ops().size() > room) return base::ResourceExhausted("no space is left on the device");
    return EngineWrapper::Write(batch, sync);
  }
  std::atomic<size_t> room = 1'000;
};

TEST(HouseOnAFullDevice, WhatIsRefusedLeavesNoLeafAndTheTreeGoesOn) {
  storage::MemoryEngine memory;
  FullEngine engine(&memory);
  base::FakeClock clock{Timestamp(1'000'000'000)};
  Status fatal;
  House::Options options;
  options.committer.on_fatal = [&](const Status& cause) { fatal = cause; };
  auto opened = House::Open(&engine, &clock, std::move(options));
  ASSERT_TRUE(opened.ok()) << opened.status();
  House& house = **opened;
  const std::jthread committing([&](const std::stop_token& stop) { house.committer().Run(stop); });
  Guard guard(&house);
  const auto told = [](std::string_view what) {
    record::AuditLeaf leaf;
    leaf.set_operation(std::string(what));
    return EncodeRecord(leaf);
  };
  const uint64_t before = house.audit_log().size();
  engine.room = 2;
  Work write = NewAsset(kOrders, 7);
  write.AddLeaf(told("a write"), "");
  EXPECT_TRUE(absl::IsResourceExhausted(house.committer().Commit(std::move(write)).status()));
  EXPECT_EQ(house.audit_log().size(), before);
  engine.room = 1'000;
  Work read;
  read.AddLeaf(told("a read"), "");
  const auto recorded = house.committer().Commit(std::move(read));
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->first_leaf, before);
  const SystemView view = guard.OpenSystem(SystemReason::kLoadRegistry);
  // Behind the record of that view.
  ASSERT_TRUE(house.committer().Commit(Work()).ok());
  EXPECT_TRUE(VerifyAuditLog(view, house.audit_log()).ok()) << VerifyAuditLog(view, house.audit_log());
  EXPECT_TRUE(fatal.ok()) << fatal;
}

}  // namespace
}  // namespace cadastre::authz
