// Random assets and policy, and the plainest possible answer to "may this principal?": strings and loops, nothing
// shared with the code under test but the records.
#pragma once

#include <algorithm>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/policy/labels.h"
#include "authz/policy/policy.h"
#include "authz/policy/published.h"
#include "authz/policy/registry.h"

namespace cadastre::authz {

class RandomWorld {
 public:
  RandomWorld(uint64_t seed, size_t assets) : random_(seed), headers_(assets + 1) {
    for (uint64_t id = 1; id <= assets; ++id) {
      headers_[id] = NewHeader(id);
      registry_.Add({KindOf(id), headers_[id].namespace_(), headers_[id].name()}, AssetId(id));
    }
    for (size_t i = 0; i < assets / 8; ++i) MergeOrPart(SomeAsset(), SomeAsset());
    for (const char* id : {"ann", "bob", "team", "house"}) records_.principals[id] = NewPrincipal(id);
    for (const char* id : {"r0", "r1", "r2", "r3"}) records_.roles[id] = NewRole();
    const size_t grants = 1 + Pick(8);
    for (size_t i = 0; i < grants; ++i) records_.grants["g" + std::to_string(i)] = NewGrant();
  }

  size_t Pick(size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random_); }
  uint64_t assets() const { return headers_.size() - 1; }
  Registry& registry() { return registry_; }
  const PolicyRecords& records() const { return records_; }
  const record::AssetHeader& header(uint64_t id) const { return headers_[id]; }
  AssetKind KindOf(uint64_t id) const { return static_cast<AssetKind>(headers_[id].kind()); }

  void Relabel(uint64_t id) { *headers_[id].mutable_labels() = NewLabels(); }
  // Merges two names, or parts them where they are merged.
  void MergeOrPart(uint64_t a, uint64_t b) {
    if (a == b) return;
    const bool merged = Neighbours(a).contains(b);
    for (const auto& [near, far] : {std::pair(a, b), std::pair(b, a)}) {
      std::set<uint64_t> names = Neighbours(near);
      if (merged) {
        names.erase(far);
      } else {
        names.insert(far);
      }
      headers_[near].clear_merged();
      for (const uint64_t name : names) headers_[near].add_merged()->set_asset(name);
    }
  }
  void ChangeGrants() { records_.grants["g" + std::to_string(Pick(9))] = NewGrant(); }

  LabelColumns Labels() {
    LabelColumns labels;
    for (uint64_t id = 1; id <= assets(); ++id) labels.Set(AssetId(id), InternLabels(headers_[id], registry_.words()));
    return labels;
  }
  std::shared_ptr<const Policy> Compile() { return Policy::Compile(records_, registry_.words()); }

  // --- The plain answer -----------------------------------------------------
  bool Allows(const std::string& principal, Privilege privilege, uint64_t id) const {
    if (privilege != Privilege::kBrowse && !Granted(principal, Privilege::kBrowse, id)) return false;
    return Granted(principal, privilege, id);
  }
  bool AllowsColumn(const std::string& principal, uint64_t id, const std::vector<std::string>& classes) const {
    if (!Granted(principal, Privilege::kBrowse, id)) return false;
    for (const std::string& word : classes) {
      if (!AllowsClass(principal, id, word)) return false;
    }
    return true;
  }

 private:
  bool AllowsClass(const std::string& principal, uint64_t id, const std::string& word) const {
    bool allowed = false;
    for (const record::Grant* grant : GrantsOf(principal)) {
      if (!Names(*grant, Privilege::kReadColumns)) continue;
      for (const uint64_t name : SetOf(id)) {
        const std::string& stated = grant->scope().classification();
        const bool on_asset = Has(headers_[name].labels().classifications(), stated);
        if (!stated.empty() && stated != word && !(grant->deny() && on_asset)) continue;
        record::Grant unclassified = *grant;
        unclassified.mutable_scope()->clear_classification();
        if (!Covers(principal, unclassified, name)) continue;
        if (grant->deny()) return false;
        allowed = allowed || name == id;
      }
    }
    return allowed;
  }
  std::set<uint64_t> Neighbours(uint64_t id) const {
    std::set<uint64_t> names;
    for (const record::MergedName& name : headers_[id].merged()) names.insert(name.asset());
    return names;
  }
  // The asset and all names merged with it, directly or through others.
  std::set<uint64_t> SetOf(uint64_t id) const {
    std::set<uint64_t> set = {id};
    for (size_t before = 0; before != set.size();) {
      before = set.size();
      for (const uint64_t name : std::set<uint64_t>(set)) set.merge(Neighbours(name));
    }
    return set;
  }
  template <typename Words>
  static bool Has(const Words& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  }
  static bool Names(const record::Grant& grant, Privilege privilege) {
    return std::count(grant.privileges().begin(), grant.privileges().end(), static_cast<uint32_t>(privilege)) > 0;
  }

  std::set<std::string> GroupsOf(const std::string& principal) const {
    std::set<std::string> groups;
    bool grew = true;
    while (grew) {
      grew = false;
      for (const auto& [id, group] : records_.principals) {
        if (group.kind() != 2 || group.disabled() || groups.contains(id)) continue;
        bool member = Has(records_.principals.at(principal).groups(), id);
        for (const std::string& inner : groups) member = member || Has(records_.principals.at(inner).groups(), id);
        if (member) grew = groups.insert(id).second;
      }
    }
    return groups;
  }
  std::vector<const record::Grant*> GrantsOf(const std::string& principal) const {
    std::set<std::string> roles(records_.principals.at(principal).roles().begin(),
                                records_.principals.at(principal).roles().end());
    for (const std::string& group : GroupsOf(principal)) {
      roles.insert(records_.principals.at(group).roles().begin(), records_.principals.at(group).roles().end());
    }
    for (size_t round = 0; round < records_.roles.size(); ++round) {
      for (const auto& [id, role] : records_.roles) {
        if (roles.contains(id)) roles.insert(role.inherits().begin(), role.inherits().end());
      }
    }
    std::vector<const record::Grant*> grants;
    for (const auto& [id, grant] : records_.grants) {
      if (roles.contains(grant.role()) && records_.roles.contains(grant.role())) grants.push_back(&grant);
    }
    return grants;
  }
  bool Granted(const std::string& principal, Privilege privilege, uint64_t id) const {
    bool allowed = false;
    for (const record::Grant* grant : GrantsOf(principal)) {
      if (!Names(*grant, privilege)) continue;
      for (const uint64_t name : SetOf(id)) {
        if (!Covers(principal, *grant, name)) continue;
        if (grant->deny()) return false;
        allowed = allowed || name == id;
      }
    }
    return allowed;
  }
  bool Covers(const std::string& principal, const record::Grant& grant, uint64_t id) const {
    const record::Scope& scope = grant.scope();
    const record::AssetHeader& header = headers_[id];
    const record::Labels& labels = header.labels();
    if (scope.kinds_size() > 0 && std::count(scope.kinds().begin(), scope.kinds().end(), header.kind()) == 0) {
      return false;
    }
    std::string ns = scope.namespace_();
    if (!ns.empty() && ns.back() == '*') {
      ns.pop_back();
      if (header.namespace_().substr(0, ns.size()) != ns) return false;
    } else if (!ns.empty() && header.namespace_() != ns) {
      return false;
    }
    if (header.name().substr(0, scope.name_prefix().size()) != scope.name_prefix()) return false;
    if (scope.container() != 0 && !InContainer(id, scope.container(), grant.deny())) return false;
    if (scope.domain() != 0 && !InDomain(id, scope.domain(), grant.deny())) return false;
    if (!scope.environment().empty() && labels.environment() != scope.environment()) return false;
    if (!scope.tag().empty() && !Has(labels.tags(), scope.tag())) return false;
    if (!scope.classification().empty() && !Has(labels.classifications(), scope.classification())) return false;
    if (!scope.owner().empty() && !Owned(principal, scope.owner(), labels)) return false;
    return scope.asset() == 0 || scope.asset() == id;
  }
  bool Owned(const std::string& principal, const std::string& owner, const record::Labels& labels) const {
    if (owner != "self") return Has(labels.owners(), owner);
    if (Has(labels.owners(), principal)) return true;
    for (const std::string& group : GroupsOf(principal)) {
      if (Has(labels.owners(), group)) return true;
    }
    return false;
  }
  // A chain of more than 32 steps, such as a cycle, is cut: a deny holds there and an allow does not.
  bool InContainer(uint64_t id, uint64_t container, bool cut) const {
    for (int step = 0; step <= 32 && id != 0; ++step, id = headers_[id].labels().container()) {
      if (id == container) return true;
    }
    return id != 0 && cut;
  }
  bool InDomain(uint64_t id, uint64_t domain, bool cut) const {
    if (id == domain) return true;
    uint64_t at = id;
    for (int step = 0; step <= 32 && at != 0 && headers_[at].labels().domain() == 0; ++step) {
      at = headers_[at].labels().container();
    }
    if (at != 0 && headers_[at].labels().domain() == 0) return cut;
    at = at == 0 ? 0 : headers_[at].labels().domain();
    for (int step = 0; step < 32 && at != 0; ++step, at = headers_[at].labels().domain()) {
      if (at == domain) return true;
    }
    return at != 0 && cut;
  }

  bool Chance(size_t in) { return Pick(in) == 0; }
  template <size_t kCount>
  std::string OneOf(const char* const (&words)[kCount]) {
    return words[Pick(kCount)];
  }
  uint64_t SomeAsset() { return 1 + Pick(headers_.size() - 1); }

  static constexpr const char* kNamespaces[] = {"postgres://db:5432", "postgres://db:5433", "kafka://k", "s3://lake"};
  static constexpr const char* kTags[] = {"gold", "raw", "secret"};
  static constexpr const char* kClasses[] = {"pii", "money"};
  static constexpr const char* kOwners[] = {"ann", "bob", "team", "house"};
  static constexpr const char* kEnvironments[] = {"production", "staging"};

  record::Labels NewLabels() {
    record::Labels labels;
    if (Chance(2)) labels.set_container(SomeAsset());
    if (Chance(4)) labels.set_domain(SomeAsset());
    if (Chance(2)) labels.set_environment(OneOf(kEnvironments));
    if (Chance(2)) labels.add_tags(OneOf(kTags));
    if (Chance(3)) labels.add_tags(OneOf(kTags));
    if (Chance(3)) labels.add_classifications(OneOf(kClasses));
    if (Chance(2)) labels.add_owners(OneOf(kOwners));
    return labels;
  }
  record::AssetHeader NewHeader(uint64_t id) {
    record::AssetHeader header;
    header.set_kind(1 + Pick(base::kAssetKindMax));
    header.set_namespace_(OneOf(kNamespaces));
    header.set_name((Chance(2) ? "shop." : "hr.") + std::to_string(id));
    *header.mutable_labels() = NewLabels();
    return header;
  }
  record::Principal NewPrincipal(const std::string& id) {
    record::Principal principal;
    principal.set_kind(id == "team" || id == "house" ? 2 : 1);
    if (Chance(2)) principal.add_groups("team");
    if (Chance(3)) principal.add_groups("house");
    principal.add_roles("r" + std::to_string(Pick(5)));
    principal.set_disabled(id == "house" && Chance(4));
    return principal;
  }
  record::Role NewRole() {
    record::Role role;
    if (Chance(2)) role.add_inherits("r" + std::to_string(Pick(5)));
    return role;
  }
  record::Grant NewGrant() {
    record::Grant grant;
    grant.set_role("r" + std::to_string(Pick(4)));
    grant.add_privileges(1);
    for (uint32_t privilege = 1; privilege < kPrivilegeCount; ++privilege) {
      if (Chance(3)) grant.add_privileges(privilege);
    }
    grant.set_deny(Chance(4));
    record::Scope& scope = *grant.mutable_scope();
    // One or two conditions, so that worlds are neither all open nor all shut.
    const size_t conditions = Pick(3);
    for (size_t i = 0; i < conditions; ++i) AddCondition(scope);
    return grant;
  }
  void AddCondition(record::Scope& scope) {
    switch (Pick(10)) {
      case 0:
        scope.add_kinds(1 + Pick(base::kAssetKindMax));
        scope.add_kinds(1 + Pick(base::kAssetKindMax));
        break;
      case 1: scope.set_namespace_(Chance(2) ? OneOf(kNamespaces) : "postgres://*"); break;
      case 2: scope.set_name_prefix("shop."); break;
      case 3: scope.set_container(SomeAsset()); break;
      case 4: scope.set_domain(SomeAsset()); break;
      case 5: scope.set_environment(OneOf(kEnvironments)); break;
      case 6: scope.set_tag(OneOf(kTags)); break;
      case 7: scope.set_classification(OneOf(kClasses)); break;
      case 8: scope.set_owner(Chance(2) ? "self" : OneOf(kOwners)); break;
      default: scope.set_asset(SomeAsset()); break;
    }
  }

  std::mt19937_64 random_;
  std::vector<record::AssetHeader> headers_;
  PolicyRecords records_;
  Registry registry_;
};

}  // namespace cadastre::authz
