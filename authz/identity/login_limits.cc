#include "authz/identity/login_limits.h"

#include <algorithm>

#include "base/status.h"

namespace cadastre::authz {
namespace {

// No input may contain U+0000, so no two pairs share a key.
std::string PairOf(std::string_view name, std::string_view address) {
  std::string pair(name);
  pair.push_back('\0');
  return pair.append(address);
}

}  // namespace

size_t LoginLimits::Count(Times& times, const std::string& key, Timestamp now) {
  const auto found = times.find(key);
  if (found == times.end()) return 0;
  std::deque<Timestamp>& noted = found->second;
  while (!noted.empty() && noted.front() + kWindow <= now) noted.pop_front();
  if (!noted.empty()) return noted.size();
  times.erase(found);
  return 0;
}

void LoginLimits::Note(Times& times, const std::string& key, Timestamp now) {
  if (times.size() >= kKeysMax && !times.contains(key)) {
    times.erase(std::min_element(times.begin(), times.end(),
                                 [](const auto& a, const auto& b) { return a.second.back() < b.second.back(); }));
  }
  times[key].push_back(now);
}

Status LoginLimits::Enter(std::string_view name, std::string_view address, Timestamp now) {
  const std::string key(name);
  const std::string pair = PairOf(name, address);
  base::MutexLock lock(mutex_);
  if (Count(pairs_, pair, now) >= kPairTriesMax) {
    return base::ResourceExhausted("too many failed logins of this user: wait a minute");
  }
  const auto known = known_.find(key);
  if (known == known_.end() || !std::count(known->second.begin(), known->second.end(), address)) {
    if (Count(names_, key, now) >= kNameTriesMax && names_.at(key).back() + kSlowedTo > now) {
      return base::ResourceExhausted("too many failed logins of this user: try again in a few seconds");
    }
    Note(names_, key, now);
  }
  Note(pairs_, pair, now);
  return absl::OkStatus();
}

void LoginLimits::Succeeded(std::string_view name, std::string_view address) {
  const std::string key(name);
  base::MutexLock lock(mutex_);
  pairs_.erase(PairOf(name, address));
  const auto before = known_.find(key);
  const bool counted = before == known_.end() || !std::count(before->second.begin(), before->second.end(), address);
  // Its own try alone: the other failures of the name were others', if there are many.
  if (const auto found = names_.find(key); counted && found != names_.end()) {
    found->second.pop_back();
    if (found->second.empty()) names_.erase(found);
  }
  if (known_.size() >= kKeysMax && !known_.contains(key)) known_.erase(known_.begin());
  std::deque<std::string>& addresses = known_[key];
  std::erase(addresses, address);
  addresses.emplace_back(address);
  if (addresses.size() > kKnownMax) addresses.pop_front();
}

}  // namespace cadastre::authz
