// Runs, edges, aliases and names of whole events.
#include "ingestors/openlineage/map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/time_format.h"
#include "tests/unit/openlineage/event_text.h"

namespace cadastre::openlineage {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

constexpr const char* kInX = R"("inputs":[{"namespace":"a","name":"x"}])";

std::string Output(const std::string& facets) {
  return R"("inputs":[{"namespace":"a","name":"x"},{"namespace":"a","name":"z"}],)"
         R"("outputs":[{"namespace":"a","name":"y","facets":{)" +
         facets + "}}]";
}

TEST(Run, TakesItsStateFromTheEventType) {
  struct Row {
    std::string type;
    RunState state;
    std::vector<std::string> warnings;
  };
  const std::vector<Row> table = {
      {R"("START")", RunState::kRunning, {}},
      {R"("RUNNING")", RunState::kRunning, {}},
      {R"("COMPLETE")", RunState::kComplete, {}},
      {R"("FAIL")", RunState::kFailed, {}},
      {R"("ABORT")", RunState::kAborted, {}},
      {R"("OTHER")", RunState::kOther, {}},
      {R"("complete")", RunState::kComplete, {"event_type_case eventType"}},
      {R"("DONE")", RunState::kOther, {"unknown_event_type eventType"}},
      {"null", RunState::kOther, {"null_value eventType", "missing_event_type eventType"}},
  };
  for (const Row& row : table) {
    const MappedEvent event = MapText(
        R"({"eventTime":"2026-03-01T09:30:00Z","producer":"p","schemaURL":"s","eventType":)" + row.type +
        R"(,"run":{"runId":"0190a1b2-0000-7000-8000-000000000001"},)" + R"("job":{"namespace":"n","name":"j"}})");
    ASSERT_TRUE(event.run.has_value());
    EXPECT_EQ(event.run->state, row.state) << row.type;
    EXPECT_THAT(WarningTexts(event), ::testing::ElementsAreArray(row.warnings));
  }
}

TEST(Run, KeepsItsTimesAndParents) {
  const MappedEvent event = MapText(RunEvent(
      R"("nominalTime":{"nominalStartTime":"2026-03-01","nominalEndTime":"2026-03-02T00:00:00Z"},
         "parent":{"job":{"namespace":"n","name":"dag"},"run":{"runId":"r1"},"root":{"job":{"namespace":"n","name":"top"},"run":{"runId":"r0"}}})",
      "", ""));
  EXPECT_EQ(base::FormatTime(event.run->event_time), "2026-03-01T09:30:00Z");
  EXPECT_EQ(base::FormatTime(*event.run->nominal_start), "2026-03-01T00:00:00Z");
  EXPECT_EQ(base::FormatTime(*event.run->nominal_end), "2026-03-02T00:00:00Z");
  EXPECT_EQ(event.run->parent->job.name, "dag");
  EXPECT_EQ(event.run->parent->run_id, "r1");
  EXPECT_EQ(event.run->parent->root_job->name, "top");
  EXPECT_EQ(event.run->parent->root_run_id, "r0");
  EXPECT_THAT(WarningTexts(event), ElementsAre("time_not_rfc3339 run.facets.nominalTime.nominalStartTime"));
  EXPECT_THAT(event.edges, IsEmpty());
}

TEST(Run, AParentWithoutARunIdIsStillAParent) {
  const MappedEvent event = MapText(RunEvent(R"("parent":{"job":{"namespace":"n","name":"dag"}})", "", ""));
  EXPECT_EQ(event.run->parent->job.name, "dag");
  EXPECT_EQ(event.run->parent->run_id, "");
  EXPECT_THAT(WarningTexts(event), ElementsAre("parent_without_run_id run.facets.parent"));
}

TEST(Run, TheFormerNameOfParentCountsOnlyAlone) {
  const std::string former = R"("parentRun":{"job":{"namespace":"n","name":"old"},"run":{"runId":"r1"}})";
  EXPECT_EQ(MapText(RunEvent(former, "", "")).run->parent->job.name, "old");
  const std::string both = former + R"(,"parent":{"job":{"namespace":"n","name":"new"},"run":{"runId":"r1"}})";
  EXPECT_EQ(MapText(RunEvent(both, "", "")).run->parent->job.name, "new");
}

TEST(Run, NotStatedIsNotNone) {
  const MappedEvent event = MapText(RunEvent("", "", R"("inputs":[])"));
  EXPECT_TRUE(event.run->inputs_stated);
  EXPECT_FALSE(event.run->outputs_stated);
}

TEST(Edges, InputsAndOutputsPassThroughTheJob) {
  EXPECT_THAT(EdgeTexts(MapText(RunEvent("", "", Output("")))),
              ElementsAre("consumes a#x -> n#j", "consumes a#z -> n#j", "produces n#j -> a#y"));
}

TEST(Edges, AJobEventStatesThemWithoutARun) {
  const MappedEvent event = MapText(
      R"({"eventTime":"2026-03-01T09:30:00Z","producer":"p","schemaURL":"s","job":{"namespace":"n","name":"j"},)" +
      Output("") + "}");
  EXPECT_FALSE(event.run.has_value());
  EXPECT_THAT(EdgeTexts(event), ElementsAre("consumes a#x -> n#j", "consumes a#z -> n#j", "produces n#j -> a#y"));
}

TEST(Edges, ColumnLineageOutranksInputsTimesOutputs) {
  const MappedEvent event = MapText(RunEvent("", "", Output(R"("columnLineage":{"fields":{
      "total":{"inputFields":[{"namespace":"a","name":"x","field":"price","transformations":[
          {"type":"DIRECT","subtype":"AGGREGATION","description":"sum","masking":false}]},
          {"namespace":"a","name":"x","field":"mail","transformations":[{"type":"DIRECT","subtype":"TRANSFORMATION","masking":true},{"type":"INDIRECT","subtype":"JOIN"}]}]},
      "id":{"inputFields":[{"namespace":"a","name":"w","field":"id"}]}},
      "dataset":[{"namespace":"a","name":"x","field":"day","transformations":[{"type":"INDIRECT","subtype":"FILTER"}]}]})")));
  EXPECT_THAT(
      EdgeTexts(event),
      UnorderedElementsAre(
          "derives a#x -> a#y by n#j (columns) [day ->  INDIRECT/FILTER] [mail -> total DIRECT/TRANSFORMATION masking]"
          " [mail -> total INDIRECT/JOIN] [price -> total DIRECT/AGGREGATION 'sum']",
          "derives a#w -> a#y by n#j (columns) [id -> id]", "derives a#z -> a#y by n#j", "consumes a#x -> n#j",
          "consumes a#z -> n#j", "produces n#j -> a#y covered"));
  EXPECT_THAT(WarningTexts(event), IsEmpty());
  EXPECT_THAT(event.statements, IsEmpty());
}

// One of three inputs is named: the other two flow into both outputs, and the named one only where it is named.
TEST(Edges, ColumnLineageCoversOnlyTheInputsItNames) {
  const std::string columns = R"("facets":{"columnLineage":{"fields":{"c":{"inputFields":[)"
                              R"({"namespace":"a","name":"x","field":"b"}]}}}})";
  const std::string outputs = R"("outputs":[{"namespace":"a","name":"y",)" + columns +
                              R"(},{"namespace":"a","name":"v","facets":{"columnLineage":{"fields":{"d":{)"
                              R"("inputFields":[{"namespace":"a","name":"w","field":"e"}]}}}}}])";
  const std::string inputs =
      R"("inputs":[{"namespace":"a","name":"x"},{"namespace":"a","name":"w"},{"namespace":"a","name":"z"}],)";
  EXPECT_THAT(
      EdgeTexts(MapText(RunEvent("", "", inputs + outputs))),
      UnorderedElementsAre("derives a#x -> a#y by n#j (columns) [b -> c]",
                           "derives a#w -> a#v by n#j (columns) [e -> d]", "derives a#z -> a#y by n#j",
                           "derives a#z -> a#v by n#j", "consumes a#x -> n#j", "consumes a#w -> n#j",
                           "consumes a#z -> n#j", "produces n#j -> a#y covered", "produces n#j -> a#v covered"));
  // Without inputs of its own the event cannot tell which ones another event of the run names.
  EXPECT_THAT(EdgeTexts(MapText(RunEvent("", "", outputs))), Contains("produces n#j -> a#y"));
}

TEST(Edges, IdentityAndMaskedAreDirect) {
  for (const char* word : {"IDENTITY", "MASKED"}) {
    const MappedEvent event = MapText(RunEvent("", "",
                                               Output(R"("columnLineage":{"fields":{"c":{"inputFields":[
        {"namespace":"a","name":"x","field":"b"}],"transformationType":")" +
                                                      std::string(word) + R"("}}})")));
    const std::string masking = std::string(word) == "MASKED" ? " masking" : "";
    EXPECT_THAT(EdgeTexts(event),
                Contains("derives a#x -> a#y by n#j (columns) [b -> c DIRECT/" + std::string(word) + masking + "]"));
  }
}

TEST(Definitions, AJobEventSaysAllItsJobReadsAndWrites) {
  const std::string head =
      R"({"eventTime":"2026-03-01T09:30:00Z","producer":"p","schemaURL":"s","job":{"namespace":"n","name":"j"},)";
  const MappedEvent both = MapText(head + Output("") + "}");
  EXPECT_TRUE(both.defines_inputs);
  EXPECT_TRUE(both.defines_outputs);
  const MappedEvent outputs = MapText(head + R"("outputs":[{"namespace":"a","name":"y"}]})");
  EXPECT_FALSE(outputs.defines_inputs);
  EXPECT_TRUE(outputs.defines_outputs);
  // Not stated is not none, and a run defines nothing.
  EXPECT_FALSE(MapText(head + R"("inputs":[],"outputs":[]})").defines_inputs);
  EXPECT_FALSE(MapText(RunEvent("", "", Output(""))).defines_inputs);
}

TEST(Definitions, ADatasetThatSpeaksForItselfSaysAllItComesFrom) {
  const std::string head = R"({"eventTime":"2026-03-01T09:30:00Z","producer":"p","schemaURL":"s",)"
                           R"("dataset":{"namespace":"a","name":"y","facets":{)";
  const MappedEvent event = MapText(head + R"("columnLineage":{"fields":{"c":{"inputFields":[
      {"namespace":"a","name":"x","field":"b"}]}}}}}})");
  ASSERT_EQ(event.statements.size(), 1u);
  EXPECT_EQ(event.statements[0].target.name, "y");
  const MappedEvent gone = MapText(head + R"("columnLineage":{"_deleted":true}}}})");
  ASSERT_EQ(gone.statements.size(), 1u);
  EXPECT_TRUE(gone.statements[0].stated_empty);
}

TEST(Definitions, SqlIsToldApartByNamesAlone) {
  const auto shape = [](std::string_view sql) {
    return MapText(RunEvent("", R"("sql":{"query":")" + std::string(sql) + "\"}", "")).run->definition;
  };
  const uint64_t orders = shape("select a from orders where day = '2026-03-01' and n < 10");
  EXPECT_NE(orders, 0u);
  EXPECT_EQ(orders, shape("SELECT a  FROM orders -- today\\nwhere day='2026-03-02' and n<200;"));
  EXPECT_NE(orders, shape("select a from stores where day = '2026-03-01' and n < 10"));
  EXPECT_EQ(MapText(RunEvent("", "", "")).run->definition, 0u);
}

TEST(Edges, ColumnLineageThatNamesNoFieldCoversNothing) {
  for (const char* facet :
       {R"("columnLineage":{"fields":{},"dataset":[]})", R"("columnLineage":{"fields":{"c":{"inputFields":[]}}})",
        R"("columnLineage":{"dataset":[]})", R"("columnLineage":{"fields":[],"dataset":[]})"}) {
    const MappedEvent event = MapText(RunEvent("", "", Output(facet)));
    EXPECT_THAT(EdgeTexts(event), Contains("produces n#j -> a#y")) << facet;
    EXPECT_EQ(event.edges.size(), 3u) << facet;
  }
}

TEST(Edges, EmptyTransformationsAreTakenAndCounted) {
  const MappedEvent former = MapText(RunEvent("", "", Output(R"("columnLineage":{"fields":{"c":{"inputFields":[
      {"namespace":"a","name":"x","field":"b"}],"transformationType":"","transformationDescription":""}}})")));
  EXPECT_THAT(EdgeTexts(former), Contains("derives a#x -> a#y by n#j (columns) [b -> c]"));
  EXPECT_THAT(WarningTexts(former), ElementsAre("empty_transformation outputs[0].facets.columnLineage"));

  const MappedEvent event = MapText(RunEvent("", "", Output(R"("columnLineage":{"fields":{"c":{"inputFields":[
      {"namespace":"a","name":"x","field":"b","transformations":[{"type":"","subtype":"","description":"","masking":false}]}]}}})")));
  EXPECT_THAT(EdgeTexts(event), Contains("derives a#x -> a#y by n#j (columns) [b -> c]"));
  EXPECT_THAT(WarningTexts(event), ElementsAre("empty_transformation outputs[0].facets.columnLineage"));
}

TEST(Edges, AnInputFieldWithoutANamespaceIsKeptVerbatimOnly) {
  const MappedEvent event = MapText(
      RunEvent("", "", Output(R"("columnLineage":{"fields":{"c":{"inputFields":[{"name":"x","field":"b"}]}}})")));
  EXPECT_EQ(event.edges.size(), 3u);
  EXPECT_THAT(WarningTexts(event), ElementsAre("facet_shape outputs[0].facets.columnLineage"));
  EXPECT_EQ(event.aspects.at(0).aspect.facet().name(), "columnLineage");
}

TEST(Edges, AFieldWithoutInputFieldsIsKeptVerbatimOnly) {
  const MappedEvent event = MapText(RunEvent("", "", Output(R"("columnLineage":{"fields":{"c":{}}})")));
  EXPECT_EQ(event.edges.size(), 3u);
  EXPECT_THAT(WarningTexts(event), ElementsAre("facet_shape outputs[0].facets.columnLineage"));
}

TEST(Edges, NestedColumnsAreFoundByTheSchemaOfTheEvent) {
  const MappedEvent event = MapText(RunEvent("", "", R"("outputs":[{"namespace":"a","name":"y","facets":{
      "columnLineage":{"fields":{"home.city":{"inputFields":[{"namespace":"a","name":"x","field":"a.b"}]},
                                 "dotted.name":{"inputFields":[{"namespace":"a","name":"x","field":"c"}]}}},
      "schema":{"fields":[{"name":"home","fields":[{"name":"city"}]},{"name":"dotted.name"}]}}}])"));
  EXPECT_THAT(EdgeTexts(event), Contains("derives a#x -> a#y by n#j (columns) [a.b -> home>city] [c -> dotted.name]"));
}

TEST(Edges, AnExplicitLineageOutranksColumnLineage) {
  const MappedEvent event = MapText(RunEvent(
      "", R"("lineage":{"entries":[{"type":"DATASET","namespace":"a","name":"y","inputs":[
             {"type":"DATASET","namespace":"a","name":"x"},{"type":"DATASET","namespace":"a","name":"x","field":"day"}],
             "fields":{"id":{"inputs":[{"type":"DATASET","namespace":"a","name":"x","field":"id","transformations":[{"type":"DIRECT","subtype":"IDENTITY"}]}]}}}]})",
      Output(R"("columnLineage":{"fields":{"c":{"inputFields":[{"namespace":"a","name":"z","field":"b"}]}}})")));
  EXPECT_THAT(EdgeTexts(event),
              UnorderedElementsAre("derives a#x -> a#y by n#j (lineage) [day -> ] [id -> id DIRECT/IDENTITY]",
                                   "consumes a#x -> n#j", "consumes a#z -> n#j", "produces n#j -> a#y covered"));
  EXPECT_THAT(WarningTexts(event), ElementsAre("outranked_by_lineage outputs[0].facets.columnLineage"));
  ASSERT_EQ(event.statements.size(), 1u);
  EXPECT_EQ(event.statements[0].target.name, "y");
  EXPECT_FALSE(event.statements[0].stated_empty);
}

TEST(Edges, TheLineageOfARunJobAndDatasetAreOneLanguage) {
  const std::string entry =
      R"([{"type":"DATASET","namespace":"a","name":"y","inputs":[{"type":"DATASET","namespace":"a","name":"x"}]}])";
  const std::string edge = "derives a#x -> a#y by n#j (lineage)";
  EXPECT_THAT(EdgeTexts(MapText(RunEvent(R"("lineage":{"entries":)" + entry + "}", "", ""))), ElementsAre(edge));
  EXPECT_THAT(EdgeTexts(MapText(RunEvent(R"("lineage":{"lineage":)" + entry + "}", "", ""))), ElementsAre(edge));
  EXPECT_THAT(EdgeTexts(MapText(RunEvent("", R"("lineage":{"entries":)" + entry + "}", ""))), ElementsAre(edge));
  EXPECT_THAT(EdgeTexts(MapText(
                  RunEvent("", "", Output(R"("lineage":{"inputs":[{"type":"DATASET","namespace":"a","name":"x"}]})")))),
              Contains(edge));
  const MappedEvent alone = MapText(
      R"({"eventTime":"2026-03-01T09:30:00Z","producer":"p","schemaURL":"s","dataset":{"namespace":"a","name":"y","facets":{
          "lineage":{"inputs":[{"type":"DATASET","namespace":"a","name":"x"}]}}}})");
  EXPECT_THAT(EdgeTexts(alone), ElementsAre("derives a#x -> a#y (lineage)"));
}

TEST(Edges, JobsFeedAndDrainAsTheLineageFacetSays) {
  const MappedEvent event = MapText(RunEvent(
      R"("lineage":{"entries":[
          {"type":"JOB","inputs":[{"type":"JOB","namespace":"n","name":"before"},{"type":"DATASET","namespace":"a","name":"x"}]},
          {"type":"DATASET","namespace":"a","name":"made","inputs":[{"type":"JOB"}]},
          {"type":"DATASET","namespace":"a","name":"born","inputs":[],"fields":{"c":{"inputs":[{"type":"JOB","transformations":[{"type":"DIRECT","subtype":"AGGREGATION"}]}]}}}]})",
      "", ""));
  EXPECT_THAT(EdgeTexts(event),
              UnorderedElementsAre("triggers n#before -> n#j (lineage)", "consumes a#x -> n#j (lineage)",
                                   "produces n#j -> a#made (lineage)",
                                   "produces n#j -> a#born (lineage) [ -> c DIRECT/AGGREGATION]"));
  ASSERT_EQ(event.statements.size(), 3u);
  EXPECT_TRUE(event.statements[2].stated_empty);
  EXPECT_THAT(WarningTexts(event), IsEmpty());
}

TEST(Edges, StatedEmptyIsMoreThanNotStated) {
  const std::string head = R"("lineage":{"entries":[{"type":"DATASET","namespace":"a","name":"y")";
  EXPECT_THAT(MapText(RunEvent("", head + "}]}", "")).statements, IsEmpty());
  const MappedEvent empty = MapText(RunEvent("", head + R"(,"inputs":[]}]})", ""));
  ASSERT_EQ(empty.statements.size(), 1u);
  EXPECT_TRUE(empty.statements[0].stated_empty);
  EXPECT_THAT(empty.edges, IsEmpty());
}

TEST(Edges, RunIdsOfLineageEntriesAreKeptVerbatim) {
  const MappedEvent event = MapText(
      RunEvent("", R"("lineage":{"entries":[{"type":"JOB","namespace":"n","name":"j","runId":"r","inputs":[]}]})", ""));
  ASSERT_EQ(event.aspects.size(), 1u);
  EXPECT_EQ(event.aspects[0].aspect.facet().name(), "lineage");
}

TEST(Edges, DependenciesTrigger) {
  EXPECT_THAT(
      EdgeTexts(MapText(RunEvent(
          R"("jobDependencies":{"upstream":[{"job":{"namespace":"n","name":"up"}}],"downstream":[{"job":{"namespace":"n","name":"down"}}]})",
          "", ""))),
      ElementsAre("triggers n#up -> n#j (dependencies)", "triggers n#j -> n#down (dependencies)"));
}

TEST(Edges, ColumnPairsAreBounded) {
  MapOptions options;
  options.column_pairs_max = 1;
  const MappedEvent event = MapText(RunEvent("", "", Output(R"("columnLineage":{"fields":{
      "c":{"inputFields":[{"namespace":"a","name":"x","field":"1"},{"namespace":"a","name":"x","field":"2"},{"namespace":"a","name":"x","field":"3"}]}}})")),
                                    options);
  EXPECT_THAT(EdgeTexts(event), Contains("derives a#x -> a#y by n#j (columns) [1 -> c]"));
  EXPECT_THAT(WarningTexts(event), ElementsAre("too_many_column_pairs outputs[0].facets.columnLineage"));
  EXPECT_EQ(event.aspects.back().aspect.facet().name(), "columnLineage") << "what was left out can be read verbatim";
}

TEST(Edges, ColumnPairsOfOneEdgeAreBounded) {
  MapOptions options;
  options.edge_pairs_max = 2;
  const MappedEvent event = MapText(RunEvent("", "", Output(R"("columnLineage":{"fields":{"c":{"inputFields":[
      {"namespace":"a","name":"x","field":"1"},{"namespace":"a","name":"x","field":"2"},{"namespace":"a","name":"x","field":"3"},
      {"namespace":"a","name":"z","field":"1"},{"namespace":"a","name":"z","field":"2"}]}}})")),
                                    options);
  EXPECT_THAT(EdgeTexts(event), IsSupersetOf({"derives a#x -> a#y by n#j (columns) [1 -> c] [2 -> c]",
                                              "derives a#z -> a#y by n#j (columns) [1 -> c] [2 -> c]"}));
  EXPECT_THAT(WarningTexts(event), ElementsAre("too_many_column_pairs outputs[0].facets.columnLineage"));
}

// A few long names said often must not become gigabytes.
TEST(Map, ASmallEventDoesNotBecomeALargeAnswer) {
  std::string fields;
  for (int i = 0; i < 500; ++i)
    fields += (i == 0 ? "" : ",") + (R"({"name":"c)" + std::to_string(i) + R"(","description":"d"})");
  const std::string json = RunEvent("", "", Output(R"("schema":{"fields":[)" + fields + "]}"));
  MapOptions options;
  options.bytes_max = 20'000;
  const MappedEvent event = MapText(json, options);
  EXPECT_LT(event.aspects.size(), 100u);
  EXPECT_THAT(WarningTexts(event), ElementsAre("grows_too_large event"));
  EXPECT_EQ(MapText(json).aspects.size(), 501u);

  MapOptions few_items;
  few_items.items_max = 10;
  const MappedEvent verbatim = MapText(json, few_items);
  EXPECT_THAT(WarningTexts(verbatim), ElementsAre("facet_shape outputs[0].facets.schema"));
  EXPECT_EQ(verbatim.aspects.back().aspect.facet().name(), "schema");
}

std::vector<std::string> AliasTexts(const MappedEvent& event) {
  std::vector<std::string> texts;
  for (const MappedAlias& alias : event.aliases) {
    texts.push_back(alias.type + " " + AssetNameText(alias.asset) + " = " + AssetNameText(alias.alias));
  }
  return texts;
}

TEST(Aliases, ComeFromSymlinksRenamesAndSchemes) {
  const MappedEvent event = MapText(RunEvent("", "", R"("inputs":[{"namespace":"s3a://lake","name":"orders","facets":{
      "symlinks":{"identifiers":[{"namespace":"hive://m:9083","name":"shop.orders","type":"TABLE"},
                                 {"namespace":"s3a://lake","name":"orders","type":"LOCATION"}]},
      "lifecycleStateChange":{"lifecycleStateChange":"RENAME","previousIdentifier":{"namespace":"s3a://lake","name":"orders_old"}}}}])"));
  EXPECT_THAT(AliasTexts(event), ElementsAre("SCHEME dataset:s3a://lake#orders = dataset:s3://lake#orders",
                                             "TABLE dataset:s3a://lake#orders = dataset:hive://m:9083#shop.orders",
                                             "RENAME dataset:s3a://lake#orders = dataset:s3a://lake#orders_old"));
  EXPECT_THAT(
      AspectTexts(event),
      ElementsAre(
          R"(lifecycle_change { change: "RENAME" previous { kind: "dataset" namespace: "s3a://lake" name: "orders_old" } })"));
}

TEST(Names, FoldEverywhereAlikeAndTheOriginalIsKept) {
  const std::string json =
      R"({"eventTime":"2026-03-01T09:30:00Z","eventType":"COMPLETE","schemaURL":"s",
          "producer":"https://github.com/OpenLineage/OpenLineage/tree/1.9.0/integration/dbt",
          "run":{"runId":"0190a1b2-0000-7000-8000-000000000001"},"job":{"namespace":"dbt","name":"model.shop.orders.sql.2"},
          "inputs":[{"namespace":"s3://lake","name":"raw/dt=2026-03-01"},{"namespace":"s3://lake","name":"raw/dt=2026-03-02"}],
          "outputs":[{"namespace":"s3://lake","name":"orders","facets":{"columnLineage":{"fields":{
             "c":{"inputFields":[{"namespace":"s3://lake","name":"raw/dt=2026-03-01","field":"b"}]}}}}}]})";
  const MappedEvent event = MapText(json);
  EXPECT_EQ(event.job->name, "model.shop.orders");
  EXPECT_EQ(event.run->job.name, "model.shop.orders");
  EXPECT_THAT(
      EdgeTexts(event),
      UnorderedElementsAre("derives s3://lake#raw -> s3://lake#orders by dbt#model.shop.orders (columns) [b -> c]",
                           "consumes s3://lake#raw -> dbt#model.shop.orders",
                           "produces dbt#model.shop.orders -> s3://lake#orders covered"));
  EXPECT_EQ(event.datasets.size(), 2u);
  EXPECT_EQ(event.folded.size(), 3u);
  EXPECT_EQ(event.run->inputs.size(), 2u);

  MapOptions as_they_are;
  as_they_are.fold_names = false;
  EXPECT_EQ(MapText(json, as_they_are).job->name, "model.shop.orders.sql.2");
  EXPECT_THAT(MapText(json, as_they_are).folded, IsEmpty());
}

TEST(Map, IsTheSameEveryTime) {
  const std::string json = RunEvent("", "", Output(R"("schema":{"fields":[{"name":"c","description":"d"}]})"));
  EXPECT_EQ(AspectTexts(MapText(json)), AspectTexts(MapText(json)));
  EXPECT_EQ(EdgeTexts(MapText(json)), EdgeTexts(MapText(json)));
}

TEST(Map, NamesTheTool) { EXPECT_EQ(MapText(RunEvent("", "", kInX)).tool, "p"); }

}  // namespace
}  // namespace cadastre::openlineage
