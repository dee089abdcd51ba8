#include "bench/world/policy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "bench/world/purpose.h"
#include "bench/world/random.h"

namespace cadastre::bench {
namespace {

constexpr uint32_t kReader = kBrowse | kRead | kReadOperations;
constexpr double kWideShare = 0.3;
constexpr double kNarrowShare = 0.001;
// Enough to know a domain's share to a tenth of a percent.
constexpr uint64_t kSampled = 250'000;
// Two of three assets belong to a principal.
constexpr double kOwnedByPrincipals = 2.0 / 3;

constexpr uint32_t kUsual[] = {kReader, kReader | kReadColumns,          kReader | kReadColumns | kReadCode,
                               kBrowse, kReader | kEditDocs | kEditTags, kPush};

uint64_t Labelled(const Shape& shape, ScopeKind kind) {
  switch (kind) {
    case ScopeKind::kDomain: return shape.domains;
    case ScopeKind::kNamespace: return shape.namespaces;
    case ScopeKind::kContainer: return shape.containers;
    case ScopeKind::kTag: return shape.tags;
    case ScopeKind::kOwner: return shape.principals;
  }
  return 1;
}

bool Covers(const GrantSpec& grant, const Labels& labels) {
  switch (grant.scope) {
    case ScopeKind::kDomain: return labels.domain == grant.label;
    case ScopeKind::kNamespace: return labels.name_space == grant.label;
    case ScopeKind::kContainer: return labels.has_container && labels.container == grant.label;
    case ScopeKind::kTag: return std::find(labels.tags.begin(), labels.tags.end(), grant.label) != labels.tags.end();
    case ScopeKind::kOwner: return !labels.owned_by_group && labels.owner == grant.label;
  }
  return false;
}

// The share of assets that lie in each domain and do not carry the restricted tag, which the wide viewer is denied.
std::vector<double> UnrestrictedShares(const World& world) {
  const uint64_t step = std::max<uint64_t>(1, world.shape().assets / kSampled);
  std::vector<double> shares(world.shape().domains);
  double sampled = 0;
  for (uint64_t asset = 0; asset < world.shape().assets; asset += step) {
    const Labels labels = world.LabelsOf(asset);
    ++sampled;
    if (std::find(labels.tags.begin(), labels.tags.end(), kRestrictedTag) == labels.tags.end()) ++shares[labels.domain];
  }
  for (double& share : shares) share /= sampled;
  return shares;
}

}  // namespace

WorldPolicy::WorldPolicy(const World& world) : shape_(world.shape()) {
  AddViewers(world);
  AddGrants();
  AddRoles();
  AddPeople();
}

void WorldPolicy::AddViewers(const World& world) {
  // The largest domain that still fits, again and again.
  double missing = kWideShare;
  const std::vector<double> shares = UnrestrictedShares(world);
  std::vector<uint64_t> order(shape_.domains);
  std::iota(order.begin(), order.end(), uint64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](uint64_t a, uint64_t b) { return shares[a] > shares[b]; });
  for (const uint64_t domain : order) {
    if (shares[domain] > missing) continue;
    missing -= shares[domain];
    grants_.push_back({kWideViewer, kReader, ScopeKind::kDomain, domain, false});
  }
  grants_.push_back({kWideViewer, kReader, ScopeKind::kTag, kRestrictedTag, true});
  const double owners = kNarrowShare * static_cast<double>(shape_.principals) / kOwnedByPrincipals;
  const uint64_t count = std::max<uint64_t>(1, static_cast<uint64_t>(std::llround(owners)));
  for (uint64_t i = 0; i < count; ++i) {
    grants_.push_back({kNarrowViewer, kReader, ScopeKind::kOwner, shape_.principals - 1 - i, false});
  }
  CHECK(grants_.size() < shape_.grants) << "no room for other grants";
}

void WorldPolicy::AddGrants() {
  Random random(shape_.seed, kForGrants, 0);
  uint64_t denials = static_cast<uint64_t>(shape_.denied_share * static_cast<double>(shape_.grants)) - 1;
  while (grants_.size() < shape_.grants) {
    GrantSpec grant;
    grant.role = 2 + random.Below(shape_.roles - 2);
    grant.privileges = kUsual[random.Below(std::size(kUsual))];
    grant.scope = static_cast<ScopeKind>(random.Below(5));
    grant.label = random.Below(Labelled(shape_, grant.scope));
    grant.deny = denials > 0;
    if (grant.deny) --denials;
    grants_.push_back(grant);
  }
}

void WorldPolicy::AddRoles() {
  roles_.resize(shape_.roles);
  for (uint64_t role = 3; role < shape_.roles; ++role) {
    Random random(shape_.seed, kForRoles, role);
    const uint64_t parents = random.Below(3);
    for (uint64_t i = 0; i < parents; ++i) roles_[role].inherits.push_back(2 + random.Below(role - 2));
  }
}

void WorldPolicy::AddPeople() {
  for (uint64_t group = 0; group < shape_.groups; ++group) {
    Random random(shape_.seed, kForGroups, group);
    std::vector<uint64_t> roles;
    const uint64_t count = 1 + random.Below(3);
    for (uint64_t i = 0; i < count; ++i) roles.push_back(2 + random.Below(shape_.roles - 2));
    group_roles_.push_back(std::move(roles));
  }
  principals_.resize(shape_.principals);
  principals_[0].roles = {kWideViewer};
  principals_[1].roles = {kNarrowViewer};
  for (uint64_t i = 2; i < shape_.principals; ++i) {
    Random random(shape_.seed, kForPrincipals, i);
    const uint64_t groups = 1 + random.Below(4);
    for (uint64_t g = 0; g < groups; ++g) principals_[i].groups.push_back(random.Rank(shape_.groups, 0.5));
    if (random.Chance(0.1)) principals_[i].roles.push_back(2 + random.Below(shape_.roles - 2));
  }
}

bool Allows(const std::vector<GrantSpec>& grants, uint64_t role, Privileges privilege, const Labels& labels) {
  bool allowed = false;
  for (const GrantSpec& grant : grants) {
    if (grant.role != role || (grant.privileges & privilege) == 0 || !Covers(grant, labels)) continue;
    if (grant.deny) return false;
    allowed = true;
  }
  return allowed;
}

}  // namespace cadastre::bench
