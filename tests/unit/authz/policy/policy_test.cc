#include "authz/policy/policy.h"

#include <gtest/gtest.h>

#include "tests/unit/authz/random_world.h"

namespace cadastre::authz {
namespace {

const AssetName kOrders{AssetKind::kDataset, "postgres://db:5432", "shop.orders"};

record::Grant GrantOf(std::vector<Privilege> privileges, record::Scope scope = {}, bool deny = false) {
  record::Grant grant;
  grant.set_role("role");
  for (const Privilege privilege : privileges) grant.add_privileges(static_cast<uint32_t>(privilege));
  *grant.mutable_scope() = std::move(scope);
  grant.set_deny(deny);
  return grant;
}

// One asset, one principal `ann` with one role, and whatever grants a test names.
class PolicyTest : public testing::Test {
 protected:
  PolicyTest() {
    records_.principals["ann"].set_kind(1);
    records_.principals["ann"].add_roles("role");
    records_.roles["role"].set_description("of the test");
    Add(kOrders, 1, {});
  }

  void Add(const AssetName& name, uint64_t id, const record::Labels& labels) {
    registry_.Add(name, AssetId(id));
    record::AssetHeader header;
    header.set_kind(static_cast<uint32_t>(name.kind));
    header.set_namespace_(name.ns);
    header.set_name(name.name);
    *header.mutable_labels() = labels;
    labels_.Set(AssetId(id), InternLabels(header, registry_.words()));
  }
  void Give(record::Grant grant) { records_.grants["g" + std::to_string(records_.grants.size())] = std::move(grant); }

  std::shared_ptr<const RuleSet> Rules(const std::string& principal = "ann") {
    policy_ = Policy::Compile(records_, registry_.words());
    return policy_->RulesOf(principal);
  }
  bool Allows(Privilege privilege, uint64_t id = 1) {
    return PolicyEvaluator(labels_, registry_).Allows(*Rules(), privilege, AssetId(id));
  }
  bool AllowsPush(const AssetName& name) { return PolicyEvaluator(labels_, registry_).AllowsPush(*Rules(), name); }
  bool AllowsColumn(std::vector<std::string> classes) {
    std::vector<uint32_t> words;
    for (const std::string& word : classes) words.push_back(registry_.words().Intern(word));
    return PolicyEvaluator(labels_, registry_).AllowsColumn(*Rules(), AssetId(1), words);
  }

  PolicyRecords records_;
  Registry registry_;
  LabelColumns labels_;
  std::shared_ptr<const Policy> policy_;
};

TEST_F(PolicyTest, TheDefaultIsNothing) {
  for (int privilege = 1; privilege < kPrivilegeCount; ++privilege) {
    EXPECT_FALSE(Allows(static_cast<Privilege>(privilege)));
  }
}

TEST_F(PolicyTest, DenyWinsWhateverTheOrder) {
  record::Scope orders;
  orders.set_name_prefix("shop.");
  Give(GrantOf({Privilege::kBrowse}, orders, /*deny=*/true));
  Give(GrantOf({Privilege::kBrowse}));
  Give(GrantOf({Privilege::kBrowse}, orders));
  EXPECT_FALSE(Allows(Privilege::kBrowse));
}

TEST_F(PolicyTest, NothingOpensWithoutBrowse) {
  Give(GrantOf({Privilege::kRead, Privilege::kReadCode}));
  EXPECT_FALSE(Allows(Privilege::kRead));
  Give(GrantOf({Privilege::kBrowse}));
  EXPECT_TRUE(Allows(Privilege::kRead));
}

TEST_F(PolicyTest, AdministerImpliesNeitherReadNorAudit) {
  Give(GrantOf({Privilege::kAdminister, Privilege::kBrowse}));
  EXPECT_TRUE(Rules()->everywhere.Has(Privilege::kAdminister));
  EXPECT_FALSE(Allows(Privilege::kRead));
  EXPECT_FALSE(Rules()->everywhere.Has(Privilege::kAudit));
}

TEST_F(PolicyTest, EverywhereNeedsAnAllowWithoutScopeAndNoDeny) {
  record::Scope scope;
  scope.set_tag("gold");
  Give(GrantOf({Privilege::kRead}, scope));
  EXPECT_TRUE(Rules()->anywhere.Has(Privilege::kRead));
  EXPECT_FALSE(Rules()->everywhere.Has(Privilege::kRead));
  Give(GrantOf({Privilege::kRead}));
  EXPECT_TRUE(Rules()->everywhere.Has(Privilege::kRead));
  Give(GrantOf({Privilege::kRead}, scope, /*deny=*/true));
  EXPECT_FALSE(Rules()->everywhere.Has(Privilege::kRead));
}

TEST_F(PolicyTest, ABareStarNarrowsNothing) {
  record::Scope scope;
  scope.set_namespace_("*");
  Give(GrantOf({Privilege::kRead}, scope));
  EXPECT_TRUE(Rules()->everywhere.Has(Privilege::kRead));
}

TEST_F(PolicyTest, AScopeOfUnknownKindsCoversNothing) {
  record::Scope scope;
  scope.add_kinds(77);
  Give(GrantOf({Privilege::kBrowse}, scope));
  EXPECT_FALSE(Allows(Privilege::kBrowse));
}

TEST_F(PolicyTest, RolesInheritAndCyclesEnd) {
  records_.roles["role"].add_inherits("below");
  records_.roles["below"].add_inherits("role");
  records_.roles["below"].add_inherits("unknown");
  record::Grant grant = GrantOf({Privilege::kBrowse});
  grant.set_role("below");
  Give(grant);
  EXPECT_TRUE(Allows(Privilege::kBrowse));
  EXPECT_EQ(policy_->RolesOf("ann"), (std::vector<std::string>{"below", "role"}));
}

TEST_F(PolicyTest, GroupsNestAndDisabledOnesGiveNothing) {
  records_.principals["ann"].clear_roles();
  records_.principals["ann"].add_groups("team");
  records_.principals["team"].set_kind(2);
  records_.principals["team"].add_groups("house");
  records_.principals["house"].set_kind(2);
  records_.principals["house"].add_groups("team");
  records_.principals["house"].add_roles("role");
  Give(GrantOf({Privilege::kBrowse}));
  EXPECT_TRUE(Allows(Privilege::kBrowse));
  EXPECT_EQ(policy_->GroupsOf("ann"), (std::vector<std::string>{"house", "team"}));
  records_.principals["house"].set_disabled(true);
  EXPECT_FALSE(Allows(Privilege::kBrowse));
}

TEST_F(PolicyTest, DisabledPrincipalsHaveNoRules) {
  Give(GrantOf({Privilege::kBrowse}));
  records_.principals["ann"].set_disabled(true);
  EXPECT_EQ(Rules(), nullptr);
  EXPECT_EQ(Rules("nobody"), nullptr);
}

TEST_F(PolicyTest, EqualGrantsShareOneRuleSet) {
  records_.principals["bob"] = records_.principals["ann"];
  Give(GrantOf({Privilege::kBrowse}));
  const auto shared = Rules("ann");
  EXPECT_EQ(shared, policy_->RulesOf("bob"));
  record::Scope own;
  own.set_owner("self");
  Give(GrantOf({Privilege::kRead}, own));
  const auto own_rules = Rules("ann");
  EXPECT_NE(own_rules, policy_->RulesOf("bob")) << "self stands for another person in each";
}

TEST_F(PolicyTest, PushIsDecidedOnTheNameAlone) {
  record::Scope prefix;
  prefix.set_namespace_("postgres://*");
  Give(GrantOf({Privilege::kPush}, prefix));
  EXPECT_TRUE(AllowsPush(kOrders)) << "without browse";
  EXPECT_TRUE(AllowsPush({AssetKind::kJob, "postgres://other", "never.seen"}));
  EXPECT_FALSE(AllowsPush({AssetKind::kDataset, "kafka://k", "orders"}));
}

TEST_F(PolicyTest, PushScopedByALabelOpensNothing) {
  record::Scope scope;
  scope.set_tag("gold");
  Give(GrantOf({Privilege::kPush}, scope));
  EXPECT_FALSE(AllowsPush(kOrders));
  Give(GrantOf({Privilege::kPush}));
  EXPECT_TRUE(AllowsPush(kOrders));
  Give(GrantOf({Privilege::kPush}, scope, /*deny=*/true));
  EXPECT_FALSE(AllowsPush(kOrders)) << "a deny holds, or the answer would tell the label";
}

TEST_F(PolicyTest, AColumnNeedsEveryClassItCarries) {
  record::Scope pii;
  pii.set_classification("pii");
  Give(GrantOf({Privilege::kBrowse}));
  EXPECT_TRUE(AllowsColumn({}));
  EXPECT_FALSE(AllowsColumn({"pii"}));
  Give(GrantOf({Privilege::kReadColumns}, pii));
  EXPECT_TRUE(AllowsColumn({"pii"}));
  EXPECT_FALSE(AllowsColumn({"pii", "money"}));
  Give(GrantOf({Privilege::kReadColumns}));
  EXPECT_TRUE(AllowsColumn({"pii", "money"}));
  record::Scope money;
  money.set_classification("money");
  Give(GrantOf({Privilege::kReadColumns}, money, /*deny=*/true));
  EXPECT_FALSE(AllowsColumn({"pii", "money"}));
  EXPECT_TRUE(AllowsColumn({"pii"}));
}

TEST_F(PolicyTest, ChainsAreCutAfter32Steps) {
  constexpr uint64_t kDepth = 40;
  for (uint64_t id = 2; id <= kDepth; ++id) {
    record::Labels labels;
    labels.set_container(id - 1);
    Add({AssetKind::kContainer, "postgres://db:5432", "c" + std::to_string(id)}, id, labels);
  }
  record::Scope inside;
  inside.set_container(1);
  Give(GrantOf({Privilege::kBrowse}, inside));
  EXPECT_TRUE(Allows(Privilege::kBrowse, 33));
  EXPECT_FALSE(Allows(Privilege::kBrowse, 34));
}

// Else who may move what he has would move it out from under a deny, a step at a time.
TEST_F(PolicyTest, ADenyHoldsBelowWhereAChainIsCut) {
  constexpr uint64_t kDepth = 40;
  for (uint64_t id = 2; id <= kDepth; ++id) {
    record::Labels labels;
    labels.set_container(id - 1);
    Add({AssetKind::kContainer, "postgres://db:5432", "c" + std::to_string(id)}, id, labels);
  }
  for (const bool by_domain : {false, true}) {
    records_.grants.clear();
    record::Scope inside;
    by_domain ? inside.set_domain(1) : inside.set_container(1);
    Give(GrantOf({Privilege::kBrowse}));
    Give(GrantOf({Privilege::kBrowse}, inside, /*deny=*/true));
    EXPECT_EQ(Allows(Privilege::kBrowse, 33), by_domain) << "in no domain";
    EXPECT_FALSE(Allows(Privilege::kBrowse, 34)) << by_domain;
    EXPECT_FALSE(Allows(Privilege::kBrowse, kDepth)) << by_domain;
  }
}

TEST_F(PolicyTest, ADomainIsTakenFromTheNearestContainerThatHasOne) {
  record::Labels in_finance;
  in_finance.set_domain(10);
  record::Labels in_schema;
  in_schema.set_container(11);
  Add({AssetKind::kDomain, "", "finance"}, 10, {});
  Add({AssetKind::kContainer, "postgres://db:5432", "shop"}, 11, in_finance);
  Add({AssetKind::kDataset, "postgres://db:5432", "shop.a"}, 12, in_schema);
  record::Labels elsewhere = in_schema;
  elsewhere.set_domain(13);
  Add({AssetKind::kDomain, "", "sales"}, 13, {});
  Add({AssetKind::kDataset, "postgres://db:5432", "shop.b"}, 14, elsewhere);
  record::Scope finance;
  finance.set_domain(10);
  Give(GrantOf({Privilege::kBrowse}, finance));
  EXPECT_TRUE(Allows(Privilege::kBrowse, 10));
  EXPECT_TRUE(Allows(Privilege::kBrowse, 12));
  EXPECT_FALSE(Allows(Privilege::kBrowse, 14)) << "its own domain comes first";
}

// Every privilege of every principal on every asset, against strings and loops.
TEST(PolicyOracleTest, AgreesWithThePlainAnswerInRandomWorlds) {
  uint64_t allowed = 0;
  uint64_t asked = 0;
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    RandomWorld world(seed, 25);
    const auto policy = world.Compile();
    const LabelColumns labels = world.Labels();
    const PolicyEvaluator evaluator(labels, world.registry());
    for (const std::string principal : {"ann", "bob", "team"}) {
      const auto rules = policy->RulesOf(principal);
      ASSERT_NE(rules, nullptr);
      for (uint64_t id = 1; id <= world.assets(); ++id) {
        for (int number = 1; number < kPrivilegeCount; ++number) {
          const auto privilege = static_cast<Privilege>(number);
          const bool allows = evaluator.Allows(*rules, privilege, AssetId(id));
          ASSERT_EQ(allows, world.Allows(principal, privilege, id))
              << principal << " " << PrivilegeName(privilege) << " on " << id;
          allowed += allows;
          ++asked;
        }
        for (const std::vector<std::string>& classes : {std::vector<std::string>{"pii"}, {"pii", "money"}}) {
          std::vector<uint32_t> words;
          for (const std::string& word : classes) words.push_back(world.registry().words().Intern(word));
          ASSERT_EQ(evaluator.AllowsColumn(*rules, AssetId(id), words), world.AllowsColumn(principal, id, classes))
              << principal << " columns of " << id;
        }
      }
    }
  }
  EXPECT_GT(allowed, asked / 20) << "worlds that hide everything prove nothing";
  EXPECT_LT(allowed, asked / 2);
}

}  // namespace
}  // namespace cadastre::authz
