// The change log as followers read it, and the index from time to revision.
//
// Made over an Engine; thread rule: safe. A follower stores
// the revision it has reached and asks for what came after.
// Errors: those of Engine; DATA_LOSS for a record that does not parse;
// OUT_OF_RANGE where the log was trimmed past `after` (the follower rebuilds from the tables).
#pragma once

#include <cstddef>
#include <vector>

#include "base/words.h"
#include "cadastre/record/log.pb.h"
#include "storage/engine.h"
#include "storage/read_pass.h"

namespace cadastre::storage {

struct LogRecord {
  Revision revision;
  record::LogEntry entry;
};

class ChangeLog {
 public:
  explicit ChangeLog(Engine* engine) : engine_(engine) {}

  // Entries with revision in (after, pass.bound()], at most `entries_max`, in order.
  StatusOr<std::vector<LogRecord>> Read(const ReadPass& pass, Revision after, size_t entries_max) const;
  // The last revision committed at or before `time`; 0 if none.
  // OUT_OF_RANGE before the horizon that Gc keeps.
  StatusOr<Revision> RevisionAt(const ReadPass& pass, Timestamp time) const;
  // The earliest moment whose state can still be read: Gc keeps none before it. Revision 0 while nothing was collected.
  struct Horizon {
    Revision revision;
    Timestamp time;
  };
  StatusOr<Horizon> FindHorizon(const ReadPass& pass) const;
  // Forgets entries after `after` (before which there are none) up to and including `through`, at most `entries_max`;
  // the revision up to which none is left. For when every follower's checkpoint has passed it.
  StatusOr<Revision> Trim(const ReadPass& pass, Revision after, Revision through, size_t entries_max) const;

 private:
  Engine* engine_;
};

}  // namespace cadastre::storage
