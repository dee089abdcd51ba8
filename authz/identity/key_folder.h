// KeyFolder: the secrets of one server, each in a file of its own: `DIR/keys/<name>.<version>`, mode 0600.
//
// Made by the House; thread rule: safe (files are written once and never changed).
// Errors: FAILED_PRECONDITION for a key others may read or of a wrong length, UNAVAILABLE where the folder cannot be
// used. Without a folder (tests, tools) secrets are made anew and live as long as the process. Deliberately does not:
// delete old versions, because what they signed must stay verifiable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::authz {

struct VersionedSecret {
  uint32_t version = 1;
  std::string secret;
};

class KeyFolder {
 public:
  // `data_dir` empty: nothing is written.
  explicit KeyFolder(std::string data_dir);

  // False without a folder: then a secret is another one each time it is asked for.
  bool keeps() const { return !folder_.empty(); }

  // The newest version; version 1 is made of fresh random bytes where there is none, on the device before this returns.
  // For what is new alone: a key that should be there is asked for by FindNewest.
  StatusOr<VersionedSecret> Newest(std::string_view name, size_t bytes) const;
  // The newest version; NOT_FOUND where there is none.
  StatusOr<VersionedSecret> FindNewest(std::string_view name, size_t bytes) const;
  // One version; NOT_FOUND where it does not exist.
  StatusOr<std::string> Find(std::string_view name, uint32_t version, size_t bytes) const;

 private:
  std::string PathOf(std::string_view name, uint32_t version) const;
  StatusOr<uint32_t> NewestVersion(std::string_view name) const;
  StatusOr<VersionedSecret> Make(std::string_view name, uint32_t version, size_t bytes) const;

  std::string folder_;  // empty: none
};

// From the system's own generator; the process ends where there is none.
std::string RandomBytes(size_t count);

}  // namespace cadastre::authz
