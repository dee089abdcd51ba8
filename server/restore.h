// Restoring a backup: files into an empty folder, then the audit log verified leaf by leaf and followed by
// a new one (authz/audit_log.h says why). Called by main; confined.
// Errors: FAILED_PRECONDITION (the folder is not empty, or the backup is not one), UNAVAILABLE (the device), DATA_LOSS
// (the audit log does not verify: do not trust this backup).
#pragma once

#include <string>

#include "base/words.h"

namespace cadastre::storage {
class Engine;
}

namespace cadastre::server {

// Copies `backup` (as AdminService.Backup made it) into `data_dir`, which must be missing or empty.
Status CopyBackup(const std::string& backup, const std::string& data_dir);
// Recomputes the whole audit log of a restored store, then begins the next one, whose first leaf is the head of that;
// returns the number of leaves verified.
StatusOr<uint64_t> VerifyRestored(storage::Engine* engine, Clock* clock, const std::string& data_dir);

}  // namespace cadastre::server
