// Policy compiled for evaluation: who holds which grants, and whether a grant's scope covers an asset.
//
// Built by the committer's hook from the newest principals, roles and grants
// whenever one of them changes, the same to all who ask afterwards and shared by all views.
// Deny wins over allow; default is nothing. Thread rule: compatible; Policy is safe.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/policy/labels.h"
#include "authz/policy/privilege.h"
#include "authz/policy/registry.h"
#include "base/mutex.h"
#include "base/words.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::authz {

// In a scope's owners: who looks.
inline constexpr std::string_view kSelf = "self";
// Longer chains of containers or domains are cut: a scope above that sees no further, and a cycle ends.
inline constexpr int kChainStepsMax = 32;

// What policy is made of, as stored.
struct PolicyRecords {
  std::map<std::string, record::Principal> principals;
  std::map<std::string, record::Role> roles;
  std::map<std::string, record::Grant> grants;
  std::map<std::string, record::EnvironmentRule> environments;
};

// A grant with its scope's words interned.
struct CompiledGrant {
  // Set beside the kinds, so that a list of unknown kinds covers none rather than all.
  static constexpr uint32_t kKindsStated = 1u << 31;

  PrivilegeSet privileges;
  bool deny = false;
  uint32_t kinds = 0;  // mask over AssetKind and kKindsStated; 0 = any
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

  // True where nothing narrows it.
  bool CoversEverything() const;
  // Whether the part of the scope that a name decides fits it: kinds, namespace and name prefix.
  bool CoversName(const AssetNameView& name) const;
  // True where the scope of `narrower` surely lies within this one's: every condition of this one stands in
  // `narrower` too, or a longer prefix for a prefix. Containers are not looked into.
  bool Includes(const CompiledGrant& narrower) const;
  friend auto operator<=>(const CompiledGrant&, const CompiledGrant&) = default;
};

// `self_words` is what an owner `self` stands for.
CompiledGrant CompileGrant(const record::Grant& grant, const std::vector<uint32_t>& self_words, const WordTable& words);

// The grants one principal holds, through groups and inherited roles. Principals
// with equal grants share one rule set (and its bitmaps).
struct RuleSet {
  // Of the grants, in this process; two sets may share one by chance, so compare the grants too.
  uint64_t digest = 0;
  // Sorted, each once.
  std::vector<CompiledGrant> grants;
  // Privileges held on at least one scope by an allow.
  PrivilegeSet anywhere;
  // Held on everything by an allow without scope, and not denied anywhere.
  PrivilegeSet everywhere;

  // Does the holder surely have all of `grant`'s privileges on all of its scope? A deny of one anywhere says no.
  bool Holds(const CompiledGrant& grant) const;
};

class Policy {
 public:
  // Unknown roles and groups are passed over; cycles of roles are walked once. Each principal's rules are compiled when
  // they are first asked for, because a commit waits for this one.
  static std::shared_ptr<const Policy> Compile(PolicyRecords records, const WordTable& words);
  Policy(PolicyRecords records, const WordTable& words);

  // Null for unknown or disabled principals.
  std::shared_ptr<const RuleSet> RulesOf(std::string_view principal) const;
  // Groups and roles with the inherited ones, sorted.
  std::vector<std::string> GroupsOf(std::string_view principal) const;
  std::vector<std::string> RolesOf(std::string_view principal) const;

  const PolicyRecords& records() const { return records_; }

 private:
  struct Compiled {
    std::shared_ptr<const RuleSet> rules;
    std::vector<std::string> groups;
    std::vector<std::string> roles;
  };

  Compiled Make(const std::string& principal, const record::Principal& stated) const;
  // Null for unknown or disabled principals.
  const Compiled* CompiledOf(std::string_view principal) const EXCLUDES(mutex_);
  // The set among those made so far that is equal, else this one.
  std::shared_ptr<const RuleSet> Share(std::shared_ptr<const RuleSet> rules) const REQUIRES(mutex_);

  const PolicyRecords records_;
  const WordTable words_;
  std::map<std::string_view, std::vector<const record::Grant*>> grants_of_role_;
  mutable base::Mutex mutex_;
  // Nothing is taken out again, so addresses hold.
  mutable std::map<std::string, Compiled, std::less<>> compiled_ GUARDED_BY(mutex_);
  mutable std::multimap<uint64_t, std::shared_ptr<const RuleSet>> shared_ GUARDED_BY(mutex_);
};

// A column that is not shown, with all below it.
struct HiddenColumn {
  // 0 for a column of a merged name, and for a name without a column.
  ColumnId column;
  std::vector<std::string> path;
};

// Decides one (rules, privilege, asset): the slow way that bitmaps cache. Labels
// of containers and domains above the asset are looked up in `columns`; chains
// are cut at 32 steps. An asset is in itself where it is a container or a domain;
// without a domain of its own it has that of the nearest container above it.
// Privileges other than browse also demand browse.
// The names merged with one another are one asset: a deny that covers any of them, hidden or deleted, holds for all; an
// allow stays with the name it covers. (Push, which is decided by the name alone, knows nothing of merging.)
class PolicyEvaluator {
 public:
  PolicyEvaluator(const LabelColumns& columns, const Registry& registry) : columns_(columns), registry_(registry) {}

  bool Allows(const RuleSet& rules, Privilege privilege, AssetId id) const;
  // With other labels than the present ones (as of then; or of a name not created yet, id 0).
  bool Allows(const RuleSet& rules, Privilege privilege, AssetId id, const AssetLabels& labels,
              const AssetName& name) const;
  // May `name` be pushed to: on kind, namespace and name alone, so that hidden and absent names answer as any
  // other; browse is not asked. An allow with any other scope opens nothing here, a deny with one holds.
  bool AllowsPush(const RuleSet& rules, const CanonicalName& name) const;
  // A classified column: read_columns on the asset, by grants that are unscoped by
  // classification or name it, for every class the column carries; a deny of any wins.
  // Without classes: browse alone.
  bool AllowsColumn(const RuleSet& rules, AssetId id, const std::vector<uint32_t>& classes) const;
  // With other labels than the present ones.
  bool AllowsColumn(const RuleSet& rules, AssetId id, const AssetLabels& labels, const AssetName& name,
                    const std::vector<uint32_t>& classes) const;
  // The classified columns and column names of the asset, and those of the names merged with it that hide a column of
  // their path here, which the rules do not open; and the names that a column so hidden had under any of them.
  std::vector<HiddenColumn> HiddenColumns(const RuleSet& rules, AssetId id) const;
  // With other labels than the present ones.
  std::vector<HiddenColumn> HiddenColumns(const RuleSet& rules, AssetId id, const AssetLabels& labels,
                                          const AssetName& name) const;

 private:
  // One asset as a scope looks at it.
  struct Subject {
    AssetId id;
    const AssetLabels& labels;
    AssetNameView name;
  };
  // A name with those merged with it.
  struct OneAsset {
    Subject self;
    std::vector<Subject> others;
    bool whole = true;
  };

  OneAsset Gather(const Subject& self) const;
  // Adds the names that hidden columns had, under any name of the set.
  void HideFormerNames(const AssetLabels& labels, const MergedSet& set, std::vector<HiddenColumn>& hidden) const;
  bool AllowsOne(const RuleSet& rules, Privilege privilege, const OneAsset& asset) const;
  bool Granted(const RuleSet& rules, Privilege privilege, const OneAsset& asset) const;
  bool AllowsClass(const RuleSet& rules, uint32_t classification, const OneAsset& asset) const;
  bool CoversClass(const CompiledGrant& grant, uint32_t classification, const Subject& subject) const;
  bool Covers(const CompiledGrant& grant, const Subject& subject) const;
  bool CoversBesidesClass(const CompiledGrant& grant, const Subject& subject) const;
  // `cut`: what is answered where the chain goes on behind the last step looked at, so that nobody knows.
  bool InContainer(const Subject& subject, AssetId container, bool cut) const;
  bool InDomain(const Subject& subject, AssetId domain, bool cut) const;
  // Nullopt where the chain of containers is cut.
  std::optional<AssetId> DomainOf(const Subject& subject) const;

  const LabelColumns& columns_;
  const Registry& registry_;
};

}  // namespace cadastre::authz
