// Backups of a running server: the engine's checkpoint and the keys, in one folder. Thread rule: safe.
// Errors: ALREADY_EXISTS, UNAVAILABLE (the device), UNIMPLEMENTED (an engine that cannot).
#pragma once

#include <string>

#include "authz/house/house.h"
#include "base/words.h"
#include "server/config.h"
#include "server/services/admin_service.h"

namespace cadastre::server {

// Under config.backup_dir; the folder appears whole or not at all.
StatusOr<AdminService::Made> MakeBackup(authz::House& house, const Config& config, const std::string& name);

}  // namespace cadastre::server
