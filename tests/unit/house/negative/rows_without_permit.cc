// No row is put without a permit.
// expect: to type 'const cadastre::authz::RowPermit&'
#include <string>

#include "authz/write/write_session.h"

using cadastre::authz::Permit;
using cadastre::authz::Privilege;
using cadastre::authz::RowPermit;

void Stated(cadastre::authz::WriteSession& session, const Permit<Privilege::kEditTags>& permit,
            const cadastre::authz::Table<std::string>& table) {
  session.Put(RowPermit(permit), table, "key", std::string("value"));
}

#ifdef MISUSE
void Stolen(cadastre::authz::WriteSession& session, const Permit<Privilege::kEditTags>& permit,
            const cadastre::authz::Table<std::string>& table) {
  session.Put(permit.asset(), table, "key", std::string("value"));
}
#endif
