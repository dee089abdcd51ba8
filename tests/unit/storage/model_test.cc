// Random worlds: the store must answer every read as a plain list of all versions does, before and after collection.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "storage/change_log.h"
#include "storage/gc.h"
#include "storage/reader.h"
#include "storage/row_key.h"
#include "tests/unit/storage/test_engines.h"
#include "tests/unit/storage/test_store.h"

namespace cadastre::storage {
namespace {

struct Version {
  std::string key;
  Timestamp held;
  Revision revision;
  std::string value;

  // The order of stored keys.
  bool operator<(const Version& other) const {
    if (key != other.key) return key < other.key;
    if (held != other.held) return held > other.held;
    return revision > other.revision;
  }
  bool operator==(const Version&) const = default;
};

std::ostream& operator<<(std::ostream& out, const Version& v) {
  return out << "held " << v.held << " r" << v.revision << " '" << v.value << "'";
}

class Model {
 public:
  void Add(Version version) { versions_.insert(std::move(version)); }

  std::optional<Version> Find(const std::string& key, Timestamp held_at, Revision bound) const {
    for (const Version& version : versions_) {
      if (version.key != key || version.held > held_at || version.revision > bound) continue;
      return version.value.empty() ? std::nullopt : std::optional<Version>(version);
    }
    return std::nullopt;
  }

  std::vector<Version> Scan(const std::string& lower, const std::string& upper, Timestamp held_at,
                            Revision bound) const {
    std::vector<Version> found;
    std::string last;
    for (const Version& version : versions_) {
      if (version.key < lower || version.key >= upper || version.key == last) continue;
      last = version.key;
      if (auto row = Find(version.key, held_at, bound)) found.push_back(*row);
    }
    return found;
  }

  std::vector<Version> ScanVersions(const std::string& lower, const std::string& upper, Revision bound) const {
    std::vector<Version> found;
    for (const Version& version : versions_) {
      if (version.key >= lower && version.key < upper && version.revision <= bound) found.push_back(version);
    }
    return found;
  }

 private:
  std::set<Version> versions_;
};

Version ToVersion(const Row& row) { return {row.key, row.held, row.revision, row.value}; }

class World {
 public:
  World(Engine* engine, uint64_t seed) : engine_(engine), store_(engine), random_(seed) {
    // Names that begin with one another, and aspects side by side.
    for (const char* name : {"a", "ab", "abc", "b", "b\xff", "c"}) keys_.push_back(NameKey(name));
    for (uint64_t id : {1, 2, 255, 256}) keys_.push_back(AspectKey(id));
  }

  uint64_t Below(uint64_t limit) { return std::uniform_int_distribution<uint64_t>(0, limit - 1)(random_); }
  Revision RandomRevision(uint64_t from = 0) { return Revision(from + Below(times_.size() + 2 - from)); }
  Timestamp RandomTime() { return Timestamp(static_cast<int64_t>(Below(Now().micros() + 100)) - 50); }
  Timestamp Now() { return store_.clock.Now(); }
  const std::vector<Timestamp>& times() const { return times_; }

  void Commit(int works) {
    for (int i = 0; i < works; ++i) {
      Work work;
      std::vector<Work::Put> puts;
      const uint64_t rows = 1 + Below(3);
      for (uint64_t row = 0; row < rows; ++row) {
        puts.push_back(RandomPut());
        work.AddPut(puts.back());
      }
      const auto committed = store_.committer->Commit(std::move(work));
      ASSERT_TRUE(committed.ok());
      // The last put of a key (and held-at) stands.
      std::map<std::pair<std::string, Timestamp>, Version> versions;
      for (const Work::Put& put : puts) {
        const bool held = ShapeOfKey(put.key) == Shape::kHeld;
        const Timestamp since = held ? std::min(put.held.value_or(committed->time), committed->time) : Timestamp();
        versions[{put.key, since}] = {put.key, since, committed->revision, put.value.value_or("")};
      }
      for (auto& [at, version] : versions) model_.Add(std::move(version));
      times_.push_back(committed->time);
      if (Below(3) > 0) store_.clock.Advance(std::chrono::microseconds(Below(20)));
    }
  }

  void CheckReads(uint64_t from_revision) {
    const Reader reader(engine_);
    const Revision bound = RandomRevision(from_revision);
    const Timestamp held_at = Below(4) == 0 ? kTimestampMax : RandomTime();
    const ReadPass pass = PassAt(bound.value());
    const auto many = reader.FindManyHeld(pass, keys_, held_at);
    for (size_t i = 0; i < keys_.size(); ++i) {
      const auto expected =
          model_.Find(keys_[i], ShapeOfKey(keys_[i]) == Shape::kHeld ? held_at : kTimestampMax, bound);
      const auto found = reader.FindHeld(pass, keys_[i], held_at);
      ASSERT_TRUE(found.ok());
      ASSERT_EQ(found->has_value(), expected.has_value());
      if (expected) {
        ASSERT_EQ(ToVersion(**found), *expected);
      }
      ASSERT_EQ((*many)[i].has_value(), expected.has_value());
      if (expected) {
        ASSERT_EQ(ToVersion(*(*many)[i]), *expected);
      }
    }
    for (const Keyspace table : {Keyspace::kName, Keyspace::kAspect}) {
      const auto [lower, upper] = RandomRange(table);
      const Timestamp at = ShapeOf(table) == Shape::kHeld ? held_at : kTimestampMax;
      ASSERT_EQ(All(*reader.Scan(pass, lower, upper, held_at)), model_.Scan(lower, upper, at, bound));
    }
  }

  void CheckHistory() {
    const Revision bound = RandomRevision();
    for (const Keyspace table : {Keyspace::kName, Keyspace::kAspect}) {
      const auto [lower, upper] = RandomRange(table);
      ASSERT_EQ(All(*Reader(engine_).ScanVersions(PassAt(bound.value()), lower, upper)),
                model_.ScanVersions(lower, upper, bound));
    }
  }

  void CheckTimes(Timestamp horizon) {
    const ChangeLog log(engine_);
    const ReadPass pass = PassAt(times_.size());
    const Timestamp time = Timestamp(RandomTime().micros() + 50);
    const auto found = log.RevisionAt(pass, time);
    if (time < horizon) {
      ASSERT_EQ(found.status().code(), absl::StatusCode::kOutOfRange);
      return;
    }
    const auto expected = std::upper_bound(times_.begin(), times_.end(), time) - times_.begin();
    ASSERT_EQ(*found, Revision(static_cast<uint64_t>(expected)));
  }

  // Steps of random size, commits between them; returns the horizon's revision.
  uint64_t Collect(Timestamp horizon) {
    const uint64_t revision = std::upper_bound(times_.begin(), times_.end(), horizon) - times_.begin();
    Gc::Progress progress;
    int steps = 0;
    do {
      Gc::Options options;
      options.rows_max = 1 + Below(60);
      const auto step = Gc(engine_, options).Step(PassAt(times_.size()), horizon);
      CHECK(step.ok()) << step.status().ToString();
      progress = *step;
      CHECK(++steps < 10'000) << "a collection that gets nowhere";
      CHECK(progress.visited <= options.rows_max + 2) << "a step over its bound";
      if (Below(8) == 0) Commit(1);
      CheckReads(revision);
    } while (!progress.done);
    return revision;
  }

  // After a collection nothing is left that could have gone.
  void CheckTidy(uint64_t horizon) {
    const Reader reader(engine_);
    std::map<std::pair<std::string, Timestamp>, int> kept;
    for (const Keyspace table : {Keyspace::kName, Keyspace::kAspect}) {
      const std::string lower = TableBegin(table);
      for (const Version& v : All(*reader.ScanVersions(PassAt(horizon), lower, base::PrefixEnd(lower)))) {
        const int versions = ++kept[std::make_pair(v.key, v.held)];
        ASSERT_EQ(versions, 1) << v;
        ASSERT_TRUE(table == Keyspace::kAspect || !v.value.empty()) << v;
      }
    }
  }

 private:
  Work::Put RandomPut() {
    Work::Put put;
    put.key = keys_[Below(keys_.size())];
    if (Below(4) > 0) put.value = std::to_string(Below(1'000));
    if (ShapeOfKey(put.key) == Shape::kHeld && Below(3) > 0) put.held = RandomTime();
    return put;
  }

  std::pair<std::string, std::string> RandomRange(Keyspace table) {
    std::string lower = TableBegin(table);
    std::string upper = base::PrefixEnd(lower);
    std::vector<std::string> rows;
    for (const std::string& key : keys_) {
      if (key[0] == lower[0]) rows.push_back(key);
    }
    if (Below(2) == 0) lower = Below(2) == 0 ? rows[Below(rows.size())] : base::PrefixEnd(rows[Below(rows.size())]);
    if (Below(2) == 0) upper = Below(2) == 0 ? rows[Below(rows.size())] : base::PrefixEnd(rows[Below(rows.size())]);
    return {lower, upper};
  }

  static std::vector<Version> All(RowCursor& cursor) {
    std::vector<Version> rows;
    for (; cursor.Valid(); cursor.Next()) rows.push_back(ToVersion(cursor.row()));
    EXPECT_TRUE(cursor.status().ok()) << cursor.status().ToString();
    return rows;
  }

  Engine* engine_;
  TestStore store_;
  std::mt19937_64 random_;
  std::vector<std::string> keys_;
  Model model_;
  std::vector<Timestamp> times_;
};

struct ModelCase {
  std::string name;
  int worlds;
  bool durable;
};

void PrintTo(const ModelCase& model_case, std::ostream* out) { *out << model_case.name; }

class ModelTest : public testing::TestWithParam<ModelCase> {
 protected:
  void RunWorlds(const std::function<void(World&)>& rest) {
    for (int i = 0; i < GetParam().worlds; ++i) {
      const uint64_t seed = 1'000 + static_cast<uint64_t>(i);
      SCOPED_TRACE(testing::Message() << "seed " << seed);
      TempFolder folder;
      const std::unique_ptr<Engine> engine =
          GetParam().durable ? OpenRocksDb(folder.path() + "/db") : std::make_unique<MemoryEngine>();
      World world(engine.get(), seed);
      world.Commit(150);
      rest(world);
      if (HasFatalFailure()) return;
    }
  }
};

TEST_P(ModelTest, ReadsAnswerAsTheListOfAllVersions) {
  RunWorlds([](World& world) {
    for (int i = 0; i < 60 && !HasFatalFailure(); ++i) {
      world.CheckReads(0);
      world.CheckHistory();
      world.CheckTimes(Timestamp::Min());
    }
  });
}

TEST_P(ModelTest, CollectionChangesNoReadAtOrAfterTheHorizon) {
  RunWorlds([](World& world) {
    uint64_t commit = 0;
    for (int pass = 0; pass < 3 && !HasFatalFailure(); ++pass) {
      commit += world.Below(world.times().size() - commit);
      const Timestamp horizon = world.times()[commit];
      const uint64_t revision = world.Collect(horizon);
      for (int i = 0; i < 30 && !HasFatalFailure(); ++i) {
        world.CheckReads(revision);
        world.CheckTimes(horizon);
      }
      world.CheckTidy(revision);
      world.Commit(60);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Engines, ModelTest,
                         testing::Values(ModelCase{"Memory", 60, false}, ModelCase{"RocksDb", 4, true}),
                         [](const auto& param) { return param.param.name; });

}  // namespace
}  // namespace cadastre::storage
