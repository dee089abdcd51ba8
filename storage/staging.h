// Staging: rows of a commit too large for one step, brought to the engine ahead of it in parts.
//
// Made by the committer for each such commit; thread rule: confined to its thread. For this room alone.
// Staged are versioned and held rows, which bear the commit's revision, that nobody reads before it is published, and
// plain ones that were not there and are shown beside such a row alone (Work::Put::ahead).
// A journal in meta/ lists them; the batch that commits takes it away, and a start that finds one takes the rows back.
// That holds while one committer alone writes: a revision is given to one commit at a time.
// Errors: those of Engine; DATA_LOSS for a journal that does not parse.
// Deliberately does not: stage rows that are read by themselves, or sync (the batch that commits does, and a log is
// whole up to where it ends).
#pragma once

#include <cstdint>

#include "base/words.h"
#include "storage/engine.h"

namespace cadastre::storage {

class Staging {
 public:
  explicit Staging(Engine* engine) : engine_(engine) {}

  // Brings these puts to the engine, with the part of the journal that lists them. An empty batch does nothing.
  Status Stage(Batch rows);
  // Adds to the batch of the commit that the staged rows stay.
  void Settle(Batch* commit) const;

  // Takes back one part of what was staged and not settled, by this process or one before; true when none is left.
  static StatusOr<bool> TakeBackPart(Engine* engine);

 private:
  Engine* const engine_;
  uint32_t parts_ = 0;
};

}  // namespace cadastre::storage
