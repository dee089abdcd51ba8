#include "ingestors/dbt/dbt_source.h"

namespace cadastre::ingest_dbt {

const std::vector<ingest::RecipeKey>& DbtKeys() {
  using ingest::Shape;
  static const std::vector<ingest::RecipeKey> kKeys = {
      {.path = "source.target",
       .meaning = "The folder that dbt writes its artefacts to; relative to the recipe's own",
       .otherwise = "target"},
      {.path = "source.manifest", .meaning = "Another file than `manifest.json` there"},
      {.path = "source.catalog", .meaning = "Another file than `catalog.json` there"},
      {.path = "source.run_results",
       .shape = Shape::kTexts,
       .meaning = "Other files than `run_results.json` there; of each model and test the newest result counts"},
      {.path = "source.sources", .meaning = "Another file than `sources.json` there"},
      {.path = "source.job_namespace",
       .meaning = "The namespace of its jobs and exposures: what OPENLINEAGE_NAMESPACE is for `dbt-ol`",
       .otherwise = "dbt"},
      {.path = "source.job_names",
       .shape = Shape::kChoice,
       .meaning =
           "How dbt's events name its jobs: by the node (`dbt-ol --consume-structured-logs`), or as `dbt-ol build` or "
           "`dbt-ol run` do without it",
       .otherwise = "unique_id",
       .choices = "unique_id|build|run"},
      {.path = "source.letters",
       .shape = Shape::kChoice,
       .meaning = "What becomes of the letters of a table's name: for a warehouse that others name in one case",
       .otherwise = "as_written",
       .choices = "as_written|lower|upper"},
      {.path = "source.structure",
       .shape = Shape::kFlag,
       .meaning =
           "Whether columns, types and sizes of `catalog.json` are told; false where the warehouse is crawled itself",
       .otherwise = "true"},
      {.path = "scope.packages.include", .shape = Shape::kTexts, .meaning = "Patterns of packages; all without it"},
      {.path = "scope.packages.exclude", .shape = Shape::kTexts, .meaning = "Patterns of packages to leave out"},
      {.path = "scope.nodes.include",
       .shape = Shape::kTexts,
       .meaning = "Patterns of models, seeds, snapshots, sources and exposures, such as `stg_*` or `shop.stg_*`; all "
                  "without it"},
      {.path = "scope.nodes.exclude", .shape = Shape::kTexts, .meaning = "Patterns of those to leave out"},
  };
  return kKeys;
}

}  // namespace cadastre::ingest_dbt
