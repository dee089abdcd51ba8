// LoginLimits: how often a name may be tried, and from where, so that guessing is slow and nobody is locked out by
// others.
//
// Owned by Credentials; thread rule: safe. Names that exist and names that do not are limited alike.
// Bounds: kPairTriesMax failures a minute for a name from one address, then none until the minute is over. For a name
// from all addresses together kNameTriesMax failures a minute, then one try each kSlowedTo, save from addresses from
// which the name logged in before (kKnownMax of them, while the process lives): who guesses from many places slows a
// name down, and its owner, where he was before, not at all. Of kKeysMax names and pairs failures are remembered;
// beyond it the oldest is forgotten. Errors: RESOURCE_EXHAUSTED. Deliberately does not: bound work (LoginQueue does).
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/words.h"

namespace cadastre::authz {

class LoginLimits {
 public:
  static constexpr size_t kPairTriesMax = 10;
  static constexpr size_t kNameTriesMax = 50;
  static constexpr std::chrono::seconds kSlowedTo{2};
  static constexpr std::chrono::minutes kWindow{1};
  static constexpr size_t kKnownMax = 8;
  static constexpr size_t kKeysMax = 10'000;

  // Before the password is looked at: the try stands as a failure until Succeeded, so that many at once do not pass a
  // bound together.
  Status Enter(std::string_view name, std::string_view address, Timestamp now) EXCLUDES(mutex_);
  void Succeeded(std::string_view name, std::string_view address) EXCLUDES(mutex_);

 private:
  using Times = std::map<std::string, std::deque<Timestamp>>;
  // Failures of the last minute.
  static size_t Count(Times& times, const std::string& key, Timestamp now);
  static void Note(Times& times, const std::string& key, Timestamp now);

  base::Mutex mutex_;
  Times pairs_ GUARDED_BY(mutex_);
  Times names_ GUARDED_BY(mutex_);
  std::map<std::string, std::deque<std::string>> known_ GUARDED_BY(mutex_);  // addresses by name, the latest last
};

}  // namespace cadastre::authz
