// Every privilege on every kind of scope: what it opens inside and leaves shut outside, what a deny shuts, and which
// grants are refused because nothing would enforce them.
#include <gtest/gtest.h>

#include "authz/accounts/environment_rules.h"
#include "authz/accounts/policy_store.h"
#include "authz/write/label_rules.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "tests/unit/catalog/catalog_world.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;

const AssetName kIn = {AssetKind::kDataset, "postgres://in", "shop.orders"};
const AssetName kOut = {AssetKind::kJob, "airflow://out", "etl"};
const AssetName kContainerIn = {AssetKind::kContainer, "places", "in"};
const AssetName kDomainIn = {AssetKind::kDomain, "places", "in"};

// Which assets the scope covers: kIn, never kOut.
const std::vector<std::string> kScopes = {"kinds",          "namespace", "prefix",      "name_prefix",
                                          "container",      "domain",    "environment", "tag",
                                          "classification", "owner",     "asset"};

class PrivilegesTest : public testing::Test {
 protected:
  PrivilegesTest() {
    record::Labels labels;
    labels.set_container(world_.PutAsset(kContainerIn).value());
    labels.set_domain(world_.PutAsset(kDomainIn).value());
    for (const AssetName& asset : {kIn, kOut}) {
      world_.PutAsset(asset);
      world_.MustSay({asset, Doc("words")});
      world_.MustSay({asset, Columns({"iban"})});
      world_.MustSay({asset, Classes({asset == kIn ? "inner" : "outer"}), {}, {"iban"}});
      v1::Aspect code;
      code.mutable_definition()->set_sql("select 1");
      world_.MustSay({asset, code});
      v1::Aspect profile;
      profile.mutable_profile()->set_rows(7);
      profile.mutable_profile()->add_columns()->set_column("id");
      profile.mutable_profile()->mutable_columns(0)->set_min(1);
      world_.MustSay({asset, profile});
    }
    v1::Aspect in;
    *in.mutable_container()->mutable_container() = RefOfName(kContainerIn);
    world_.MustSay({kIn, in});
    v1::Aspect domain;
    *domain.mutable_domain()->mutable_domain() = RefOfName(kDomainIn);
    world_.MustSay({kIn, domain});
    world_.MustSay({kIn, Tagged({"here"})});
    world_.MustSay({kIn, Classes({"inner"})});
    v1::Aspect owned;
    owned.mutable_ownership()->add_owners()->set_owner("ann");
    world_.MustSay({kIn, owned});
    record::EnvironmentRule rule;
    rule.set_namespace_("postgres://*");
    rule.set_environment("production");
    EXPECT_TRUE(AsAdmin([&](authz::WriteSession& session, authz::PolicyPermit permit) {
                  return authz::PutEnvironmentRule(session, std::move(permit), "pg", rule, {}).status();
                }).ok());
  }

  Status AsAdmin(const std::function<Status(authz::WriteSession&, authz::PolicyPermit)>& write) {
    return world_
        .Write(CatalogWorld::WriteCall(world_.admin()),
               [&](authz::WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(auto permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 return write(session, std::move(permit));
               })
        .status();
  }

  static void Fill(const std::string& kind, authz::GrantWish& wish) {
    record::Scope& scope = *wish.grant.mutable_scope();
    if (kind == "kinds") scope.add_kinds(static_cast<uint32_t>(kIn.kind));
    if (kind == "namespace") scope.set_namespace_(kIn.ns);
    if (kind == "prefix" || kind == "name_prefix") scope.set_namespace_("postgres://*");
    if (kind == "name_prefix") scope.set_name_prefix("shop.");
    if (kind == "container") wish.assets.container = kContainerIn;
    if (kind == "domain") wish.assets.domain = kDomainIn;
    if (kind == "environment") scope.set_environment("production");
    if (kind == "tag") scope.set_tag("here");
    if (kind == "classification") scope.set_classification("inner");
    if (kind == "owner") scope.set_owner("ann");
    if (kind == "asset") wish.assets.asset = kIn;
  }

  // As whoever manages grants would write it, so that what is refused there is refused here.
  Status Put(const std::string& id, const std::string& role, Privilege privilege, const std::string& scope, bool deny) {
    authz::GrantWish wish;
    wish.grant = CatalogWorld::Allow({privilege});
    wish.grant.set_role(role);
    wish.grant.set_deny(deny);
    Fill(scope, wish);
    return AsAdmin([&](authz::WriteSession& session, authz::PolicyPermit permit) {
      return authz::PutGrant(session, std::move(permit), id, wish, {}).status();
    });
  }

  bool Opens(const std::string& bearer, Privilege privilege, const AssetName& asset) {
    const auto page = [&] { return world_.PageOf(asset, bearer); };
    const auto write = [&](const std::function<Status(authz::WriteSession&)>& handler) {
      return world_.Write(CatalogWorld::WriteCall(bearer), handler).ok();
    };
    switch (privilege) {
      case Privilege::kBrowse: return page().has_value();
      case Privilege::kRead: return !DocOf(page()).empty();
      case Privilege::kReadColumns: return ColumnsOf(page()) == "iban";
      case Privilege::kReadCode: return AspectOf(page(), v1::Aspect::kDefinition) != nullptr;
      case Privilege::kReadOperations: return AspectOf(page(), v1::Aspect::kProfile) != nullptr;
      case Privilege::kReadSamples: {
        const auto shown = page();
        const v1::Aspect* profile = AspectOf(shown, v1::Aspect::kProfile);
        return profile != nullptr && profile->profile().columns(0).has_min();
      }
      case Privilege::kEditDocs:
        return write([&](auto& session) { return session.template PermitEdit<Privilege::kEditDocs>(asset).status(); });
      case Privilege::kEditTags:
        return write([&](auto& session) { return session.template PermitEdit<Privilege::kEditTags>(asset).status(); });
      case Privilege::kEditTechnical:
        return write(
            [&](auto& session) { return session.template PermitEdit<Privilege::kEditTechnical>(asset).status(); });
      case Privilege::kPush: return write([&](auto& session) { return session.PermitPush(asset).status(); });
      // On one asset it is the right to label it; on everything, to write policy too.
      case Privilege::kManageGrants:
        return write([&](authz::WriteSession& session) -> Status {
          ASSIGN_OR_RETURN(const bool may, authz::MaySetLabel(session, Privilege::kEditTags, *session.FindName(asset)));
          return may ? absl::OkStatus() : base::PermissionDenied("no");
        });
      case Privilege::kAudit:
      case Privilege::kAdminister:
        return world_
            .Look(bearer,
                  [&](authz::GovernedView& view) {
                    return view.AllowsEverywhere(privilege) ? absl::OkStatus() : base::PermissionDenied("no");
                  })
            .ok();
      case Privilege::kNone: break;
    }
    return false;
  }

  // With what a privilege needs beside it to be seen at all.
  std::string Person(const std::string& id, Privilege besides, bool holds_it) {
    std::vector<record::Grant> grants;
    for (const Privilege needed :
         {Privilege::kBrowse, Privilege::kRead, Privilege::kReadOperations, Privilege::kReadColumns}) {
      const bool leaves_out = needed == besides || (besides == Privilege::kRead && needed == Privilege::kReadColumns);
      if (!leaves_out) grants.push_back(CatalogWorld::Allow({needed}));
    }
    if (holds_it) grants.push_back(CatalogWorld::Allow({besides}));
    // Who may browse nothing at all is refused before anything is looked at.
    record::Scope nowhere;
    nowhere.set_namespace_("nowhere://");
    grants.push_back(CatalogWorld::Allow({Privilege::kBrowse}, nowhere));
    return world_.AddPerson(id, grants);
  }

  static bool IsRefused(Privilege privilege, const std::string& scope) {
    if (privilege == Privilege::kAudit || privilege == Privilege::kAdminister) return true;
    const bool by_name = scope == "kinds" || scope == "namespace" || scope == "prefix" || scope == "name_prefix";
    return privilege == Privilege::kPush && !by_name;
  }

  CatalogWorld world_;
};

TEST_F(PrivilegesTest, EachOpensInsideItsScopeAndADenyShutsThere) {
  for (int number = 1; number < authz::kPrivilegeCount; ++number) {
    const auto privilege = static_cast<Privilege>(number);
    for (const std::string& scope : kScopes) {
      const std::string what = base::Cat(authz::PrivilegeName(privilege), " on ", scope);
      const std::string id = base::Cat(number, "-", scope);
      const std::string allowed = Person("a" + id, privilege, /*holds_it=*/false);
      const std::string denied = Person("d" + id, privilege, /*holds_it=*/true);
      ASSERT_FALSE(Opens(allowed, privilege, kIn)) << what;
      ASSERT_TRUE(Opens(denied, privilege, kIn)) << what;
      const Status allow = Put("allow" + id, "role-a" + id, privilege, scope, false);
      const Status deny = Put("deny" + id, "role-d" + id, privilege, scope, true);
      if (IsRefused(privilege, scope)) {
        EXPECT_EQ(base::FieldOf(allow), "grant.scope") << what;
        EXPECT_EQ(base::FieldOf(deny), "grant.scope") << what;
        continue;
      }
      ASSERT_TRUE(allow.ok() && deny.ok()) << what << allow << deny;
      EXPECT_TRUE(Opens(allowed, privilege, kIn)) << what;
      EXPECT_FALSE(Opens(allowed, privilege, kOut)) << what;
      EXPECT_FALSE(Opens(denied, privilege, kIn)) << what;
      EXPECT_TRUE(Opens(denied, privilege, kOut)) << what;
    }
  }
}

TEST_F(PrivilegesTest, EachOpensOnEverything) {
  for (int number = 1; number < authz::kPrivilegeCount; ++number) {
    const auto privilege = static_cast<Privilege>(number);
    const std::string bearer = Person(base::Cat("e", number), privilege, /*holds_it=*/true);
    EXPECT_TRUE(Opens(bearer, privilege, kIn)) << authz::PrivilegeName(privilege);
    EXPECT_TRUE(Opens(bearer, privilege, kOut)) << authz::PrivilegeName(privilege);
  }
}

TEST_F(PrivilegesTest, AGrantThatCanMatchNothingIsRefused) {
  authz::GrantWish wish;
  wish.grant = CatalogWorld::Allow({Privilege::kRead});
  wish.grant.set_role("administrator");
  wish.grant.mutable_scope()->add_kinds(static_cast<uint32_t>(AssetKind::kJob));
  wish.assets.asset = kIn;
  const Status refused = AsAdmin([&](authz::WriteSession& session, authz::PolicyPermit permit) {
    return authz::PutGrant(session, std::move(permit), "g", wish, {}).status();
  });
  EXPECT_EQ(base::FieldOf(refused), "grant.scope.asset");
}

// Of the longer prefix, and moved by a change of the rules alone.
TEST_F(PrivilegesTest, AnEnvironmentFollowsItsRules) {
  const std::string ann = Person("ann", Privilege::kRead, /*holds_it=*/true);
  ASSERT_TRUE(Put("no-prod", "role-ann", Privilege::kRead, "environment", /*deny=*/true).ok());
  EXPECT_FALSE(Opens(ann, Privilege::kRead, kIn));
  const auto put = [&](const std::string& id, const std::string& name_space, const std::string& environment) {
    record::EnvironmentRule rule;
    rule.set_namespace_(name_space);
    rule.set_environment(environment);
    return AsAdmin([&](authz::WriteSession& session, authz::PolicyPermit permit) {
      return authz::PutEnvironmentRule(session, std::move(permit), id, rule, {}).status();
    });
  };
  ASSERT_TRUE(put("in", "postgres://i*", "staging").ok());
  EXPECT_TRUE(Opens(ann, Privilege::kRead, kIn)) << "of the longer prefix";
  ASSERT_TRUE(put("whole", "postgres://in", "production").ok());
  EXPECT_FALSE(Opens(ann, Privilege::kRead, kIn)) << "of the whole name";
  const AssetName fresh = {AssetKind::kDataset, "postgres://other", "t"};
  world_.MustSay({fresh, Doc("words")});
  EXPECT_FALSE(Opens(ann, Privilege::kRead, fresh)) << "and of what is named after the rule";
  EXPECT_EQ(base::FieldOf(put("twice", "postgres://in", "staging")), "rule.namespace");
  EXPECT_EQ(base::FieldOf(put("bad", "post*gres", "staging")), "rule.namespace");
}

}  // namespace
}  // namespace cadastre::catalog
