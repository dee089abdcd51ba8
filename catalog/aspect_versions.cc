#include "catalog/aspect_versions.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/status.h"
#include "catalog/aspect_mask.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

using Row = authz::RowOf<record::AspectRow>;

// Null where nothing stands at that time, or a withdrawal.
const AspectVersion* StandingAt(const std::vector<AspectVersion>& versions, Timestamp held) {
  const AspectVersion* standing = nullptr;
  for (const AspectVersion& version : versions) {
    if (version.held <= held && (standing == nullptr || version.held >= standing->held)) standing = &version;
  }
  return standing != nullptr && standing->aspect ? standing : nullptr;
}

bool SameMeaning(const AspectVersion& a, const AspectVersion& b) {
  return a.claim == b.claim && a.aspect.has_value() == b.aspect.has_value() &&
         (!a.aspect || CanonicalBytes(*a.aspect) == CanonicalBytes(*b.aspect));
}

// Looks up by held time, since one row may have tens of thousands of versions.
class Folder {
 public:
  void Add(AspectVersion version) {
    const AspectVersion* standing = StandingNow(version.held);
    if (standing == nullptr ? !version.aspect : SameMeaning(*standing, version)) {
      if (version.aspect) Restate(version);
      return;
    }
    version.restated = version.held;
    std::optional<AspectVersion> later = Interrupted(standing, version);
    Keep(std::move(version));
    if (later) Keep(*std::move(later));
  }

  std::vector<AspectVersion> Take() { return std::move(kept_); }

 private:
  void Keep(AspectVersion version) {
    by_held_[version.held] = kept_.size();
    kept_.push_back(std::move(version));
  }

  // As StandingAt of what is kept: of equal times the last one kept stands.
  AspectVersion* StandingNow(Timestamp held) {
    const auto after = by_held_.upper_bound(held);
    if (after == by_held_.begin()) return nullptr;
    AspectVersion& standing = kept_[std::prev(after)->second];
    return standing.aspect ? &standing : nullptr;
  }

  // What is stated again without a time of its own, and so held since its commit, leaves no time when nothing changes.
  void Restate(const AspectVersion& version) {
    if (version.held == version.committed) return;
    restated_.insert(version.held);
    AspectVersion* const standing = StandingNow(version.held);
    if (standing != nullptr) standing->restated = std::max(standing->restated, version.held);
  }

  // A value stated at 1 and again at 3 is one version held at 1; another value for 2 makes the statement of 3 a
  // version of its own, as when they were written.
  std::optional<AspectVersion> Interrupted(const AspectVersion* standing, const AspectVersion& by) {
    if (standing == nullptr) return std::nullopt;
    const auto first = restated_.upper_bound(by.held);
    if (first == restated_.end()) return std::nullopt;
    const AspectVersion* then = StandingNow(*first);
    if (then == nullptr || then->held > by.held || !SameMeaning(*then, *standing)) return std::nullopt;
    AspectVersion later = *standing;
    later.held = later.restated = *first;
    later.revision = by.revision;
    return later;
  }

  std::vector<AspectVersion> kept_;
  std::map<Timestamp, size_t> by_held_;
  std::set<Timestamp> restated_;
};

}  // namespace

AspectVersion VersionOf(const Row& row) {
  AspectVersion version;
  version.held = row.held;
  version.revision = row.revision;
  if (row.withdrawn || NumberOf(row.record.aspect()) == 0) return version;
  version.aspect = row.record.aspect();
  version.claim = row.record.claim();
  version.producer = row.record.producer();
  version.committed = Timestamp(row.record.written());
  return version;
}

std::vector<AspectVersion> FoldVersions(std::vector<AspectVersion> versions) {
  std::sort(versions.begin(), versions.end(), [](const AspectVersion& a, const AspectVersion& b) {
    return std::make_tuple(a.revision.value(), a.held.micros()) < std::make_tuple(b.revision.value(), b.held.micros());
  });
  Folder folder;
  for (AspectVersion& version : versions) folder.Add(std::move(version));
  return folder.Take();
}

StatusOr<AspectVersion> StandingVersion(authz::GovernedView& view, const Row& row) {
  std::vector<AspectVersion> versions;
  RETURN_IF_ERROR(view.ScanVersions<record::AspectRow>(kAspects, row.key, "", [&](authz::Sealed<Row> sealed) {
    if (const auto version = view.Reveal(kAspects, std::move(sealed))) versions.push_back(VersionOf(**version));
    return true;
  }));
  versions = FoldVersions(std::move(versions));
  const AspectVersion* standing = StandingAt(versions, view.point().held);
  if (standing != nullptr) return *standing;
  AspectVersion stated = VersionOf(row);
  stated.restated = stated.held;
  return stated;
}

StatusOr<SeenValue> SeenValueOf(authz::GovernedView& view, AssetId asset, uint32_t number, Row row) {
  if (!MayMask(asset, number, view)) return SeenValue{StatementOf(std::move(row.record), row.held), row.held};
  ASSIGN_OR_RETURN(const AspectVersion standing, StandingVersion(view, row));
  SeenValue seen{StatementOf(std::move(row.record), row.held), row.held};
  seen.statement.held = standing.held;
  seen.statement.committed = standing.committed;
  seen.last = standing.restated;
  return seen;
}

}  // namespace cadastre::catalog
