#include "authz/policy/published_builder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "authz/accounts/policy_tables.h"

namespace cadastre::authz {
namespace {

std::string StoredKey(Keyspace keyspace, const std::string& key) {
  return std::string(1, static_cast<char>(keyspace)) + key;
}

class PublishedBuilderTest : public testing::Test {
 protected:
  static std::string AssetKey(uint64_t id) {
    std::string key;
    base::AppendU64(key, id);
    return StoredKey(Keyspace::kAsset, key);
  }
  static std::string NameKey(const AssetName& name) {
    std::string key;
    base::AppendU8(key, static_cast<uint8_t>(name.kind));
    base::AppendString(key, name.ns);
    base::AppendString(key, name.name);
    return StoredKey(Keyspace::kName, key);
  }
  static AssetName NameOf(uint64_t id) { return {AssetKind::kDataset, "ns", "t" + std::to_string(id)}; }

  void PutAsset(uint64_t id, uint64_t container = 0, uint64_t domain = 0) {
    record::AssetHeader header;
    header.set_kind(1);
    header.set_namespace_("ns");
    header.set_name(NameOf(id).name);
    header.mutable_labels()->set_container(container);
    header.mutable_labels()->set_domain(domain);
    ASSERT_TRUE(builder_.Apply(AssetKey(id), header.SerializeAsString()).ok());
  }
  std::vector<AssetId> Build() {
    auto next = builder_.Build(*published_, Revision(published_->revision.value() + 1), Timestamp(1));
    published_ = next.published;
    std::sort(next.touched.begin(), next.touched.end());
    return next.touched;
  }

  Registry registry_;
  PublishedBuilder builder_{&registry_};
  std::shared_ptr<const Published> published_ = std::make_shared<Published>();
};

TEST_F(PublishedBuilderTest, AMovedContainerTouchesAllBelowIt) {
  PutAsset(1);
  PutAsset(2, /*container=*/1);
  PutAsset(3, /*container=*/2);
  PutAsset(4, /*container=*/0, /*domain=*/2);
  PutAsset(5);
  Build();
  PutAsset(1, /*container=*/0, /*domain=*/5);
  EXPECT_EQ(Build(), (std::vector<AssetId>{AssetId(1), AssetId(2), AssetId(3), AssetId(4)}));
}

TEST_F(PublishedBuilderTest, MembersThatLeftAreNotTouched) {
  PutAsset(1);
  PutAsset(2, /*container=*/1);
  Build();
  PutAsset(2);
  Build();
  PutAsset(1, /*container=*/0, /*domain=*/2);
  EXPECT_EQ(Build(), std::vector<AssetId>{AssetId(1)});
}

TEST_F(PublishedBuilderTest, EqualLabelsTouchNothing) {
  PutAsset(1);
  Build();
  const Revision governance = published_->governance_revision;
  PutAsset(1);
  EXPECT_TRUE(Build().empty());
  EXPECT_EQ(published_->governance_revision, governance);
}

TEST_F(PublishedBuilderTest, AnErasedAssetIsGone) {
  PutAsset(1);
  Build();
  ASSERT_TRUE(builder_.Apply(AssetKey(1), std::nullopt).ok());
  ASSERT_TRUE(builder_.Apply(NameKey(NameOf(1)), std::nullopt).ok());
  EXPECT_EQ(Build(), std::vector<AssetId>{AssetId(1)});
  EXPECT_FALSE(published_->live.Has(AssetId(1)));
  EXPECT_FALSE(published_->labels.Of(AssetId(1)).exists);
  EXPECT_FALSE(registry_.Find(NameOf(1)).has_value());
  EXPECT_GT(registry_.NextId(), AssetId(1)) << "ids are never used again";
}

TEST_F(PublishedBuilderTest, RowsThatDoNotDecodeAreDataLoss) {
  const std::pair<std::string, std::string> damaged[] = {
      {"", "x"},
      {StoredKey(Keyspace::kAsset, "short"), "x"},
      {AssetKey(0), ""},
      {AssetKey(1), "\xff\xff\xff"},
      {StoredKey(Keyspace::kName, "\x01no end"), "x"},
      {StoredKey(Keyspace::kName, std::string("\x63ns\0name\0", 9)), ""},
      {NameKey(NameOf(1)), ""},
      {StoredKey(Keyspace::kGrant, "no end"), ""},
      {StoredKey(Keyspace::kGrant, IdKey("g")), "\xff\xff\xff"},
  };
  for (const auto& [key, value] : damaged) {
    EXPECT_EQ(builder_.Apply(key, value).code(), absl::StatusCode::kDataLoss) << testing::PrintToString(key);
  }
}

TEST_F(PublishedBuilderTest, OtherTablesArePassedOver) {
  EXPECT_TRUE(builder_.Apply(StoredKey(Keyspace::kAspect, "anything"), "\xff").ok());
  EXPECT_TRUE(Build().empty());
}

}  // namespace
}  // namespace cadastre::authz
