#include <gtest/gtest.h>

#include <thread>

#include "authz/accounts/policy_tables.h"
#include "authz/house/bootstrap.h"
#include "authz/policy/published_builder.h"
#include "authz/view/row_codec.h"
#include "tests/unit/authz/random_world.h"

namespace cadastre::authz {
namespace {

std::string AssetKey(uint64_t id) {
  std::string key;
  base::AppendU64(key, id);
  return StoredKey(Keyspace::kAsset, key);
}

// A random world fed to a builder commit by commit, and a cache kept up on the way.
class LivingWorld {
 public:
  LivingWorld(uint64_t seed, size_t assets)
      : world_(seed, assets), builder_(&registry_), cache_(&registry_), published_(std::make_shared<Published>()) {
    for (const auto& [id, row] : world_.records().principals) Apply(Keyspace::kPrincipal, id, row);
    for (const auto& [id, row] : world_.records().roles) Apply(Keyspace::kRole, id, row);
    for (const auto& [id, row] : world_.records().grants) Apply(Keyspace::kGrant, id, row);
    // The later half comes into being in later commits.
    for (uint64_t id = 1; id <= assets / 2; ++id) ApplyAsset(id);
    Commit();
  }

  // One random commit.
  void Step() {
    const uint64_t id = 1 + world_.Pick(world_.assets());
    switch (world_.Pick(5)) {
      case 0:
        world_.ChangeGrants();
        for (const auto& [grant, row] : world_.records().grants) Apply(Keyspace::kGrant, grant, row);
        break;
      case 1: break;  // a commit about something else
      case 2: {
        const uint64_t other = 1 + world_.Pick(world_.assets());
        world_.MergeOrPart(id, other);
        ApplyAsset(id);
        ApplyAsset(other);
        break;
      }
      default:
        world_.Relabel(id);
        ApplyAsset(id);
        ApplyAsset(1 + world_.Pick(world_.assets()));
    }
    Commit();
  }

  // Is what the cache answers for `published` what one makes of it from nothing?
  void Check(const std::shared_ptr<const Published>& published, const std::string& principal, Privilege privilege) {
    const auto rules = published->policy->RulesOf(principal);
    ASSERT_NE(rules, nullptr);
    const auto bitmap = cache_.BitmapAt(published, rules, privilege);
    const PolicyEvaluator evaluator(published->labels, registry_);
    for (uint64_t id = 0; id <= world_.assets() + 1; ++id) {
      ASSERT_EQ(bitmap->Has(AssetId(id)), evaluator.Allows(*rules, privilege, AssetId(id)))
          << principal << " " << PrivilegeName(privilege) << " on " << id << " at " << published->revision;
    }
  }

  RandomWorld& world() { return world_; }
  const std::shared_ptr<const Published>& published() const { return published_; }

 private:
  template <typename Row>
  void Apply(Keyspace keyspace, const std::string& id, const Row& row) {
    ASSERT_TRUE(builder_.Apply(StoredKey(keyspace, IdKey(id)), row.SerializeAsString()).ok());
  }
  void ApplyAsset(uint64_t id) {
    ASSERT_TRUE(builder_.Apply(AssetKey(id), world_.header(id).SerializeAsString()).ok());
  }
  void Commit() {
    const Revision next(published_->revision.value() + 1);
    const auto built = builder_.Build(*published_, next, Timestamp(next.value()));
    cache_.Advance(published_, built.published, built.touched, built.all);
    published_ = built.published;
  }

  RandomWorld world_;
  Registry registry_;
  PublishedBuilder builder_;
  VisibilityCache cache_;
  std::shared_ptr<const Published> published_;
};

constexpr Privilege kAsked[] = {Privilege::kBrowse, Privilege::kRead, Privilege::kReadCode};

TEST(VisibilityTest, KeptUpBitmapsAreThoseMadeFromNothing) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    LivingWorld living(seed, 40);
    for (int step = 0; step < 40; ++step) {
      living.Step();
      // Not after every commit, so that several are made up at once.
      if (living.world().Pick(3) != 0) continue;
      for (const Privilege privilege : kAsked) {
        living.Check(living.published(), "ann", privilege);
        living.Check(living.published(), "bob", privilege);
      }
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(VisibilityTest, AViewOpenedEarlierKeepsItsOwnAnswer) {
  for (uint64_t seed = 101; seed <= 160; ++seed) {
    SCOPED_TRACE(seed);
    LivingWorld living(seed, 40);
    std::vector<std::shared_ptr<const Published>> pinned;
    for (int step = 0; step < 25; ++step) {
      living.Step();
      pinned.push_back(living.published());
      living.Check(living.published(), "ann", Privilege::kBrowse);
      living.Check(pinned[living.world().Pick(pinned.size())], "ann", Privilege::kBrowse);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(VisibilityTest, BitmapsHoldOnlySoManyBytes) {
  constexpr size_t kBytesMax = size_t{1} << 20;
  RandomWorld world(5, 40);
  VisibilityCache cache(&world.registry(), kBytesMax);
  auto published = std::make_shared<Published>();
  published->labels = world.Labels();
  const auto rules_of = [](uint32_t number) {
    auto rules = std::make_shared<RuleSet>();
    rules->digest = number;
    CompiledGrant grant;
    grant.privileges.Add(Privilege::kBrowse);
    // Of no asset here, so that each set of grants is another.
    grant.owners = {number + 1'000};
    CompiledGrant all;
    all.privileges.Add(Privilege::kBrowse);
    rules->grants = {grant, all};
    rules->anywhere.Add(Privilege::kBrowse);
    return rules;
  };
  for (uint32_t number = 1; number <= 300; ++number) {
    cache.BitmapAt(published, rules_of(number), Privilege::kBrowse);
    ASSERT_LE(cache.bytes(), kBytesMax);
  }
  // 8 KiB each.
  EXPECT_GT(cache.live(), 100u);
  EXPECT_LT(cache.live(), 300u);
  EXPECT_EQ(cache.BitmapAt(published, rules_of(1), Privilege::kBrowse)->Count(), 40u) << "dropped and made anew";
}

TEST(VisibilityTest, AnEqualDigestOfOtherGrantsIsNotMistaken) {
  RandomWorld world(3, 10);
  VisibilityCache cache(&world.registry());
  auto published = std::make_shared<Published>();
  published->labels = world.Labels();
  auto nothing = std::make_shared<RuleSet>();
  auto everything = std::make_shared<RuleSet>();
  CompiledGrant grant;
  grant.privileges.Add(Privilege::kBrowse);
  everything->grants = {grant};
  everything->anywhere.Add(Privilege::kBrowse);
  EXPECT_EQ(cache.BitmapAt(published, everything, Privilege::kBrowse)->Count(), 10u);
  EXPECT_EQ(cache.BitmapAt(published, nothing, Privilege::kBrowse)->Count(), 0u);
}

TEST(VisibilityTest, ReadersMayAskWhileTheCommitterGoesOn) {
  LivingWorld living(9, 40);
  base::Mutex mutex;
  auto published = living.published();
  auto load = [&] {
    base::MutexLock lock(mutex);
    return published;
  };
  std::atomic<bool> done{false};
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) living.Check(load(), "ann", Privilege::kBrowse);
    });
  }
  for (int step = 0; step < 200; ++step) {
    living.Step();
    base::MutexLock lock(mutex);
    published = living.published();
  }
  done = true;
}

}  // namespace
}  // namespace cadastre::authz
