#include "ingestors/runner/removal.h"

#include "base/status.h"

namespace cadastre::ingest {

RemovalVerdict JudgeRemovals(const RemovalRules& rules, const std::map<std::string, ScopeLoss>& scopes,
                             int64_t remembered_total) {
  RemovalVerdict verdict;
  int64_t missing = 0;
  for (const auto& [scope, loss] : scopes) missing += loss.missing;
  const bool allowed = rules.allowed > 0 && missing <= rules.allowed;
  const bool one = missing == 1;
  const bool run_stops = !allowed && !one && missing * 100 > remembered_total * rules.run_percent;
  for (const auto& [scope, loss] : scopes) {
    if (loss.missing == 0) continue;
    std::string& why = verdict.stopped_because[scope];
    if (allowed) continue;
    if (loss.found == 0) {
      why = base::Cat("it came out empty, where ", loss.remembered, " objects were known");
    } else if (!one && loss.missing * 100 > loss.remembered * rules.scope_percent) {
      why = base::Cat(loss.missing, " of its ", loss.remembered, " known objects are gone, more than ",
                      rules.scope_percent, " %");
    } else if (run_stops) {
      why = base::Cat(missing, " of the source's ", remembered_total, " known objects are gone, more than ",
                      rules.run_percent, " %");
    }
    verdict.stopped = verdict.stopped || !why.empty();
  }
  return verdict;
}

}  // namespace cadastre::ingest
