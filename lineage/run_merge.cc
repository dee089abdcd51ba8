#include "lineage/run_merge.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "authz/view/statistics_mask.h"
#include "base/status.h"
#include "xxhash.h"

namespace cadastre::lineage {
namespace {

// Kept of a run, the one that stands and those it might give way to.
constexpr size_t kParentsMax = 5;

// Maps inside aspects have no order of their own.
std::string Deterministic(const google::protobuf::Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializePartialToCodedStream(&coded);
  }
  return bytes;
}

uint64_t Hash(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

// Values of the data decide nothing that a viewer without read_samples sees.
uint64_t ShownHash(const catalog::v1::Aspect& aspect) {
  if (!aspect.has_profile() && !aspect.has_quality_results() && !aspect.has_test_execution()) {
    return Hash(Deterministic(aspect));
  }
  catalog::v1::Aspect shown = aspect;
  authz::MaskSamples(shown);
  return Hash(Deterministic(shown));
}

// Which facet this is: its kind, and for unknown ones its name.
using Key = std::pair<int, std::string>;
Key FacetKey(const catalog::v1::Aspect& aspect) {
  return {static_cast<int>(aspect.value_case()), aspect.has_facet() ? aspect.facet().name() : std::string()};
}

void MergeFacet(google::protobuf::RepeatedPtrField<record::TimedFacet>* facets, const catalog::v1::Aspect& aspect,
                Timestamp at) {
  if (aspect.value_case() == catalog::v1::Aspect::VALUE_NOT_SET) return;
  const auto key = FacetKey(aspect);
  const auto place = std::lower_bound(
      facets->begin(), facets->end(), key,
      [](const record::TimedFacet& facet, const auto& wanted) { return FacetKey(facet.aspect()) < wanted; });
  const int64_t time = at.micros();
  const uint64_t hash = ShownHash(aspect);
  if (place != facets->end() && FacetKey(place->aspect()) == key) {
    const auto before = std::pair(place->at(), place->hash());
    const auto now = std::pair(time, hash);
    if (before > now) return;
    if (before == now && Hash(Deterministic(place->aspect())) >= Hash(Deterministic(aspect))) return;
    place->set_at(time);
    place->set_hash(hash);
    *place->mutable_aspect() = aspect;
    return;
  }
  const int index = static_cast<int>(place - facets->begin());
  record::TimedFacet* facet = facets->Add();
  facet->set_at(time);
  facet->set_hash(hash);
  *facet->mutable_aspect() = aspect;
  std::rotate(facets->begin() + index, facets->end() - 1, facets->end());
}

// What one event states. Where it states a facet twice the last one stands: a hash would be of what is hidden too.
using Stated = std::map<Key, const catalog::v1::Aspect*>;
void State(Stated& stated, const std::vector<catalog::v1::Aspect>& facets) {
  for (const catalog::v1::Aspect& aspect : facets) stated.insert_or_assign(FacetKey(aspect), &aspect);
}

void MergeFacets(google::protobuf::RepeatedPtrField<record::TimedFacet>* facets, const Stated& stated, Timestamp at) {
  for (const auto& [key, aspect] : stated) MergeFacet(facets, *aspect, at);
}

void MergeIo(record::Run& run, AssetId dataset, const Stated& stated, bool output, Timestamp at) {
  auto* all = run.mutable_io();
  const auto wanted = std::pair(dataset.value(), output);
  const auto place = std::lower_bound(all->begin(), all->end(), wanted, [](const record::RunIo& io, const auto& key) {
    return std::pair(io.dataset(), io.output()) < key;
  });
  record::RunIo* io = nullptr;
  if (place != all->end() && std::pair(place->dataset(), place->output()) == wanted) {
    io = &*place;
  } else {
    const int index = static_cast<int>(place - all->begin());
    io = all->Add();
    io->set_dataset(dataset.value());
    io->set_output(output);
    std::rotate(all->begin() + index, all->end() - 1, all->end());
    io = all->Mutable(index);
  }
  io->set_at(std::max(io->at(), at.micros()));
  MergeFacets(io->mutable_facets(), stated, at);
}

void MergeDatasets(record::Run& run, const std::vector<EventDataset>& datasets, bool output, Timestamp at) {
  // One may be named more than once, also by names that are one.
  std::map<AssetId, Stated> stated;
  for (const EventDataset& named : datasets) State(stated[named.dataset], named.facets);
  for (const auto& [dataset, facets] : stated) MergeIo(run, dataset, facets, output, at);
}

// The `max` that were named last, in the order in which they stand. True where others were left out.
template <typename Named>
bool KeepLast(google::protobuf::RepeatedPtrField<Named>* all, int max) {
  if (all->size() <= max) return false;
  // Of equal times the first stand.
  std::vector<std::pair<int64_t, int>> order;
  order.reserve(static_cast<size_t>(all->size()));
  for (int i = 0; i < all->size(); ++i) order.emplace_back(-(*all)[i].at(), i);
  std::nth_element(order.begin(), order.begin() + max, order.end());
  std::vector<bool> left_out(static_cast<size_t>(all->size()));
  for (auto at = order.begin() + max; at != order.end(); ++at) left_out[static_cast<size_t>(at->second)] = true;
  int kept = 0;
  for (int i = 0; i < all->size(); ++i) {
    if (!left_out[static_cast<size_t>(i)]) all->SwapElements(kept++, i);
  }
  all->DeleteSubrange(kept, all->size() - kept);
  return true;
}

// Facets of the run and of its datasets together: those stated last, in count and bytes.
bool KeepLastFacets(record::Run& run) {
  std::vector<google::protobuf::RepeatedPtrField<record::TimedFacet>*> lists = {run.mutable_facets()};
  for (record::RunIo& io : *run.mutable_io()) lists.push_back(io.mutable_facets());
  int count = 0;
  size_t bytes = 0;
  for (const auto* list : lists) {
    count += list->size();
    for (const record::TimedFacet& facet : *list) bytes += facet.ByteSizeLong();
  }
  if (count <= kRunFacetsMax && bytes <= kRunFacetBytesMax) return false;
  std::vector<std::tuple<int64_t, uint64_t, size_t>> order;
  for (const auto* list : lists) {
    for (const record::TimedFacet& facet : *list) {
      order.emplace_back(-facet.at(), facet.hash(), static_cast<size_t>(facet.ByteSizeLong()));
    }
  }
  std::sort(order.begin(), order.end());
  bytes = 0;
  size_t kept = 0;
  while (kept < static_cast<size_t>(kRunFacetsMax) && kept < order.size()) {
    bytes += std::get<2>(order[kept]);
    if (bytes > kRunFacetBytesMax) break;
    ++kept;
  }
  if (kept == order.size()) return false;
  const auto last = order[kept];
  for (auto* list : lists) {
    int left = 0;
    for (int i = 0; i < list->size(); ++i) {
      const record::TimedFacet& facet = (*list)[i];
      if (std::tuple(-facet.at(), facet.hash(), static_cast<size_t>(facet.ByteSizeLong())) < last) {
        list->SwapElements(left++, i);
      }
    }
    list->DeleteSubrange(left, list->size() - left);
  }
  return true;
}

void MergeParent(record::Run& run, const EventRun& event, Timestamp at) {
  if (!event.parent_job.valid() && !event.root_job.valid()) return;
  record::RunParent parent;
  parent.set_job(event.parent_job.value());
  parent.set_run_id(event.parent_run_id);
  parent.set_root_job(event.root_job.value());
  parent.set_root_run_id(event.root_run_id);
  parent.set_hash(Hash(base::Cat(event.parent_run_id, "\n", event.root_run_id)));
  parent.set_at(at.micros());
  // Of equal times not by a hash of the jobs' numbers, which tell what else this server knows.
  const auto later = [](const record::RunParent& a, const record::RunParent& b) {
    return std::tuple(a.at(), a.hash(), a.job(), a.root_job()) > std::tuple(b.at(), b.hash(), b.job(), b.root_job());
  };
  const auto same = [](const record::RunParent& a, const record::RunParent& b) {
    return a.job() == b.job() && a.run_id() == b.run_id() && a.root_job() == b.root_job() &&
           a.root_run_id() == b.root_run_id();
  };
  std::vector<record::RunParent> all(run.other_parents().begin(), run.other_parents().end());
  if (run.has_parent()) all.push_back(run.parent());
  const auto known = std::find_if(all.begin(), all.end(), [&](const auto& one) { return same(one, parent); });
  if (known == all.end()) {
    all.push_back(std::move(parent));
  } else if (later(parent, *known)) {
    *known = std::move(parent);
  }
  std::sort(all.begin(), all.end(), later);
  all.resize(std::min(all.size(), kParentsMax));
  *run.mutable_parent() = std::move(all.front());
  run.mutable_other_parents()->Assign(all.begin() + 1, all.end());
}

int Rank(RunState state) {
  switch (state) {
    case RunState::kComplete:
    case RunState::kFailed:
    case RunState::kAborted: return 2;
    case RunState::kRunning: return 1;
    // How a background step calls a running one, and what a run is of whose state nothing was said.
    case RunState::kUnknown:
    case RunState::kUnspecified: return 0;
  }
  return 0;
}

// The latest event decides, so that a run that is started again under its id runs again. Of equal times an end stands.
void MergeState(record::Run& run, RunState state, Timestamp at) {
  const bool fresh = run.state() == 0;
  if (state == RunState::kUnspecified) {
    if (!fresh) return;
    run.set_state(static_cast<uint32_t>(RunState::kUnknown));
    run.set_state_at(Timestamp::Min().micros());
    return;
  }
  const auto before = std::tuple(run.state_at(), Rank(StateOf(run)), run.state());
  const auto after = std::tuple(at.micros(), Rank(state), static_cast<uint32_t>(state));
  if (!fresh && before >= after) return;
  run.set_state(static_cast<uint32_t>(state));
  run.set_state_at(at.micros());
  run.set_ended(Rank(state) == 2 ? at.micros() : 0);
}

void MergeDefinition(record::Run& run, const EventWrite& event, Timestamp at) {
  const uint64_t hash = event.run->definition;
  if (hash == 0) return;
  const auto before = std::tuple(run.definition_at(), run.definition(), run.definition_producer());
  if (run.definition() != 0 && before >= std::tuple(at.micros(), hash, event.producer)) return;
  run.set_definition(hash);
  run.set_definition_at(at.micros());
  run.set_definition_producer(event.producer);
}

auto AsTuple(const record::RunEdge& edge) { return std::tuple(edge.from(), edge.kind(), edge.to(), edge.producer()); }

bool AddEdge(record::Run& run, const EdgeKey& key, Timestamp at) {
  record::RunEdge edge;
  edge.set_kind(static_cast<uint32_t>(key.kind));
  edge.set_from(key.from.value());
  edge.set_to(key.to.value());
  edge.set_producer(key.producer);
  auto* edges = run.mutable_edges();
  const auto place = std::lower_bound(edges->begin(), edges->end(), edge, [](const auto& left, const auto& right) {
    return AsTuple(left) < AsTuple(right);
  });
  if (place != edges->end() && AsTuple(*place) == AsTuple(edge)) {
    place->set_at(std::max(place->at(), at.micros()));
    return false;
  }
  edge.set_at(at.micros());
  const int index = static_cast<int>(place - edges->begin());
  *edges->Add() = std::move(edge);
  std::rotate(edges->begin() + index, edges->end() - 1, edges->end());
  return true;
}

}  // namespace

RunState StateOf(const record::Run& run) {
  return run.state() < kRunStateCount ? static_cast<RunState>(run.state()) : RunState::kUnspecified;
}

RunState StateAt(const record::Run& run, Timestamp now, std::chrono::microseconds limit) {
  const RunState state = StateOf(run);
  if (state != RunState::kRunning || run.last_event() >= (now - limit).micros()) return state;
  return RunState::kUnknown;
}

std::optional<int64_t> CompletedAt(const record::Run& run) {
  if (StateOf(run) != RunState::kComplete) return std::nullopt;
  return run.ended();
}

std::optional<record::RunDefinition> DefinitionOf(const record::Run& run) {
  const std::optional<int64_t> completed = CompletedAt(run);
  if (!completed || run.definition() == 0) return std::nullopt;
  record::RunDefinition definition;
  definition.set_ended(*completed);
  definition.set_begun(run.started());
  definition.set_producer(run.definition_producer());
  definition.set_hash(run.definition());
  return definition;
}

RunMerge MergeEvent(record::Run& run, const EventWrite& event, Timestamp at, const std::vector<EdgeKey>& edges) {
  RunMerge merge;
  const int64_t time = at.micros();
  const bool fresh = run.state() == 0;
  if (fresh || time < run.started()) run.set_started(time);
  if (fresh || std::pair(run.last_event(), run.producer()) < std::pair(time, event.producer)) {
    run.set_last_event(time);
    run.set_producer(event.producer);
  }
  MergeState(run, event.run->state, at);
  MergeDefinition(run, event, at);
  if (event.run->state == RunState::kComplete) {
    auto* completes = run.mutable_completes();
    const auto place = std::lower_bound(completes->begin(), completes->end(), time);
    const bool known = place != completes->end() && *place == time;
    const bool too_old = completes->size() >= kRunCompletesMax && place == completes->begin();
    if (!known && !too_old) {
      const int index = static_cast<int>(place - completes->begin());
      completes->Add(time);
      std::rotate(completes->begin() + index, completes->end() - 1, completes->end());
      while (completes->size() > kRunCompletesMax) completes->erase(completes->begin());
      merge.complete_added = at;
    }
  }
  MergeDatasets(run, event.inputs, /*output=*/false, at);
  MergeDatasets(run, event.outputs, /*output=*/true, at);
  Stated own;
  State(own, event.run->facets);
  MergeFacets(run.mutable_facets(), own, at);
  MergeParent(run, *event.run, at);
  for (const EdgeKey& edge : edges) {
    if (AddEdge(run, edge, at)) merge.edges_added.push_back(edge);
  }
  KeepLast(run.mutable_edges(), kRunEdgesMax);
  const bool datasets_cut = KeepLast(run.mutable_io(), kRunDatasetsMax);
  const bool facets_cut = KeepLastFacets(run);
  if (datasets_cut || facets_cut) run.set_trimmed(true);
  return merge;
}

std::vector<EdgeKey> EdgesOf(const record::Run& run, AssetId job) {
  std::vector<EdgeKey> edges;
  edges.reserve(run.edges_size());
  for (const record::RunEdge& edge : run.edges()) {
    edges.push_back(
        {AssetId(edge.from()), static_cast<EdgeKind>(edge.kind()), AssetId(edge.to()), job, edge.producer()});
  }
  return edges;
}

bool CountsNothing(const record::RunRollup& rollup) {
  return std::all_of(rollup.runs().begin(), rollup.runs().end(), [](uint64_t runs) { return runs == 0; });
}

void Count(record::RunRollup& rollup, const record::Run& run, int sign) {
  while (rollup.runs_size() < kRunStateCount) rollup.add_runs(0);
  const auto move = [sign](uint64_t value, uint64_t by) {
    if (sign > 0) return value + by;
    return value > by ? value - by : 0;
  };
  const int state = static_cast<int>(StateOf(run));
  rollup.set_runs(state, move(rollup.runs(state), 1));
  if (Rank(StateOf(run)) != 2 || run.ended() < run.started()) return;
  rollup.set_duration_us(move(rollup.duration_us(), static_cast<uint64_t>(run.ended() - run.started())));
  rollup.set_timed_runs(move(rollup.timed_runs(), 1));
}

}  // namespace cadastre::lineage
