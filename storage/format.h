// The version of what is written on disk: a new store gets the current one, an older store is brought up to it, a newer
// one is refused.
//
// Called by main before anything else reads or writes the engine. Thread rule: confined.
// Errors: those of Engine; FAILED_PRECONDITION for a store of a newer format, of one older than any migration knows, or
// an engine with rows that are not ours; those of a migration's step. Deliberately does not: go back to an older format
// (restore a backup).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/words.h"
#include "storage/engine.h"

namespace cadastre::storage {

// 4: names have no rows for their other spellings. 3: a commit that a crash cut off may lie ahead of itself (Staging);
// who does not take it back would give its revision out again.
inline constexpr uint32_t kFormatVersion = 4;

// From format `from` to the next, in steps that may be cut short by a crash and go on after it.
struct Migration {
  uint32_t from;
  // Does one step: adds its rows to the batch and returns the cursor the next step goes on from, nullopt after the
  // last. The first step gets an empty cursor. Batch and cursor are written as one, so a step may be done again but is
  // never half there.
  std::function<StatusOr<std::optional<std::string>>(Engine* engine, const std::string& cursor, Batch* batch)> step;
};

// The migrations this program knows, oldest first.
const std::vector<Migration>& Migrations();

// Leaves the engine at `version`. The last two arguments are for tests.
Status PrepareFormat(Engine* engine, uint32_t version = kFormatVersion,
                     const std::vector<Migration>& migrations = Migrations());

}  // namespace cadastre::storage
