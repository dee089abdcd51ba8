// A committer that runs over an engine and a clock at rest, for tests.
#pragma once

#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/status.h"
#include "storage/committer.h"
#include "storage/keyspaces.h"
#include "storage/memory_engine.h"
#include "tests/unit/storage/test_pass.h"

namespace cadastre::storage {

inline constexpr Timestamp kMorning = Timestamp(1'000'000);

// name/<text>\0, versioned; token/<text>, plain; aspect/<text of fixed width>, held.
inline std::string NameKey(std::string_view text) {
  std::string key(1, static_cast<char>(Keyspace::kName));
  base::AppendString(key, text);
  return key;
}
inline std::string PlainKey(std::string_view text) {
  std::string key(1, static_cast<char>(Keyspace::kToken));
  base::AppendString(key, text);
  return key;
}
inline std::string AspectKey(uint64_t id) {
  std::string key(1, static_cast<char>(Keyspace::kAspect));
  base::AppendU64(key, id);
  return key;
}

// Numbers leaves and notes what was published.
class RecordingHooks final : public CommitHooks {
 public:
  StatusOr<uint64_t> AppendLeaves(const std::vector<CommittedLeaf>& leaves, Timestamp, Batch* batch) override {
    if (!refuse.ok()) return refuse;
    const uint64_t first = next_leaf;
    for (const CommittedLeaf& one : leaves) {
      std::string key(1, static_cast<char>(Keyspace::kAudit));
      base::AppendU32(key, 1);
      base::AppendU64(key, next_leaf++);
      batch->Put(std::move(key), one.leaf->leaf);
    }
    return first;
  }
  void Discard() override { next_leaf = published_leaf; }
  void Publish(const std::vector<CommittedWork>& group, Revision revision) override {
    published_leaf = next_leaf;
    if (!group.empty()) group_sizes.push_back(group.size());
    published = revision;
  }
  void PublishPart(const CommittedWork&, size_t first, size_t count) override {
    parts.emplace_back(first, count);
    if (on_part) on_part();
  }

  Status refuse;
  uint64_t next_leaf = 0;
  uint64_t published_leaf = 0;
  std::vector<size_t> group_sizes;
  std::function<void()> on_part;
  // First put and number of puts.
  std::vector<std::pair<size_t, size_t>> parts;
  Revision published;
};

// Looked at from the test's thread only while nothing waits to be committed.
class TestStore {
 public:
  using Options = Committer::Options;

  explicit TestStore(Engine* engine, Options options = {}) : engine(engine) {
    options.on_fatal = [this](Status status) { fatal = std::move(status); };
    auto opened = Committer::Open(engine, &clock, &hooks, std::move(options));
    CHECK(opened.ok()) << opened.status().ToString();
    committer = *std::move(opened);
    thread = std::jthread([this](const std::stop_token& stop) { committer->Run(stop); });
  }
  ~TestStore() { Stop(); }

  void Stop() { thread = std::jthread(); }

  // Submits all while the committer is held up, so that they make one group (while the bounds allow); answers in order.
  std::vector<StatusOr<CommitResult>> CommitTogether(std::vector<Work> works) {
    std::vector<StatusOr<CommitResult>> answers(works.size(), base::Internal("no answer"));
    // Held by the committer too: works that are refused at once are all answered before it has passed the gate.
    const auto gate = std::make_shared<Gate>(works.size());
    committer->Submit(Work(), [gate](auto) {
      gate->held_up.count_down();
      gate->submitted.wait();
    });
    gate->held_up.wait();
    for (size_t i = 0; i < works.size(); ++i) {
      committer->Submit(std::move(works[i]), [&answers, gate, i](auto answer) {
        answers[i] = std::move(answer);
        gate->answered.count_down();
      });
    }
    gate->submitted.count_down();
    gate->answered.wait();
    return answers;
  }

  struct Gate {
    explicit Gate(size_t works) : answered(static_cast<ptrdiff_t>(works)) {}
    std::latch held_up{1};
    std::latch submitted{1};
    std::latch answered;
  };

  Engine* engine;
  base::FakeClock clock{kMorning};
  RecordingHooks hooks;
  Status fatal;
  std::unique_ptr<Committer> committer;
  std::jthread thread;
};

}  // namespace cadastre::storage
