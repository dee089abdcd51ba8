#include "lineage/run_merge.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

catalog::v1::Aspect ProfileOf(int64_t rows, double min) {
  catalog::v1::Aspect aspect;
  aspect.mutable_profile()->set_rows(rows);
  aspect.mutable_profile()->add_columns()->set_min(min);
  return aspect;
}

EventWrite Reading(uint64_t dataset, std::vector<catalog::v1::Aspect> facets) {
  EventWrite event;
  event.event_time = Day(1);
  event.run.emplace();
  event.inputs.push_back({AssetId(dataset), std::move(facets)});
  return event;
}

int64_t RowsTold(const record::Run& run) { return run.io(0).facets(0).aspect().profile().rows(); }

TEST(RunMerge, OfAFacetStatedTwiceByOneEventTheLastStands) {
  for (const int first : {1, 2, 3, 4}) {
    for (const double min : {3.0, 5.0}) {
      record::Run run;
      EventWrite event = Reading(7, {ProfileOf(first, min)});
      event.inputs.push_back({AssetId(7), {ProfileOf(9, 4)}});
      for (int repeated = 0; repeated < 2; ++repeated) MergeEvent(run, event, event.event_time, {});
      ASSERT_EQ(run.io_size(), 1);
      ASSERT_EQ(run.io(0).facets_size(), 1);
      EXPECT_EQ(RowsTold(run), 9) << first;
    }
  }
}

TEST(RunMerge, ValuesOfTheDataDecideNothingThatStands) {
  std::set<int64_t> told;
  for (int min = 0; min < 20; ++min) {
    record::Run run;
    for (const auto& profile : {ProfileOf(1, min), ProfileOf(2, 19 - min)}) {
      const EventWrite event = Reading(7, {profile});
      MergeEvent(run, event, event.event_time, {});
    }
    told.insert(RowsTold(run));
  }
  EXPECT_EQ(told.size(), 1u);
  // Where all that is shown is the same, the order of arrival still decides nothing.
  std::set<std::string> kept;
  for (const bool swapped : {false, true}) {
    record::Run run;
    for (const int min : {swapped ? 2 : 1, swapped ? 1 : 2}) {
      const EventWrite event = Reading(7, {ProfileOf(1, min)});
      MergeEvent(run, event, event.event_time, {});
    }
    kept.insert(run.SerializeAsString());
  }
  EXPECT_EQ(kept.size(), 1u);
}

// Of a run id that is used for ever. The newest event comes first, so that it is its time that counts.
TEST(RunMerge, ARunKeepsWhatWasNamedLast) {
  constexpr uint64_t kEach = 5'000;
  constexpr int kRounds = 100;
  record::Run run;
  for (int round = 0; round < kRounds; ++round) {
    EventWrite event;
    event.event_time = Day(kRounds - round);
    event.run.emplace();
    event.run->state = RunState::kComplete;
    catalog::v1::Aspect facet;
    facet.mutable_facet()->set_name("f" + std::to_string(100 + round));
    facet.mutable_facet()->set_json(std::string(size_t{1} << 20, 'x'));
    event.run->facets = {facet};
    std::vector<EdgeKey> edges;
    for (uint64_t i = 0; i < kEach && round < 8; ++i) {
      const AssetId output(1 + static_cast<uint64_t>(round) * kEach + i);
      event.outputs.push_back({output, {}});
      edges.push_back({AssetId(1), EdgeKind::kProduces, output, AssetId(1), 1});
    }
    const RunMerge merged = MergeEvent(run, event, event.event_time, edges);
    EXPECT_EQ(merged.complete_added.has_value(), round < kRunCompletesMax) << round;
  }
  ASSERT_EQ(run.io_size(), kRunDatasetsMax);
  EXPECT_EQ(run.io(run.io_size() - 1).dataset(), uint64_t{kRunDatasetsMax});
  ASSERT_EQ(run.edges_size(), kRunEdgesMax);
  EXPECT_EQ(run.edges(run.edges_size() - 1).to(), uint64_t{kRunEdgesMax});
  ASSERT_EQ(run.facets_size(), 31) << "of 1 MiB and a little each";
  EXPECT_EQ(run.facets(30).aspect().facet().name(), "f130");
  EXPECT_TRUE(run.trimmed());
  ASSERT_EQ(run.completes_size(), kRunCompletesMax);
  EXPECT_EQ(Timestamp(run.completes(0)), Day(kRounds - kRunCompletesMax + 1));
}

}  // namespace
}  // namespace cadastre::lineage
