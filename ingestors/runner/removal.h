// Whether what a run did not find any more may be told as gone. The worst mistake of a crawler is an error read as
// nothing, which takes a whole catalog away; so whatever looks like one stops here, and a person decides.
//
// Thread rule: safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace cadastre::ingest {

// One object of the source may always go, or a small source could never lose what it had; a scope that comes out empty
// stops all the same.
struct RemovalRules {
  int64_t scope_percent = 20;
  int64_t run_percent = 10;
  // What a person allowed for this run; 0: nothing beyond the percentages.
  int64_t allowed = 0;
};

// Of one scope that was read completely.
struct ScopeLoss {
  // Remembered from before and covered by the recipe, and how many of those were not found.
  int64_t remembered = 0;
  int64_t missing = 0;
  // Found, whether remembered or not.
  int64_t found = 0;
};

struct RemovalVerdict {
  // Of each scope with something missing, why it is stopped; empty where it may go.
  std::map<std::string, std::string> stopped_because;
  bool stopped = false;
};

// `remembered_total`: of all scopes, also of those that were not read completely.
RemovalVerdict JudgeRemovals(const RemovalRules& rules, const std::map<std::string, ScopeLoss>& scopes,
                             int64_t remembered_total);

}  // namespace cadastre::ingest
