// The horizon row: before this moment in known-at nothing is kept; and the last commit, as the time index tells it.
//
// Owner: values. Thread rule: safe. For this room alone.
// Errors: those of Engine; DATA_LOSS for a row that does not parse.
#pragma once

#include "base/words.h"
#include "storage/engine.h"

namespace cadastre::storage {

struct StoredHorizon {
  Revision revision;  // 0 while nothing was collected
  Timestamp time;
};

StatusOr<StoredHorizon> ReadHorizon(Engine* engine);
void PutHorizon(const StoredHorizon& horizon, Batch* batch);

struct LastCommit {
  Revision revision;  // 0 in a new store
  Timestamp time;
};

// From the time index, which keeps its last row when the log is trimmed.
StatusOr<LastCommit> ReadLastCommit(Engine* engine);

}  // namespace cadastre::storage
