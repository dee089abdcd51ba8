// Facets that say what a job is: its code, where it is kept, what kind of job.
#include <utility>

#include "ingestors/openlineage/facet_handlers.h"
#include "ingestors/openlineage/sql_shape.h"

namespace cadastre::openlineage {

using catalog::v1::Aspect;

void ReadSql(Facet& facet) {
  const std::string query = facet.root.RequiredText("query");
  const std::string dialect = facet.root.Text("dialect");
  if (query.empty()) return;
  Aspect aspect;
  aspect.mutable_definition()->set_sql(query);
  aspect.mutable_definition()->set_dialect(dialect);
  MappedEvent& out = facet.mapping.out();
  if (out.run.has_value() && facet.site.run_facets == nullptr) out.run->definition = ShapeOfSql(query);
  facet.Emit(std::move(aspect));
}

void ReadSourceCode(Facet& facet) {
  Aspect aspect;
  aspect.mutable_source_code()->set_language(facet.root.RequiredText("language"));
  std::string source = facet.root.Text("sourceCode");
  // What the key was called in the first versions of the facet.
  const std::string former = facet.root.Text("source");
  if (source.empty()) source = former;
  if (source.empty()) return facet.root.Wrong();
  aspect.mutable_source_code()->set_source(std::move(source));
  facet.Emit(std::move(aspect));
}

void ReadSourceLocation(Facet& facet) {
  Aspect aspect;
  catalog::v1::SourceLocation* location = aspect.mutable_source_location();
  location->set_type(facet.root.RequiredText("type"));
  location->set_url(facet.root.RequiredText("url"));
  location->set_repo_url(facet.root.Text("repoUrl"));
  location->set_path(facet.root.Text("path"));
  location->set_version(facet.root.Text("version"));
  location->set_tag(facet.root.Text("tag"));
  location->set_branch(facet.root.Text("branch"));
  location->set_pull_request_number(facet.root.Text("pullRequestNumber"));
  facet.Emit(std::move(aspect));
}

void ReadJobType(Facet& facet) {
  Aspect aspect;
  catalog::v1::JobType* type = aspect.mutable_job_type();
  type->set_processing_type(facet.root.RequiredText("processingType"));
  type->set_integration(facet.root.RequiredText("integration"));
  type->set_job_type(facet.root.Text("jobType"));
  facet.Emit(std::move(aspect));
}

}  // namespace cadastre::openlineage
