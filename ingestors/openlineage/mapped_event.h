// What one OpenLineage event states, in the catalog's and the graph's own words.
//
// Owner: whoever called Map; plain values without references to the event. Thread rule: compatible.
// Bounds: every AssetName and column path here is valid (base/asset_name.h, base/limits.h).
// Deliberately does not: know who sent it, what is stored already or what the sender may write.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/asset_name.h"
#include "base/clock.h"
#include "cadastre/catalog/v1/aspects.pb.h"
#include "ingestors/openlineage/event.h"

namespace cadastre::openlineage {

// One segment for each nesting level; empty stands for the whole asset.
using ColumnPath = std::vector<std::string>;

struct MappedAspect {
  base::AssetName asset;
  ColumnPath column;
  catalog::v1::Aspect aspect;
  base::Timestamp held_at;
  // The producer takes this aspect back (`_deleted`); `aspect` then says which and holds nothing.
  bool deleted = false;
};

enum class RunState : uint8_t {
  kRunning,  // START, RUNNING
  kComplete,
  kFailed,
  kAborted,
  kOther,  // OTHER, unknown or not stated: says nothing about the state
};

struct ParentRun {
  base::AssetName job;
  std::string run_id;  // empty where not stated
  std::optional<base::AssetName> root_job;
  std::string root_run_id;
};

// A dataset a run read or wrote.
struct RunDataset {
  base::AssetName dataset;
  // The name in the event where the name rules folded it; otherwise empty.
  std::string folded_from;
  // Statistics, quality results, subsets and unknown facets of this run on this dataset.
  std::vector<catalog::v1::Aspect> facets;
};

struct MappedRun {
  base::AssetName job;
  std::string run_id;
  RunState state = RunState::kOther;
  base::Timestamp event_time;
  std::optional<base::Timestamp> nominal_start;
  std::optional<base::Timestamp> nominal_end;
  std::optional<ParentRun> parent;
  std::vector<catalog::v1::Aspect> facets;
  // Not stated is not none: an event without the key says nothing about the run's inputs.
  bool inputs_stated = false;
  bool outputs_stated = false;
  std::vector<RunDataset> inputs;
  std::vector<RunDataset> outputs;
  // Of the SQL its job ran, without what may change from run to run (sql_shape.h); 0 where not stated.
  uint64_t definition = 0;
};

enum class EdgeKind : uint8_t {
  kConsumes,  // dataset -> job
  kProduces,  // job -> dataset
  kDerives,   // dataset -> dataset
  kTriggers,  // job -> job
};

// Which part of the event states it, most explicit first.
enum class EdgeBasis : uint8_t { kLineage, kColumnLineage, kInputsOutputs, kJobDependencies };

struct ColumnPair {
  // Empty: the whole dataset, or the job itself.
  ColumnPath from;
  ColumnPath to;
  // As OpenLineage writes them: DIRECT or INDIRECT; IDENTITY, FILTER, …; empty where not stated.
  std::string type;
  std::string subtype;
  std::string description;
  bool masking = false;

  friend auto operator<=>(const ColumnPair&, const ColumnPair&) = default;
};

struct MappedEdge {
  EdgeKind kind = EdgeKind::kConsumes;
  EdgeBasis basis = EdgeBasis::kInputsOutputs;
  base::AssetName from;
  base::AssetName to;
  // The job that states it, for kDerives where the event names one.
  std::optional<base::AssetName> job;
  // kProduces by inputs × outputs only: other edges of the event say from which of its inputs this output came, so a
  // walk must not pass from it through the job to every input.
  bool covered = false;
  std::vector<ColumnPair> columns;
};

// What `target` comes from is said explicitly and completely, be it nothing: by a `lineage` facet, or by the
// `columnLineage` of a dataset event. Its edges replace those this producer stated before.
struct LineageStatement {
  base::AssetName target;
  // `inputs: []`: nothing feeds it, which is more than not saying.
  bool stated_empty = false;
};

// Another name of the same thing.
struct MappedAlias {
  base::AssetName asset;
  base::AssetName alias;
  // TABLE, LOCATION, … of a symlink; RENAME; SCHEME (s3a for s3).
  std::string type;
};

// A name of the event that a rule folded into a parent.
struct FoldedName {
  base::AssetName original;
  base::AssetName parent;
  std::string rule;

  friend auto operator<=>(const FoldedName&, const FoldedName&) = default;
};

struct MappedEvent {
  EventShape shape = EventShape::kRun;
  base::Timestamp event_time;
  // The producer without its version: `spark`, `dbt`, `airflow`; `unknown` where not stated.
  std::string tool;
  // The event's own job, for run and job events.
  std::optional<base::AssetName> job;
  // The event is about one of the job's statements, as its tool names them (name_rules.h), not about the job itself.
  bool of_statement = false;
  // Every dataset the event names as input, output or subject, folded, each once, in order of appearance.
  std::vector<base::AssetName> datasets;
  std::vector<MappedAspect> aspects;
  std::optional<MappedRun> run;
  std::vector<MappedEdge> edges;
  std::vector<LineageStatement> statements;
  // A job event says what its job reads and writes, be it nothing: what this producer stated of it before ends. Columns
  // too, where it says both.
  bool defines_inputs = false;
  bool defines_outputs = false;
  // The same of jobs that are not the event's own, as a crawl tells of many at once.
  struct JobDefinition {
    base::AssetName job;
    bool inputs = false;
    bool outputs = false;
  };
  std::vector<JobDefinition> job_definitions;
  // Datasets whose `tags` facet says all tags of their columns too: what this producer stated of others is taken back.
  std::vector<base::AssetName> retagged;
  std::vector<MappedAlias> aliases;
  std::vector<FoldedName> folded;
  // Parse's and Map's together.
  std::vector<Warning> warnings;
};

}  // namespace cadastre::openlineage
