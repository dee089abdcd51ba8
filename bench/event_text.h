// OpenLineage events as text: those of a pipeline in daily work, and those that tell a world.
//
// Functions and values; thread rule: compatible.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/world/world.h"

namespace cadastre::bench {

// Daily work: a thousand jobs that run again and again, each reading two of 300 tables and writing one; START, then
// COMPLETE, with schemas, column lineage, SQL and statistics as real tools send them. 2.4 KB each.
class DailyEvents {
 public:
  static constexpr uint64_t kJobs = 1'000;

  // `salt` tells the runs of two measurements apart.
  explicit DailyEvents(uint64_t salt) : salt_(salt) {}
  std::string At(uint64_t number) const;

 private:
  const uint64_t salt_;
};

// A world as events: one COMPLETE run a job with its inputs, outputs and column lineage, and a dataset event for each
// table no job touches. A table's schema comes with its first mention.
class WorldEvents {
 public:
  explicit WorldEvents(const World* world) : world_(world), told_(world->shape().datasets, false) {}
  // False at the end. In order; confined to one thread at a time.
  bool Next(std::string* event);

 private:
  std::string OfJob(uint64_t job);
  std::string OfDataset(uint64_t dataset);
  std::string Named(uint64_t asset, const std::string& facets) const;
  std::string SchemaOnce(uint64_t dataset);

  const World* world_;
  std::vector<bool> told_;
  uint64_t next_job_ = 0;
  uint64_t next_dataset_ = 0;
};

}  // namespace cadastre::bench
