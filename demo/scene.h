// The company on a calendar: what a dataset is called, which columns it has and what a job reads at a given second.
//
// A `Scene` borrows the company and is cheap to copy. Compatible. Seconds are since 1970, UTC; days count back from the
// end (day 1 is the last full day). It decides nothing about how events look.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "demo/model.h"

namespace cadastre::demo {

inline constexpr int kDays = 90;

// The days on which something changed, and the run that never ends.
inline constexpr int kUnendedDay = 15;
inline constexpr int kLateDay = 14;
inline constexpr int kLateBy = 9;
inline constexpr int kFailingSinceDay = 36;

struct Scene {
  const Company* company = nullptr;
  // Midnight (UTC) that ends the last day.
  int64_t midnight = 0;
  uint64_t seed = 1;

  int64_t At(int day, int second = 0) const { return midnight - int64_t{86400} * day + second; }

  int64_t DroppedAt(const Column& column) const { return At(column.dropped_day, 9 * 3600 + 1800); }
  int64_t RenamedAt(const Dataset& dataset) const { return At(dataset.renamed_day, 10 * 3600); }
  int64_t RepointedAt(const Job& job) const { return At(job.repointed_day); }

  std::string NameAt(const Dataset& dataset, int64_t time) const;
  std::vector<Column> ColumnsAt(const Dataset& dataset, int64_t time) const;
  const std::vector<std::string>& InputsAt(const Job& job, int64_t time) const;

  // Whether a scheduled job runs on that day, and the id of that run.
  bool RunsOn(const Job& job, int day) const;
  std::string RunId(const Job& job, int day) const;
  // What went wrong in that run; nothing for a run that succeeds.
  std::optional<std::string> Failure(const Job& job, int day) const;
  // Rows written that day: more at weekends, growing slowly.
  int64_t RowsOn(const Dataset& dataset, int day) const;
};

}  // namespace cadastre::demo
