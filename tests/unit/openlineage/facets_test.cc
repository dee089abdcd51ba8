// Every facet of the specification, and the aspect it becomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/openlineage/event_text.h"

namespace cadastre::openlineage {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

struct FacetCase {
  std::string facet;  // "name":{...}
  std::vector<std::string> aspects;
};

std::ostream& operator<<(std::ostream& out, const FacetCase& row) { return out << row.facet; }

std::string DatasetEvent(const std::string& facet) {
  return R"({"eventTime":"2026-03-01T09:30:00Z","producer":"p","schemaURL":"s","dataset":{"namespace":"a","name":"x","facets":{)" +
         facet + "}}}";
}

class DatasetFacet : public ::testing::TestWithParam<FacetCase> {};

TEST_P(DatasetFacet, BecomesItsAspects) {
  const MappedEvent event = MapText(DatasetEvent(GetParam().facet));
  EXPECT_THAT(AspectTexts(event), ElementsAreArray(GetParam().aspects));
  EXPECT_THAT(WarningTexts(event), IsEmpty());
  for (const MappedAspect& aspect : event.aspects) {
    EXPECT_EQ(aspect.asset, (base::AssetName{base::AssetKind::kDataset, "a", "x"}));
    EXPECT_EQ(aspect.held_at, event.event_time);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, DatasetFacet,
    ::testing::Values(
        FacetCase{
            R"("schema":{"_producer":"p","_schemaURL":"s","fields":[
                      {"name":"id","type":"int","ordinal_position":1},
                      {"name":"home","type":"struct","description":"Where","fields":[{"name":"city","description":"City"}]}]})",
            {R"(documentation { text: "Where" } @home)", R"(documentation { text: "City" } @home>city)",
             R"(schema { fields { name: "id" type: "int" ordinal_position: 1 } fields { name: "home" type: "struct" description: "Where" fields { name: "city" description: "City" } } })"}},
        FacetCase{R"("dataSource":{"name":"shop","uri":"postgres://db:5432/shop"})",
                  {R"(data_source { name: "shop" uri: "postgres://db:5432/shop" })"}},
        FacetCase{R"("version":{"datasetVersion":"42"})", {R"(dataset_version { version: "42" })"}},
        FacetCase{R"("storage":{"storageLayer":"iceberg","fileFormat":"parquet"})",
                  {R"(storage { storage_layer: "iceberg" file_format: "parquet" })"}},
        FacetCase{
            R"("catalog":{"framework":"iceberg","type":"rest","name":"main","metadataUri":"http://c",
                      "warehouseUri":"s3://w","source":"spark","catalogProperties":{"region":"eu"}})",
            {R"(catalog_entry { framework: "iceberg" type: "rest" name: "main" metadata_uri: "http://c" warehouse_uri: "s3://w" source: "spark" properties { key: "region" value: "eu" } })"}},
        FacetCase{
            R"("hierarchy":{"hierarchy":[{"type":"DATABASE","name":"shop"},{"type":"TABLE","name":"orders"}]})",
            {R"(hierarchy { levels { type: "DATABASE" name: "shop" } levels { type: "TABLE" name: "orders" } })"}},
        FacetCase{R"("datasetType":{"datasetType":"VIEW","subType":"MATERIALIZED"})",
                  {R"(dataset_type { type: "VIEW" sub_type: "MATERIALIZED" })"}},
        FacetCase{R"("lifecycleStateChange":{"lifecycleStateChange":"TRUNCATE"})",
                  {R"(lifecycle_change { change: "TRUNCATE" })"}},
        FacetCase{R"("documentation":{"description":"Orders","contentType":"text/markdown"})",
                  {R"(documentation { text: "Orders" content_type: "text/markdown" })"}},
        FacetCase{R"("ownership":{"owners":[{"name":"team:shop","type":"MAINTAINER"},{"name":"kim"}]})",
                  {R"(ownership { owners { owner: "team:shop" type: "MAINTAINER" } owners { owner: "kim" } })"}},
        FacetCase{R"("ownership":{"owners":[]})", {"ownership { }"}},
        FacetCase{
            R"("tags":{"tags":[{"key":"pii","value":"true","source":"DBT","field":"mail"},{"key":"tier","value":1}]})",
            {R"(tags { tags { key: "tier" value: "1" } })",
             R"(tags { tags { key: "pii" value: "true" source: "DBT" field: "mail" } } @mail)"}},
        FacetCase{
            R"("dataQualityMetrics":{"rowCount":3,"bytes":40,"fileCount":1,"lastUpdated":"2026-03-01T00:00:00Z",
                      "columnMetrics":{"id":{"nullCount":0,"distinctCount":3,"sum":6,"count":3,"min":1,"max":3.5,"quantiles":{"0.5":2}}}})",
            {"volume { rows: 3 bytes: 40 files: 1 }",
             R"(profile { rows: 3 bytes: 40 files: 1 last_updated { seconds: 1772323200 } columns { column: "id" null_count: 0 distinct_count: 3 sum: 6 count: 3 min: 1 max: 3.5 quantiles { key: "0.5" value: 2 } } })"}},
        FacetCase{
            R"("dataQualityAssertions":{"assertions":[{"assertion":"not_null","success":false,"column":"id","severity":"error",
                      "name":"t","type":"not_null","description":"d","expected":"0","actual":2,"content":"SELECT 1","contentType":"sql","params":{"k":[1]}}]})",
            {R"(quality_results { results { assertion: "not_null" column: "id" severity: "error" name: "t" type: "not_null" description: "d" expected: "0" actual: "2" params { key: "k" value: "[1]" } content: "SELECT 1" content_type: "sql" } })"}},
        FacetCase{R"("own":{ "any" : [1 ] })", {R"(facet { name: "own" json: "{ \"any\" : [1 ] }" })"}},
        FacetCase{R"("own":{"_deleted":true})", {R"(facet { name: "own" } deleted)"}},
        FacetCase{R"("documentation":{"_deleted":true})", {"documentation { } deleted"}},
        FacetCase{R"("documentation":{"_deleted":null,"description":"x"})", {R"(documentation { text: "x" })"}},
        FacetCase{R"("symlinks":{"identifiers":[]})", {}}));

// What a typed aspect cannot hold is kept beside it, so that nothing is lost.
TEST(DatasetFacets, KeysNoAspectHoldsAreKeptVerbatim) {
  const MappedEvent event = MapText(DatasetEvent(R"("documentation":{"description":"x","lang":"en"})"));
  EXPECT_THAT(AspectTexts(event),
              ElementsAre(R"(documentation { text: "x" })",
                          R"(facet { name: "documentation" json: "{\"description\":\"x\",\"lang\":\"en\"}" })"));
  EXPECT_THAT(WarningTexts(event), IsEmpty());
}

struct JobCase {
  std::string facet;
  std::string aspect;
};

TEST(JobFacets, BecomeAspectsOfTheJob) {
  const std::vector<JobCase> table = {
      {R"("sql":{"query":"SELECT 1","dialect":"postgres"})", R"(definition { sql: "SELECT 1" dialect: "postgres" })"},
      {R"("sourceCode":{"language":"python","sourceCode":"x = 1"})",
       R"(source_code { language: "python" source: "x = 1" })"},
      {R"("sourceCode":{"language":"python","source":"x = 1"})",
       R"(source_code { language: "python" source: "x = 1" })"},
      {R"("sourceCodeLocation":{"type":"git","url":"u","repoUrl":"r","path":"p","version":"v","tag":"t","branch":"b","pullRequestNumber":"4"})",
       R"(source_location { type: "git" url: "u" repo_url: "r" path: "p" version: "v" tag: "t" branch: "b" pull_request_number: "4" })"},
      {R"("jobType":{"processingType":"BATCH","integration":"SPARK","jobType":"QUERY"})",
       R"(job_type { processing_type: "BATCH" integration: "SPARK" job_type: "QUERY" })"},
      {R"("documentation":{"description":"Loads"})", R"(documentation { text: "Loads" })"},
      {R"("ownership":{"owners":[{"name":"kim"}]})", R"(ownership { owners { owner: "kim" } })"},
      {R"("tags":{"tags":[{"key":"k","value":"v"}]})", R"(tags { tags { key: "k" value: "v" } })"},
      {R"("gcp_lineage":{"a":1})", R"(facet { name: "gcp_lineage" json: "{\"a\":1}" })"},
  };
  for (const JobCase& row : table) {
    const MappedEvent event = MapText(RunEvent("", row.facet, ""));
    EXPECT_THAT(AspectTexts(event), ElementsAre(row.aspect));
    EXPECT_EQ(event.aspects.at(0).asset, *event.job);
    EXPECT_THAT(WarningTexts(event), IsEmpty()) << row.facet;
  }
}

TEST(RunFacets, StayWithTheRun) {
  const std::vector<JobCase> table = {
      {R"("nominalTime":{"nominalStartTime":"2026-03-01T00:00:00Z","nominalEndTime":"2026-03-02T00:00:00.5Z"})",
       "nominal_time { start { seconds: 1772323200 } end { seconds: 1772409600 nanos: 500000000 } }"},
      {R"("parent":{"run":{"runId":"r1"},"job":{"namespace":"n","name":"dag"},"root":{"run":{"runId":"r0"},"job":{"namespace":"n","name":"top"}}})",
       R"(parent_run { job { kind: "job" namespace: "n" name: "dag" } run_id: "r1" root_job { kind: "job" namespace: "n" name: "top" } root_run_id: "r0" })"},
      {R"("errorMessage":{"message":"boom","programmingLanguage":"JAVA","stackTrace":"at x"})",
       R"(error_message { message: "boom" programming_language: "JAVA" stack_trace: "at x" })"},
      {R"("processing_engine":{"version":"3.5","name":"spark","openlineageAdapterVersion":"1.9"})",
       R"(processing_engine { name: "spark" version: "3.5" adapter_version: "1.9" })"},
      {R"("externalQuery":{"externalQueryId":"q1","source":"bigquery"})",
       R"(external_query { external_query_id: "q1" source: "bigquery" })"},
      {R"("extractionError":{"totalTasks":2,"failedTasks":1,"errors":[{"errorMessage":"e","stackTrace":"s","task":"t","taskNumber":0}]})",
       R"(extraction_error { total_tasks: 2 failed_tasks: 1 errors { message: "e" stack_trace: "s" task: "t" task_number: 0 } })"},
      {R"("executionParameters":{"parameters":[{"key":"k","name":"n","description":"d","value":7}]})",
       R"(execution_parameters { parameters { key: "k" name: "n" description: "d" value: "7" } })"},
      {R"("test":{"tests":[{"name":"t","status":"fail","severity":"warn","type":"unique","expected":"1","actual":"2","params":{}}]})",
       R"(test_execution { tests { name: "t" status: "fail" severity: "warn" type: "unique" expected: "1" actual: "2" } })"},
      {R"("tags":{"tags":[{"key":"k","value":"v","source":"DBT"}]})",
       R"(tags { tags { key: "k" value: "v" source: "DBT" } })"},
      {R"("jobDependencies":{"upstream":[{"job":{"namespace":"n","name":"up"},"run":{"runId":"r"},"dependency_type":"DIRECT_INVOCATION",
          "sequence_trigger_rule":"FINISH_TO_START","status_trigger_rule":"EXECUTE_ON_SUCCESS"}],"downstream":[],"trigger_rule":"ALL_SUCCESS"})",
       R"(job_dependencies { upstream { job { kind: "job" namespace: "n" name: "up" } run_id: "r" dependency_type: "DIRECT_INVOCATION" sequence_trigger_rule: "FINISH_TO_START" status_trigger_rule: "EXECUTE_ON_SUCCESS" } trigger_rule: "ALL_SUCCESS" })"},
      {R"("spark_version":{"spark-version":"3.5"})",
       R"(facet { name: "spark_version" json: "{\"spark-version\":\"3.5\"}" })"},
  };
  for (const JobCase& row : table) {
    const MappedEvent event = MapText(RunEvent(row.facet, "", ""));
    ASSERT_TRUE(event.run.has_value());
    EXPECT_THAT(Texts(event.run->facets), ElementsAre(row.aspect));
    EXPECT_THAT(event.aspects, IsEmpty());
    EXPECT_THAT(WarningTexts(event), IsEmpty()) << row.facet;
  }
}

// An event of the job `name` with facets of job and run.
std::string OfJob(const std::string& name, const std::string& job_facets, const std::string& run_facets) {
  return R"({"eventTime":"2026-03-01T09:30:00Z","eventType":"COMPLETE","schemaURL":"s","producer":)"
         R"("https://github.com/OpenLineage/OpenLineage/tree/1.9.0/integration/dbt","run":{"runId":)"
         R"("0190a1b2-0000-7000-8000-000000000001","facets":{)" +
         run_facets + R"(}},"job":{"namespace":"dbt","name":")" + name + R"(","facets":{)" + job_facets + "}}}";
}

TEST(JobFacets, OfAStatementStayWithItsRun) {
  const std::string facets =
      R"("sql":{"query":"CREATE TABLE t"},"jobType":{"processingType":"BATCH","integration":"DBT"},
                                "tags":{"tags":[{"key":"a"}]},"own":{"x":1},"documentation":{"_deleted":true})";
  const std::string run = R"("tags":{"tags":[{"key":"b"}]},"own":{"x":2})";
  const MappedEvent statement = MapText(OfJob("model.shop.orders.sql.2", facets, run));
  EXPECT_EQ(statement.job->name, "model.shop.orders");
  EXPECT_THAT(statement.aspects, IsEmpty());
  EXPECT_THAT(Texts(statement.run->facets),
              UnorderedElementsAre(R"(tags { tags { key: "b" } })", R"(facet { name: "own" json: "{\"x\":2}" })",
                                   R"(definition { sql: "CREATE TABLE t" })",
                                   R"(job_type { processing_type: "BATCH" integration: "DBT" })",
                                   R"(facet { name: "job.tags" json: "{\"tags\":[{\"key\":\"a\"}]}" })",
                                   R"(facet { name: "job.own" json: "{\"x\":1}" })"));
  const MappedEvent model = MapText(OfJob("model.shop.orders", facets, run));
  EXPECT_EQ(model.aspects.size(), 5u);
  EXPECT_EQ(model.run->facets.size(), 2u);
}

// The text is left out where it would stand; what came is kept byte for byte.
TEST(Facets, TextThatCannotBeKeptIsLeftOutAlone) {
  const std::string owners = R"("ownership":{"owners":[{"name":"a\u0000"},{"name":"kept"}]})";
  const MappedEvent event = MapText(RunEvent("", owners, ""));
  EXPECT_THAT(
      AspectTexts(event),
      ElementsAre(R"(ownership { owners { owner: "kept" } })",
                  R"(facet { name: "ownership" json: "{\"owners\":[{\"name\":\"a\\u0000\"},{\"name\":\"kept\"}]}" })"));
  EXPECT_THAT(WarningTexts(event),
              ElementsAre("facet_shape job.facets.ownership", "text_not_kept job.facets.ownership"));

  const MappedEvent column = MapText(RunEvent("", "", R"("outputs":[{"namespace":"a","name":"y","facets":{
      "schema":{"fields":[{"name":"c\ud800"},{"name":"d"}]},
      "catalog":{"framework":"f","type":"t","name":"n","catalogProperties":{"k\u0000":"v","l":"w\u0000"}}}}])"));
  EXPECT_THAT(AspectTexts(column)[0], R"(schema { fields { name: "d" } })");
  for (const MappedAspect& aspect : column.aspects) {
    EXPECT_EQ(aspect.aspect.SerializeAsString().find('\0'), std::string::npos) << aspect.aspect.ShortDebugString();
  }
}

TEST(Facets, ATagsFacetSpeaksOfAllColumns) {
  const MappedEvent event = MapText(RunEvent("", R"("tags":{"tags":[]})", R"("outputs":[{"namespace":"a","name":"y",
      "facets":{"tags":{"tags":[{"key":"k","field":"c"}]}}},{"namespace":"a","name":"z","facets":{"tags":{"_deleted":true}}}])"));
  std::vector<std::string> names;
  for (const base::AssetName& asset : event.retagged) names.push_back(asset.name);
  EXPECT_THAT(names, ElementsAre("j", "y", "z"));
}

TEST(RunFacets, EnvironmentVariablesAreDroppedWhateverTheirShape) {
  for (const char* facet : {R"("environmentVariables":{"environmentVariables":[{"name":"TOKEN","value":"x"}]})",
                            R"("environmentVariables":{"TOKEN":"x"})", R"("environmentVariables":["x"])"}) {
    const MappedEvent event = MapText(RunEvent(facet, "", ""));
    EXPECT_THAT(event.run->facets, IsEmpty()) << facet;
    EXPECT_THAT(event.aspects, IsEmpty());
  }
}

std::string WithInput(const std::string& name, const std::string& facets) {
  return RunEvent("", "",
                  R"("inputs":[{"namespace":"s3://lake","name":")" + name + R"(","inputFacets":{)" + facets + "}}]");
}

TEST(InputFacets, AreOfTheRunAndMeasurementsOfTheDatasetToo) {
  const MappedEvent event = MapText(WithInput("x", R"("inputStatistics":{"rowCount":1,"size":2,"fileCount":3},
                        "dataQualityMetrics":{"rowCount":9,"columnMetrics":{}},
                        "subset":{"inputCondition":{"type":"location","locations":["a"]}},
                        "icebergScanReport":{"snapshotId":7,"scanMetrics":{"a":1}},"own":{})"));
  ASSERT_EQ(event.run->inputs.size(), 1u);
  EXPECT_THAT(
      Texts(event.run->inputs[0].facets),
      ElementsAre("io_statistics { rows: 1 bytes: 2 files: 3 }", "profile { rows: 9 }",
                  R"(subset { condition_json: "{\"type\":\"location\",\"locations\":[\"a\"]}" })",
                  R"(iceberg_report { snapshot_id: 7 report_json: "{\"snapshotId\":7,\"scanMetrics\":{\"a\":1}}" })",
                  R"(facet { name: "own" json: "{}" })"));
  EXPECT_THAT(AspectTexts(event), ElementsAre("volume { rows: 9 }", "profile { rows: 9 }"));
}

TEST(InputFacets, OfAPartitionSayNothingOfTheWholeDataset) {
  const MappedEvent event =
      MapText(WithInput("x/dt=2026-03-01", R"("dataQualityMetrics":{"rowCount":9,"columnMetrics":{}})"));
  ASSERT_EQ(event.run->inputs.size(), 1u);
  EXPECT_EQ(event.run->inputs[0].dataset.name, "x");
  EXPECT_EQ(event.run->inputs[0].folded_from, "x/dt=2026-03-01");
  EXPECT_THAT(Texts(event.run->inputs[0].facets), ElementsAre("profile { rows: 9 }"));
  EXPECT_THAT(event.aspects, IsEmpty());
  ASSERT_EQ(event.folded.size(), 1u);
  EXPECT_EQ(event.folded[0].rule, "partition");
}

std::string WithOutput(const std::string& facets) {
  return RunEvent("", "",
                  R"("outputs":[{"namespace":"a","name":"x","facets":{)" + facets +
                      R"(},"outputFacets":{"outputStatistics":{"rowCount":5,"size":6}}}])");
}

TEST(OutputFacets, StatisticsAreTheVolumeOnlyOfADatasetWrittenAnew) {
  const MappedEvent appended = MapText(WithOutput(""));
  EXPECT_THAT(Texts(appended.run->outputs[0].facets), ElementsAre("io_statistics { rows: 5 bytes: 6 }"));
  EXPECT_THAT(appended.aspects, IsEmpty());
  const MappedEvent overwritten = MapText(WithOutput(R"("lifecycleStateChange":{"lifecycleStateChange":"OVERWRITE"})"));
  EXPECT_THAT(AspectTexts(overwritten),
              ElementsAre(R"(lifecycle_change { change: "OVERWRITE" })", "volume { rows: 5 bytes: 6 }"));
}

// What the catalog would refuse is kept as it came, rather than losing the event.
TEST(WrongShapes, OwnersAndTagsBeyondTheBoundsAreKeptVerbatim) {
  std::string owners;
  for (int i = 0; i < 1'001; ++i) owners += (i == 0 ? "" : ",") + (R"({"name":"o)" + std::to_string(i) + "\"}");
  const MappedEvent many = MapText(DatasetEvent(R"("ownership":{"owners":[)" + owners + "]}"));
  ASSERT_EQ(many.aspects.size(), 2u);
  EXPECT_EQ(many.aspects[0].aspect.ownership().owners_size(), 1'000);
  EXPECT_EQ(many.aspects[1].aspect.facet().name(), "ownership");
  const std::string long_key = R"("tags":{"tags":[{"key":")" + std::string(257, 'k') + R"("},{"key":"short"}]})";
  const MappedEvent tags = MapText(DatasetEvent(long_key));
  ASSERT_EQ(tags.aspects.size(), 2u);
  EXPECT_EQ(tags.aspects[0].aspect.ShortDebugString(), R"(tags { tags { key: "short" } })");
  EXPECT_EQ(tags.aspects[1].aspect.facet().name(), "tags");
}

TEST(InputFacets, ARunThatTestedNothingTakesBackNoResult) {
  const MappedEvent event = MapText(WithInput("x", R"("dataQualityAssertions":{"assertions":[]})"));
  EXPECT_THAT(Texts(event.run->inputs[0].facets), ElementsAre("quality_results { }"));
  EXPECT_THAT(event.aspects, IsEmpty());
}

struct WrongCase {
  std::string facet;
  std::string warning;  // several parted by |
  std::vector<std::string> aspects;
};

// Of the wrong shape: what can be read is, and the facet is kept as it came.
TEST(WrongShapes, AreKeptVerbatimAndCounted) {
  const std::vector<WrongCase> table = {
      {R"("version":{})", "facet_shape dataset.facets.version", {R"(facet { name: "version" json: "{}" })"}},
      {R"("version":[])", "facet_shape dataset.facets.version", {R"(facet { name: "version" json: "[]" })"}},
      {R"("documentation":{"description":7})",
       "facet_shape dataset.facets.documentation",
       {R"(facet { name: "documentation" json: "{\"description\":7}" })"}},
      {R"("schema":{"fields":[{"name":"a"},{"type":"int"}]})",
       "facet_shape dataset.facets.schema",
       {R"(schema { fields { name: "a" } })",
        R"(facet { name: "schema" json: "{\"fields\":[{\"name\":\"a\"},{\"type\":\"int\"}]}" })"}},
      {R"("ownership":{"owners":[{"name":"kim"},{"name":"kim"},null]})",
       "facet_shape dataset.facets.ownership",
       {R"(ownership { owners { owner: "kim" } })",
        R"(facet { name: "ownership" json: "{\"owners\":[{\"name\":\"kim\"},{\"name\":\"kim\"},null]}" })"}},
      {R"("stats":{"rowCount":-2})",
       "legacy_facet_name dataset.facets.stats|facet_shape dataset.facets.stats",
       {R"(facet { name: "stats" json: "{\"rowCount\":-2}" })"}},
      {R"("schema":{"fields":[{"name":"a","type":"int"},{"name":"a"}]})",
       "duplicate_column dataset.facets.schema|facet_shape dataset.facets.schema",
       {R"(schema { fields { name: "a" type: "int" } })",
        R"(facet { name: "schema" json: "{\"fields\":[{\"name\":\"a\",\"type\":\"int\"},{\"name\":\"a\"}]}" })"}},
      {R"("ownership":{"owners":[{"no-name":"x"}]})",
       "facet_shape dataset.facets.ownership",
       {R"(facet { name: "ownership" json: "{\"owners\":[{\"no-name\":\"x\"}]}" })"}},
      {R"("symlinks":{"identifiers":[{"name":"t","type":"TABLE"}]})",
       "facet_shape dataset.facets.symlinks",
       {R"(facet { name: "symlinks" json: "{\"identifiers\":[{\"name\":\"t\",\"type\":\"TABLE\"}]}" })"}},
      {R"("dataQualityMetrics":{"rowCount":99999999999999999999,"columnMetrics":{"a":{"sum":99999999999999999999}}})",
       "integer_beyond_64_bits dataset.facets.dataQualityMetrics|facet_shape dataset.facets.dataQualityMetrics",
       {R"(profile { columns { column: "a" sum: 1e+20 } })",
        R"(facet { name: "dataQualityMetrics" json: "{\"rowCount\":99999999999999999999,\"columnMetrics\":{\"a\":{\"sum\":99999999999999999999}}}" })"}},
      {R"("own":{"id":99999999999999999999})",
       "integer_beyond_64_bits dataset.facets.own",
       {R"(facet { name: "own" json: "{\"id\":99999999999999999999}" })"}},
      {R"("own":"text")", "facet_not_an_object dataset.facets.own", {R"(facet { name: "own" json: "\"text\"" })"}},
      {R"("schema":{"fields":[]})", "empty_schema dataset.facets.schema", {}},
      {R"("documentation":{"description":""})", "empty_documentation dataset.facets.documentation", {}},
      {R"("tableStateChange":{"stateChange":"CREATE"})",
       "legacy_facet_name dataset.facets.tableStateChange",
       {R"(lifecycle_change { change: "CREATE" })",
        R"(facet { name: "tableStateChange" json: "{\"stateChange\":\"CREATE\"}" })"}},
      {R"("stats":{"rowCount":2,"size":3})",
       "legacy_facet_name dataset.facets.stats",
       {"volume { rows: 2 bytes: 3 }", R"(facet { name: "stats" json: "{\"rowCount\":2,\"size\":3}" })"}},
  };
  for (const WrongCase& row : table) {
    const MappedEvent event = MapText(DatasetEvent(row.facet));
    std::string warnings;
    for (const std::string& text : WarningTexts(event)) warnings += (warnings.empty() ? "" : "|") + text;
    EXPECT_EQ(warnings, row.warning);
    EXPECT_THAT(AspectTexts(event), ElementsAreArray(row.aspects));
  }
}

TEST(WrongShapes, ANumberWrittenAsTextIsReadAndCounted) {
  const MappedEvent event = MapText(WithInput("x", R"("inputStatistics":{"rowCount":"12","size":3.0})"));
  EXPECT_THAT(Texts(event.run->inputs[0].facets),
              ElementsAre("io_statistics { rows: 12 bytes: 3 }",
                          R"(facet { name: "inputStatistics" json: "{\"rowCount\":\"12\",\"size\":3.0}" })"));
  EXPECT_THAT(WarningTexts(event), ElementsAre("facet_shape inputs[0].inputFacets.inputStatistics"));
}

TEST(WrongShapes, OfOneDatasetNoMoreSymlinksAreReadThanAreMerged) {
  std::string names;
  for (int i = 0; i < 100; ++i) {
    names += (i == 0 ? "" : ",") + std::string(R"({"namespace":"hive","name":"t)") + std::to_string(i) +
             R"(","type":"TABLE"})";
  }
  const MappedEvent event = MapText(DatasetEvent(R"("symlinks":{"identifiers":[)" + names + "]}"));
  ASSERT_EQ(event.aliases.size(), 64u);
  EXPECT_EQ(event.aliases.back().alias.name, "t63");
  EXPECT_THAT(WarningTexts(event), ElementsAre("too_many_symlinks dataset.facets.symlinks"));
}

TEST(WrongShapes, ASchemaTooLargeForColumnsIsKeptVerbatim) {
  std::string fields = R"({"name":"c"})";
  for (int i = 0; i < 10'000; ++i) fields += R"(,{"name":"c)" + std::to_string(i) + "\"}";
  const MappedEvent event = MapText(DatasetEvent(R"("schema":{"fields":[)" + fields + "]}"));
  ASSERT_EQ(event.aspects.size(), 1u);
  EXPECT_EQ(event.aspects[0].aspect.facet().name(), "schema");
  EXPECT_THAT(WarningTexts(event),
              ElementsAre("too_many_fields dataset.facets.schema", "facet_shape dataset.facets.schema"));
}

}  // namespace
}  // namespace cadastre::openlineage
