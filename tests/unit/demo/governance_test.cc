// What the steward of the demo sets hangs together: every reference leads somewhere, and the analyst's world is
// smaller.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "demo/facets.h"
#include "demo/history.h"

namespace cadastre::demo {
namespace {

json::object BuildGovernance(const Company& company) {
  Scene scene;
  scene.company = &company;
  scene.midnight = 20634 * int64_t{86400};
  return Governance(scene);
}

class GovernanceTest : public ::testing::Test {
 protected:
  GovernanceTest() : company_(BuildCompany()), governance_(BuildGovernance(company_)) {}

  // aspect -> assets (as JSON) that have it.
  std::map<std::string, std::set<std::string>> AssetsByAspect() const {
    std::map<std::string, std::set<std::string>> found;
    for (const json::value& upsert : governance_.at("upserts").as_array()) {
      for (const auto& aspect : upsert.at("aspect").as_object())
        found[std::string(aspect.key())].insert(json::serialize(upsert.at("asset")));
    }
    return found;
  }

  Company company_;
  json::object governance_;
};

TEST_F(GovernanceTest, EveryDatasetAndJobHasADomainAndAnOwner) {
  const auto found = AssetsByAspect();
  for (const Dataset& dataset : company_.datasets) {
    const std::string ref = json::serialize(Ref("dataset", dataset.ns, dataset.name));
    EXPECT_TRUE(found.at("domain").contains(ref)) << ref;
    EXPECT_TRUE(found.at("ownership").contains(ref)) << ref;
  }
  for (const Job& job : company_.jobs)
    EXPECT_TRUE(found.at("domain").contains(json::serialize(Ref("job", job.ns, job.name)))) << job.name;
}

TEST_F(GovernanceTest, ClosedTablesAreClosedByTheirOtherNamesToo) {
  const auto found = AssetsByAspect();
  int closed = 0;
  for (const Dataset& dataset : company_.datasets) {
    const auto other = OtherName(dataset, dataset.name);
    if (!other || (dataset.domain != "hr" && dataset.domain != "finance")) continue;
    const std::string ref = json::serialize(Ref("dataset", other->first, other->second));
    EXPECT_TRUE(found.at("domain").contains(ref)) << ref;
    ++closed;
  }
  EXPECT_GT(closed, 3);
}

TEST_F(GovernanceTest, PersonalColumnsAreClassified) {
  std::set<std::string> classified;
  for (const json::value& upsert : governance_.at("upserts").as_array()) {
    if (!upsert.at("aspect").as_object().contains("classifications")) continue;
    classified.insert(std::string(upsert.at("asset").at("name").as_string()) + "." +
                      std::string(upsert.at("column").at("path").at(0).as_string()));
  }
  EXPECT_THAT(classified, ::testing::IsSupersetOf({"shop.public.customers.email", "shop.public.customers.phone",
                                                   "bronze/customers.email", "hr.public.salaries.base_pay"}));
  EXPECT_FALSE(classified.contains("dw.silver.customers.email_hash"));
}

TEST_F(GovernanceTest, GrantsAndMembershipsNameWhatExists) {
  std::set<std::string> roles;
  for (const json::value& role : governance_.at("roles").as_array())
    roles.insert(std::string(role.at("id").as_string()));
  for (const json::value& grant : governance_.at("grants").as_array()) {
    EXPECT_TRUE(roles.contains(std::string(grant.at("role").as_string())));
    EXPECT_FALSE(grant.at("privileges").as_array().empty());
  }
  std::set<std::string> seen;
  for (const json::value& request : governance_.at("principals").as_array()) {
    const json::object& principal = request.at("principal").as_object();
    if (principal.contains("groups")) {
      for (const json::value& group : principal.at("groups").as_array())
        EXPECT_TRUE(seen.contains(std::string(group.as_string())));
    }
    if (principal.contains("roles")) {
      for (const json::value& role : principal.at("roles").as_array())
        EXPECT_TRUE(roles.contains(std::string(role.as_string())));
    }
    seen.insert(std::string(principal.at("id").as_string()));
  }
  EXPECT_THAT(seen, ::testing::IsSupersetOf({"analyst", "steward", "pipelines", "hr-data"}));
}

TEST_F(GovernanceTest, TheAnalystHoldsLessThanTheSteward) {
  std::map<std::string, std::set<std::string>> allowed;
  std::map<std::string, int> denied;
  for (const json::value& grant : governance_.at("grants").as_array()) {
    const std::string role(grant.at("role").as_string());
    if (grant.as_object().contains("deny")) {
      ++denied[role];
      continue;
    }
    for (const json::value& privilege : grant.at("privileges").as_array())
      allowed[role].insert(std::string(privilege.as_string()));
  }
  EXPECT_FALSE(allowed["analyst"].contains("PRIVILEGE_READ_COLUMNS"));
  EXPECT_FALSE(allowed["analyst"].contains("PRIVILEGE_READ_CODE"));
  EXPECT_THAT(allowed["steward"], ::testing::IsSupersetOf(allowed["analyst"]));
  EXPECT_TRUE(allowed["steward"].contains("PRIVILEGE_EDIT_DOCS"));
  EXPECT_EQ(denied["analyst"], 2);
  EXPECT_EQ(denied["steward"], 0);
}

}  // namespace
}  // namespace cadastre::demo
