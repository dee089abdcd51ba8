// A number is no AssetId until someone says so.
// expect: could not convert '7' from 'int' to 'cadastre::base::AssetId'
#include "base/ids.h"

cadastre::base::AssetId Named() { return cadastre::base::AssetId(7); }

#ifdef MISUSE
cadastre::base::AssetId Unnamed() { return 7; }
#endif
