#include "tests/integration/doors_noninterference/statements.h"

#include <algorithm>
#include <utility>

namespace cadastre::noninterference {
namespace {

using openlineage::MappedEvent;

const std::vector<std::string> kTools = {"airflow", "dbt", "spark"};

std::string Dotted(const Path& path) {
  std::string text;
  for (const std::string& segment : path) text += (text.empty() ? "" : ".") + segment;
  return text;
}

ColumnState& ColumnAt(Labels& labels, const Path& path) {
  for (ColumnState& column : labels.columns) {
    if (column.path == path) return column;
  }
  labels.columns.emplace_back().path = path;
  return labels.columns.back();
}

// That a person states the class of it.
void Classify(Labels& labels, const Path& path, const std::string& word) {
  const size_t known = labels.columns.size();
  ColumnState& column = ColumnAt(labels, path);
  column.unstated = column.unstated || labels.columns.size() > known;
  column.classes = {word};
  column.inherited.clear();
  for (ColumnState& other : labels.columns) {
    const auto former = other.former.find(path);
    if (former != other.former.end()) former->second.clear();
  }
  if (!column.orphaned || column.unstated) return;
  for (ColumnState& other : labels.columns) {
    if (&other != &column && (other.unstated || other.came >= column.went)) other.inherited.insert(word);
  }
}

}  // namespace

size_t Statements::Some(AssetKind kind) {
  std::vector<size_t> found;
  for (size_t i = 0; i < script_.assets.size(); ++i) {
    if (script_.assets[i].name.kind == kind) found.push_back(i);
  }
  return dice_.OneOf(found);
}

std::string Statements::Words(size_t count) {
  std::string text = dice_.OneOf(kWords);
  for (size_t i = 1; i < count; ++i) text += " " + dice_.OneOf(kWords);
  return text;
}

void Statements::Add(Statement& statement, size_t asset, const Path& column, const v1::Aspect& aspect) {
  v1::AspectUpsert* upsert = statement.request.add_upserts();
  *upsert->mutable_asset() = RefOf(script_.assets[asset].name);
  for (const std::string& segment : column) upsert->mutable_column()->add_path(segment);
  *upsert->mutable_aspect() = aspect;
}

void Statements::StateLabels(Statement& statement, size_t asset, Labels& labels) {
  const AssetKind kind = script_.assets[asset].name.kind;
  v1::Aspect aspect;
  if (dice_.Chance(60) && (asset > 12 || kind == AssetKind::kContainer)) StateContainer(statement, asset, labels);
  if (dice_.Chance(35) && asset > 0) {
    labels.domain = dice_.Pick(std::min<size_t>(asset, 4));
    *aspect.mutable_domain()->mutable_domain() = RefOf(script_.assets[labels.domain].name);
    Add(statement, asset, {}, aspect);
  }
  if (dice_.Chance(60)) {
    v1::Tags* tags = aspect.mutable_tags();
    for (size_t i = 0; i <= dice_.Pick(2); ++i) {
      tags->add_tags()->set_key(dice_.OneOf(kTags));
      labels.tags.insert(tags->tags().rbegin()->key());
    }
    if (const std::string column = SomeColumn(labels); !column.empty()) {
      tags->add_tags()->set_key("key");
      tags->mutable_tags()->rbegin()->set_field(column);
    }
    Add(statement, asset, {}, aspect);
  }
  if (dice_.Chance(60)) {
    aspect.mutable_ownership()->add_owners()->set_owner(dice_.OneOf(kOwners));
    labels.owners = {aspect.ownership().owners(0).owner()};
    Add(statement, asset, {}, aspect);
  }
  if (dice_.Chance(25)) {
    aspect.mutable_classifications()->add_classifications()->set_name(dice_.OneOf(kClasses));
    labels.classes = {aspect.classifications().classifications(0).name()};
    Add(statement, asset, {}, aspect);
  }
}

bool Statements::StateContainer(Statement& statement, size_t asset, Labels& labels) {
  v1::Aspect aspect;
  if (asset > 12) {
    labels.container = Some(AssetKind::kContainer);
  } else if (script_.assets[asset].name.kind == AssetKind::kContainer && asset > 4) {
    // Only in an earlier one, so that there is no cycle.
    labels.container = 4 + dice_.Pick(asset - 4);
  } else {
    return false;
  }
  *aspect.mutable_container()->mutable_container() = RefOf(script_.assets[labels.container].name);
  Add(statement, asset, {}, aspect);
  return true;
}

void Statements::StateColumnsOf(Statement& statement, size_t asset, const Labels& from, Labels& labels) {
  v1::Aspect aspect;
  std::vector<Path> live;
  for (const ColumnState& column : from.columns) {
    if (column.path.size() > 1 || !dice_.Chance(70)) continue;
    v1::SchemaField* field = aspect.mutable_schema()->add_fields();
    field->set_name(column.path.back());
    field->set_type("text");
    field->set_description(Words(2));
    live.push_back(column.path);
  }
  aspect.mutable_schema();
  // Its own columns have their own ids.
  for (v1::SchemaField& field : *aspect.mutable_schema()->mutable_fields()) {
    for (const ColumnState& column : labels.columns) {
      if (column.path == Path{field.name()}) field.set_source_id(column.source_id);
    }
  }
  Add(statement, asset, {}, aspect);
  FollowSchema(asset, live, labels);
}

bool Statements::RenameColumn(Statement& statement, size_t asset, Labels& labels) {
  std::vector<size_t> plain;
  for (size_t i = 0; i < labels.columns.size(); ++i) {
    const ColumnState& column = labels.columns[i];
    const bool has_inner = std::any_of(labels.columns.begin(), labels.columns.end(), [&](const ColumnState& other) {
      return other.path.size() > 1 && other.path.front() == column.path.front();
    });
    if (!column.orphaned && !column.unstated && !has_inner && column.source_id != 0) plain.push_back(i);
  }
  const Path renamed = {dice_.OneOf(kWords) + "_" + std::to_string(9 + dice_.Pick(90))};
  const auto has = [&](const ColumnState& column) { return column.path == renamed || column.former.contains(renamed); };
  if (plain.empty() || std::any_of(labels.columns.begin(), labels.columns.end(), has)) return false;
  const size_t which = dice_.OneOf(plain);
  const Path before = labels.columns[which].path;
  std::set<std::string> by_name;
  std::set<std::string> besides;
  for (const Mask& mask : MasksOf(SetWith(asset, labels))) {
    if (mask.path != before) continue;
    by_name.insert(mask.classes.begin(), mask.classes.end());
    if (mask.column != &labels.columns[which]) besides.insert(mask.classes.begin(), mask.classes.end());
  }
  ColumnState& column = labels.columns[which];
  column.path = renamed;
  column.former[before].insert(by_name.begin(), by_name.end());
  column.inherited.insert(besides.begin(), besides.end());
  v1::Aspect aspect;
  // Of two levels; the outer one first.
  for (const size_t level : {1u, 2u}) {
    for (const ColumnState& one : labels.columns) {
      if (one.orphaned || one.unstated || one.path.size() != level) continue;
      auto* fields = aspect.mutable_schema()->mutable_fields();
      for (v1::SchemaField& field : *aspect.mutable_schema()->mutable_fields()) {
        if (level > 1 && field.name() == one.path.front()) fields = field.mutable_fields();
      }
      v1::SchemaField* field = fields->Add();
      field->set_name(one.path.back());
      field->set_type("text");
      field->set_source_id(one.source_id);
    }
  }
  Add(statement, asset, {}, aspect);
  return true;
}

void Statements::ClassifyRenamed(Statement& statement, size_t asset, Labels& labels) {
  for (const ColumnState& column : labels.columns) {
    if (column.former.empty() || column.orphaned) continue;
    const Path path = column.path;
    v1::Aspect classes;
    classes.mutable_classifications()->add_classifications()->set_name(dice_.OneOf(kClasses));
    Add(statement, asset, path, classes);
    return Classify(labels, path, classes.classifications().classifications(0).name());
  }
}

void Statements::ClassifyTaken(Statement& statement, size_t asset, const Labels& from, Labels& labels) {
  for (const ColumnState& column : from.columns) {
    const auto taken = std::find_if(labels.columns.begin(), labels.columns.end(),
                                    [&](const ColumnState& one) { return one.path == column.path && !one.orphaned; });
    if (column.former.empty() || column.orphaned || taken == labels.columns.end()) continue;
    const Path path = column.path;
    v1::Aspect classes;
    classes.mutable_classifications()->add_classifications()->set_name(dice_.OneOf(kClasses));
    Add(statement, asset, path, classes);
    return Classify(labels, path, classes.classifications().classifications(0).name());
  }
}

std::vector<const Labels*> Statements::SetWith(size_t asset, const Labels& labels) const {
  std::vector<const Labels*> set;
  for (const size_t name : script_.SetAt(asset, script_.writes.size())) {
    set.push_back(name == asset ? &labels : &script_.assets[name].labels.back().second);
  }
  return set;
}

int64_t Statements::SourceId(Labels& labels, const Path& path) {
  for (const ColumnState& column : labels.columns) {
    if (column.path == path && column.source_id != 0) return column.source_id;
  }
  return ++source_ids_;
}

void Statements::FollowSchema(size_t asset, const std::vector<Path>& live, Labels& labels) {
  const Labels labels_before = labels;
  const std::vector<ColumnState>& before = labels_before.columns;
  const std::vector<Mask> masks = MasksOf(SetWith(asset, labels_before));
  size_t number = 1;
  for (const ColumnState& column : before) number = std::max({number, column.came + 1, column.went + 1});
  const auto masked_by = [&](const Path& path, bool own) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const auto& one) { return one.path == path; });
    std::set<std::string> classes;
    for (const Mask& mask : masks) {
      const bool is_own = known != before.end() && mask.column == &*known;
      if (is_own ? own : LiesUnder(path, mask.path)) classes.insert(mask.classes.begin(), mask.classes.end());
    }
    return classes;
  };
  std::set<std::string> lost;
  for (ColumnState& column : labels.columns) {
    if (column.orphaned || std::find(live.begin(), live.end(), column.path) != live.end()) continue;
    if (!column.unstated) lost.merge(masked_by(column.path, true));
    column.inherited.merge(masked_by(column.path, false));
    column.orphaned = true;
    column.went = number;
  }
  for (const Path& path : live) {
    const auto known = std::find_if(before.begin(), before.end(), [&](const auto& one) { return one.path == path; });
    const bool back = known != before.end() && !known->unstated;
    if (back && !known->orphaned) continue;
    ColumnState& column = ColumnAt(labels, path);
    column.orphaned = false;
    column.unstated = false;
    column.came = number;
    column.inherited.insert(lost.begin(), lost.end());
    for (const ColumnState& gone : before) {
      if (!gone.orphaned || gone.unstated || gone.path == path || (back && gone.went <= known->went)) continue;
      column.inherited.merge(masked_by(gone.path, true));
    }
  }
}

void Statements::StateSchema(Statement& statement, size_t asset, Labels& labels) {
  v1::Aspect aspect;
  std::vector<Path> live;
  std::map<Path, int64_t> sources;
  const auto add = [&](google::protobuf::RepeatedPtrField<v1::SchemaField>* fields, const Path& above) {
    Path path = above;
    path.push_back(dice_.OneOf(kWords) + "_" + std::to_string(dice_.Pick(9)));
    if (std::find(live.begin(), live.end(), path) != live.end()) return static_cast<v1::SchemaField*>(nullptr);
    v1::SchemaField* field = fields->Add();
    field->set_name(path.back());
    field->set_source_id(SourceId(labels, path));
    sources[path] = field->source_id();
    field->set_type(dice_.Chance(50) ? "int" : "text");
    if (dice_.Chance(50)) field->set_description(Words(2));
    field->set_nullable(dice_.Chance(50));
    live.push_back(path);
    return field;
  };
  const size_t count = 4 + dice_.Pick(9);
  for (size_t i = 0; i < count; ++i) {
    v1::SchemaField* field = add(aspect.mutable_schema()->mutable_fields(), {});
    if (field == nullptr || !dice_.Chance(15)) continue;
    const v1::SchemaField* inner = add(field->mutable_fields(), {field->name()});
    if (inner != nullptr && dice_.Chance(50)) field->set_type("array<struct<" + inner->name() + ":text>>");
  }
  Add(statement, asset, {}, aspect);
  // What is stated of a column of the same request comes before what the schema makes of it.
  for (const Path& path : live) {
    if (!dice_.Chance(30)) continue;
    v1::Aspect classes;
    classes.mutable_classifications()->add_classifications()->set_name(dice_.OneOf(kClasses));
    Add(statement, asset, path, classes);
    Classify(labels, path, classes.classifications().classifications(0).name());
  }
  FollowSchema(asset, live, labels);
  for (const auto& [path, id] : sources) ColumnAt(labels, path).source_id = id;
}

std::string Statements::SomeColumn(const Labels& labels) {
  return labels.columns.empty() ? "" : Dotted(dice_.OneOf(labels.columns).path);
}

std::string Statements::SpelledColumn(const Labels& labels) {
  if (labels.columns.empty()) return "";
  const ColumnState& column = dice_.OneOf(labels.columns);
  // What was told of it before.
  const bool former = !column.former.empty() && dice_.Chance(50);
  const Path& path = former ? column.former.begin()->first : column.path;
  const std::string below = Dotted(path).substr(path.front().size());
  switch (dice_.Pick(9)) {
    case 3: return path.front() + "[0]" + below;
    case 4: return path.front() + ".list.element" + below;
    case 5: return "get(" + path.front() + ", 0)" + below;
    case 0: return "\"" + Dotted(path) + "\"";
    case 1: return "\"" + path.front() + "\"" + below;
    case 2: return "`" + Dotted(path) + "`.inner";
    default: return Dotted(path);
  }
}

std::string Statements::JsonOf(AssetKind kind) {
  const AssetName& name = script_.assets[Some(kind)].name;
  const std::string text = dice_.Chance(10) ? "none of ours" : name.name;
  return R"({"namespace":")" + name.ns + R"(","name":")" + text + "\"}";
}

v1::Aspect Statements::RawFacet() {
  v1::Aspect aspect;
  v1::Facet* facet = aspect.mutable_facet();
  switch (dice_.Pick(5)) {
    case 0:
      facet->set_name("dataQualityMetrics");
      facet->set_json("{\"rowCount\":\"" + Words(1) + "\"}");
      break;
    case 1:
      facet->set_name("sourceCodeLocation");
      facet->set_json("{\"where\":\"" + Words(1) + "\"}");
      break;
    case 2:
      facet->set_name("parent");
      facet->set_json("{\"job\":" + JsonOf(AssetKind::kJob) + ",\"run\":{\"runId\":\"" + Words(1) + "\"}}");
      break;
    default:
      facet->set_name("uses_" + dice_.OneOf(kTools));
      facet->set_json("{\"uses\":[" + JsonOf(AssetKind::kDataset) + "," + JsonOf(AssetKind::kJob) + "," +
                      JsonOf(AssetKind::kDataset) + "]}");
      break;
  }
  return aspect;
}

v1::Aspect Statements::BusinessAspect(const Labels& labels) {
  v1::Aspect aspect;
  switch (dice_.Pick(8)) {
    case 0: aspect.mutable_display_name()->set_name(Words(2)); break;
    case 1:
      for (size_t i = 0; i < 2; ++i)
        *aspect.mutable_glossary_terms()->add_terms()->mutable_term() = SomeRef(AssetKind::kGlossaryTerm);
      break;
    case 2: *aspect.mutable_data_product()->mutable_data_product() = SomeRef(AssetKind::kDataProduct); break;
    case 3: aspect.mutable_certification()->set_level(dice_.Chance(50) ? "certified" : "warned"); break;
    case 4:
      aspect.mutable_deprecation()->set_deprecated(true);
      *aspect.mutable_deprecation()->mutable_replacement() = SomeRef(AssetKind::kDataset);
      break;
    case 5: aspect.mutable_links()->add_links()->set_url("https://example.org/" + dice_.OneOf(kWords)); break;
    default: aspect.mutable_documentation()->set_text(Words(8)); break;
  }
  (void)labels;
  return aspect;
}

v1::Aspect Statements::TechnicalAspect(const Labels& labels) {
  v1::Aspect aspect;
  switch (dice_.Pick(7)) {
    case 0: aspect.mutable_definition()->set_sql("select " + Words(2)); break;
    case 1: aspect.mutable_source_code()->set_source("print " + Words(2)); break;
    case 2:
      if (const std::string column = SpelledColumn(labels); !column.empty())
        aspect.mutable_partitioning()->add_columns(column);
      aspect.mutable_partitioning()->set_expression("by " + Words(1));
      break;
    case 3:
      aspect.mutable_lifecycle_change()->set_change("RENAME");
      *aspect.mutable_lifecycle_change()->mutable_previous() = SomeRef(AssetKind::kDataset);
      break;
    case 4: aspect.mutable_location()->set_uri("s3://bucket/" + dice_.OneOf(kWords)); break;
    case 5:
      *aspect.mutable_job_dependencies()->add_upstream()->mutable_job() = SomeRef(AssetKind::kJob);
      *aspect.mutable_job_dependencies()->add_downstream()->mutable_job() = SomeRef(AssetKind::kJob);
      break;
    default:
      if (dice_.Chance(50)) return RawFacet();
      aspect.mutable_facet()->set_name("custom_" + dice_.OneOf(kWords));
      aspect.mutable_facet()->set_json("{\"word\":\"" + dice_.OneOf(kWords) + "\"}");
      break;
  }
  return aspect;
}

v1::Aspect Statements::OperationalAspect(const Labels& labels) {
  v1::Aspect aspect;
  const std::string column = SpelledColumn(labels);
  switch (dice_.Pick(4)) {
    case 0: aspect.mutable_volume()->set_rows(static_cast<int64_t>(dice_.Pick(1000))); break;
    case 1:
      aspect.mutable_profile()->set_rows(static_cast<int64_t>(dice_.Pick(1000)));
      if (!column.empty()) {
        auto* one = aspect.mutable_profile()->add_columns();
        one->set_column(column);
        one->set_min(static_cast<double>(dice_.Pick(9)));
      }
      break;
    case 2: {
      for (const std::string& of : {column, dice_.Chance(50) ? SpelledColumn(labels) : std::string()}) {
        auto* result = aspect.mutable_quality_results()->add_results();
        result->set_assertion(dice_.Chance(70) ? "not_null" : "unique");
        result->set_column(of);
        result->set_success(dice_.Chance(50));
        if (dice_.Chance(50)) result->set_actual(Words(1));
      }
      break;
    }
    default: aspect.mutable_incident()->set_title(Words(2)); break;
  }
  return aspect;
}

v1::Aspect Statements::NewAspect(size_t, const Labels& labels, bool column) {
  if (column) {
    v1::Aspect aspect;
    if (dice_.Chance(50)) {
      aspect.mutable_documentation()->set_text(Words(4));
    } else if (dice_.Chance(50)) {
      *aspect.mutable_glossary_terms()->add_terms()->mutable_term() = SomeRef(AssetKind::kGlossaryTerm);
    } else {
      aspect.mutable_tags()->add_tags()->set_key(dice_.OneOf(kTags));
    }
    return aspect;
  }
  const size_t family = dice_.Pick(10);
  if (family < 5) return BusinessAspect(labels);
  return family < 8 ? TechnicalAspect(labels) : OperationalAspect(labels);
}

openlineage::RunDataset Statements::NewIo(size_t dataset, bool output) {
  openlineage::RunDataset io;
  io.dataset = script_.assets[dataset].name;
  const Labels& labels = script_.assets[dataset].labels.back().second;
  v1::Aspect aspect;
  aspect.mutable_io_statistics()->set_rows(static_cast<int64_t>(dice_.Pick(500)));
  io.facets.push_back(aspect);
  if (dice_.Chance(40)) io.facets.push_back(OperationalAspect(labels));
  if (const std::string column = SomeColumn(labels); !column.empty() && dice_.Chance(30)) {
    v1::Aspect subset;
    subset.mutable_subset()->set_condition_json("{\"column\":\"" + column + "\"}");
    io.facets.push_back(subset);
  }
  if (dice_.Chance(30)) io.facets.push_back(RawFacet());
  if (output && dice_.Chance(20)) {
    v1::Aspect unknown;
    unknown.mutable_facet()->set_name("write_plan");
    unknown.mutable_facet()->set_json("{\"plan\":\"" + dice_.OneOf(kWords) + "\"}");
    io.facets.push_back(unknown);
  }
  return io;
}

std::vector<v1::Aspect> Statements::RunFacets() {
  std::vector<v1::Aspect> facets;
  v1::Aspect aspect;
  aspect.mutable_processing_engine()->set_name(dice_.OneOf(kTools));
  facets.push_back(aspect);
  if (dice_.Chance(20)) {
    aspect.mutable_error_message()->set_message(Words(3));
    facets.push_back(aspect);
  }
  if (dice_.Chance(20)) {
    aspect.mutable_facet()->set_name("spark_plan");
    aspect.mutable_facet()->set_json("{\"plan\":\"" + Words(dice_.Chance(20) ? 1200 : 3) + "\"}");
    facets.push_back(aspect);
  }
  if (dice_.Chance(20)) {
    aspect.mutable_definition()->set_sql(Words(4));
    facets.push_back(aspect);
  }
  if (dice_.Chance(30)) {
    auto* test = aspect.mutable_test_execution()->add_tests();
    test->set_name(Words(1));
    test->set_actual(Words(1));
    if (dice_.Chance(50)) {
      test = aspect.mutable_test_execution()->add_tests();
      test->set_name(Words(1));
      (*test->mutable_params())["of"] = JsonOf(AssetKind::kDataset);
    }
    facets.push_back(aspect);
  }
  if (dice_.Chance(40)) facets.push_back(RawFacet());
  if (dice_.Chance(30)) {
    for (size_t i = 0; i < 2; ++i) {
      *aspect.mutable_job_dependencies()->add_upstream()->mutable_job() = SomeRef(AssetKind::kJob);
    }
    facets.push_back(aspect);
  }
  if (dice_.Chance(30)) {
    *aspect.mutable_parent_run()->mutable_job() = SomeRef(AssetKind::kJob);
    aspect.mutable_parent_run()->set_run_id("parent-" + std::to_string(dice_.Pick(5)));
    facets.push_back(aspect);
  }
  return facets;
}

MappedEvent Statements::NewEvent(size_t job, Timestamp at) {
  MappedEvent event;
  event.event_time = at;
  event.tool = dice_.OneOf(kTools);
  event.job = script_.assets[job].name;
  openlineage::MappedRun& run = event.run.emplace();
  run.job = *event.job;
  run.run_id = "run-" + std::to_string(job) + "-" + std::to_string(dice_.Pick(6));
  run.state =
      dice_.OneOf(std::vector<openlineage::RunState>{openlineage::RunState::kRunning, openlineage::RunState::kComplete,
                                                     openlineage::RunState::kComplete, openlineage::RunState::kFailed});
  run.event_time = at;
  if (dice_.Chance(30)) run.nominal_start = at;
  run.facets = RunFacets();
  if (dice_.Chance(30)) {
    openlineage::ParentRun& parent = run.parent.emplace();
    parent.job = script_.assets[Some(AssetKind::kJob)].name;
    parent.run_id = "parent-" + std::to_string(dice_.Pick(5));
    if (dice_.Chance(50)) {
      parent.root_job = parent.job;
      parent.root_run_id = parent.run_id;
    }
  }
  const size_t inputs = dice_.Pick(4);
  const size_t outputs = 1 + dice_.Pick(2);
  run.inputs_stated = run.outputs_stated = true;
  for (size_t i = 0; i < inputs; ++i) run.inputs.push_back(NewIo(Some(AssetKind::kDataset), false));
  for (size_t i = 0; i < outputs; ++i) run.outputs.push_back(NewIo(Some(AssetKind::kDataset), true));
  for (const auto* list : {&run.inputs, &run.outputs}) {
    for (const openlineage::RunDataset& io : *list) {
      if (std::find(event.datasets.begin(), event.datasets.end(), io.dataset) == event.datasets.end()) {
        event.datasets.push_back(io.dataset);
      }
    }
  }
  StateEdges(event);
  if (dice_.Chance(30)) {
    v1::Aspect text;
    text.mutable_documentation()->set_text(Words(6));
    event.aspects.push_back({run.outputs.front().dataset, {}, text, at, false});
  }
  // Named twice, a dataset states the same facet twice.
  const AssetName& twice = run.outputs.front().dataset;
  const Labels& labels = script_.assets[*script_.Find(twice)].labels.back().second;
  for (size_t i = dice_.Chance(40) ? 0 : 2; i < 2; ++i) {
    v1::Aspect divided;
    for (size_t column = 0; column < 2; ++column) {
      if (const std::string text = SomeColumn(labels); !text.empty()) divided.mutable_partitioning()->add_columns(text);
    }
    if (divided.has_partitioning()) event.aspects.push_back({twice, {}, divided, at, false});
  }
  return event;
}

std::vector<openlineage::ColumnPair> Statements::NewPairs(const AssetName& from, const AssetName& to) {
  std::vector<openlineage::ColumnPair> pairs;
  const Labels& left = script_.assets[*script_.Find(from)].labels.back().second;
  const Labels& right = script_.assets[*script_.Find(to)].labels.back().second;
  if (left.columns.empty() || right.columns.empty()) return pairs;
  for (size_t i = 0; i < 1 + dice_.Pick(4); ++i) {
    openlineage::ColumnPair pair;
    pair.from = dice_.OneOf(left.columns).path;
    if (dice_.Chance(15)) pair.from = {Dotted(pair.from)};
    if (dice_.Chance(15)) {
      pair.from.insert(pair.from.begin() + 1, "element");
    } else if (dice_.Chance(10)) {
      pair.from = {"lower(" + Dotted(pair.from) + ")"};
    }
    if (dice_.Chance(85)) pair.to = dice_.OneOf(right.columns).path;
    pair.type = pair.to.empty() ? "INDIRECT" : "DIRECT";
    pair.subtype = pair.to.empty() ? "FILTER" : "IDENTITY";
    if (dice_.Chance(50)) pair.description = Words(1);
    pairs.push_back(std::move(pair));
  }
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  return pairs;
}

void Statements::StateEdges(MappedEvent& event) {
  using openlineage::EdgeBasis;
  using openlineage::EdgeKind;
  const openlineage::MappedRun& run = *event.run;
  for (const auto& input : run.inputs) {
    event.edges.push_back({EdgeKind::kConsumes, EdgeBasis::kInputsOutputs, input.dataset, *event.job, {}, false, {}});
  }
  for (const auto& output : run.outputs) {
    const bool by_columns = dice_.Chance(50);
    event.edges.push_back(
        {EdgeKind::kProduces, EdgeBasis::kInputsOutputs, *event.job, output.dataset, {}, by_columns, {}});
    if (!by_columns) continue;
    for (const auto& input : run.inputs) {
      if (input.dataset == output.dataset || dice_.Chance(30)) continue;
      event.edges.push_back({EdgeKind::kDerives, EdgeBasis::kColumnLineage, input.dataset, output.dataset, event.job,
                             false, NewPairs(input.dataset, output.dataset)});
    }
  }
  if (dice_.Chance(15)) {
    const AssetName& other = script_.assets[Some(AssetKind::kJob)].name;
    if (other != *event.job) {
      event.edges.push_back(
          {EdgeKind::kTriggers, EdgeBasis::kJobDependencies, other, *event.job, event.job, false, {}});
    }
  }
}

}  // namespace cadastre::noninterference
