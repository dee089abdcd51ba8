// One run as the union of what its events said: merging is commutative and takes repetition.
//
// Pure functions; thread rule: compatible.
// A later event's facet replaces an earlier one of the same kind (equal times: the greater hash of what is shown
// without read_samples; twice in one event: the last), as does what it says of the state (equal times: an end);
// datasets and edges accumulate. Bounds, of a run id that is used for ever: kRunDatasetsMax, kRunEdgesMax,
// kRunFacetsMax and kRunFacetBytesMax, of which what was named last is kept; kRunCompletesMax, more than an edge keeps
// ends of. Beyond them what is left depends on the order of arrival.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/words.h"
#include "cadastre/record/lineage.pb.h"
#include "lineage/edge.h"
#include "lineage/event_write.h"

namespace cadastre::lineage {

inline constexpr int kRunDatasetsMax = 20'000;  // as many as one event may name
inline constexpr int kRunEdgesMax = 32'768;
inline constexpr int kRunFacetsMax = 100'000;  // of the run and its datasets together
inline constexpr size_t kRunFacetBytesMax = size_t{32} << 20;
inline constexpr int kRunCompletesMax = 64;

struct RunMerge {
  // Edges this event added to the run.
  std::vector<EdgeKey> edges_added;
  // The time of a COMPLETE event not known before, where it is among those kept.
  std::optional<Timestamp> complete_added;
};

// `edges`: the edges of this event whose job is the run's. `at`: its event time.
RunMerge MergeEvent(record::Run& run, const EventWrite& event, Timestamp at, const std::vector<EdgeKey>& edges);

std::vector<EdgeKey> EdgesOf(const record::Run& run, AssetId job);
// The end of a COMPLETE run; nullopt in any other state.
std::optional<int64_t> CompletedAt(const record::Run& run);
// What a COMPLETE run ran; nullopt otherwise, and where nothing was said of it.
std::optional<record::RunDefinition> DefinitionOf(const record::Run& run);
RunState StateOf(const record::Run& run);
// As readers see it: a run without a terminal event is unknown once its last event is `limit` old.
RunState StateAt(const record::Run& run, Timestamp now, std::chrono::microseconds limit);

// Takes the run out of the day's rollup (`sign` -1) or puts it in (+1).
void Count(record::RunRollup& rollup, const record::Run& run, int sign);
bool CountsNothing(const record::RunRollup& rollup);

}  // namespace cadastre::lineage
