#include "authz/policy/environments.h"

#include <algorithm>

#include "authz/policy/policy_checks.h"
#include "authz/policy/registry.h"

namespace cadastre::authz {

Environments::Environments(const std::map<std::string, record::EnvironmentRule>& rules, const WordTable& words) {
  for (const auto& [id, rule] : rules) {
    std::string text = rule.namespace_();
    const uint32_t environment = words.Intern(rule.environment());
    if (text.ends_with('*')) {
      text.pop_back();
      prefixes_.emplace_back(std::move(text), environment);
    } else {
      // One of before other spellings were refused.
      whole_.emplace(KeptNamespace(text), environment);
    }
  }
  std::stable_sort(prefixes_.begin(), prefixes_.end(),
                   [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

uint32_t Environments::Of(std::string_view name_space) const {
  if (const auto found = whole_.find(name_space); found != whole_.end()) return found->second;
  for (const auto& [prefix, environment] : prefixes_) {
    if (name_space.starts_with(prefix)) return environment;
  }
  return 0;
}

}  // namespace cadastre::authz
