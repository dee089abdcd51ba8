// Forgets versions that no read at or after a horizon (in known-at) can reach, a bounded step at a time.
//
// Made by main over an Engine; thread rule: confined (the background thread's). A pass goes through the tables from a
// cursor kept on disk, so it goes on where it was after a restart. Kept of a row: every version after the horizon and
// the newest at or before it; of a held row the same for each held-at, so that a held-at never leaves the range. A
// tombstone at or before the horizon goes once nothing stands below it; a withdrawal stays, because a fact that comes
// late may yet stand below it and must stay hidden. The index from time to revision keeps its newest row at or before
// the horizon; plain tables belong to their rooms. Errors: those of Engine; DATA_LOSS for a row that does not parse.
// Deliberately does not: trim the log (ChangeLog::Trim, when the followers have passed), sync what it removes (what a
// power cut brings back is removed again), decide the horizon.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/words.h"
#include "storage/engine.h"
#include "storage/horizon.h"
#include "storage/read_pass.h"
#include "storage/row_key.h"

namespace cadastre::storage {

class Gc {
 public:
  struct Progress {
    uint64_t visited = 0;  // rows looked at in this step
    uint64_t removed = 0;
    bool done = false;  // the pass is at its end
  };
  struct Options {
    size_t rows_max = 2'000;  // looked at in one step, about
    std::function<void(const Progress&)> on_progress;
  };

  Gc(Engine* engine, Options options) : engine_(engine), options_(std::move(options)) {}

  // How many commits lie between the last pass that was finished and the last commit at or before `horizon`: what they
  // replaced may go, and was not gone through yet.
  StatusOr<uint64_t> Debt(Timestamp horizon) const;

  // Goes on with the pass begun; where none is, begins one with the last commit at or before `horizon`, which every
  // later read must not go behind. Done at once when that is where the last pass ended.
  StatusOr<Progress> Step(const ReadPass& pass, Timestamp horizon);

 private:
  // A pass on its way: the horizon it works for and the stored key it goes on from.
  struct Pass {
    Revision horizon;
    std::string next;
  };
  // What one step has looked at and will remove.
  struct Sweep {
    Revision horizon;
    size_t rows_left = 0;
    Progress progress;
    Batch batch;

    void Visit() {
      ++progress.visited;
      if (rows_left > 0) --rows_left;
    }
    void Remove(std::string_view stored) {
      ++progress.removed;
      batch.Delete(std::string(stored));
    }
  };

  StatusOr<std::optional<Pass>> FindPass() const;
  StatusOr<std::optional<Pass>> BeginPass(const ReadPass& pass, Timestamp horizon);
  // Both return the key to go on from, or nullopt at the end of the table.
  StatusOr<std::optional<std::string>> SweepTimes(const std::string& from, Sweep& sweep);
  StatusOr<std::optional<std::string>> SweepTable(const std::string& from, Sweep& sweep);
  // Leaves the cursor behind the versions of one row (and held-at). False where the step ended within them.
  bool SweepVersions(const StoredKey& first, EngineCursor& cursor, Sweep& sweep);

  Engine* const engine_;
  const Options options_;
};

}  // namespace cadastre::storage
