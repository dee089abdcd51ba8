#include "catalog/listing.h"

#include <algorithm>
#include <tuple>

#include "authz/view/merged_sets.h"
#include "base/status.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

auto PlaceOfName(const AssetName& name) { return std::tie(name.kind, name.ns, name.name); }

// Is it the first of its set's names that the range holds?
bool IsFirstNamed(const authz::GovernedView& view, const std::vector<AssetId>& set, const AssetName& name,
                  const NameRange& range) {
  return std::none_of(set.begin(), set.end(), [&](AssetId other) {
    const std::optional<AssetName> another = view.NameOf(other);
    return another && range.Has(*another) && PlaceOfName(*another) < PlaceOfName(name);
  });
}

// The visible ones of a kind in the range, in order, after `after`.
std::vector<AssetId> ScanKindOf(const authz::GovernedView& view, const NameRange& range, AssetKind kind,
                                const AssetName& after, size_t max) {
  return range.ns ? view.ScanNames(kind, *range.ns, range.prefix, after.name, max)
                  : view.ScanKind(kind, after.ns, after.name, max);
}

}  // namespace

bool NameRange::Has(const AssetName& name) const {
  return first <= name.kind && name.kind <= last && (!ns || name.ns == *ns) && name.name.starts_with(prefix);
}

StatusOr<std::vector<ListedAsset>> ScanAssets(authz::GovernedView& view, const NameRange& range,
                                              const std::optional<AssetName>& after, size_t max) {
  std::vector<ListedAsset> out;
  authz::MergedSets sets(&view);
  const auto begin = static_cast<uint8_t>(after ? std::max(range.first, after->kind) : range.first);
  for (uint8_t number = begin; number <= static_cast<uint8_t>(range.last) && out.size() < max; ++number) {
    const auto kind = static_cast<AssetKind>(number);
    AssetName from = after && after->kind == kind ? *after : AssetName();
    while (out.size() < max) {
      const size_t wanted = max - out.size();
      const std::vector<AssetId> names = ScanKindOf(view, range, kind, from, wanted);
      for (const AssetId id : names) {
        from = view.NameOf(id).value_or(AssetName());
        if (sets.IsAlone(id) || IsFirstNamed(view, sets.Of(id), from, range))
          out.push_back({id, sets.LivingNameOf(id)});
      }
      if (names.size() < wanted) break;
    }
  }
  RETURN_IF_ERROR(view.status());
  return out;
}

StatusOr<std::vector<ListedAsset>> ScanMembers(authz::GovernedView& view, AssetId container, AssetId after, size_t max,
                                               bool* more) {
  using MemberRow = authz::RowOf<record::Member>;
  authz::MergedSets sets(&view);
  const authz::AssetLabels* labels = view.LabelsOf(container);
  // The container of an asset opens with `browse`, its domain with `read`.
  const bool reads = labels != nullptr && labels->kind == AssetKind::kDomain;
  const auto shows = [&](AssetId member) { return !reads || view.Allows(authz::Privilege::kRead, member); };
  const auto is_first = [&](AssetId member) {
    if (sets.IsAlone(member)) return true;
    const std::vector<AssetId>& set = sets.Of(member);
    return std::none_of(set.begin(), set.end(), [&](AssetId other) {
      const authz::AssetLabels* lies = other < member ? view.LabelsOf(other) : nullptr;
      return lies != nullptr && (reads ? lies->domain : lies->container) == container && shows(other);
    });
  };
  std::vector<ListedAsset> out;
  const std::string start = EncodeMemberKey(container, AssetId(after.value() + 1));
  RETURN_IF_ERROR(
      view.Scan<record::Member>(kMembers, MemberPrefix(container), start, [&](authz::Sealed<MemberRow> sealed) {
        const AssetId member = sealed.subjects().assets[1];
        if (!view.Shows(sealed.subjects(), sealed.privilege()) || !shows(member) || !is_first(member)) return true;
        // What lies past the page is not shown, so it is not noted either.
        *more = out.size() == max;
        if (*more) return false;
        if (view.Reveal(kMembers, std::move(sealed))) out.push_back({member, sets.LivingNameOf(member)});
        return true;
      }));
  return out;
}

}  // namespace cadastre::catalog
