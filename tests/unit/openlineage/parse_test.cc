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
        RefusedCase{"{} {}", "event", "JSON"}, RefusedCase{R"({"a":01})", "event", "numbers"},
        RefusedCase{R"({"a":-12345678901234567890123x})", "event", ""},
        RefusedCase{std::string("{\"a\":\0}", 7), "event", "JSON"},
        RefusedCase{R"({"run":{"runId":"a\u0000b"}})", "run.runId", "U+0000"},
        RefusedCase{"{\"run\":{\"runId\":\"a\xff\"}}", "run.runId", "UTF-8"},
        RefusedCase{R"({"job":{"namespace":"n","name":"\udc00"}})", "job.name", "UTF-8"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","dataset":[]})", "dataset", "not_an_object"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","dataset":{"namespace":"n","name":0}})", "dataset.name",
                    "not_text"},
        RefusedCase{R"({"job":{"namespace":"n","name":"j"}})", "eventTime", "time"},
        RefusedCase{R"({"eventTime":1234567890,"job":{"namespace":"n","name":"j"}})", "eventTime", "RFC 3339"},
        RefusedCase{R"({"eventTime":1234567890,"job":{"namespace":"n","name":"j"}})", "eventTime", "got a number"},
        RefusedCase{R"({"job":{"namespace":7,"name":"j"}})", "job.namespace", "expected a string, got a number"},
        RefusedCase{R"({"job":{"namespace":123456789012345678901,"name":"j"}})", "job.namespace", "got a number"},
        RefusedCase{R"({"job":{"name":["j"]}})", "job.name", "expected a string, got an array"},
        RefusedCase{R"({"job":"j"})", "job", "expected an object, got a string"},
        RefusedCase{R"({"run":"r"})", "run", "expected an object, got a string"},
        RefusedCase{R"({"run":{"runId":1.5}})", "run.runId", "expected a string, got a number"},
        RefusedCase{R"({"eventTime":"yesterday","job":{"namespace":"n","name":"j"}})", "eventTime", "RFC 3339"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z"})", "job.name", "neither"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"namespace":"n","name":""}})", "job.name", "neither"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","dataset":{"namespace":"n"}})", "dataset", "without_name"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"name":")" + std::string(1'025, 'x') + "\"}}",
                    "job.name", "1024"},
        RefusedCase{R"({"eventTime":"2026-03-01T00:00:00Z","job":{"name":"j"},"run":{"runId":")" +
                        std::string(257, 'x') + "\"}}",
                    "run.runId", "256"}));

TEST(Parse, APairOfSurrogatesIsText) {
  EXPECT_TRUE(Parse(With(R"("inputs":[{"namespace":"n","name":"\ud83d\ude00"}])")).ok());
}

// One bad part of an event: what is left of it, and where the warning says it was.
struct BadPartCase {
  std::string_view what;
  std::string members;
  Warning warning;
};

class BadPart : public ::testing::TestWithParam<BadPartCase> {};

TEST_P(BadPart, IsLeftOutAndTheRestKept) {
  const std::string good = R"({"namespace":"n","name":"kept","facets":{"kept":{"a":1}}})";
  const absl::StatusOr<Event> event = Parse(With("\"outputs\":[" + good + "]," + GetParam().members));
  ASSERT_TRUE(event.ok()) << GetParam().what << ": " << event.status();
  EXPECT_EQ(event->run->run_id, "0190a1b2-0000-7000-8000-000000000001");
  EXPECT_EQ(event->job->name, "j");
  ASSERT_EQ(event->outputs.size(), 1u) << GetParam().what;
  EXPECT_EQ(event->outputs[0].name, "kept");
  ASSERT_EQ(event->outputs[0].facets.size(), 1u);
  EXPECT_EQ(event->outputs[0].facets[0].json, R"({"a":1})");
  EXPECT_THAT(event->warnings, Contains(GetParam().warning)) << GetParam().what;
  for (const DatasetPart& input : event->inputs) EXPECT_EQ(input.name, "d") << GetParam().what;
}

std::string Inputs(std::string_view items) { return "\"inputs\":[" + std::string(items) + "]"; }
std::string WithFacet(std::string_view facet) {
  return Inputs(R"({"namespace":"n","name":"d","facets":{)" + std::string(facet) + "}}");
}

INSTANTIATE_TEST_SUITE_P(
    Table, BadPart,
    ::testing::Values(
        BadPartCase{"a namespace of another type",
                    Inputs(R"({"namespace":{},"name":"x"})"),
                    {"not_text", "inputs[0].namespace"}},
        BadPartCase{"a name of another type",
                    Inputs(R"({"namespace":"n","name":true})"),
                    {"dataset_without_name", "inputs[0]"}},
        BadPartCase{"a name too long",
                    Inputs(R"({"namespace":"n","name":")" + std::string(1'025, 'x') + "\"}"),
                    {"name_too_long", "inputs[0].name"}},
        BadPartCase{"a namespace too long",
                    Inputs(R"({"namespace":")" + std::string(513, 'x') + R"(","name":"x"})"),
                    {"name_too_long", "inputs[0].namespace"}},
        BadPartCase{
            "U+0000 in a name", Inputs(R"({"namespace":"n","name":"x\u0000"})"), {"text_not_kept", "inputs[0].name"}},
        BadPartCase{"no UTF-8 in a name",
                    Inputs("{\"namespace\":\"n\",\"name\":\"x\xff\xfe\"}"),
                    {"text_not_kept", "inputs[0].name"}},
        BadPartCase{"half of a surrogate pair in a namespace",
                    Inputs(R"({"namespace":"\ud800","name":"x"})"),
                    {"text_not_kept", "inputs[0].namespace"}},
        BadPartCase{"an escape JSON does not know",
                    Inputs(R"({"namespace":"n","name":"\x41"})"),
                    {"text_not_kept", "inputs[0].name"}},
        BadPartCase{"bad text in a field nobody reads", "\"extra\":\"\xff\"", {"unknown_field", "extra"}},
        BadPartCase{"U+0000 in a key", R"("ex\u0000tra":1)", {"unknown_field", "event"}},
        BadPartCase{"a facet without a name", WithFacet(R"("":{})"), {"facet_without_name", "inputs[0].facets"}},
        BadPartCase{"a facet whose name cannot be kept",
                    WithFacet(R"("a\u0000":{})"),
                    {"facet_without_name", "inputs[0].facets"}},
        BadPartCase{"a facet too deep",
                    WithFacet("\"deep\":" + std::string(65, '[') + std::string(65, ']')),
                    {"facet_too_deep", "inputs[0].facets.deep"}},
        BadPartCase{"a number no double holds",
                    WithFacet(R"("f":{"n":1e999})"),
                    {"integer_beyond_64_bits", "inputs[0].facets.f"}},
        BadPartCase{"an integer of 400 digits",
                    WithFacet("\"f\":{\"n\":1" + std::string(400, '0') + "}"),
                    {"integer_beyond_64_bits", "inputs[0].facets.f"}},
        BadPartCase{"a word for a number JSON does not have",
                    WithFacet(R"("f":{"a":NaN,"b":-Infinity,"c":"NaN"})"),
                    {"text_mended", "event"}},
        BadPartCase{"brackets by the thousand",
                    WithFacet("\"f\":" + std::string(5'000, '[') + std::string(5'000, ']')),
                    {"facet_too_deep", "inputs[0].facets.f"}},
        BadPartCase{"a line break in a text", WithFacet("\"f\":{\"sql\":\"a\nb\"}"), {"text_mended", "event"}},
        BadPartCase{
            "bad text behind a bad number", WithFacet("\"f\":{\"n\":1e999,\"t\":\"\\q\"}"), {"text_mended", "event"}},
        BadPartCase{"a producer too long",
                    "\"producer\":\"" + std::string(2'049, 'p') + "\"",
                    {"producer_too_long", "producer"}},
        BadPartCase{"a subject beside a job", R"("dataset":[])", {"not_an_object", "dataset"}}));

TEST(Parse, ControlCharactersInTextAreKept) {
  const absl::StatusOr<Event> event = Parse(With("\"inputs\":[{\"namespace\":\"n\",\"name\":\"a\tb\"}]"));
  ASSERT_TRUE(event.ok()) << event.status();
  EXPECT_EQ(event->inputs[0].name, "a\tb");
}

TEST(Parse, WhatIsBeyondACountIsLeftOut) {
  Limits limits;
  limits.inputs_max = 2;
  const std::string two = R"({"namespace":"n","name":"a"},{"namespace":"n","name":"b"})";
  const absl::StatusOr<Event> whole = Parse(With("\"inputs\":[" + two + "]"), limits);
  EXPECT_THAT(Causes(*whole), IsEmpty());
  const absl::StatusOr<Event> more = Parse(With("\"inputs\":[" + two + "," + two + "]"), limits);
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(more->inputs.size(), 2u);
  EXPECT_THAT(more->warnings, ElementsAre(Warning{"too_many_datasets", "inputs"}));

  limits.event_facets_max = 1;
  const absl::StatusOr<Event> facets =
      Parse(With(R"("inputs":[{"namespace":"n","name":"d","facets":{"a":{},"b":{},"c":{}}}])"), limits);
  ASSERT_TRUE(facets.ok());
  EXPECT_EQ(facets->inputs[0].facets.size(), 1u);
  EXPECT_THAT(facets->warnings, ElementsAre(Warning{"too_many_facets", "event"}));

  limits.event_facets_max = 100;
  limits.facets_max = 2;
  const absl::StatusOr<Event> of_one =
      Parse(With(R"("inputs":[{"namespace":"n","name":"d","facets":{"a":{},"b":{},"c":{}}}])"), limits);
  ASSERT_TRUE(of_one.ok());
  EXPECT_EQ(of_one->inputs[0].facets.size(), 2u);
  EXPECT_THAT(of_one->warnings, ElementsAre(Warning{"too_many_facets", "inputs[0].facets"}));

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
