// The people of a world and what they may do: principals, groups, roles that inherit, grants over five kinds of labels.
//
// Owner: values. Thread rule: compatible. Bounds: those of the shape.
// Deliberately does not: decide anything; it is what a policy compiler is fed.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/world/world.h"

namespace cadastre::bench {

// The numbers are those of cadastre.authz.v1.Privilege.
enum Privileges : uint32_t {
  kBrowse = 1u << 1,
  kRead = 1u << 2,
  kReadColumns = 1u << 3,
  kReadCode = 1u << 4,
  kReadOperations = 1u << 5,
  kEditDocs = 1u << 7,
  kEditTags = 1u << 8,
  kPush = 1u << 10,
};

enum class ScopeKind : uint8_t { kDomain, kNamespace, kContainer, kTag, kOwner };

struct GrantSpec {
  uint64_t role = 0;
  // A set of Privileges.
  uint32_t privileges = 0;
  ScopeKind scope = ScopeKind::kDomain;
  // An ordinal of the scope's kind; an owner is a principal.
  uint64_t label = 0;
  bool deny = false;
};

struct RoleSpec {
  // Roles of smaller ordinals, so that there is no cycle.
  std::vector<uint64_t> inherits;
};

struct PrincipalSpec {
  std::vector<uint64_t> groups;
  std::vector<uint64_t> roles;
};

// Two roles are made for measuring and held by one principal each: nothing else is granted to these two.
// The wide viewer sees 30 % of the assets and the columns that are not sensitive; the narrow one 0.1 %.
inline constexpr uint64_t kWideViewer = 0;
inline constexpr uint64_t kNarrowViewer = 1;

class WorldPolicy {
 public:
  explicit WorldPolicy(const World& world);

  // shape().grants of them, and as many denials among them as the shape says.
  const std::vector<GrantSpec>& grants() const { return grants_; }
  // shape().roles.
  const std::vector<RoleSpec>& roles() const { return roles_; }
  // Roles of each group; shape().groups.
  const std::vector<std::vector<uint64_t>>& group_roles() const { return group_roles_; }
  // shape().principals; the first two are the viewers.
  const std::vector<PrincipalSpec>& principals() const { return principals_; }

 private:
  void AddViewers(const World& world);
  void AddGrants();
  void AddRoles();
  void AddPeople();

  const Shape shape_;
  std::vector<GrantSpec> grants_;
  std::vector<RoleSpec> roles_;
  std::vector<std::vector<uint64_t>> group_roles_;
  std::vector<PrincipalSpec> principals_;
};

// Whether the grants of one role (without inheritance) let it do `privilege` on an asset with these labels: the simple
// truth that faster ways are compared with.
bool Allows(const std::vector<GrantSpec>& grants, uint64_t role, Privileges privilege, const Labels& labels);

}  // namespace cadastre::bench
