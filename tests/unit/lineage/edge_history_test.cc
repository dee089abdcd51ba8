#include "lineage/edge_history.h"

#include <algorithm>
#include <random>
#include <string>

#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

// The history as `day+` (begins) and `day-` (ends).
std::string HistoryText(const record::EdgeSeen& seen, const JobRuns& runs) {
  std::string text;
  for (const EdgeChangePoint& point : HistoryOf(seen, runs)) {
    text += (text.empty() ? "" : " ") + std::to_string((point.held.micros() - kDayZeroUs) / kDayUs) +
            (point.edge.ended() ? "-" : "+");
  }
  return text;
}

JobRuns DailyRuns(int from, int to) {
  JobRuns runs;
  for (int day = from; day <= to; ++day) runs.completes.push_back(Day(day).micros());
  runs.shown_until = Day(to).micros();
  return runs;
}

struct Story {
  const char* name;
  std::vector<int> stated;
  std::vector<int> cuts;
  JobRuns runs;
  const char* history;
};

TEST(EdgeHistory, FollowsFromStatementsCutsAndRuns) {
  const std::vector<Story> stories = {
      {"no runs: current for ever", {1}, {}, {}, "1+"},
      {"four runs do not end it", {1}, {}, DailyRuns(50, 53), "1+"},
      {"the fifth run ends it, when 30 days are over", {1}, {}, DailyRuns(50, 54), "1+ 54-"},
      {"30 days end it, when five runs are over", {1}, {}, DailyRuns(2, 60), "1+ 31-"},
      {"not before a run shows it", {1}, {}, DailyRuns(2, 30), "1+"},
      {"statements less than 30 days apart bridge", {1, 20, 45}, {}, DailyRuns(2, 60), "1+"},
      {"those further apart do not", {1, 40}, {}, DailyRuns(2, 60), "1+ 31- 40+"},
      {"a definition without it ends it at once", {1}, {5}, {}, "1+ 5-"},
      {"a statement after it begins it again", {1, 9}, {5}, {}, "1+ 5- 9+"},
      {"a statement at the same moment wins", {1, 5}, {5}, {}, "1+"},
      {"a definition before the first statement changes nothing", {5}, {1}, {}, "5+"},
  };
  for (const Story& story : stories) {
    // Every order of telling it.
    std::vector<std::pair<bool, int>> steps;
    for (const int day : story.stated) steps.emplace_back(true, day);
    for (const int day : story.cuts) steps.emplace_back(false, day);
    std::sort(steps.begin(), steps.end());
    do {
      record::EdgeSeen seen;
      std::vector<int64_t> known_cuts;
      for (const auto& [stated, day] : steps) {
        if (stated) {
          StateEdge(seen, Day(day), {}, known_cuts);
        } else {
          known_cuts.push_back(Day(day).micros());
          CutEdge(seen, Day(day));
        }
      }
      EXPECT_EQ(HistoryText(seen, story.runs), story.history) << story.name;
    } while (std::next_permutation(steps.begin(), steps.end()));
  }
}

TEST(EdgeHistory, ARunsEndPutsStalenessOffButMendsNoCut) {
  record::EdgeSeen seen;
  StateEdge(seen, Day(1), {}, {});
  EndRunOfEdge(seen, Day(20));
  EXPECT_EQ(HistoryText(seen, DailyRuns(2, 60)), "1+ 50-");
  CutEdge(seen, Day(10));
  EXPECT_EQ(HistoryText(seen, DailyRuns(2, 60)), "1+ 10-");
}

TEST(EdgeHistory, ReconcilingWritesOnlyWhatDiffers) {
  record::EdgeSeen seen;
  const JobRuns runs = DailyRuns(2, 60);
  StateEdge(seen, Day(1), {}, {});
  EXPECT_EQ(Reconcile(seen, runs).size(), 2u);  // active, ended
  EXPECT_EQ(Reconcile(seen, runs).size(), 0u);
  // A late statement moves the end: the old one is overwritten, the new one written.
  StateEdge(seen, Day(9), {}, {});
  const std::vector<EdgeChangePoint> rows = Reconcile(seen, runs);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].held, Day(31));
  EXPECT_FALSE(rows[0].edge.ended());
  EXPECT_EQ(rows[1].held, Day(39));
  EXPECT_TRUE(rows[1].edge.ended());
  EXPECT_EQ(Reconcile(seen, runs).size(), 0u);
}

TEST(EdgeHistory, StaysSmallHoweverOftenItIsStated) {
  std::mt19937_64 random(1);
  record::EdgeSeen seen;
  std::vector<int> hours;
  for (int hour = 0; hour < 24 * 200; ++hour) hours.push_back(hour);
  std::shuffle(hours.begin(), hours.end(), random);
  for (const int hour : hours) {
    StateEdge(seen, Day(hour / 24.0), {PairOf("x", "y")}, {});
    Reconcile(seen, DailyRuns(0, 300));
  }
  ASSERT_EQ(seen.groups_size(), 2);
  EXPECT_LE(seen.groups(0).from_size(), kSpansMax);
  EXPECT_LE(seen.points_size(), kPointsMax);
  EXPECT_EQ(HistoryText(seen, DailyRuns(0, 300)), "0+ 229-");
}

}  // namespace
}  // namespace cadastre::lineage
