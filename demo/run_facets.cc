// Facets of jobs and of their runs.
#include <utility>

#include "demo/facets.h"

namespace cadastre::demo {
namespace {

const char* IntegrationOf(Tool tool) {
  switch (tool) {
    case Tool::kAirflow: return "AIRFLOW";
    case Tool::kDbt: return "DBT";
    case Tool::kSpark: return "SPARK";
    case Tool::kDebezium: return "DEBEZIUM";
    case Tool::kFlink: return "FLINK";
    case Tool::kPython: return "CUSTOM";
    case Tool::kSuperset: return "SUPERSET";
  }
  return "";
}

bool Streams(Tool tool) { return tool == Tool::kDebezium || tool == Tool::kFlink; }

json::object SourceLocation(const Telling& telling) {
  const std::string repo = "https://github.com/harumarket/data-platform";
  json::object facet = Facet(telling.tool, "SourceCodeLocationJobFacet");
  facet["type"] = "git";
  facet["url"] = repo + "/blob/main/" + telling.job->source_path;
  facet["repoUrl"] = repo + ".git";
  facet["path"] = telling.job->source_path;
  facet["branch"] = "main";
  return facet;
}

json::object JobName(const Job& job) { return {{"namespace", job.ns}, {"name", job.name}}; }

json::object Parent(const Telling& telling) {
  const Scene& scene = telling.scene;
  const Job& parent = scene.company->JobOf(telling.job->parent);
  const Job* root = &parent;
  while (!root->parent.empty()) root = &scene.company->JobOf(root->parent);
  json::object facet = Facet(telling.tool, "ParentRunFacet");
  facet["run"] = json::object{{"runId", scene.RunId(parent, telling.day)}};
  facet["job"] = JobName(parent);
  facet["root"] =
      json::object{{"run", json::object{{"runId", scene.RunId(*root, telling.day)}}}, {"job", JobName(*root)}};
  return facet;
}

json::object NominalTime(const Telling& telling) {
  json::object facet = Facet(telling.tool, "NominalTimeRunFacet");
  facet["nominalStartTime"] = Rfc3339(telling.scene.At(telling.day));
  facet["nominalEndTime"] = Rfc3339(telling.scene.At(telling.day - 1));
  return facet;
}

json::object ErrorMessage(const Telling& telling, std::string_view failure) {
  json::object facet = Facet(telling.tool, "ErrorMessageRunFacet");
  facet["message"] = json::string(failure.data(), failure.size());
  facet["programmingLanguage"] = "python";
  facet["stackTrace"] = "Traceback (most recent call last):\n  File \"/opt/airflow/" + telling.job->source_path +
                        "\", line 42, in execute\n" + std::string(failure);
  return facet;
}

// Facets only one tool sends, most of them outside the specification.
void AddToolFacets(const Telling& telling, json::object& facets) {
  switch (telling.tool) {
    case Tool::kAirflow: {
      json::object variables = Facet(telling.tool, "EnvironmentVariablesRunFacet");
      variables["environmentVariables"] = List({{{"name", "AIRFLOW_ENV"}, {"value", "production"}}});
      facets["environmentVariables"] = std::move(variables);
      json::object own = Facet(telling.tool, "RunFacet");
      own["dag"] =
          json::object{{"dag_id", telling.job->key.substr(0, telling.job->key.find('.'))}, {"owner", "data-platform"}};
      own["taskUuid"] = telling.scene.RunId(*telling.job, telling.day);
      facets["airflow"] = std::move(own);
      break;
    }
    case Tool::kDbt: {
      json::object own = Facet(telling.tool, "RunFacet");
      own["project_name"] = "haru";
      own["profile_name"] = "prod";
      own["invocation_id"] = telling.scene.RunId(telling.scene.company->JobOf("dbt-run"), telling.day);
      facets["dbt_run"] = std::move(own);
      json::object tags = Facet(telling.tool, "TagsRunFacet");
      tags["tags"] =
          List({{{"key", "openlineage_client_version"}, {"value", "1.41.0"}, {"source", "OPENLINEAGE_CLIENT"}}});
      facets["tags"] = std::move(tags);
      break;
    }
    case Tool::kSpark: {
      json::object own = Facet(telling.tool, "RunFacet");
      own["properties"] = json::object{{"spark.master", "k8s://spark"}, {"spark.app.name", telling.job->name}};
      facets["spark_properties"] = std::move(own);
      break;
    }
    case Tool::kPython: {
      json::object parameters = Facet(telling.tool, "ExecutionParametersRunFacet");
      parameters["parameters"] = List({{{"key", "settlement_date"}, {"value", DateOf(telling.scene.At(telling.day))}}});
      facets["executionParameters"] = std::move(parameters);
      break;
    }
    default: break;
  }
}

}  // namespace

json::object JobFacets(const Telling& telling) {
  const Job& job = *telling.job;
  json::object facets;
  json::object type = Facet(telling.tool, "JobTypeJobFacet");
  type["processingType"] = Streams(telling.tool) ? "STREAMING" : "BATCH";
  type["integration"] = IntegrationOf(telling.tool);
  type["jobType"] = job.type;
  facets["jobType"] = std::move(type);
  json::object documentation = Facet(telling.tool, "DocumentationJobFacet");
  documentation["description"] = job.korean + " " + job.english;
  facets["documentation"] = std::move(documentation);
  if (telling.tool == Tool::kAirflow || telling.tool == Tool::kDbt) {
    json::object ownership = Facet(telling.tool, "OwnershipJobFacet");
    ownership["owners"] = List({{{"name", telling.scene.company->DomainOf(job.domain).owner}, {"type", "OWNER"}}});
    facets["ownership"] = std::move(ownership);
  }
  const bool has_sql = job.type == "MODEL" || (telling.tool == Tool::kAirflow && !job.outputs.empty());
  if (has_sql) {
    json::object sql = Facet(telling.tool, "SQLJobFacet");
    sql["query"] = SqlOf(telling, telling.scene.company->DatasetOf(job.outputs.front()));
    sql["dialect"] = job.outputs.front().starts_with("mart.") ? "snowflake" : "postgres";
    facets["sql"] = std::move(sql);
  }
  if (!job.source_path.empty()) facets["sourceCodeLocation"] = SourceLocation(telling);
  if (job.type == "DAG") {
    json::object tags = Facet(telling.tool, "TagsJobFacet");
    tags["tags"] =
        List({{{"key", "team"}, {"value", telling.scene.company->DomainOf(job.domain).owner}, {"source", "AIRFLOW"}}});
    facets["tags"] = std::move(tags);
  }
  if (job.states_lineage) facets["lineage"] = JobLineage(telling);
  return facets;
}

json::object RunFacets(const Telling& telling, std::string_view failure) {
  const Job& job = *telling.job;
  json::object facets;
  json::object engine = Facet(telling.tool, "ProcessingEngineRunFacet");
  engine["name"] = EngineOf(telling.tool).name;
  engine["version"] = EngineOf(telling.tool).version;
  engine["openlineageAdapterVersion"] = "1.41.0";
  facets["processing_engine"] = std::move(engine);
  if (!Streams(telling.tool)) facets["nominalTime"] = NominalTime(telling);
  if (!job.parent.empty()) facets["parent"] = Parent(telling);
  if (!job.outputs.empty() && job.outputs.front().starts_with("mart.")) {
    json::object query = Facet(telling.tool, "ExternalQueryRunFacet");
    query["externalQueryId"] = "01b" + telling.scene.RunId(job, telling.day).substr(3);
    query["source"] = "snowflake";
    facets["externalQuery"] = std::move(query);
  }
  AddToolFacets(telling, facets);
  if (!failure.empty()) facets["errorMessage"] = ErrorMessage(telling, failure);
  return facets;
}

}  // namespace cadastre::demo
