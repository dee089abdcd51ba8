// Restore: a data folder from a backup, whole or not at all.
//
// Made by main, which opens the engine on folder() in between; thread rule: confined. The copy stands in
// `DIR/restoring` until its audit log is verified and followed by a new one (authz/audit/audit_log.h says why); only
// then its parts get their names. While `restoring` is there the folder is nobody's: a server refuses to start on it,
// and the next restore begins anew. Errors: FAILED_PRECONDITION (the folder is in use or not empty, or the backup is
// not one), RESOURCE_EXHAUSTED (a full disk), UNAVAILABLE (the device), DATA_LOSS (the audit log does not verify: do
// not trust this backup).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/durable_file.h"
#include "base/words.h"

namespace cadastre::storage {
class Engine;
}

namespace cadastre::server {

class Restore {
 public:
  // Copies `backup` (as AdminService.Backup made it) beside what will be `data_dir`, which must be missing, empty or
  // left by a restore that did not finish.
  static StatusOr<Restore> Begin(const std::string& backup, const std::string& data_dir);

  // Where the copy stands until Finish.
  std::string folder() const;
  // Recomputes the whole audit log of the copy, then begins the next one, whose first leaf is the head of that; returns
  // the number of leaves verified.
  StatusOr<uint64_t> Verify(storage::Engine* engine, Clock* clock) const;
  // Puts the copy in place; its engine must be closed.
  Status Finish() const;

 private:
  Restore(std::string data_dir, std::unique_ptr<base::OpenFile> lock)
      : data_dir_(std::move(data_dir)), lock_(std::move(lock)) {}

  std::string data_dir_;
  // Keeps a second restore off.
  std::unique_ptr<base::OpenFile> lock_;
};

// FAILED_PRECONDITION where a restore into `data_dir` did not finish.
Status CheckRestored(const std::string& data_dir);

}  // namespace cadastre::server
