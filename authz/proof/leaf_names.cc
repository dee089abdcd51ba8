#include "authz/proof/leaf_names.h"

#include "authz/proof/merkle.h"

namespace cadastre::proof {

std::string NamesHash(const std::vector<std::optional<base::AssetName>>& names) {
  if (names.empty()) return {};
  std::string text;
  for (const std::optional<base::AssetName>& name : names) {
    if (name) text += base::AssetNameText(*name);
    text += '\0';
  }
  const Hash hash = Sha256(text);
  return std::string(hash.begin(), hash.end());
}

}  // namespace cadastre::proof
