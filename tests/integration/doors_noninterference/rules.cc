#include <algorithm>
#include <utility>

#include "base/status.h"
#include "cadastre/privilege/v1/privilege.pb.h"
#include "tests/integration/doors_noninterference/oracle.h"

namespace cadastre::noninterference {
namespace {

using authz::v1::Grant;
using authz::v1::Scope;

constexpr Privilege kOpened[] = {Privilege::kRead,           Privilege::kReadColumns, Privilege::kReadCode,
                                 Privilege::kReadOperations, Privilege::kEditDocs,    Privilege::kReadSamples};

v1::AssetRef SomeRef(Dice& dice, const Script& script, AssetKind kind) {
  std::vector<AssetName> found;
  for (const Asset& asset : script.assets) {
    if (asset.name.kind == kind) found.push_back(asset.name);
  }
  return RefOf(dice.OneOf(found));
}

void AddCondition(Dice& dice, const Script& script, Scope& scope) {
  switch (dice.Pick(10)) {
    case 0:
      for (const char* kind : {"dataset", "job", "glossary_term"}) {
        if (dice.Chance(60)) scope.add_kinds(kind);
      }
      break;
    case 1: scope.set_namespace_(dice.Chance(50) ? dice.OneOf(kNamespaces) : "postgres://*"); break;
    case 2:
      scope.set_namespace_(dice.OneOf(kNamespaces));
      scope.set_name_prefix(dice.OneOf(kWords));
      break;
    case 3: *scope.mutable_container() = SomeRef(dice, script, AssetKind::kContainer); break;
    case 4: *scope.mutable_domain() = SomeRef(dice, script, AssetKind::kDomain); break;
    case 5: scope.set_environment(dice.OneOf(kEnvironments)); break;
    case 6: scope.set_tag(dice.OneOf(kTags)); break;
    case 7: scope.set_classification(dice.OneOf(kClasses)); break;
    case 8: scope.set_owner(dice.Chance(50) ? "self" : dice.OneOf(kOwners)); break;
    default: *scope.mutable_asset() = RefOf(dice.OneOf(script.assets).name); break;
  }
}

Grant NewGrant(Dice& dice, const Script& script, size_t number) {
  Grant grant;
  grant.set_id("g" + std::to_string(number));
  grant.set_role("r" + std::to_string(dice.Pick(4)));
  grant.set_deny(dice.Chance(25));
  const bool browse = dice.Chance(grant.deny() ? 40 : 90);
  if (browse) grant.add_privileges(privilege::v1::PRIVILEGE_BROWSE);
  for (const Privilege privilege : kOpened) {
    if (dice.Chance(grant.deny() ? 25 : 65)) grant.add_privileges(static_cast<privilege::v1::Privilege>(privilege));
  }
  const size_t conditions = grant.deny() ? 1 + dice.Pick(2) : dice.Pick(3);
  for (size_t i = 0; i < conditions; ++i) AddCondition(dice, script, *grant.mutable_scope());
  // One asset beside kinds and names that are not its own would match nothing, which is refused.
  Scope& scope = *grant.mutable_scope();
  if (scope.has_asset()) {
    scope.clear_kinds();
    scope.clear_namespace_();
    scope.clear_name_prefix();
  }
  if (grant.privileges().empty()) grant.add_privileges(privilege::v1::PRIVILEGE_BROWSE);
  return grant;
}

authz::v1::Principal Person(const std::string& id, const std::vector<std::string>& groups,
                            const std::vector<std::string>& roles) {
  authz::v1::Principal principal;
  principal.set_id(id);
  principal.set_kind(id == kViewer ? authz::v1::PRINCIPAL_KIND_PERSON : authz::v1::PRINCIPAL_KIND_GROUP);
  principal.set_display_name(id + " of the test");
  for (const std::string& group : groups) principal.add_groups(group);
  for (const std::string& role : roles) principal.add_roles(role);
  return principal;
}

// By names alone, as push is decided.
void AddPushes(Dice& dice, Rules& rules) {
  const auto add = [&](const std::string& id, bool deny) -> Scope& {
    Grant& grant = rules.grants.emplace_back();
    grant.set_id(id);
    grant.set_role("r0");
    grant.set_deny(deny);
    grant.add_privileges(privilege::v1::PRIVILEGE_PUSH);
    return *grant.mutable_scope();
  };
  if (dice.Chance(90)) {
    Scope& scope = add("pushes", false);
    if (dice.Chance(50)) scope.set_namespace_("airflow");
  }
  if (dice.Chance(30)) {
    Scope& scope = add("pushes-not", true);
    scope.set_namespace_("airflow");
    scope.set_name_prefix(dice.OneOf(kWords));
  }
}

bool IsPush(const Grant& grant) {
  return grant.privileges_size() > 0 && grant.privileges(0) == privilege::v1::PRIVILEGE_PUSH;
}

bool IsAboutHalf(size_t part, size_t all) { return 3 * part >= all && 3 * part <= 2 * all; }

// One asset more or less, until enough assets and columns are seen.
class Steering {
 public:
  Steering(Dice* dice, const Script* script, Rules* rules) : dice_(*dice), script_(*script), rules_(*rules) {}

  void Run() {
    for (size_t number = 0;; ++number) {
      const Sight sight = Oracle(&script_, &rules_).At(script_.writes.size());
      const size_t all = script_.assets.size();
      const size_t visible = sight.Visible();
      // What a deny hides no allow opens again.
      if (number > 300 && !rules_.grants.empty()) rules_.grants.erase(rules_.grants.begin());
      if (!IsAboutHalf(visible, all)) {
        Browse(number, sight, 3 * visible < all);
      } else if (const Columns columns = ColumnsOf(script_, sight); !IsAboutHalf(columns.visible, columns.all)) {
        Read(number, sight, 3 * columns.visible < columns.all);
      } else {
        return;
      }
    }
  }

 private:
  Grant& Add(size_t number, size_t asset, bool deny) {
    Grant& grant = rules_.grants.emplace_back();
    grant.set_id("s" + std::to_string(number));
    grant.set_role("r0");
    grant.set_deny(deny);
    *grant.mutable_scope()->mutable_asset() = RefOf(script_.assets[asset].name);
    return grant;
  }

  void Browse(size_t number, const Sight& sight, bool more) {
    size_t asset = dice_.Pick(script_.assets.size());
    while (sight.Sees(asset) == more) asset = dice_.Pick(script_.assets.size());
    Grant& grant = Add(number, asset, !more);
    grant.add_privileges(privilege::v1::PRIVILEGE_BROWSE);
    if (more) grant.add_privileges(privilege::v1::PRIVILEGE_READ);
    if (more && dice_.Chance(60)) grant.add_privileges(privilege::v1::PRIVILEGE_READ_OPERATIONS);
  }

  void Read(size_t number, const Sight& sight, bool more) {
    std::vector<size_t> assets;
    for (size_t asset = 0; asset < script_.assets.size(); ++asset) {
      const Columns columns = ColumnsOf(script_, sight, asset);
      if (sight.Sees(asset) && (more ? columns.visible < columns.all : columns.visible > 0)) assets.push_back(asset);
    }
    if (assets.empty()) return Browse(number, sight, more);
    Grant& grant = Add(number, dice_.OneOf(assets), !more);
    grant.add_privileges(more || dice_.Chance(50) ? privilege::v1::PRIVILEGE_READ
                                                  : privilege::v1::PRIVILEGE_READ_COLUMNS);
    if (more) grant.add_privileges(privilege::v1::PRIVILEGE_READ_COLUMNS);
  }

  Dice& dice_;
  const Script& script_;
  Rules& rules_;
};

}  // namespace

Columns ColumnsOf(const Script& script, const Sight& sight, size_t asset) {
  Columns columns;
  for (const ColumnState& column : script.assets[asset].labels.back().second.columns) {
    ++columns.all;
    columns.visible += sight.Allows(asset, Privilege::kRead) && sight.SeesColumn(asset, column.path) ? 1 : 0;
  }
  return columns;
}

Columns ColumnsOf(const Script& script, const Sight& sight) {
  Columns columns;
  for (size_t asset = 0; asset < script.assets.size(); ++asset) {
    const Columns more = ColumnsOf(script, sight, asset);
    columns.all += more.all;
    columns.visible += more.visible;
  }
  return columns;
}

Rules MakeRules(Dice& dice, const Script& script) {
  Rules rules;
  for (const char* id : {"r3", "r2", "r1", "r0"}) {
    authz::v1::Role& role = rules.roles.emplace_back();
    role.set_id(id);
    role.set_description(std::string("role ") + id);
    if (rules.roles.size() > 1 && dice.Chance(40)) role.add_inherits(rules.roles[rules.roles.size() - 2].id());
  }
  rules.principals.push_back(Person("house", {}, {"r2"}));
  rules.principals.push_back(
      Person("crew", dice.Chance(50) ? std::vector<std::string>{"house"} : std::vector<std::string>{}, {"r1"}));
  rules.principals.push_back(Person(kViewer, {"crew"}, {"r0"}));
  const size_t grants = 4 + dice.Pick(6);
  for (size_t i = 0; i < grants; ++i) rules.grants.push_back(NewGrant(dice, script, i));
  Steering(&dice, &script, &rules).Run();
  AddPushes(dice, rules);
  if (dice.Chance(25)) {
    Grant manages;
    manages.set_id("manages");
    manages.set_role("r0");
    manages.add_privileges(privilege::v1::PRIVILEGE_MANAGE_GRANTS);
    rules.grants.push_back(manages);
  }
  return rules;
}

// Of itself, at the end or at `then`: a deny of the class would then deny every column.
bool CarriesHiddenClass(const Script& script, size_t asset, const Rights& rights) {
  for (const size_t write : {script.then, script.writes.size()}) {
    const Labels* labels = script.LabelsAt(asset, write);
    if (labels == nullptr) continue;
    for (const std::string& word : labels->classes) {
      if (!rights.classes.contains(word)) return true;
    }
  }
  return false;
}

// A deny of a class on one of several merged names holds for them all, so it says too much where another has the class.
bool DenyWouldSpread(const Script& script, size_t asset, const Sight& sight) {
  for (const size_t write : {script.then, script.writes.size()}) {
    for (const size_t name : script.SetAt(asset, write)) {
      const std::set<std::string>& own = sight.assets[asset].classes;
      const std::set<std::string>& others = sight.assets[name].classes;
      if (!std::includes(own.begin(), own.end(), others.begin(), others.end())) return true;
    }
  }
  return false;
}

bool AllowsAllColumns(const Script& script, const Sight& sight, size_t asset) {
  return sight.Allows(asset, Privilege::kReadColumns) && !CarriesHiddenClass(script, asset, sight.assets[asset]) &&
         !DenyWouldSpread(script, asset, sight);
}

std::vector<Grant> PlainGrants(const Script& script, const Rules& rules, const Sight& sight) {
  std::vector<Grant> grants;
  const auto add = [&](const std::string& id, bool deny) -> Grant& {
    Grant& grant = grants.emplace_back();
    grant.set_id(id);
    grant.set_role("r0");
    grant.set_deny(deny);
    return grant;
  };
  // What the viewer holds somewhere stays held somewhere, and everywhere where it is.
  for (const Grant& grant : rules.grants) {
    // What may be pushed is no matter of what is there.
    if (IsPush(grant)) grants.push_back(grant);
    if (grant.deny() || IsPush(grant)) continue;
    Grant& kept = grants.emplace_back(grant);
    kept.set_id("kept-" + grant.id());
    if (grant.id() == "manages") continue;
    *kept.mutable_scope() = Scope();
    kept.mutable_scope()->set_namespace_("nowhere://");
  }
  for (size_t i = 0; i < script.assets.size(); ++i) {
    const Rights& rights = sight.assets[i];
    if (rights.privileges.empty()) continue;
    const std::string id = "p" + std::to_string(i);
    const v1::AssetRef ref = RefOf(script.assets[i].name);
    Grant& open = add(id, false);
    *open.mutable_scope()->mutable_asset() = ref;
    for (const Privilege privilege : rights.privileges) {
      if (privilege == Privilege::kReadColumns || privilege == Privilege::kManageGrants) continue;
      if (privilege == Privilege::kPush) continue;
      open.add_privileges(static_cast<privilege::v1::Privilege>(privilege));
    }
    const bool all_columns = AllowsAllColumns(script, sight, i);
    if (all_columns) {
      Grant& all = add(id + "-columns", false);
      *all.mutable_scope()->mutable_asset() = ref;
      all.add_privileges(privilege::v1::PRIVILEGE_READ_COLUMNS);
    }
    for (const std::string& word : kClasses) {
      const bool allowed = rights.classes.contains(word);
      if (allowed == all_columns) continue;
      Grant& one = add(base::Cat(id, "-", word), !allowed);
      *one.mutable_scope()->mutable_asset() = ref;
      one.mutable_scope()->set_classification(word);
      one.add_privileges(privilege::v1::PRIVILEGE_READ_COLUMNS);
    }
  }
  return grants;
}

}  // namespace cadastre::noninterference
