// What a random number is for: two purposes never share numbers. Adding one at the end leaves the worlds as they were.
#pragma once

#include <cstdint>

namespace cadastre::bench {

enum Purpose : uint64_t {
  kForName = 1,
  kForLabels,
  kForContainer,
  kForProducers,
  kForDescription,
  kForColumns,
  kForColumnName,
  kForEdges,
  kForRuns,
  kForGrants,
  kForRoles,
  kForGroups,
  kForPrincipals,
};

}  // namespace cadastre::bench
