#include "server/housekeeping.h"

#include <algorithm>
#include <vector>

#include "storage/gc.h"
#include "tests/support/governed_world.h"

namespace cadastre::server {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::chrono::minutes kHistory{1};
constexpr int kMinutes = 6;
constexpr int kSecondsAMinute = 60;

// A server that keeps a minute of history and is written to evenly, second by second. Each look at the clock takes a
// while, so that a slice holds a bounded number of steps.
class PacedWorld : public testing_support::GovernedWorld {
 public:
  explicit PacedWorld(microseconds look) : look_(look) {
    Config config;
    config.history_days = 0;
    config.history_minutes = kHistory.count();
    housekeeping_.emplace(
        &guard(), &house(), config, &figures, [this] { return house().published()->revision; },
        [this] { return time_ += look_; });
  }

  // Of the minute: the most debt, and the rows looked at a second.
  struct Minute {
    uint64_t debt = 0;
    uint64_t visits = 0;
  };
  Minute Live(int writes_a_second) {
    Minute minute;
    const uint64_t visited = figures.gc_visited;
    for (int second = 0; second < kSecondsAMinute; ++second) {
      for (int i = 0; i < writes_a_second; ++i) {
        record::Labels labels;
        labels.set_dropped(++written_ % 2 == 0);
        PutAsset({AssetKind::kDataset, "test", std::to_string(written_ / 2 % 20)}, labels);
      }
      clock().Advance(seconds(1));
      time_ += seconds(1);
      housekeeping_->Step({});
      minute.debt = std::max(minute.debt, Debt());
    }
    minute.visits = (figures.gc_visited - visited) / kSecondsAMinute;
    return minute;
  }

  // What may go and was not gone through yet, in commits.
  uint64_t Debt() { return *storage::Gc(&engine(), {}).Debt(clock().Now() - kHistory); }

  HousekeepingFigures figures;

 private:
  const microseconds look_;
  Housekeeping::Time time_;
  std::optional<Housekeeping> housekeeping_;
  uint64_t written_ = 0;
};

std::vector<PacedWorld::Minute> LiveAt(int writes_a_second) {
  PacedWorld world(microseconds(100));
  std::vector<PacedWorld::Minute> minutes;
  for (int minute = 0; minute < kMinutes; ++minute) minutes.push_back(world.Live(writes_a_second));
  return minutes;
}

TEST(Housekeeping, ForgettingKeepsPaceWithWhatIsWritten) {
  const auto slow = LiveAt(4);
  const auto fast = LiveAt(20);
  for (const auto* minutes : {&slow, &fast}) {
    const uint64_t settled = (*minutes)[kMinutes / 2].debt;
    EXPECT_GT(settled, 0u);
    EXPECT_LE(minutes->back().debt, settled + settled / 5) << "the debt levels off";
  }
  EXPECT_GE(fast.back().visits, 3 * slow.back().visits) << "five times as many writes, more rows looked at a second";
}

TEST(Housekeeping, AllThatMayGoIsGoneThroughOnceNothingIsWritten) {
  PacedWorld world(std::chrono::milliseconds(4));
  for (int minute = 0; minute < 2; ++minute) world.Live(20);
  EXPECT_GT(world.Debt(), 0u);
  for (int minute = 0; minute < 2; ++minute) world.Live(0);
  EXPECT_EQ(world.Debt(), 0u);
}

}  // namespace
}  // namespace cadastre::server
