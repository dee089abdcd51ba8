// How the sender of a JSON body writes names: the contract's `page_size` may be sent as such or as `pageSize`, and what
// is wrong with it is told of the name that was sent. A name that was not sent is told as JSON writes it, or as the
// contract does to who writes all names so.
//
// Made from a body, of which it keeps names of its first kBytesRead bytes, at most kNamesMax. Thread rule: compatible.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "base/words.h"

namespace cadastre::server {

class Spelling {
 public:
  static constexpr size_t kBytesRead = 64 << 10;
  static constexpr size_t kNamesMax = 256;

  // As the contract writes them: what binary messages are told.
  Spelling() = default;
  static Spelling OfJson(std::string_view body);

  // The status with the field it names, if any, as the sender writes it.
  Status Of(const Status& status) const;

 private:
  void Note(std::string_view name);
  std::string PathOf(std::string_view path) const;

  bool json_ = false;
  bool camel_ = false;                          // a name with a capital was sent
  std::set<std::string, std::less<>> written_;  // names with `_` that were sent
};

}  // namespace cadastre::server
