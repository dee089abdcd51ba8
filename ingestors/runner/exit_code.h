// What `cadastre-ingest` tells its caller by its exit code.
//
// Thread rule: safe.
#pragma once

namespace cadastre::ingest {

enum ExitCode : int {
  kDone = 0,
  // Some objects or scopes failed; everything else is in the catalog.
  kSomeFailed = 1,
  // The command line, or the recipe.
  kUsage = 2,
  // The source cannot be read at all, or the catalog refuses the token.
  kSourceOrLogin = 3,
  kCatalogUnreachable = 4,
  // More would be removed than is safe; what is new and changed is in the catalog.
  kRemovalStopped = 5,
  // Another run holds the source's lease (EX_TEMPFAIL of sysexits.h).
  kLocked = 75,
};

}  // namespace cadastre::ingest
