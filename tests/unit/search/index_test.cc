#include "search/index.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "base/log.h"
#include "tests/support/temp_folder.h"
#include "tests/unit/search/random_catalog.h"

namespace cadastre::search {
namespace {

using Folder = testing_support::TempFolder;
using Names = std::vector<std::string>;

TEST(Index, ANewFolderIsNoFault) {
  const Folder folder;
  std::vector<std::string> lines;
  base::SetLogSink([&](std::string_view line) { lines.emplace_back(line); });
  for (int start = 0; start < 2; ++start) {
    SearchWorld world(folder.path());
    world.Follow();
  }
  base::SetLogSink(nullptr);
  ASSERT_EQ(lines.size(), 1u) << "the second start finds what the first one made";
  EXPECT_NE(lines[0].find("\"level\":\"info\",\"event\":\"search base is new\""), std::string::npos) << lines[0];
  EXPECT_EQ(lines[0].find("Error"), std::string::npos);
}

TEST(Index, ItDoesNotMatterWhereADocumentStands) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Folder built;
    const Folder folded;
    SearchWorld memory;
    SearchWorld base(built.path());
    SearchWorld mixed(folded.path());
    std::vector<SearchWorld*> worlds = {&memory, &base, &mixed};
    RandomCatalog catalog(seed, 50);
    Planted in_memory(&memory, false);
    Planted in_base(&base, false);
    Planted in_both(&mixed, false);
    const auto put = [&](size_t index) {
      in_memory.Put(catalog.specs, index);
      in_base.Put(catalog.specs, index);
      in_both.Put(catalog.specs, index);
    };
    for (size_t i = 0; i < catalog.specs.size(); ++i) {
      put(i);
      if (i % 3 == 0) memory.Follow();
      if (i % 5 == 0) mixed.Follow();
      if (i % 20 == 10) {
        ASSERT_TRUE(mixed.index().Fold().ok());
      }
    }
    for (size_t i = 0; i < 20; ++i) {
      const size_t index = catalog.Pick(catalog.specs.size());
      catalog.Rewrite(index);
      put(index);
      memory.Follow();
      if (i % 4 == 0) mixed.Follow();
    }
    std::vector<std::string> viewers;
    for (SearchWorld* world : worlds) {
      viewers.push_back(AddViewer(world->world()));
      world->Follow();
    }
    ASSERT_EQ(base.index().tail_documents(), 0u);
    ASSERT_GT(mixed.index().tail_documents(), 0u);
    for (size_t i = 0; i < 40; ++i) {
      const FindRequest request = RandomRequest(catalog);
      const StatusOr<Shown> expected = memory.Ask(viewers[0], request);
      ASSERT_TRUE(expected.ok()) << expected.status();
      for (size_t w = 1; w < worlds.size(); ++w) {
        const StatusOr<Shown> same = worlds[w]->Ask(viewers[w], request);
        ASSERT_TRUE(same.ok()) << same.status();
        ASSERT_EQ(*same, *expected) << "query " << request.query << " of world " << w;
      }
    }
  }
}

TEST(Index, AStartFindsTheBaseAndRebuildsTheTailFromTheLog) {
  const Folder folder;
  SearchWorld world(folder.path());
  const AssetId first = world.AddNamed("first.orders");
  world.Follow();
  world.AddNamed("second.orders");
  world.Follow();
  ASSERT_EQ(*world.index().Fold(), 1u);
  EXPECT_EQ(world.index().tail_documents(), 0u);
  world.AddNamed("third.orders");
  world.source().Erase(first);
  world.Touch(first);
  world.Follow();
  EXPECT_EQ(world.Names("orders"), (Names{"second.orders", "third.orders"}));
  world.Restart();
  EXPECT_FALSE(world.index().ready());
  world.Follow();
  EXPECT_EQ(world.index().tail_documents(), 2u);
  EXPECT_EQ(world.Names("orders"), (Names{"second.orders", "third.orders"}));
  ASSERT_TRUE(world.index().Fold().ok());
  EXPECT_EQ(world.Names("orders"), (Names{"second.orders", "third.orders"}));
}

TEST(Index, AFoldThatIsCutShortLosesNothing) {
  const Folder folder;
  SearchWorld world(folder.path());
  world.AddNamed("first.orders");
  world.Follow();
  for (const char* name : {"second.orders", "third.orders", "fourth.orders"}) world.AddNamed(name);
  world.Follow();
  int asked = 0;
  ASSERT_EQ(*world.index().Fold([&] { return ++asked > 1; }), 1u);
  const Names all = {"first.orders", "fourth.orders", "second.orders", "third.orders"};
  EXPECT_EQ(world.Names("orders"), all);
  world.Restart();
  world.Follow();
  EXPECT_EQ(world.index().tail_documents(), 2u) << "the one in the base already is not described as changed";
  EXPECT_EQ(world.Names("orders"), all);
  ASSERT_EQ(*world.index().Fold(), 2u);
  EXPECT_EQ(world.Names("orders"), all);
}

TEST(Index, ADamagedBaseIsBuiltAnew) {
  const Folder folder;
  SearchWorld world(folder.path());
  world.AddNamed("first.orders");
  world.Follow();
  for (const auto& file : std::filesystem::directory_iterator(folder.path() + "/base")) {
    if (file.path().filename() == "flintlock") continue;
    world.Restart();
    std::filesystem::resize_file(file.path(), 3);
    world.Follow();
    EXPECT_EQ(world.Names("orders"), (Names{"first.orders"}));
    break;
  }
  world.Restart();
  std::filesystem::remove_all(folder.path() + "/base");
  world.Follow();
  EXPECT_EQ(world.Names("orders"), (Names{"first.orders"}));
}

TEST(Index, ValuesChangeWithoutTheTailAndOutliveAStart) {
  const Folder folder;
  SearchWorld world(folder.path());
  SearchDocument document;
  document.name = Dataset("orders");
  const AssetId id = world.Add(document);
  world.Follow();
  document.certification = "gold";
  world.source().Set(id, document);
  world.Touch(id);
  world.Follow();
  EXPECT_EQ(world.index().tail_documents(), 0u);
  const auto certified = [&] {
    FindRequest request;
    request.facets = {"certification"};
    return world.Ask(world.world().admin(), request)->facets.at(0).counts;
  };
  EXPECT_EQ(certified(), (std::vector<FacetCount>{{"gold", 1, ""}}));
  ASSERT_TRUE(world.index().Fold().ok());
  world.Restart();
  world.Follow();
  EXPECT_EQ(certified(), (std::vector<FacetCount>{{"gold", 1, ""}}));
}

TEST(Index, AFoldWritesNoValueBackThatChangedMeanwhile) {
  const Folder folder;
  SearchWorld world(folder.path());
  world.Follow();
  SearchDocument document;
  document.name = Dataset("orders");
  document.certification = "silver";
  const AssetId id = world.Add(document);
  world.Follow();
  ASSERT_EQ(world.index().tail_documents(), 1u);
  const auto certify = [&](const std::string& level) {
    document.certification = level;
    world.source().Set(id, document);
    world.Touch(id);
    world.Follow();
  };
  const auto certified = [&] {
    FindRequest request;
    request.facets = {"certification"};
    return world.Ask(world.world().admin(), request)->facets.at(0).counts;
  };
  // Known to the tail beside the document, then once more while the fold is writing.
  certify("gold");
  ASSERT_TRUE(world.index()
                  .Fold([&] {
                    certify("platinum");
                    return false;
                  })
                  .ok());
  EXPECT_EQ(certified(), (std::vector<FacetCount>{{"platinum", 1, ""}}));
  certify("gold");
  ASSERT_TRUE(world.index().Fold().ok());
  EXPECT_EQ(certified(), (std::vector<FacetCount>{{"gold", 1, ""}}));
  world.Restart();
  world.Follow();
  EXPECT_EQ(certified(), (std::vector<FacetCount>{{"gold", 1, ""}}));
}

TEST(Index, WhatTheBaseKeepsOfADocumentIsItsNewestValues) {
  const Folder folder;
  SearchWorld world(folder.path());
  world.Follow();
  SearchDocument document;
  document.name = Dataset("orders");
  const AssetId id = world.Add(document);
  world.Follow();
  document.deprecated = true;
  document.certification = "gold";
  world.source().Set(id, document);
  world.Touch(id);
  world.Follow();
  ASSERT_EQ(*world.index().Fold(), 1u);
  world.Restart();
  world.Follow();
  FindRequest request;
  request.facets = {"certification"};
  EXPECT_EQ(world.Ask(world.world().admin(), request)->facets.at(0).counts, (std::vector<FacetCount>{{"gold", 1, ""}}));
}

TEST(Index, OneAssetThatDoesNotDecodeStopsNoOther) {
  const Folder folder;
  SearchWorld world(folder.path());
  const AssetId bad = world.AddNamed("bad.orders");
  world.AddNamed("first.orders");
  world.source().Damage(bad, base::DataLoss("a stored record does not parse"));
  world.Follow();
  EXPECT_EQ(world.Names("orders"), (Names{"first.orders"}));
  world.AddNamed("second.orders");
  world.Touch(bad);
  world.Follow();
  EXPECT_EQ(world.Names("orders"), (Names{"first.orders", "second.orders"}));
  EXPECT_EQ(world.index().skipped(), 2u);
  world.source().Damage(bad, absl::OkStatus());
  world.Touch(bad);
  world.Follow();
  EXPECT_EQ(world.Names("orders"), (Names{"bad.orders", "first.orders", "second.orders"}));
}

TEST(Index, AFollowerThatFailsShutsItsGateAndTriesAgain) {
  SearchWorld world;
  const AssetId id = world.AddNamed("orders");
  const Revision written = world.world().house().published()->revision;
  world.source().Damage(id, base::Unavailable("the storage device failed"));
  std::jthread follower([&](const std::stop_token& stop) { world.index().Follow(world.feed(), world.source(), stop); });
  const auto ask = [&] {
    std::promise<Status> told;
    world.index().gate().WhenReached(written, kTimestampMax, [&](Status status) { told.set_value(std::move(status)); });
    return told.get_future().get();
  };
  const Status failed = ask();
  EXPECT_TRUE(absl::IsUnavailable(failed)) << failed;
  EXPECT_NE(failed.message().find("tried again"), std::string::npos) << failed;
  EXPECT_FALSE(world.index().gate().health().ok());
  world.source().Damage(id, absl::OkStatus());
  Status again = failed;
  while (!again.ok()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    again = ask();
    ASSERT_TRUE(again.ok() || again == failed) << again;
  }
  EXPECT_TRUE(world.index().gate().health().ok());
}

TEST(Index, TheGateOpensWhenTheRevisionIsSearchable) {
  SearchWorld world;
  world.Follow();
  world.AddNamed("orders");
  const Revision written = world.world().house().published()->revision;
  std::optional<Status> reached;
  world.index().gate().WhenReached(written, kTimestampMax, [&](const Status& status) { reached = status; });
  EXPECT_FALSE(reached.has_value());
  world.Follow();
  ASSERT_TRUE(reached.has_value());
  EXPECT_TRUE(reached->ok());
  EXPECT_EQ(world.Names("orders"), (Names{"orders"}));
}

TEST(Index, BeforeItIsBuiltSearchIsUnavailable) {
  SearchWorld world;
  EXPECT_EQ(world.Ask(world.world().admin(), {}).status().code(), absl::StatusCode::kUnavailable);
}

TEST(Index, WritesAreRefusedWhenItLagsTooLong) {
  SearchWorld world;
  world.Follow();
  for (int i = 0; i < 10; ++i) world.AddNamed("orders" + std::to_string(i));
  ASSERT_FALSE(*world.index().Step(world.feed(), world.source(), 2));
  EXPECT_FALSE(world.index().overloaded());
  world.world().clock().Advance(std::chrono::seconds(31));
  EXPECT_TRUE(world.index().overloaded());
  world.Follow();
  EXPECT_FALSE(world.index().overloaded());
}

TEST(Index, ReadersStandBesideTheFollowerAndTheFolder) {
  const Folder folder;
  SearchWorld world(folder.path());
  for (int i = 0; i < 40; ++i) world.AddNamed("orders.table" + std::to_string(i));
  world.Follow();
  std::atomic<bool> done = false;
  std::atomic<int> answers = 0;
  const auto read = [&] {
    while (!done) {
      FindRequest request;
      request.query = "orders tabel";
      request.facets = {"kind", "type"};
      const StatusOr<Shown> shown = world.Ask(world.world().admin(), request);
      ASSERT_TRUE(shown.ok()) << shown.status();
      ASSERT_GE(shown->total, 40);
      ++answers;
    }
  };
  const auto fold = [&] {
    while (!done) ASSERT_TRUE(world.index().Fold().ok());
  };
  std::jthread first(read);
  std::jthread second(read);
  std::jthread folder_thread(fold);
  for (int i = 40; i < 100; ++i) {
    world.AddNamed("orders.table" + std::to_string(i));
    world.Follow();
  }
  while (answers < 20) std::this_thread::yield();
  done = true;
  first.join();
  second.join();
  folder_thread.join();
  EXPECT_EQ(world.Names("orders").size(), 100u);
}

}  // namespace
}  // namespace cadastre::search
