// What the facets of a run name of what its viewer may not see.
#include <gmock/gmock.h>

#include "lineage/runs.h"
#include "tests/unit/lineage/event_world.h"

namespace cadastre::lineage {
namespace {

using catalog::v1::Aspect;

Aspect Raw(const std::string& name, const std::string& json) {
  Aspect aspect;
  aspect.mutable_facet()->set_name(name);
  aspect.mutable_facet()->set_json(json);
  return aspect;
}

void SetRef(catalog::v1::AssetRef* ref, const std::string& kind, const std::string& name) {
  ref->set_kind(kind);
  ref->set_namespace_("test");
  ref->set_name(name);
}

class RunReferencesTest : public testing::Test {
 protected:
  struct Seen {
    record::Run run;
    std::set<std::string> noted;
  };

  RunReferencesTest() {
    for (const char* name : {"open", "hidden"}) {
      world_.Job(name);
      world_.Dataset(name);
    }
  }

  // Everything but what is called `hidden…`, and these privileges.
  std::string Viewer(const std::string& person, std::vector<Privilege> denied = {}) {
    record::Scope hidden;
    hidden.set_name_prefix("hidden");
    std::vector<record::Grant> grants = {EventWorld::Allow({Privilege::kBrowse, Privilege::kRead, Privilege::kReadCode,
                                                            Privilege::kReadOperations, Privilege::kReadSamples}),
                                         EventWorld::Allow({Privilege::kBrowse}, hidden)};
    grants.back().set_deny(true);
    for (const Privilege privilege : denied) {
      grants.push_back(EventWorld::Allow({privilege}));
      grants.back().set_deny(true);
    }
    return world_.AddPerson(person, grants);
  }

  Seen Find(const std::string& bearer, const std::string& run_id = "r") {
    Seen seen;
    const Status status = world_.Look(bearer, [&](GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto run,
                       FindRun(view, {{world_.Job("etl")}, run_id, Day(1'000), std::chrono::hours(24'000)}));
      seen.run = run->run;
      for (const auto& [id, columns] : view.shown().assets()) seen.noted.insert(world_.NameOf(id));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return seen;
  }

  void Classify(const std::string& dataset, const std::string& column) {
    record::Labels labels;
    record::ColumnLabels& mark = *labels.add_columns();
    mark.set_column(1);
    mark.add_path(column);
    mark.add_classifications("pii");
    world_.PutAsset({AssetKind::kDataset, "test", dataset}, labels);
  }

  EventWorld world_;
};

TEST_F(RunReferencesTest, FacetsNameOnlyWhatIsSeen) {
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {}, {"out"});
  Aspect dependencies;
  for (const char* name : {"hidden", "open", "hidden none"}) {
    SetRef(dependencies.mutable_job_dependencies()->add_upstream()->mutable_job(), "job", name);
  }
  Aspect parent;
  SetRef(parent.mutable_parent_run()->mutable_job(), "job", "hidden");
  parent.mutable_parent_run()->set_run_id("p");
  event.run->facets = {
      dependencies, parent,
      Raw("custom", R"({"all":[{"namespace":"test","name":"hidden"},{"namespace":"test","name":"open"},)"
                    R"({"namespace":"test","name":"hidden none"}]})"),
      Raw("other", R"({"job":{"namespace":"test","name":"hidden"},"run":{"runId":"x"}})")};
  event.outputs[0].facets = {Raw("mine", R"([{"namespace":"test","name":"hidden"}, 1])")};
  world_.PushAll({event});

  const Seen seen = Find(Viewer("vera"));
  EXPECT_EQ(seen.run.DebugString().find("hidden"), std::string::npos) << seen.run.DebugString();
  ASSERT_EQ(seen.run.facets_size(), 2) << seen.run.DebugString();
  EXPECT_EQ(seen.run.facets(0).aspect().job_dependencies().upstream_size(), 1);
  EXPECT_EQ(seen.run.facets(1).aspect().facet().json(), R"({"all":[{"namespace":"test","name":"open"}]})");
  EXPECT_EQ(seen.run.io(0).facets(0).aspect().facet().json(), "[1]");
  EXPECT_EQ(seen.noted, (std::set<std::string>{"etl", "open", "out"}));
  const Seen whole = Find(world_.admin());
  EXPECT_EQ(whole.run.facets_size(), 4);
  EXPECT_NE(whole.run.DebugString().find("hidden none"), std::string::npos) << "nothing is hidden from the admin";
}

TEST_F(RunReferencesTest, TestsAreLeftOutWhereADatasetOfTheRunIsHidden) {
  Aspect tests;
  tests.mutable_test_execution()->add_tests()->set_name("hidden_is_unique");
  EventWrite near = world_.RunEvent("etl", "near", RunState::kComplete, 1, {"open"}, {"out"});
  near.run->facets = {tests, Raw("test", R"({"tests":[]})")};
  EventWrite far = world_.RunEvent("etl", "far", RunState::kComplete, 1, {"hidden"}, {"out"});
  far.run->facets = near.run->facets;
  world_.PushAll({near, far});
  const std::string viewer = Viewer("vera");
  EXPECT_EQ(Find(viewer, "near").run.facets_size(), 2);
  EXPECT_EQ(Find(viewer, "far").run.facets_size(), 0);
  EXPECT_EQ(Find(Viewer("sam", {Privilege::kReadSamples}), "near").run.facets_size(), 1)
      << "a copy, whose values cannot be taken out";
}

TEST_F(RunReferencesTest, ACopyOfAKnownFacetOpensAsItsValueDoes) {
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {}, {"out"});
  event.run->facets = {Raw("sourceCodeLocation", "{}"), Raw("plan", "{}")};
  event.outputs[0].facets = {Raw("dataQualityMetrics", "{}"), Raw("schema", "{}"), Raw("plan", "{}")};
  world_.PushAll({event});
  const auto facets = [&](const std::string& bearer) {
    const record::Run run = Find(bearer).run;
    std::string names;
    for (const auto& facet : run.facets()) names += facet.aspect().facet().name() + " ";
    names += "| ";
    for (const auto& facet : run.io(0).facets()) names += facet.aspect().facet().name() + " ";
    return names;
  };
  const std::string whole = Viewer("whole");
  EXPECT_EQ(facets(whole), "plan sourceCodeLocation | dataQualityMetrics plan schema ");
  EXPECT_EQ(facets(Viewer("unread", {Privilege::kRead})), "plan | dataQualityMetrics plan ");
  EXPECT_EQ(facets(Viewer("unsampled", {Privilege::kReadSamples})), "plan sourceCodeLocation | plan schema ");
  Classify("out", "secret");
  EXPECT_EQ(facets(whole), "plan sourceCodeLocation | plan ") << "a column is masked, and a copy is not taken apart";
}

TEST_F(RunReferencesTest, ACopyOfColumnLineageNamesNoMaskedColumnOfAnother) {
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {"open"}, {"out"});
  event.outputs[0].facets = {
      Raw("columnLineage", R"({"fields":{"a":{"inputFields":[{"namespace":"test","name":"open","field":"ssn"}]}}})")};
  world_.PushAll({event});
  const std::string viewer = Viewer("vera");
  const auto json = [&] { return Find(viewer).run.io(1).facets(0).aspect().facet().json(); };
  EXPECT_NE(json().find("ssn"), std::string::npos);
  Classify("open", "ssn");
  EXPECT_EQ(json(), R"({"fields":{"a":{"inputFields":[]}}})");
}

TEST_F(RunReferencesTest, StatisticsOfAMaskedColumnAreLeftOutHoweverItIsSpelled) {
  Aspect profile;
  for (const char* column : {"user.email", "\"user\".\"email\"", "user.email.domain", "out.user.email", "open"}) {
    profile.mutable_profile()->add_columns()->set_column(column);
  }
  EventWrite event = world_.RunEvent("etl", "r", RunState::kComplete, 1, {}, {"out"});
  event.outputs[0].facets = {profile};
  world_.PushAll({event});
  record::Labels labels;
  record::ColumnLabels& mark = *labels.add_columns();
  mark.set_column(1);
  mark.add_path("user");
  mark.add_path("email");
  mark.add_classifications("pii");
  world_.PutAsset({AssetKind::kDataset, "test", "out"}, labels);
  const record::Run run = Find(Viewer("vera")).run;
  ASSERT_EQ(run.io(0).facets(0).aspect().profile().columns_size(), 1) << run.DebugString();
  EXPECT_EQ(run.io(0).facets(0).aspect().profile().columns(0).column(), "open");
}

}  // namespace
}  // namespace cadastre::lineage
