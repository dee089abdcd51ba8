#include "authz/policy/policy_checks.h"

#include <algorithm>
#include <string>

#include "authz/identity/principal_kind.h"
#include "authz/policy/policy.h"
#include "authz/policy/privilege.h"
#include "base/asset_name.h"
#include "base/canonical_name.h"
#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::authz {
namespace {

constexpr size_t kDisplayNameBytesMax = 256;
constexpr size_t kEmailBytesMax = 320;
constexpr size_t kDescriptionBytesMax = 1'024;
constexpr size_t kLabelBytesMax = 256;

Status CheckText(std::string_view field, std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max && base::IsValidUtf8(text) && text.find('\0') == std::string_view::npos) {
    return absl::OkStatus();
  }
  return base::InvalidField(field, base::Cat("at most ", bytes_max, " bytes of UTF-8 without U+0000"));
}

template <typename Ids>
Status CheckIds(std::string_view field, const Ids& ids, int max) {
  if (ids.size() > max) return base::InvalidField(field, base::Cat("at most ", max, " ids"));
  for (int i = 0; i < ids.size(); ++i) RETURN_IF_ERROR(CheckPolicyId(base::Cat(field, "[", i, "]"), ids[i]));
  return absl::OkStatus();
}

Status CheckKinds(const record::Scope& scope) {
  if (scope.kinds_size() > base::kAssetKindMax) {
    return base::InvalidField("grant.scope.kinds", base::Cat("at most ", int{base::kAssetKindMax}, " kinds"));
  }
  for (int i = 0; i < scope.kinds_size(); ++i) {
    if (scope.kinds(i) == 0 || scope.kinds(i) > base::kAssetKindMax)
      return base::InvalidField(base::Cat("grant.scope.kinds[", i, "]"), "a known kind of assets");
  }
  return absl::OkStatus();
}

// Names are folded before a right is asked of them, so that of another spelling nothing is ever asked: what is scoped
// by one would cover nothing, and a deny deny nothing, in silence.
Status CheckSpelling(std::string_view field, std::string_view name_space) {
  const bool open = name_space.ends_with('*');
  const std::string stated(name_space.substr(0, name_space.size() - (open ? 1 : 0)));
  const std::string folded = KeptNamespace(stated);
  if (folded == stated) return absl::OkStatus();
  return base::InvalidField(field, base::Cat("`", folded, open ? "*" : "", "`, as the catalog has it"));
}

bool MayBeDataset(const record::Scope& scope) {
  const auto dataset = static_cast<uint32_t>(base::AssetKind::kDataset);
  return scope.kinds().empty() || std::count(scope.kinds().begin(), scope.kinds().end(), dataset) > 0;
}

Status CheckPrefixSpelling(const record::Scope& scope) {
  const std::string& prefix = scope.name_prefix();
  if (prefix.empty() || !MayBeDataset(scope)) return absl::OkStatus();
  const std::string ns = scope.namespace_().substr(0, scope.namespace_().find('*'));
  const std::string folded = base::CanonicalName(base::AssetKind::kDataset, ns, prefix + "x")->name;
  if (folded.starts_with(prefix)) return absl::OkStatus();
  return base::InvalidField("grant.scope.name_prefix",
                            base::Cat("as the catalog has such names: `", prefix, "x` is kept as `", folded, "`"));
}

// A star elsewhere would be a letter of a name that nothing has.
bool EndsItsStar(std::string_view name_space) {
  const size_t star = name_space.find('*');
  return star == std::string_view::npos || star + 1 == name_space.size();
}

Status CheckScope(const record::Scope& scope) {
  RETURN_IF_ERROR(CheckKinds(scope));
  RETURN_IF_ERROR(CheckText("grant.scope.namespace", scope.namespace_(), base::kNamespaceBytesMax + 1));
  if (!EndsItsStar(scope.namespace_())) {
    return base::InvalidField("grant.scope.namespace", "a namespace, or the begin of some and `*` at the end");
  }
  RETURN_IF_ERROR(CheckSpelling("grant.scope.namespace", scope.namespace_()));
  RETURN_IF_ERROR(CheckText("grant.scope.name_prefix", scope.name_prefix(), base::kNameBytesMax));
  if (!scope.name_prefix().empty() && scope.namespace_().empty()) {
    return base::InvalidField("grant.scope.name_prefix", "a namespace beside it (`*` for any)");
  }
  RETURN_IF_ERROR(CheckPrefixSpelling(scope));
  RETURN_IF_ERROR(CheckText("grant.scope.environment", scope.environment(), kLabelBytesMax));
  RETURN_IF_ERROR(CheckText("grant.scope.tag", scope.tag(), kLabelBytesMax));
  RETURN_IF_ERROR(CheckText("grant.scope.classification", scope.classification(), kLabelBytesMax));
  return scope.owner().empty() ? absl::OkStatus() : CheckPolicyId("grant.scope.owner", scope.owner());
}

bool Names(const record::Grant& grant, Privilege privilege) {
  return std::count(grant.privileges().begin(), grant.privileges().end(), static_cast<uint32_t>(privilege)) > 0;
}

bool NarrowedByLabels(const record::Scope& scope) {
  return scope.container() != 0 || scope.domain() != 0 || scope.asset() != 0 || !scope.environment().empty() ||
         !scope.tag().empty() || !scope.classification().empty() || !scope.owner().empty();
}

}  // namespace

std::string KeptNamespace(const std::string& stated) {
  return base::CanonicalName(base::AssetKind::kDataset, stated, "x")->ns;
}

Status CheckPolicyId(std::string_view field, std::string_view id) {
  const bool fits = !id.empty() && id.size() <= kPolicyIdBytesMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  });
  return fits ? absl::OkStatus() : base::InvalidField(field, "1 to 128 of [a-z0-9._-]");
}

Status CheckPrincipal(std::string_view id, const record::Principal& principal, const record::Person& person) {
  RETURN_IF_ERROR(CheckPolicyId("principal.id", id));
  if (id == kSelf) return base::InvalidField("principal.id", "another id: `self` stands for the viewer in scopes");
  if (!IsPrincipalKind(principal.kind())) {
    return base::InvalidField("principal.kind", "person, group or service");
  }
  RETURN_IF_ERROR(CheckText("principal.display_name", person.display_name(), kDisplayNameBytesMax));
  RETURN_IF_ERROR(CheckText("principal.email", person.email(), kEmailBytesMax));
  RETURN_IF_ERROR(CheckIds("principal.groups", principal.groups(), kGroupsMax));
  return CheckIds("principal.roles", principal.roles(), kRolesMax);
}

Status CheckRole(std::string_view id, const record::Role& role) {
  RETURN_IF_ERROR(CheckPolicyId("role.id", id));
  RETURN_IF_ERROR(CheckText("role.description", role.description(), kDescriptionBytesMax));
  return CheckIds("role.inherits", role.inherits(), kInheritsMax);
}

Status CheckGrant(std::string_view id, const record::Grant& grant) {
  RETURN_IF_ERROR(CheckPolicyId("grant.id", id));
  RETURN_IF_ERROR(CheckPolicyId("grant.role", grant.role()));
  if (grant.privileges().empty() || grant.privileges_size() >= kPrivilegeCount) {
    return base::InvalidField("grant.privileges", base::Cat("1 to ", kPrivilegeCount - 1, " privileges"));
  }
  bool push = false;
  for (int i = 0; i < grant.privileges_size(); ++i) {
    const uint32_t privilege = grant.privileges(i);
    if (privilege == 0 || privilege >= kPrivilegeCount) {
      return base::InvalidField(base::Cat("grant.privileges[", i, "]"), "a known privilege");
    }
    push = push || privilege == static_cast<uint32_t>(Privilege::kPush);
  }
  RETURN_IF_ERROR(CheckScope(grant.scope()));
  if (push && NarrowedByLabels(grant.scope())) {
    return base::InvalidField("grant.scope", "kinds, namespace and name_prefix alone, because push is decided by name");
  }
  for (const Privilege whole : {Privilege::kAudit, Privilege::kAdminister}) {
    if (Names(grant, whole) && grant.scope().ByteSizeLong() > 0) {
      return base::InvalidField("grant.scope",
                                base::Cat("nothing: `", PrivilegeName(whole), "` is held on everything or not at all"));
    }
  }
  return absl::OkStatus();
}

Status CheckEnvironmentRule(std::string_view id, const record::EnvironmentRule& rule) {
  RETURN_IF_ERROR(CheckPolicyId("rule.id", id));
  RETURN_IF_ERROR(CheckText("rule.namespace", rule.namespace_(), base::kNamespaceBytesMax + 1));
  if (rule.namespace_().empty() || !EndsItsStar(rule.namespace_())) {
    return base::InvalidField("rule.namespace", "a namespace, or the begin of some and `*` at the end");
  }
  RETURN_IF_ERROR(CheckSpelling("rule.namespace", rule.namespace_()));
  RETURN_IF_ERROR(CheckText("rule.environment", rule.environment(), kLabelBytesMax));
  return rule.environment().empty() ? base::InvalidField("rule.environment", "a word") : absl::OkStatus();
}

}  // namespace cadastre::authz
