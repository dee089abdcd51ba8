#include "catalog/lifecycle.h"

#include "base/status.h"
#include "catalog/tables.h"

namespace cadastre::catalog {

Status SetDeleted(authz::WriteSession& session, authz::Permit<authz::Privilege::kEditTechnical> permit, bool deleted) {
  const std::optional<AssetId> id = session.FindName(permit.asset());
  if (!id) return base::NotFound("no such asset");
  ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(*id));
  session.shown().Note(*id);
  if (header.deleted() == deleted) return absl::OkStatus();
  header.set_deleted(deleted);
  session.Changed(*id)->set_existence(true);
  session.Changed(*id)->set_text(true);
  return session.SetHeader(*id, std::move(header));
}

StatusOr<std::vector<AssetId>> ScanMembers(authz::GovernedView& view, AssetId container, AssetId after, size_t max,
                                           bool* more) {
  using Row = authz::RowOf<record::Member>;
  const authz::AssetLabels* labels = view.LabelsOf(container);
  // The container of an asset opens with `browse`, its domain with `read`.
  const bool reads = labels != nullptr && labels->kind == AssetKind::kDomain;
  const auto shows = [&](const authz::Sealed<Row>& sealed) {
    return view.Shows(sealed.subjects(), sealed.privilege()) &&
           (!reads || view.Allows(authz::Privilege::kRead, sealed.subjects().assets[1]));
  };
  std::vector<AssetId> out;
  const std::string start = EncodeMemberKey(container, AssetId(after.value() + 1));
  RETURN_IF_ERROR(view.Scan<record::Member>(kMembers, MemberPrefix(container), start, [&](authz::Sealed<Row> sealed) {
    if (!shows(sealed)) return true;
    // What lies past the page is not shown, so it is not noted either.
    *more = out.size() == max;
    if (*more) return false;
    const auto row = view.Reveal(kMembers, std::move(sealed));
    if (const auto member = row ? DecodeMemberKey((*row)->key) : std::nullopt) out.push_back(*member);
    return true;
  }));
  return out;
}

}  // namespace cadastre::catalog
