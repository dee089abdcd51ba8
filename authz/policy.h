// Policy compiled for evaluation: who holds which grants, and whether a grant's scope covers an asset.
//
// Built by the committer's hook from the newest principals, roles and grants
// whenever one of them changes, immutable afterwards and shared by all views.
// Deny wins over allow; default is nothing. Thread rule: compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/labels.h"
#include "authz/privilege.h"
#include "authz/registry.h"
#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

// What policy is made of, as stored.
struct PolicyRecords {
  std::map<std::string, record::Principal> principals;
  std::map<std::string, record::Role> roles;
  std::map<std::string, record::Grant> grants;
};

// A grant with its scope's words interned.
struct CompiledGrant {
  PrivilegeSet privileges;
  bool deny = false;
  uint32_t kinds = 0;  // mask over AssetKind; 0 = any
  std::string namespace_text;
  bool namespace_is_prefix = false;
  std::string name_prefix;
  AssetId container{0};
  AssetId domain{0};
  uint32_t environment = 0;
  uint32_t tag = 0;
  uint32_t classification = 0;
  std::vector<uint32_t> owners;  // any of; `self` is resolved to the viewer and its groups
  AssetId asset{0};
};

// The grants one principal holds, through groups and inherited roles. Principals
// with equal grants share one rule set (and its bitmaps).
struct RuleSet {
  uint64_t digest = 0;
  std::vector<CompiledGrant> grants;
  // Privileges held on at least one scope by an allow.
  PrivilegeSet anywhere;
  // Held on everything by an allow without scope, and not denied anywhere.
  PrivilegeSet everywhere;
};

class Policy {
 public:
  // Unknown roles and groups are passed over; cycles of roles are walked once.
  static std::shared_ptr<const Policy> Compile(const PolicyRecords& records, Registry* registry);

  // Null for unknown or disabled principals.
  std::shared_ptr<const RuleSet> RulesOf(std::string_view principal) const;
  // Groups and roles with the inherited ones, sorted.
  std::vector<std::string> GroupsOf(std::string_view principal) const;
  std::vector<std::string> RolesOf(std::string_view principal) const;

  const PolicyRecords& records() const { return records_; }

 private:
  PolicyRecords records_;
  std::map<std::string, std::shared_ptr<const RuleSet>, std::less<>> rules_;
};

// Decides one (rules, privilege, asset): the slow way that bitmaps cache. Labels
// of containers and domains above the asset are looked up in `columns`; chains
// are cut at 32 steps. Privileges other than browse also demand browse.
class PolicyEvaluator {
 public:
  PolicyEvaluator(const LabelColumns& columns, const Registry& registry) : columns_(columns), registry_(registry) {}

  bool Allows(const RuleSet& rules, Privilege privilege, AssetId id) const;
  // With other labels than the present ones (as of then; or of a name not created yet, id 0).
  bool Allows(const RuleSet& rules, Privilege privilege, AssetId id, const AssetLabels& labels,
              const AssetName& name) const;
  // A classified column: read_columns on the asset, by grants that are unscoped by
  // classification or name it, for every class the column carries; a deny of any wins.
  bool AllowsColumn(const RuleSet& rules, AssetId id, const std::vector<uint32_t>& classes) const;

 private:
  bool Covers(const CompiledGrant& grant, AssetId id, const AssetLabels& labels, const AssetName& name) const;

  const LabelColumns& columns_;
  const Registry& registry_;
};

}  // namespace cadastre::authz
