// Environments: which environment a namespace belongs to, by the rules stored for it.
//
// Compiled by PublishedBuilder from the rules' rows and pinned by every view. A rule names one namespace, or all that
// begin so (`*` at its end); a whole name goes before a prefix, a longer prefix before a shorter. Thread rule:
// compatible. Bounds: kEnvironmentRulesMax rules.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

class WordTable;

inline constexpr size_t kEnvironmentRulesMax = 1'000;

class Environments {
 public:
  Environments() = default;
  Environments(const std::map<std::string, record::EnvironmentRule>& rules, const WordTable& words);

  // Interned; 0 where no rule names the namespace.
  uint32_t Of(std::string_view name_space) const;

 private:
  std::map<std::string, uint32_t, std::less<>> whole_;
  std::vector<std::pair<std::string, uint32_t>> prefixes_;  // the longest first
};

}  // namespace cadastre::authz
