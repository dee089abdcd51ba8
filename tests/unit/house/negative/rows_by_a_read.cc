// The right to look at an asset puts no row.
// expect: no matching function for call to 'cadastre::authz::RowPermit::RowPermit
#include "authz/write/permit.h"

using cadastre::authz::Permit;
using cadastre::authz::Privilege;
using cadastre::authz::RowPermit;

RowPermit Given(const Permit<Privilege::kEditDocs>& permit) { return RowPermit(permit); }

#ifdef MISUSE
RowPermit Stolen(const Permit<Privilege::kBrowse>& permit) { return RowPermit(permit); }
#endif
