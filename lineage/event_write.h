// What one lineage event states, in ids: the input of Record.
//
// Filled by the caller from a parsed event (names interned, producer numbered);
// plain values, thread rule: compatible. Record checks what it bounds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/words.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "cadastre/record/lineage.pb.h"
#include "lineage/edge.h"

namespace cadastre::lineage {

// What an event says of its run. Numbers are catalog.v1.RunState, written to disk.
enum class RunState : uint8_t {
  kUnspecified = 0,
  kRunning = 1,
  kComplete = 2,
  kFailed = 3,
  kAborted = 4,
  kUnknown = 5,
};
inline constexpr int kRunStateCount = 6;

// A dataset the run read or wrote. It states no edge: `EventWrite.edges` does.
struct EventDataset {
  AssetId dataset;
  // Facets of this run on this dataset: statistics, quality results, subsets.
  std::vector<catalog::v1::Aspect> facets;
};

struct EventEdge {
  EdgeKind kind = EdgeKind::kDerives;
  AssetId from;
  AssetId to;
  // Of derives and triggers: the job that states it, 0 for none. The others have a job for an end.
  AssetId job;
  // Of produces: the event says more explicitly what flows into this output.
  bool covered = false;
  // Empty: nothing was stated of columns, which is not "none".
  std::vector<record::ColumnPair> columns;
};

// The event defines completely what this producer states of one kind of the job's edges:
// those it does not state end at its time.
struct EventDefinition {
  EdgeKind kind = EdgeKind::kDerives;
  // Only edges into this asset; 0 for all.
  AssetId to;
  // 0: edges stated without a job (a view's definition).
  AssetId job;
};

struct EventRun {
  std::string run_id;  // 1 to 256 bytes
  // kRunning for START and RUNNING; kUnspecified for events that say nothing of it (OTHER, none).
  RunState state = RunState::kRunning;
  // Tells what its job ran from what it ran before; 0 where not stated.
  uint64_t definition = 0;
  std::vector<catalog::v1::Aspect> facets;
  // 0 where not stated.
  AssetId parent_job;
  std::string parent_run_id;
  AssetId root_job;
  std::string root_run_id;
};

struct EventWrite {
  uint32_t producer = 0;
  Timestamp event_time;
  // 0 for an event about a dataset alone.
  AssetId job;
  // Absent for definitions (job and dataset events).
  std::optional<EventRun> run;
  // Of the run.
  std::vector<EventDataset> inputs;
  std::vector<EventDataset> outputs;
  std::vector<EventEdge> edges;
  std::vector<EventDefinition> definitions;
};

}  // namespace cadastre::lineage
