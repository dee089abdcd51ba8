// Facets of a run: when it was due, who started it, with what, and how it failed.
#include <utility>

#include "ingestors/openlineage/facet_handlers.h"

namespace cadastre::openlineage {

using catalog::v1::Aspect;

void ReadNominalTime(Facet& facet) {
  MappedRun& run = *facet.mapping.out().run;
  run.nominal_start = ReadTime(facet, "nominalStartTime");
  run.nominal_end = ReadTime(facet, "nominalEndTime");
  if (!run.nominal_start.has_value()) facet.root.Wrong();
  Aspect aspect;
  if (run.nominal_start.has_value()) SetTime(aspect.mutable_nominal_time()->mutable_start(), *run.nominal_start);
  if (run.nominal_end.has_value()) SetTime(aspect.mutable_nominal_time()->mutable_end(), *run.nominal_end);
  if (aspect.has_nominal_time()) facet.Emit(std::move(aspect));
}

namespace {

// `{job: {namespace, name}, run: {runId}}`.
struct JobRun {
  std::optional<base::AssetName> job;
  std::string run_id;
};

JobRun ReadJobRun(Facet& facet, JsonObject& object) {
  JobRun read;
  if (const std::optional<JsonObject::Element> job = object.Inner("job")) {
    JsonObject identity(*job, object.shape());
    read.job = ReadName(facet, identity, base::AssetKind::kJob);
  } else {
    object.Wrong();
  }
  if (const std::optional<JsonObject::Element> run = object.Inner("run")) {
    JsonObject identity(*run, object.shape());
    read.run_id = identity.RequiredText("runId");
  }
  if (read.run_id.empty()) facet.Warn("parent_without_run_id");
  return read;
}

}  // namespace

// A parent holds its children rather than starting them one after another, so it makes no edge.
void ReadParent(Facet& facet) {
  const JobRun parent = ReadJobRun(facet, facet.root);
  JobRun root;
  if (const std::optional<JsonObject::Element> element = facet.root.Inner("root")) {
    JsonObject object(*element, facet.root.shape());
    root = ReadJobRun(facet, object);
  }
  if (!parent.job.has_value()) return;
  facet.mapping.out().run->parent = ParentRun{*parent.job, parent.run_id, root.job, root.run_id};
  Aspect aspect;
  catalog::v1::ParentRun* read = aspect.mutable_parent_run();
  SetRef(read->mutable_job(), *parent.job);
  read->set_run_id(parent.run_id);
  if (root.job.has_value()) SetRef(read->mutable_root_job(), *root.job);
  read->set_root_run_id(root.run_id);
  facet.Emit(std::move(aspect));
}

// The facet's name before 2022; `parent` wins where an event has both.
void ReadFormerParent(Facet& facet) {
  for (const RawFacet& other : facet.mapping.event().run->facets) {
    if (other.name == "parent") return;
  }
  ReadParent(facet);
}

void ReadErrorMessage(Facet& facet) {
  Aspect aspect;
  catalog::v1::ErrorMessage* error = aspect.mutable_error_message();
  error->set_message(facet.root.RequiredText("message"));
  error->set_programming_language(facet.root.Text("programmingLanguage"));
  error->set_stack_trace(facet.root.Text("stackTrace"));
  facet.Emit(std::move(aspect));
}

void ReadProcessingEngine(Facet& facet) {
  Aspect aspect;
  catalog::v1::ProcessingEngine* engine = aspect.mutable_processing_engine();
  engine->set_version(facet.root.RequiredText("version"));
  engine->set_name(facet.root.Text("name"));
  engine->set_adapter_version(facet.root.Text("openlineageAdapterVersion"));
  if (!engine->version().empty() || !engine->name().empty()) facet.Emit(std::move(aspect));
}

void ReadExternalQuery(Facet& facet) {
  Aspect aspect;
  aspect.mutable_external_query()->set_external_query_id(facet.root.RequiredText("externalQueryId"));
  aspect.mutable_external_query()->set_source(facet.root.Text("source"));
  facet.Emit(std::move(aspect));
}

void ReadExtractionError(Facet& facet) {
  Aspect aspect;
  catalog::v1::ExtractionError* extraction = aspect.mutable_extraction_error();
  extraction->set_total_tasks(facet.root.Integer("totalTasks").value_or(0));
  extraction->set_failed_tasks(facet.root.Integer("failedTasks").value_or(0));
  facet.root.EachObject("errors", [&](JsonObject& item) {
    catalog::v1::ExtractionError::Error* error = extraction->add_errors();
    error->set_message(item.RequiredText("errorMessage"));
    error->set_stack_trace(item.Text("stackTrace"));
    error->set_task(item.Text("task"));
    if (const auto number = item.Integer("taskNumber")) error->set_task_number(*number);
  });
  facet.Emit(std::move(aspect));
}

void ReadExecutionParameters(Facet& facet) {
  Aspect aspect;
  catalog::v1::ExecutionParameters* parameters = aspect.mutable_execution_parameters();
  facet.root.EachObject("parameters", [&](JsonObject& item) {
    catalog::v1::ExecutionParameters::Parameter* parameter = parameters->add_parameters();
    parameter->set_key(item.RequiredText("key"));
    parameter->set_name(item.Text("name"));
    parameter->set_description(item.Text("description"));
    parameter->set_value(item.AnyAsText("value"));
  });
  facet.Emit(std::move(aspect));
}

namespace {

void ReadDependencies(Facet& facet, std::string_view key, bool upstream,
                      google::protobuf::RepeatedPtrField<catalog::v1::JobDependencies::Dependency>* out) {
  facet.root.EachObject(key, [&](JsonObject& item) {
    std::optional<base::AssetName> job;
    if (const std::optional<JsonObject::Element> element = item.Inner("job")) {
      JsonObject identity(*element, item.shape());
      job = ReadName(facet, identity, base::AssetKind::kJob);
    }
    if (!job.has_value()) return item.Wrong();
    catalog::v1::JobDependencies::Dependency* read = out->Add();
    SetRef(read->mutable_job(), *job);
    if (const std::optional<JsonObject::Element> element = item.Inner("run")) {
      JsonObject run(*element, item.shape());
      read->set_run_id(run.RequiredText("runId"));
    }
    read->set_dependency_type(item.Text("dependency_type"));
    read->set_sequence_trigger_rule(item.Text("sequence_trigger_rule"));
    read->set_status_trigger_rule(item.Text("status_trigger_rule"));
    const base::AssetName& own = *facet.mapping.out().job;
    facet.mapping.AddEdge(EdgeKind::kTriggers, EdgeBasis::kJobDependencies, upstream ? *job : own,
                          upstream ? own : *job);
  });
}

}  // namespace

void ReadJobDependencies(Facet& facet) {
  Aspect aspect;
  catalog::v1::JobDependencies* dependencies = aspect.mutable_job_dependencies();
  ReadDependencies(facet, "upstream", /*upstream=*/true, dependencies->mutable_upstream());
  ReadDependencies(facet, "downstream", /*upstream=*/false, dependencies->mutable_downstream());
  dependencies->set_trigger_rule(facet.root.Text("trigger_rule"));
  facet.Emit(std::move(aspect));
}

}  // namespace cadastre::openlineage
