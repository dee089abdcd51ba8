#include "ingestors/openlineage/map.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "base/check.h"
#include "ingestors/openlineage/facet.h"
#include "ingestors/openlineage/json_document.h"
#include "ingestors/openlineage/mapping.h"
#include "ingestors/openlineage/name_rules.h"
#include "ingestors/openlineage/tool_family.h"

namespace cadastre::openlineage {

namespace {

// A dataset of the event with where its facets go.
struct DatasetSites {
  const DatasetPart* part = nullptr;
  FacetSite facets;
  FacetSite input_facets;
  FacetSite output_facets;
};

struct StateWord {
  std::string_view word;
  RunState state;
};

constexpr std::array<StateWord, 6> kStates = {{{"START", RunState::kRunning},
                                               {"RUNNING", RunState::kRunning},
                                               {"COMPLETE", RunState::kComplete},
                                               {"FAIL", RunState::kFailed},
                                               {"ABORT", RunState::kAborted},
                                               {"OTHER", RunState::kOther}}};

RunState ReadState(Mapping& mapping) {
  const std::string_view type = mapping.event().event_type;
  std::string upper(type);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  for (const StateWord& row : kStates) {
    if (upper != row.word) continue;
    if (upper != type) mapping.Warn("event_type_case", "eventType");
    return row.state;
  }
  if (!type.empty()) mapping.Warn("unknown_event_type", "eventType");
  return RunState::kOther;
}

// Whether the dataset says it was written as a whole.
bool IsRewritten(const Event& event, const DatasetPart& part) {
  for (const RawFacet& raw : part.facets) {
    if (raw.name != "lifecycleStateChange") continue;
    std::string_view change;
    if (event.document->ValueOf(raw)["lifecycleStateChange"].get(change) != simdjson::SUCCESS) return false;
    return change == "OVERWRITE" || change == "CREATE";
  }
  return false;
}

class EventMapper {
 public:
  EventMapper(const Event& event, const MapOptions& options) : event_(event), mapping_(event, options) {}

  MappedEvent Run();

 private:
  void MapJob();
  void AddDataset(const DatasetPart& part, std::vector<RunDataset>* io);
  void MapPass(FacetPass pass);
  void MapInputsOutputs();
  bool AddUnnamedInputs();
  void MapDefinition();

  const Event& event_;
  Mapping mapping_;
  FacetSite job_site_;
  FacetSite run_site_;
  std::vector<DatasetSites> datasets_;
};

// Parse has checked the identities, so their names hold.
base::AssetName NameOf(Mapping& mapping, base::AssetKind kind, std::string_view ns, std::string_view name) {
  std::optional<base::AssetName> asset = mapping.Name(kind, ns, name);
  CHECK(asset.has_value()) << "a name Parse let pass";
  return *std::move(asset);
}

void EventMapper::MapJob() {
  if (!event_.job.has_value()) return;
  MappedEvent& out = mapping_.out();
  out.job = NameOf(mapping_, base::AssetKind::kJob, event_.job->ns, event_.job->name);
  job_site_ = {*out.job, "job.facets"};
  const base::AssetName stated{base::AssetKind::kJob, std::string(event_.job->ns), std::string(event_.job->name)};
  out.of_statement = *out.job != stated && IsStatement(stated, out.tool);
  if (!event_.run.has_value()) return;
  MappedRun& run = out.run.emplace();
  run.job = *out.job;
  run.run_id = event_.run->run_id;
  run.state = ReadState(mapping_);
  run.event_time = event_.event_time;
  run.inputs_stated = event_.inputs_stated;
  run.outputs_stated = event_.outputs_stated;
  run_site_ = {*out.job, "run.facets", &run.facets};
  if (out.of_statement) {
    job_site_.run_facets = &run.facets;
    job_site_.of_statement = true;
  }
  // Sites point into these.
  run.inputs.reserve(event_.inputs.size());
  run.outputs.reserve(event_.outputs.size());
}

void EventMapper::AddDataset(const DatasetPart& part, std::vector<RunDataset>* io) {
  DatasetSites sites;
  sites.part = &part;
  FacetSite& site = sites.facets;
  site.asset = NameOf(mapping_, base::AssetKind::kDataset, part.ns, part.name);
  site.folded = site.asset.name != part.name;
  site.rewritten = IsRewritten(event_, part);
  sites.input_facets = site;
  sites.output_facets = site;
  site.path = part.path + ".facets";
  sites.input_facets.path = part.path + ".inputFacets";
  sites.output_facets.path = part.path + ".outputFacets";
  mapping_.AddDataset(site.asset);
  if (io != nullptr) {
    RunDataset& read = io->emplace_back();
    read.dataset = site.asset;
    if (site.folded) read.folded_from = part.name;
    sites.input_facets.run_facets = &read.facets;
    sites.output_facets.run_facets = &read.facets;
  }
  datasets_.push_back(std::move(sites));
}

void EventMapper::MapPass(FacetPass pass) {
  if (event_.run.has_value()) MapFacets(mapping_, run_site_, event_.run->facets, RunFacets(), pass);
  if (event_.job.has_value()) MapFacets(mapping_, job_site_, event_.job->facets, JobFacets(), pass);
  for (const DatasetSites& sites : datasets_) {
    MapFacets(mapping_, sites.facets, sites.part->facets, DatasetFacets(), pass);
    MapFacets(mapping_, sites.input_facets, sites.part->input_facets, InputFacets(), pass);
    MapFacets(mapping_, sites.output_facets, sites.part->output_facets, OutputFacets(), pass);
  }
}

void EventMapper::MapInputsOutputs() {
  MappedEvent& out = mapping_.out();
  if (!out.job.has_value()) return;
  size_t at = 0;
  for (; at < event_.inputs.size(); ++at) {
    mapping_.AddEdge(EdgeKind::kConsumes, EdgeBasis::kInputsOutputs, datasets_[at].facets.asset, *out.job);
  }
  for (; at < datasets_.size(); ++at) {
    mapping_.AddEdge(EdgeKind::kProduces, EdgeBasis::kInputsOutputs, *out.job, datasets_[at].facets.asset);
  }
  const bool columns_cover = AddUnnamedInputs();
  for (MappedEdge& edge : out.edges) {
    if (edge.kind != EdgeKind::kProduces || edge.basis != EdgeBasis::kInputsOutputs) continue;
    edge.covered = columns_cover ? mapping_.IsCovered(edge.to) : mapping_.IsCoveredBy(EdgeBasis::kLineage, edge.to);
  }
}

// Column lineage covers the inputs it names: where one of several outputs came from is known of those alone, so every
// other input is taken to flow into each of them. False where they cannot be told one by one (the event states no
// inputs, or too many): then column lineage covers none.
bool EventMapper::AddUnnamedInputs() {
  constexpr size_t kEdgesMax = 10'000;
  MappedEvent& out = mapping_.out();
  if (event_.inputs.empty()) return false;
  absl::flat_hash_set<base::AssetName> named;
  for (const MappedEdge& edge : out.edges) {
    if (edge.kind == EdgeKind::kDerives) named.insert(edge.from);
  }
  std::vector<base::AssetName> unnamed;
  std::vector<base::AssetName> covered;
  for (size_t at = 0; at < datasets_.size(); ++at) {
    const base::AssetName& asset = datasets_[at].facets.asset;
    if (at < event_.inputs.size()) {
      if (!named.contains(asset)) unnamed.push_back(asset);
    } else if (mapping_.IsCoveredBy(EdgeBasis::kColumnLineage, asset) &&
               !mapping_.IsCoveredBy(EdgeBasis::kLineage, asset)) {
      covered.push_back(asset);
    }
  }
  if (unnamed.size() * covered.size() > kEdgesMax) return false;
  for (const base::AssetName& from : unnamed) {
    for (const base::AssetName& to : covered) {
      if (from != to) mapping_.AddEdge(EdgeKind::kDerives, EdgeBasis::kInputsOutputs, from, to);
    }
  }
  return true;
}

// A run states what it did, a job event what its job does.
void EventMapper::MapDefinition() {
  MappedEvent& out = mapping_.out();
  if (event_.shape != EventShape::kJob || (event_.inputs.empty() && event_.outputs.empty())) return;
  out.defines_inputs = event_.inputs_stated;
  out.defines_outputs = event_.outputs_stated;
}

MappedEvent EventMapper::Run() {
  mapping_.out().tool = ToolFamily(event_.producer);
  MapJob();
  std::optional<MappedRun>& run = mapping_.out().run;
  for (const DatasetPart& part : event_.inputs) AddDataset(part, run.has_value() ? &run->inputs : nullptr);
  for (const DatasetPart& part : event_.outputs) AddDataset(part, run.has_value() ? &run->outputs : nullptr);
  if (event_.dataset.has_value()) AddDataset(*event_.dataset, nullptr);
  MapPass(FacetPass::kSchema);
  MapPass(FacetPass::kLineage);
  MapPass(FacetPass::kRest);
  MapInputsOutputs();
  MapDefinition();
  return mapping_.Finish();
}

}  // namespace

MappedEvent Map(const Event& event, const MapOptions& options) { return EventMapper(event, options).Run(); }

}  // namespace cadastre::openlineage
