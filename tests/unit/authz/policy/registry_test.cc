#include "authz/policy/registry.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace cadastre::authz {
namespace {

AssetName Table(const std::string& name, const std::string& ns = "postgres://db:5432") {
  return {AssetKind::kDataset, ns, name};
}

TEST(WordTableTest, ZeroIsNone) {
  WordTable words;
  EXPECT_EQ(words.Intern(""), 0u);
  EXPECT_EQ(words.Find("pii"), 0u);
  const uint32_t pii = words.Intern("pii");
  EXPECT_NE(pii, 0u);
  EXPECT_EQ(words.Intern("pii"), pii);
  EXPECT_EQ(words.Find("pii"), pii);
  EXPECT_EQ(words.Text(pii), "pii");
  EXPECT_EQ(words.Text(0), "");
  EXPECT_EQ(words.Text(99), "");
}

TEST(RegistryTest, EverySpellingStandsForTheOneName) {
  Registry registry;
  registry.Add(Table("raw/orders", "s3://lake"), AssetId(3));
  for (const char* spelling : {"/raw/orders", "raw/orders/day=1", "raw/orders/2026/11/29/"}) {
    EXPECT_EQ(registry.Find(Table(spelling, "s3://lake")), AssetId(3)) << spelling;
  }
}

TEST(RegistryTest, TheSameTextOfAnotherKindOrNamespaceIsAnotherName) {
  Registry registry;
  registry.Add(Table("orders"), AssetId(1));
  EXPECT_FALSE(registry.Find(Table("orders", "kafka://k")).has_value());
  EXPECT_FALSE(registry.Find({AssetKind::kJob, "postgres://db:5432", "orders"}).has_value());
  EXPECT_FALSE(registry.Find(Table("orders", "")).has_value());
}

TEST(RegistryTest, AForgottenNameCanBeGivenAgain) {
  Registry registry;
  registry.Add(Table("orders"), AssetId(1));
  registry.Forget(Table("orders"));
  EXPECT_FALSE(registry.Find(Table("orders")).has_value());
  EXPECT_TRUE(registry.ScanNames(AssetKind::kDataset, "postgres://db:5432", "", "", 10).empty());
  registry.Add(Table("orders"), AssetId(2));
  EXPECT_EQ(registry.Find(Table("orders")), AssetId(2));
}

TEST(RegistryTest, IdsAreNeverGivenTwice) {
  Registry registry;
  EXPECT_EQ(registry.NextId(), AssetId(1));
  registry.Add(Table("orders"), AssetId(10));
  EXPECT_EQ(registry.NextId(), AssetId(11));
  registry.RaiseNextId(AssetId(5));
  EXPECT_EQ(registry.NextId(), AssetId(12));
}

TEST(RegistryTest, ScansGoOnAfterANameWithinAPrefix) {
  Registry registry;
  uint64_t id = 1;
  for (const char* name : {"hr.people", "shop.a", "shop.b", "shop.c", "shop"}) registry.Add(Table(name), AssetId(id++));
  auto scan = [&](const char* prefix, const char* after, size_t max) {
    std::vector<std::string> names;
    for (const AssetId found : registry.ScanNames(AssetKind::kDataset, "postgres://db:5432", prefix, after, max)) {
      names.push_back(registry.NameOf(found)->name);
    }
    return names;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(scan("", "", 10), (Names{"hr.people", "shop", "shop.a", "shop.b", "shop.c"}));
  EXPECT_EQ(scan("shop.", "", 2), (Names{"shop.a", "shop.b"}));
  EXPECT_EQ(scan("shop.", "shop.b", 2), (Names{"shop.c"}));
  EXPECT_EQ(scan("shop.", "hr", 1), (Names{"shop.a"}));
  EXPECT_EQ(scan("shop.", "zoo", 10), Names{});
}

TEST(RegistryTest, AgreesWithAMap) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    Registry registry;
    std::map<AssetName, AssetId> names;
    for (int step = 0; step < 1'000; ++step) {
      const AssetName name{random() % 2 ? AssetKind::kDataset : AssetKind::kJob, "ns" + std::to_string(random() % 3),
                           "n" + std::to_string(random() % 400)};
      if (names.contains(name)) continue;
      const AssetId id = registry.NextId();
      registry.Add(name, id);
      names[name] = id;
    }
    for (const auto& [name, id] : names) {
      ASSERT_EQ(registry.Find(name), id);
      ASSERT_EQ(registry.NameOf(id), name);
    }
    std::vector<AssetId> expected;
    for (const auto& [name, id] : names) {
      if (name.kind == AssetKind::kJob && name.ns == "ns1" && name.name.starts_with("n1")) expected.push_back(id);
    }
    EXPECT_EQ(registry.ScanNames(AssetKind::kJob, "ns1", "n1", "", 1'000), expected) << seed;
  }
}

TEST(RegistryTest, ReadersSeeWholeNamesWhileTheyAreAdded) {
  Registry registry;
  std::atomic<bool> done{false};
  std::jthread reader([&] {
    while (!done) {
      for (uint64_t id = 1; id <= 5'000; id += 97) {
        const auto name = registry.NameOf(AssetId(id));
        if (name.has_value()) {
          ASSERT_EQ(name->name, "t" + std::to_string(id));
          ASSERT_EQ(registry.Find(*name), AssetId(id));
        }
      }
    }
  });
  for (uint64_t id = 1; id <= 5'000; ++id) registry.Add(Table("t" + std::to_string(id)), AssetId(id));
  done = true;
}

}  // namespace
}  // namespace cadastre::authz
