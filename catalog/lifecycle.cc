#include "catalog/lifecycle.h"

#include "base/status.h"

namespace cadastre::catalog {

Status SetDeleted(authz::WriteSession& session, authz::Permit<authz::Privilege::kEditTechnical> permit, bool deleted) {
  ASSIGN_OR_RETURN(const AssetId id, session.AssetOf(permit));
  ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
  session.shown().Note(id);
  if (header.deleted() == deleted) return absl::OkStatus();
  header.set_deleted(deleted);
  session.Changed(id)->set_existence(true);
  session.Changed(id)->set_text(true);
  return session.SetHeader(authz::RowPermit(permit), id, std::move(header));
}

}  // namespace cadastre::catalog
