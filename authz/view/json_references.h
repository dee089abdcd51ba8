// JSON without what it says of assets that are not seen.
//
// An object names an asset by a namespace and a name: `namespace` and `name`, or both behind the same word
// (`jobNamespace`, `job_name`). Where one that it names is not seen, the object goes, with the object it is a member
// of; within a list the whole entry goes. The other members and entries stay as they were written.
// Owner: none, functions; thread rule: safe.
// Bounds: 256 levels, 10,000 names; what has more counts as no JSON. Deliberately does not: look for names in text.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"

namespace cadastre::authz {

// A name as a value states it. What kind of asset it means is not said, but of jobs.
struct StatedName {
  std::string ns;
  std::string name;
  bool job = false;
};

// The asset, invalid where it need not be told of; nullopt where it is not seen.
using FindStated = std::function<std::optional<AssetId>(const StatedName& stated)>;

// The members of one object that are text, until what it names is asked for.
class NamingMembers {
 public:
  void Add(std::string_view key, std::string value);
  // `within`: the key of the object itself; empty for none. False where the same member is there twice.
  bool Names(std::string_view within, std::vector<StatedName>* out) const;

 private:
  // By their keys in small letters, without what separates words.
  std::multimap<std::string, std::string> members_;
};

enum class Cut : uint8_t { kNothing, kParts, kAll };

// Cuts what names an asset that is not seen out of `json`. kAll where nothing is left, and where it is no JSON; the
// text is then empty. `kept`: what is named by that which stays.
Cut CutUnseen(std::string* json, const FindStated& find, std::vector<AssetId>* kept);

}  // namespace cadastre::authz
