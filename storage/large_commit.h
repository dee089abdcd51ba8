// One work too large for a step of the committer: its preconditions checked, its rows written and published in parts,
// leaves that wait committed between them, and one synced batch at the end that makes all of it stand at once.
//
// Made by the Committer for each such work; thread rule: confined to its thread. For this room alone.
// Rows that bear a revision go ahead (Staging); the batch holds what is left: plain rows, log/, time/ and the leaves.
// Errors, to the work's own caller: those of a submission to the Committer.
#pragma once

#include <cstddef>
#include <functional>

#include "base/words.h"
#include "storage/commit_group.h"
#include "storage/committer.h"
#include "storage/staging.h"
#include "storage/work.h"

namespace cadastre::storage {

class LargeCommit {
 public:
  explicit LargeCommit(Committer* committer);

  // `full`: whether the device had no room for it. Nothing of it is left then, or the committer knows that something
  // is.
  StatusOr<CommitResult> Commit(Work& work, bool* full);

 private:
  // How the parts of one kind are stepped through: `part` gets where it begins and its length.
  using Part = std::function<Status(size_t first, size_t count)>;
  Status InParts(size_t size, const std::function<size_t(size_t)>& bytes, const Part& part);

  StatusOr<CommitResult> Run(Work& work);
  Status Stage(const CommittedWork& committed);
  // What becomes of a write that failed.
  Status Fail(Status written);
  // Takes back what was staged; the status it was for, or the worse one of failing at that.
  Status TakeBack(Status why);
  Status Publish(const CommittedWork& committed);
  // The write's outcome is unknown: ends the committer.
  Status Fatal(Status cause);

  Committer* const committer_;
  CommitGroup group_;
  Staging staging_;
  bool full_ = false;
};

}  // namespace cadastre::storage
