// The first rows of a new data folder: the principal `admin`, the role `administrator` and its grant of every
// privilege.
//
// Functions. Thread rule: safe.
// Deliberately does not: decide whether a folder is new.
#pragma once

#include <string>

#include "authz/identity/credentials.h"
#include "base/words.h"
#include "storage/work.h"

namespace cadastre::authz {

inline constexpr char kAdminPrincipal[] = "admin";
inline constexpr char kAdministratorRole[] = "administrator";

// What to commit, and the token it stores.
struct FirstRows {
  storage::Work work;
  IssuedToken token;
};
FirstRows MakeFirstRows(Timestamp now);

// DIR/admin.token with mode 0600, on the device before it returns. UNAVAILABLE where it cannot be written.
Status WriteTokenFile(const std::string& data_dir, const std::string& secret);

}  // namespace cadastre::authz
