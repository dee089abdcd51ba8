// What lists, hits and graph nodes show of an asset: of a merged set what all its visible names say, under the name
// that was asked for. Thread rule: confined.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"

namespace cadastre::catalog {

struct AssetSummary {
  AssetId id;
  AssetName name;
  std::string display_name;
  std::string subtype;
  std::string description;
  std::string platform;
  std::string environment;
  std::optional<AssetName> domain;
  std::vector<std::string> tags;
  std::vector<std::string> owners;
  Timestamp updated;
  bool deleted = false;
  // At its source, under each name of the set that is seen: one that stands is enough to find it. Without `read` a name
  // counts as standing.
  bool dropped = false;
};

// From memory alone: name, platform and labels. nullopt where hidden; notes it as shown.
std::optional<authz::Visible<AssetSummary>> SummarizeBriefly(authz::GovernedView& view, AssetId id);

// With display name, subtype and the first 200 characters of the documentation, read from
// the tables. NOT_FOUND where hidden.
StatusOr<authz::Visible<AssetSummary>> Summarize(authz::GovernedView& view, AssetId id);

// The kinds a summary reads. None of them can be masked in part, so when they were last stated tells nothing hidden.
bool IsSummarized(uint32_t number);

// The system a namespace speaks of: `postgres` of `postgres://db:5432`; empty where it does not say.
std::string PlatformOf(const AssetName& name);

}  // namespace cadastre::catalog
