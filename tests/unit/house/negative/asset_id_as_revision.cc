// One kind of id is never taken for another.
// expect: no matching function for call to 'cadastre::base::StrongId<cadastre::base::RevisionTag, long unsigned int>::StrongId(
#include "base/ids.h"

cadastre::base::Revision Same(cadastre::base::Revision revision) { return cadastre::base::Revision(revision); }

#ifdef MISUSE
cadastre::base::Revision Other(cadastre::base::AssetId asset) { return cadastre::base::Revision(asset); }
#endif
