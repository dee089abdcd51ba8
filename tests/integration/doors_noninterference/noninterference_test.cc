// Noninterference: for random data, policy and viewer, every read over everything equals the same read over everything
// but what the viewer may not see.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "base/status.h"
#include "server/rpc/method_table.h"
#include "tests/integration/doors_noninterference/audit_check.h"
#include "tests/integration/doors_noninterference/compare.h"
#include "tests/integration/doors_noninterference/oracle.h"
#include "tests/integration/doors_noninterference/requests.h"
#include "tests/integration/doors_noninterference/script.h"
#include "tests/integration/doors_noninterference/world.h"

namespace cadastre::noninterference {
namespace {

constexpr uint64_t kWorlds = 200;
constexpr uint64_t kWorldsCounted = 100;
constexpr size_t kDifferencesPrintedMax = 30;
constexpr size_t kThreads = 2;

uint64_t NumberFrom(const char* variable, uint64_t fallback) {
  const char* text = std::getenv(variable);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

TEST(Noninterference, EveryRpcIsComparedOrKnownToWrite) {
  // Complete, else no server starts.
  const auto table = server::MethodTable::Make(server::Services{});
  ASSERT_TRUE(table.ok()) << table.status();
  std::set<std::string> known;
  for (const auto& [name, method] : (*table)->methods()) {
    known.insert(name);
    if (method.operation.effect == authz::Effect::kRead) {
      EXPECT_TRUE(ReadRpcs().contains(name)) << name << " reads and has no generator of requests here";
    } else {
      EXPECT_TRUE(WriteRpcs().contains(name)) << name << " writes and is not on the list of writes";
    }
  }
  for (const auto& [name, rpc] : ReadRpcs()) EXPECT_TRUE(known.contains(name)) << name;
  for (const std::string& name : WriteRpcs()) EXPECT_TRUE(known.contains(name)) << name;
}

struct Tally {
  size_t compared = 0;
  size_t filled = 0;
};

class Worlds {
 public:
  void Run(uint64_t seed) {
    const Script script = MakeScript(seed);
    Dice dice(seed ^ 0x9e3779b97f4a7c15ULL);
    const Rules rules = MakeRules(dice, script);
    const Oracle oracle(&script, &rules);
    const Sight now = oracle.At(script.writes.size());
    const Sight then = Both(now, oracle.At(script.then));
    World whole(script, rules, nullptr);
    World without_now(script, rules, &now);
    // Where no label changed since, what was hidden then is hidden now.
    std::unique_ptr<World> without_then;
    if (script.relabelled) without_then = std::make_unique<World>(script, rules, &then);
    Asker asker(&script, &now, seed + 1);
    const Pair pair{seed, &script, &now, AuditCheck(script)};
    for (const auto& [name, rpc] : ReadRpcs()) {
      for (size_t i = 0; i < rpc.count; ++i) {
        const Request request = rpc.ask(asker);
        World& without = request.then && without_then ? *without_then : without_now;
        Compare(pair, name, *request.message, whole, without);
      }
    }
    const base::MutexLock lock(mutex_);
    visible_ += now.Visible();
    assets_ += script.assets.size();
    const Columns columns = ColumnsOf(script, now);
    columns_.all += columns.all;
    columns_.visible += columns.visible;
  }

  void Report(uint64_t worlds) {
    const base::MutexLock lock(mutex_);
    Tally all;
    for (const auto& [name, tally] : tallies_) {
      std::cout << name << ": " << tally.compared << " compared, " << tally.filled << " not empty\n";
      if (ReadRpcs().at(name).mostly_refused) continue;
      // A few worlds repeated by hand may be poor in something.
      if (worlds >= kWorldsCounted) {
        EXPECT_GT(tally.filled * 2, tally.compared) << name << " answers mostly nothing";
      }
      all.compared += tally.compared;
      all.filled += tally.filled;
    }
    std::cout << all.compared << " compared, " << all.filled << " not empty; " << visible_ << " of " << assets_
              << " assets and " << columns_.visible << " of " << columns_.all << " columns visible\n";
    for (const auto& [name, count] : differences_) std::cout << "  " << count << " differences of " << name << "\n";
    EXPECT_EQ(differing_, 0u);
    EXPECT_EQ(assets_, 60 * worlds);
    if (worlds >= kWorldsCounted) {
      EXPECT_GE(columns_.all, 200 * worlds);
    }
  }

 private:
  struct Pair {
    uint64_t seed;
    const Script* script;
    const Sight* sight;
    AuditCheck check;
  };

  void Compare(const Pair& pair, const std::string& name, const Message& request, World& whole, World& without) {
    const Transcript one = Ask(whole, name, request, &pair.check);
    const Transcript other = Ask(without, name, request, nullptr);
    const base::MutexLock lock(mutex_);
    Tally& tally = tallies_[name];
    ++tally.compared;
    tally.filled += one.empty ? 0 : 1;
    if ((name.ends_with("/ListGrants") || name.ends_with("/GetGrant")) && !one.empty) {
      // The two worlds have other grants on purpose: these say in labels what those say asset by asset.
      Complain(pair.seed, name, request, HiddenIn(pair, one));
    } else {
      Complain(pair.seed, name, request, DifferenceOf(one, other));
    }
    Complain(pair.seed, name + " audit", request, one.audit);
  }

  static std::string HiddenIn(const Pair& pair, const Transcript& transcript) {
    std::string hidden;
    for (size_t i = 0; i < pair.script->assets.size(); ++i) {
      const std::string name = TextOf(RefOf(pair.script->assets[i].name));
      if (!pair.sight->Sees(i) && transcript.named.contains(name)) hidden += "names the hidden " + name + "\n";
    }
    return hidden;
  }

  void Complain(uint64_t seed, const std::string& name, const Message& request, const std::string& difference)
      REQUIRES(mutex_) {
    if (difference.empty()) return;
    ++differing_;
    if (++differences_[name] > 2 || differing_ > kDifferencesPrintedMax) return;
    ADD_FAILURE() << "CADASTRE_SEED=" << seed << " " << name << "\n" << request.Utf8DebugString() << difference;
  }

  base::Mutex mutex_;
  std::map<std::string, Tally> tallies_ GUARDED_BY(mutex_);
  std::map<std::string, size_t> differences_ GUARDED_BY(mutex_);
  size_t differing_ GUARDED_BY(mutex_) = 0;
  size_t visible_ GUARDED_BY(mutex_) = 0;
  size_t assets_ GUARDED_BY(mutex_) = 0;
  Columns columns_ GUARDED_BY(mutex_);
};

TEST(Noninterference, HiddenThingsChangeNoAnswer) {
  const uint64_t first = NumberFrom("CADASTRE_SEED", 1);
  const uint64_t count = NumberFrom("CADASTRE_WORLDS", kWorlds);
  std::cout << "seeds " << first << " to " << first + count - 1 << "\n";
  Worlds worlds;
  std::atomic<uint64_t> next = first;
  const auto work = [&] {
    for (uint64_t seed = next++; seed < first + count; seed = next++) worlds.Run(seed);
  };
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < kThreads; ++i) threads.emplace_back(work);
  }
  worlds.Report(count);
}

}  // namespace
}  // namespace cadastre::noninterference
