#include "ingestors/openlineage/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/time_format.h"

namespace cadastre::openlineage {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kWhole = R"({
  "eventTime": "2026-03-01T09:30:00Z", "eventType": "COMPLETE",
  "producer": "https://github.com/OpenLineage/OpenLineage/tree/1.9.0/integration/spark",
  "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
  "run": {"runId": "0190a1b2-0000-7000-8000-000000000001", "facets": {"own": {"a" : [1, 2 ]}}},
  "job": {"namespace": "spark", "name": "load", "facets": {}},
  "inputs": [{"namespace": "postgres://db:5432", "name": "shop.public.orders",
              "facets": {"schema": {"fields": []}}, "inputFacets": {"inputStatistics": {"rowCount": 3}}}],
  "outputs": [{"namespace": "s3://lake", "name": "orders"}]})";

std::vector<std::string> Causes(const Event& event) {
  std::vector<std::string> causes;
  for (const Warning& warning : event.warnings) causes.push_back(warning.cause);
  return causes;
}

TEST(Parse, KeepsWhatAWholeEventStates) {
  const absl::StatusOr<Event> event = Parse(kWhole);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->shape, EventShape::kRun);
  EXPECT_EQ(base::FormatTime(event->event_time), "2026-03-01T09:30:00Z");
  EXPECT_EQ(event->event_type, "COMPLETE");
  EXPECT_EQ(event->run->run_id, "0190a1b2-0000-7000-8000-000000000001");
  EXPECT_EQ(event->job->ns, "spark");
  EXPECT_EQ(event->job->name, "load");
  ASSERT_EQ(event->inputs.size(), 1u);
  EXPECT_EQ(event->inputs[0].path, "inputs[0]");
  EXPECT_EQ(event->inputs[0].ns, "postgres://db:5432");
  EXPECT_EQ(event->inputs[0].input_facets[0].name, "inputStatistics");
  EXPECT_EQ(event->outputs[0].name, "orders");
  EXPECT_TRUE(event->inputs_stated);
  EXPECT_THAT(event->warnings, IsEmpty());
}

TEST(Parse, CutsFacetsOutExactlyAsReceived) {
  const absl::StatusOr<Event> event = Parse(kWhole);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->run->facets[0].json, R"({"a" : [1, 2 ]})");

  const std::string odd = R"({"eventTime":"2026-03-01T09:30:00Z","job":{"name":"j","facets":{)"
                          R"("q\"uote" :  {"s":"}]\\\"","n":-1.50e+3 , "t":[ true,null ] } ,"after":{}}}})";
  const absl::StatusOr<Event> other = Parse(odd);
  ASSERT_TRUE(other.ok()) << other.status();
  ASSERT_EQ(other->job->facets.size(), 2u);
  EXPECT_EQ(other->job->facets[0].name, "q\"uote");
  EXPECT_EQ(other->job->facets[0].json, R"({"s":"}]\\\"","n":-1.50e+3 , "t":[ true,null ] })");
  EXPECT_EQ(other->job->facets[1].json, "{}");
}

TEST(Parse, KeepsIntegersBeyond64BitsAsTheyAre) {
  const std::string facet =
      R"({"n": 123456789012345678901234567890 ,"most":18446744073709551615,"text":"99999999999999999999"})";
  const absl::StatusOr<Event> event = Parse(
      R"({"eventTime":"2026-03-01T09:30:00Z","job":{"name":"j","facets":{"big":)" + facet + R"(,"small":{"n":1}}}})");
  ASSERT_TRUE(event.ok()) << event.status();
  ASSERT_EQ(event->job->facets.size(), 2u);
  EXPECT_EQ(event->job->facets[0].json, facet);
  EXPECT_TRUE(event->job->facets[0].rounded);
  EXPECT_FALSE(event->job->facets[1].rounded);
}

TEST(Parse, OutlivesTheBytesItWasGiven) {
  absl::StatusOr<Event> event = absl::UnknownError("");
  {
    const std::string bytes(kWhole);
    event = Parse(bytes);
  }
  ASSERT_TRUE(event.ok());
  const Event copy = *event;
  EXPECT_EQ(copy.job->name, "load");
  EXPECT_EQ(copy.run->facets[0].json, R"({"a" : [1, 2 ]})");
}

struct ShapeCase {
  std::string_view what;
  std::string_view json;
  EventShape shape;
};

class Shape : public ::testing::TestWithParam<ShapeCase> {};

TEST_P(Shape, FollowsTheKeysNotTheSchemaUrl) {
  const absl::StatusOr<Event> event = Parse(GetParam().json);
  ASSERT_TRUE(event.ok()) << GetParam().what << ": " << event.status();
  EXPECT_EQ(event->shape, GetParam().shape) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Shape,
    ::testing::Values(
        ShapeCase{"a run event that says it is a job event",
                  R"({"eventTime":"2026-03-01T00:00:00Z","schemaURL":"https://x/#/$defs/JobEvent","run":{"runId":"r"},
                      "job":{"namespace":"n","name":"j"}})",
                  EventShape::kRun},
        ShapeCase{"a job event", R"({"eventTime":"2026-03-01T00:00:00Z","job":{"namespace":"n","name":"j"}})",
                  EventShape::kJob},
        ShapeCase{"a run without an id", R"({"eventTime":"2026-03-01T00:00:00Z","run":{},"job":{"name":"j"}})",
                  EventShape::kJob},
        ShapeCase{"a dataset event", R"({"eventTime":"2026-03-01T00:00:00Z","dataset":{"namespace":"n","name":"d"}})",
                  EventShape::kDataset},
        ShapeCase{"a dataset event with a null job",
                  R"({"eventTime":"2026-03-01T00:00:00Z","job":null,"dataset":{"namespace":"n","name":"d"}})",
                  EventShape::kDataset}));

// Parts of an event around what a case is about.
std::string With(std::string_view members) {
  return R"({"eventTime":"2026-03-01T09:30:00Z","eventType":"START","producer":"p","schemaURL":"s",)"
         R"("run":{"runId":"0190a1b2-0000-7000-8000-000000000001"},"job":{"namespace":"n","name":"j"})" +
         std::string(members.empty() ? "" : ",") + std::string(members) + "}";
}

struct ImperfectCase {
  std::string json;
  std::string cause;
  std::string field;
};

class Imperfect : public ::testing::TestWithParam<ImperfectCase> {};

TEST_P(Imperfect, IsTakenAndCounted) {
  const absl::StatusOr<Event> event = Parse(GetParam().json);
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_THAT(event->warnings, Contains(Warning{GetParam().cause, GetParam().field})) << GetParam().json;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Imperfect,
    ::testing::Values(
        ImperfectCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"namespace":"n","name":"j"}})", "missing_producer",
                      "producer"},
        ImperfectCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"namespace":"n","name":"j"}})",
                      "missing_schema_url", "schemaURL"},
        ImperfectCase{R"({"eventTime":"2026-03-01","job":{"namespace":"n","name":"j"}})", "time_not_rfc3339",
                      "eventTime"},
        ImperfectCase{R"({"eventTime":"2026-03-01T09:30:00.123456","job":{"namespace":"n","name":"j"}})",
                      "time_not_rfc3339", "eventTime"},
        ImperfectCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"name":"j"}})", "job_without_namespace",
                      "job.namespace"},
        ImperfectCase{R"({"eventTime":"2026-03-01T00:00:00Z","run":{"runId":"fake"},"job":{"name":"j"}})",
                      "run_id_not_uuid", "run.runId"},
        ImperfectCase{R"({"eventTime":"2026-03-01T00:00:00Z","run":{"runId":null},"job":{"name":"j"}})",
                      "missing_run_id", "run.runId"},
        ImperfectCase{R"({"eventTime":"2026-03-01T00:00:00Z","run":{"runId":"r"},"job":{"name":"j"}})",
                      "missing_event_type", "eventType"},
        ImperfectCase{With(R"("inputs":null)"), "null_value", "inputs"},
        ImperfectCase{With(R"("inputs":{})"), "not_an_array", "inputs"},
        ImperfectCase{With(R"("inputs":[7])"), "not_an_object", "inputs[0]"},
        ImperfectCase{With(R"("inputs":[{"namespace":"n"}])"), "dataset_without_name", "inputs[0]"},
        ImperfectCase{With(R"("outputs":[{"name":"n"}])"), "dataset_without_namespace", "outputs[0]"},
        ImperfectCase{With(R"("inputs":[{"namespace":"n","name":"d","facets":null}])"), "null_value",
                      "inputs[0].facets"},
        ImperfectCase{With(R"("inputs":[{"namespace":"n","name":"d","facets":{"schema":null}}])"), "null_facet",
                      "inputs[0].facets.schema"},
        ImperfectCase{With(R"("inputs":[{"namespace":"n","name":"d","ownership":{"owners":[]}}])"),
                      "facet_outside_facets", "inputs[0].ownership"},
        ImperfectCase{With(R"("inputs":[{"namespace":"n","name":"d","facets":{"a":{},"a":{"b":1}}}])"),
                      "duplicate_facet", "inputs[0].facets.a"},
        ImperfectCase{With(R"("extra":1)"), "unknown_field", "extra"},
        ImperfectCase{With(R"("extra":-123456789012345678901234567890)"), "unknown_field", "extra"},
        ImperfectCase{With(R"("inputs":[{"namespace":"n","name":"d","facets":{"f":{"n":[18446744073709551616]}}}])"),
                      "integer_beyond_64_bits", "inputs[0].facets.f"},
        ImperfectCase{With(R"("eventType":7)"), "not_text", "eventType"}));

TEST(Parse, NotStatedIsNotNone) {
  EXPECT_FALSE(Parse(With(""))->inputs_stated);
  EXPECT_FALSE(Parse(With(R"("inputs":null)"))->inputs_stated);
  EXPECT_TRUE(Parse(With(R"("inputs":[])"))->inputs_stated);
}

TEST(Parse, TakesAByteOrderMark) { EXPECT_TRUE(Parse("\xEF\xBB\xBF" + With("")).ok()); }

TEST(Parse, ADuplicateFacetIsTheLastOne) {
  const absl::StatusOr<Event> event =
      Parse(With(R"("inputs":[{"namespace":"n","name":"d","facets":{"a":{},"a":{"b":1}}}])"));
  ASSERT_TRUE(event.ok());
  ASSERT_EQ(event->inputs[0].facets.size(), 1u);
  EXPECT_EQ(event->inputs[0].facets[0].json, R"({"b":1})");
}

struct RefusedCase {
  std::string json;
  std::string field;
  std::string expected;
};

class Refused : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, NamesTheFieldAndWhatWasExpected) {
  const absl::StatusOr<Event> event = Parse(GetParam().json);
  ASSERT_FALSE(event.ok()) << GetParam().json.substr(0, 300);
  EXPECT_EQ(event.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(base::FieldOf(event.status()), GetParam().field);
  EXPECT_THAT(std::string(base::MessageOf(event.status())), HasSubstr(GetParam().expected));
}

INSTANTIATE_TEST_SUITE_P(
    Table, Refused,
    ::testing::Values(
        RefusedCase{"", "event", "empty"}, RefusedCase{"   ", "event", "empty"}, RefusedCase{"{", "event", "JSON"},
        RefusedCase{"7", "event", "object"}, RefusedCase{"[]", "event", "object"},
        RefusedCase{"{} {}", "event", "JSON"}, RefusedCase{"{\"a\":\"\xff\"}", "event", "UTF-8"},
        RefusedCase{"{\"a\":1" + std::string(400, '0') + "}", "event", "numbers"},
        RefusedCase{R"({"a":01})", "event", "numbers"}, RefusedCase{R"({"a":-12345678901234567890123x})", "event", ""},
        RefusedCase{std::string("{\"a\":\0}", 7), "event", "JSON"},
        RefusedCase{R"({"run":{"runId":"a\u0000b"}})", "run.runId", "U+0000"},
        RefusedCase{R"({"a":[{"b":"\udc00"}]})", "event", "strings"},
        RefusedCase{R"({"a":[{"b":"\u0000"}]})", "a[0].b", "U+0000"},
        RefusedCase{R"({"a\u0000":1})", "event (a key)", "U+0000"},
        RefusedCase{"{\"a\":" + std::string(64, '[') + std::string(64, ']') + "}", "event", "64 levels"},
        RefusedCase{R"({"job":{"namespace":"n","name":"j"}})", "eventTime", "time"},
        RefusedCase{R"({"eventTime":1234567890,"job":{"namespace":"n","name":"j"}})", "eventTime", "RFC 3339"},
        RefusedCase{R"({"eventTime":1234567890,"job":{"namespace":"n","name":"j"}})", "eventTime", "got a number"},
        RefusedCase{R"({"job":{"namespace":7,"name":"j"}})", "job.namespace", "expected a string, got a number"},
        RefusedCase{R"({"job":{"namespace":123456789012345678901,"name":"j"}})", "job.namespace", "got a number"},
        RefusedCase{R"({"job":{"name":["j"]}})", "job.name", "expected a string, got an array"},
        RefusedCase{R"({"job":"j"})", "job", "expected an object, got a string"},
        RefusedCase{R"({"run":"r"})", "run", "expected an object, got a string"},
        RefusedCase{R"({"run":{"runId":1.5}})", "run.runId", "expected a string, got a number"},
        RefusedCase{R"({"inputs":[{"namespace":{},"name":"d"}]})", "inputs[0].namespace", "got an object"},
        RefusedCase{R"({"outputs":[{},{"namespace":"n","name":true}]})", "outputs[1].name", "got true or false"},
        RefusedCase{R"({"dataset":[]})", "dataset", "expected an object, got an array"},
        RefusedCase{R"({"dataset":{"namespace":"n","name":0}})", "dataset.name", "got a number"},
        RefusedCase{R"({"eventTime":"yesterday","job":{"namespace":"n","name":"j"}})", "eventTime", "RFC 3339"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z"})", "job.name", "neither"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"namespace":"n","name":""}})", "job.name", "neither"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","dataset":{"namespace":"n"}})", "job.name", "neither"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"name":")" + std::string(1'025, 'x') + "\"}}",
                    "job.name", "1024"},
        RefusedCase{With(R"("inputs":[{"namespace":")" + std::string(513, 'x') + R"(","name":"d"}])"),
                    "inputs[0].namespace", "512"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"name":"j"},"run":{"runId":")" +
                        std::string(257, 'x') + "\"}}",
                    "run.runId", "256"}));

TEST(Parse, APairOfSurrogatesIsText) {
  EXPECT_TRUE(Parse(With(R"("inputs":[{"namespace":"n","name":"\ud83d\ude00"}])")).ok());
}

TEST(Parse, CountsAreBounded) {
  Limits limits;
  limits.inputs_max = 2;
  const std::string two = R"({"namespace":"n","name":"a"},{"namespace":"n","name":"b"})";
  EXPECT_TRUE(Parse(With("\"inputs\":[" + two + "]"), limits).ok());
  const absl::StatusOr<Event> three = Parse(With("\"inputs\":[" + two + "," + two + "]"), limits);
  EXPECT_EQ(base::FieldOf(three.status()), "inputs");

  limits.event_facets_max = 1;
  const absl::StatusOr<Event> facets =
      Parse(With(R"("inputs":[{"namespace":"n","name":"d","facets":{"a":{},"b":{}}}])"), limits);
  EXPECT_EQ(base::FieldOf(facets.status()), "event");

  limits.event_bytes_max = 100;
  EXPECT_EQ(base::FieldOf(Parse(With(""), limits).status()), "event");
}

TEST(Parse, AFacetTooLargeIsLeftOutAndTheRestKept) {
  Limits limits;
  limits.facet_bytes_max = 10;
  const absl::StatusOr<Event> event =
      Parse(With(R"("inputs":[{"namespace":"n","name":"d","facets":{"big":{"x":"12345678901"},"small":{}}}])"), limits);
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->inputs[0].facets.size(), 1u);
  EXPECT_THAT(Causes(*event), ElementsAre("facet_too_large"));
}

TEST(Parse, WarningsAreBounded) {
  Limits limits;
  limits.warnings_max = 3;
  const absl::StatusOr<Event> event = Parse(With(R"("a":1,"b":1,"c":1,"d":1,"e":1)"), limits);
  ASSERT_TRUE(event.ok());
  EXPECT_THAT(Causes(*event), ElementsAre("unknown_field", "unknown_field", "more_warnings"));
}

}  // namespace
}  // namespace cadastre::openlineage
