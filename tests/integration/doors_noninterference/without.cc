#include <algorithm>
#include <utility>

#include "tests/integration/doors_noninterference/oracle.h"

namespace cadastre::noninterference {
namespace {

using openlineage::MappedEvent;
using v1::Aspect;

// What opens each kind of aspect, stated apart from the server's own table.
Privilege OpenedBy(const Aspect& aspect) {
  switch (aspect.value_case()) {
    case Aspect::kDefinition:
    case Aspect::kSourceCode:
    case Aspect::kFacet: return Privilege::kReadCode;
    case Aspect::kContainer:
    case Aspect::kJobType:
    case Aspect::kDatasetType: return Privilege::kBrowse;
    default: return static_cast<int>(aspect.value_case()) >= 80 ? Privilege::kReadOperations : Privilege::kRead;
  }
}

template <typename List, typename Keep>
void Sift(List* list, Keep keep) {
  List kept;
  for (auto& one : *list) {
    if (keep(one)) *kept.Add() = one;
  }
  list->Swap(&kept);
}

class Filter {
 public:
  Filter(const Script& script, const Sight& sight, size_t write) : script_(script), sight_(sight), write_(write) {}

  std::optional<size_t> Visible(const AssetName& name) const {
    std::optional<size_t> asset = script_.Find(name);
    if (asset && !sight_.Sees(*asset)) asset.reset();
    return asset;
  }
  bool Sees(const v1::AssetRef& ref) const {
    const std::optional<AssetName> name = NameOf(ref);
    return name && Visible(*name).has_value();
  }
  bool Allows(const AssetName& name, Privilege privilege) const {
    const auto asset = Visible(name);
    return asset && sight_.Allows(*asset, privilege);
  }
  bool SeesColumn(const AssetName& name, const Path& path) const {
    const auto asset = Visible(name);
    return asset && sight_.SeesColumn(*asset, path);
  }

  // Nothing where all it says is hidden.
  // `of_column`: it is stated of one of the asset's columns.
  std::optional<Aspect> Of(size_t asset, Aspect aspect, bool of_column) const {
    const bool samples = sight_.Allows(asset, Privilege::kReadSamples);
    const bool all_columns = sight_.assets[asset].hidden_columns.empty();
    const auto sees = [&](const std::string& column) { return column.empty() || sight_.SeesColumn(asset, {column}); };
    switch (aspect.value_case()) {
      case Aspect::kSchema: MaskFields(asset, {}, aspect.mutable_schema()->mutable_fields()); return aspect;
      case Aspect::kContainer: return Kept(aspect, Sees(aspect.container().container()));
      case Aspect::kDomain: return Kept(aspect, Sees(aspect.domain().domain()));
      case Aspect::kDataProduct: return Kept(aspect, Sees(aspect.data_product().data_product()));
      case Aspect::kGlossaryTerms:
        Sift(aspect.mutable_glossary_terms()->mutable_terms(), [&](const auto& term) { return Sees(term.term()); });
        return Kept(aspect, aspect.glossary_terms().terms_size() > 0);
      case Aspect::kDeprecation:
        if (!Sees(aspect.deprecation().replacement())) aspect.mutable_deprecation()->clear_replacement();
        return aspect;
      case Aspect::kLifecycleChange:
        if (!Sees(aspect.lifecycle_change().previous())) aspect.mutable_lifecycle_change()->clear_previous();
        return aspect;
      case Aspect::kJobDependencies: {
        auto* jobs = aspect.mutable_job_dependencies();
        Sift(jobs->mutable_upstream(), [&](const auto& one) { return Sees(one.job()); });
        Sift(jobs->mutable_downstream(), [&](const auto& one) { return Sees(one.job()); });
        return Kept(aspect, jobs->upstream_size() + jobs->downstream_size() > 0);
      }
      case Aspect::kTags:
        Sift(aspect.mutable_tags()->mutable_tags(), [&](const auto& tag) { return sees(tag.field()); });
        return Kept(aspect, aspect.tags().tags_size() > 0);
      case Aspect::kProfile:
        Sift(aspect.mutable_profile()->mutable_columns(), [&](auto& one) {
          if (!samples) one.clear_min();
          return sees(one.column());
        });
        return aspect;
      case Aspect::kQualityResults:
        Sift(aspect.mutable_quality_results()->mutable_results(), [&](auto& one) {
          if (!samples) one.clear_actual();
          return one.column().empty() ? of_column || all_columns : sees(one.column());
        });
        return Kept(aspect, aspect.quality_results().results_size() > 0);
      case Aspect::kPartitioning:
        Sift(aspect.mutable_partitioning()->mutable_columns(), sees);
        if (!sight_.assets[asset].hidden_columns.empty()) aspect.mutable_partitioning()->clear_expression();
        return Kept(aspect, aspect.partitioning().columns_size() > 0 || !aspect.partitioning().expression().empty());
      // Their JSON may name any column.
      case Aspect::kSubset:
      case Aspect::kIcebergReport: return Kept(aspect, sight_.assets[asset].hidden_columns.empty());
      case Aspect::kFacet:
        if (!OpensCopy(asset, aspect.facet().name())) return std::nullopt;
        *aspect.mutable_facet()->mutable_json() = SeenOf(aspect.facet().json());
        return Kept(aspect, !aspect.facet().json().empty());
      default: return aspect;
    }
  }

  // What the value of the name would need, were it not kept as it came.
  bool OpensCopy(size_t asset, const std::string& name) const {
    if (name == "sourceCodeLocation") return sight_.Allows(asset, Privilege::kRead);
    if (name == "parent") return sight_.Allows(asset, Privilege::kReadOperations);
    if (name != "dataQualityMetrics") return true;
    return sight_.Allows(asset, Privilege::kReadOperations) && sight_.Allows(asset, Privilege::kReadSamples) &&
           sight_.assets[asset].hidden_columns.empty();
  }

  // A list keeps the entries whose assets are seen; anything else goes with what it names.
  std::string SeenOf(const std::string& json) const {
    const std::string begin = R"({"namespace":")";
    std::string kept;
    bool all = true;
    for (size_t at = json.find(begin); at != std::string::npos; at = json.find(begin, at + 1)) {
      const std::string one = json.substr(at, json.find('}', at) + 1 - at);
      const bool sees = SeesJson(one);
      all = all && sees;
      if (sees) kept += (kept.empty() ? "" : ",") + one;
    }
    const std::string list = "{\"uses\":[";
    if (json.substr(0, list.size()) == list) return list + kept + "]}";
    return all ? json : "";
  }
  bool SeesJson(const std::string& one) const { return FindJson(one).has_value(); }
  std::optional<AssetName> FindJson(const std::string& one) const {
    const auto text = [&](const std::string& key) {
      const size_t from = one.find("\"" + key + "\":\"") + key.size() + 4;
      return one.substr(from, one.find('"', from) - from);
    };
    for (const AssetKind kind : {AssetKind::kDataset, AssetKind::kJob}) {
      const AssetName name{kind, text("namespace"), text("name")};
      if (Visible(name)) return name;
    }
    return std::nullopt;
  }

  std::optional<Write> Of(Statement statement) const {
    Sift(statement.request.mutable_aliases(), [&](const auto& one) { return Sees(one.from()) && Sees(one.to()); });
    Sift(statement.request.mutable_upserts(), [&](v1::AspectUpsert& upsert) {
      const AssetName name = *NameOf(upsert.asset());
      if (!Allows(name, OpenedBy(upsert.aspect()))) return false;
      const Path column(upsert.column().path().begin(), upsert.column().path().end());
      if (!column.empty()) {
        const std::optional<Path> told = ToldOf(*Visible(name), column);
        if (!told) return false;
        upsert.mutable_column()->mutable_path()->Assign(told->begin(), told->end());
        // Perhaps before a schema has it.
        if (*told != column) statement.request.set_allow_unknown_columns(true);
      }
      const std::optional<Aspect> left = Of(*Visible(name), upsert.aspect(), !column.empty());
      // Results of hidden columns leave those of others alone.
      if (!left && upsert.aspect().has_quality_results() && !upsert.withdraw()) return false;
      // What stood before it is over all the same.
      if (!left) upsert.set_withdraw(true);
      if (left) *upsert.mutable_aspect() = *left;
      return true;
    });
    if (statement.request.upserts().empty() && statement.request.aliases().empty()) return std::nullopt;
    return statement;
  }
  std::optional<Write> Of(Lifecycle write) const {
    if (!Visible(write.asset)) return std::nullopt;
    return write;
  }
  std::optional<Write> Of(Environment write) const {
    if (!Visible(write.asset)) return std::nullopt;
    return write;
  }
  // What a crawl reports is its own word.
  std::optional<Write> Of(Crawl crawl) const {
    if (!Visible(crawl.source)) return std::nullopt;
    for (auto* scopes : {&crawl.seen, &crawl.missed}) {
      for (auto& [scope, names] : *scopes) std::erase_if(names, [&](const AssetName& name) { return !Visible(name); });
    }
    return crawl;
  }
  std::optional<Write> Of(MappedEvent event) const {
    // What it says of the datasets themselves holds whichever job says so.
    if (event.job && !Visible(*event.job)) {
      event.shape = openlineage::EventShape::kDataset;
      event.job.reset();
      event.run.reset();
      event.edges.clear();
    }
    std::erase_if(event.datasets, [&](const AssetName& name) { return !Visible(name); });
    if (!event.job && event.datasets.empty()) return std::nullopt;
    std::erase_if(event.aspects, [&](const auto& one) { return !Allows(one.asset, OpenedBy(one.aspect)); });
    for (openlineage::MappedAspect& one : event.aspects) {
      const std::optional<Aspect> left = Of(*Visible(one.asset), one.aspect, false);
      if (left) one.aspect = *left;
      one.deleted = !left;
    }
    std::erase_if(event.edges, [&](const auto& edge) {
      return !Visible(edge.from) || !Visible(edge.to) || (edge.job && !Visible(*edge.job));
    });
    for (openlineage::MappedEdge& edge : event.edges) {
      const bool code = Allows(edge.from, Privilege::kReadCode) && Allows(edge.to, Privilege::kReadCode) &&
                        (!edge.job || Allows(*edge.job, Privilege::kReadCode));
      for (openlineage::ColumnPair& pair : edge.columns) {
        if (!code) pair.description.clear();
      }
      std::sort(edge.columns.begin(), edge.columns.end());
      edge.columns.erase(std::unique(edge.columns.begin(), edge.columns.end()), edge.columns.end());
      std::erase_if(edge.columns, [&](const auto& pair) {
        return !SeesColumn(edge.from, pair.from) || (!pair.to.empty() && !SeesColumn(edge.to, pair.to));
      });
    }
    if (event.run) FilterRun(*event.run);
    return event;
  }

 private:
  static std::optional<Aspect> Kept(const Aspect& aspect, bool kept) {
    return kept ? std::make_optional(aspect) : std::nullopt;
  }

  // What is said of a column is of the column, whatever it was called then: it is seen by the names that the column has
  // at the sight's points. Where it was called by a hidden name, it is said of the last one before that is seen, else
  // of the first one after.
  std::optional<Path> ToldOf(size_t asset, const Path& path) const {
    // A column keeps its place.
    const std::vector<ColumnState>& known = script_.LabelsAt(asset, write_)->columns;
    const auto column = std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.path == path; });
    if (column == known.end()) return sight_.SeesColumn(asset, path) ? std::make_optional(path) : std::nullopt;
    const auto place = static_cast<size_t>(column - known.begin());
    for (const size_t point : sight_.points) {
      const Labels* labels = script_.LabelsAt(asset, point);
      const bool was = labels != nullptr && place < labels->columns.size();
      if (was && !sight_.SeesColumn(asset, labels->columns[place].path)) return std::nullopt;
    }
    std::optional<Path> told;
    for (const auto& [since, labels] : script_.assets[asset].labels) {
      if (place >= labels.columns.size() || !sight_.SeesColumn(asset, labels.columns[place].path)) continue;
      if (since <= write_ || !told) told = labels.columns[place].path;
    }
    return told;
  }

  void MaskFields(size_t asset, const Path& above, google::protobuf::RepeatedPtrField<v1::SchemaField>* fields) const {
    Sift(fields, [&](v1::SchemaField& field) {
      Path path = above;
      path.push_back(field.name());
      if (!sight_.SeesColumn(asset, path)) return false;
      MaskFields(asset, path, field.mutable_fields());
      path.push_back(field.type());
      if (field.type().find('<') != std::string::npos && !sight_.SeesColumn(asset, path)) field.set_type("array");
      return true;
    });
  }

  // A deleted dataset is no part of a run to a reader, so its columns close nothing.
  bool IsDeleted(const AssetName& asset) const {
    bool deleted = false;
    for (const Write& write : script_.writes) {
      const auto* lifecycle = std::get_if<Lifecycle>(&write);
      if (lifecycle != nullptr && lifecycle->asset == asset) deleted = lifecycle->deleted;
    }
    return deleted;
  }

  // What a run's own tests say may be of any dataset that any of its events names, and their values too.
  void FilterTests(openlineage::MappedRun& run) const {
    bool columns = true;
    bool samples = Allows(run.job, Privilege::kReadSamples);
    for (const Write& write : script_.writes) {
      const auto* event = std::get_if<MappedEvent>(&write);
      if (event == nullptr || !event->run || event->run->job != run.job || event->run->run_id != run.run_id) continue;
      for (const auto* list : {&event->run->inputs, &event->run->outputs}) {
        for (const openlineage::RunDataset& io : *list) {
          const std::optional<size_t> dataset = IsDeleted(io.dataset) ? std::nullopt : Visible(io.dataset);
          columns = columns && dataset && sight_.assets[*dataset].hidden_columns.empty();
          samples = samples && Allows(io.dataset, Privilege::kReadSamples);
        }
      }
    }
    if (!columns) std::erase_if(run.facets, [](const Aspect& facet) { return facet.has_test_execution(); });
    for (Aspect& facet : run.facets) {
      if (samples || !facet.has_test_execution()) continue;
      for (auto& test : *facet.mutable_test_execution()->mutable_tests()) {
        test.clear_actual();
        for (auto& [name, value] : *test.mutable_params()) value.clear();
      }
    }
  }

  // What is left of a run's facet that names assets; emptied, it still takes the place of the one before.
  void FilterFacet(Aspect& facet) const {
    if (facet.has_facet()) *facet.mutable_facet()->mutable_json() = SeenOf(facet.facet().json());
    if (facet.has_parent_run() && !Sees(facet.parent_run().job())) facet.mutable_parent_run()->Clear();
    if (facet.has_job_dependencies()) {
      Sift(facet.mutable_job_dependencies()->mutable_upstream(), [&](const auto& one) { return Sees(one.job()); });
    }
    if (!facet.has_test_execution()) return;
    // What names a deleted asset goes with it, though its value, which told so, may be cleared here.
    Sift(facet.mutable_test_execution()->mutable_tests(), [&](const auto& test) {
      if (test.params().empty()) return true;
      const std::optional<AssetName> named = FindJson(test.params().begin()->second);
      return named && !IsDeleted(*named);
    });
  }

  void FilterRun(openlineage::MappedRun& run) const {
    if (run.parent && !Visible(run.parent->job)) run.parent.reset();
    std::erase_if(run.facets, [&](const Aspect& facet) {
      return !Allows(run.job, OpenedBy(facet)) ||
             (facet.has_facet() && !OpensCopy(*Visible(run.job), facet.facet().name()));
    });
    for (Aspect& facet : run.facets) FilterFacet(facet);
    FilterTests(run);
    for (auto* list : {&run.inputs, &run.outputs}) {
      std::erase_if(*list, [&](const auto& io) { return !Visible(io.dataset); });
      for (openlineage::RunDataset& io : *list) FilterIo(io);
    }
  }
  void FilterIo(openlineage::RunDataset& io) const {
    std::vector<Aspect> kept;
    for (const Aspect& facet : io.facets) {
      if (!Allows(io.dataset, Privilege::kReadOperations) || !Allows(io.dataset, OpenedBy(facet))) continue;
      if (const auto left = Of(*Visible(io.dataset), facet, false)) {
        kept.push_back(*left);
      } else if (facet.has_quality_results()) {
        // What an earlier event of the run said is over all the same.
        kept.emplace_back().mutable_quality_results();
      } else if (facet.has_facet()) {
        kept.emplace_back().mutable_facet()->set_name(facet.facet().name());
      }
    }
    io.facets = std::move(kept);
  }

  const Script& script_;
  const Sight& sight_;
  size_t write_;
};

}  // namespace

std::optional<Write> Without(const Script& script, const Sight& sight, size_t write) {
  return std::visit([&](const auto& one) { return Filter(script, sight, write).Of(one); }, script.writes[write]);
}

}  // namespace cadastre::noninterference
