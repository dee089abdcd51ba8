// What an asset is called: kind, namespace and name in the OpenLineage naming spec
// (https://openlineage.io/docs/spec/naming), and its text form `dataset:postgres://db:5432#shop.public.orders`.
//
// Owner: values. Thread rule: compatible.
// Errors: INVALID_ARGUMENT that names the field (`kind`, `namespace`, `name`) and what was expected.
// Bounds: namespace at most 512 bytes, name 1 to 1,024, both valid UTF-8 without U+0000; compared byte by byte.
// Deliberately does not: fold names (canonical_name.h does, by one table of rules), know AssetIds (authz/registry
// does).
#pragma once

#include <compare>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"

namespace cadastre::base {

// Written to disk as these numbers: never renumbered.
enum class AssetKind : uint8_t {
  kDataset = 1,
  kJob = 2,
  kDashboard = 3,
  kChart = 4,
  kModel = 5,
  kFeature = 6,
  kContainer = 7,
  kGlossaryTerm = 8,
  kDomain = 9,
  kDataProduct = 10,
};
inline constexpr uint8_t kAssetKindMax = 10;

// The word on the wire and in text: "dataset", "glossary_term".
std::string_view AssetKindWord(AssetKind kind);
absl::StatusOr<AssetKind> ParseAssetKind(std::string_view word);
// From a number read from disk; DATA_LOSS if there is no such kind.
absl::StatusOr<AssetKind> AssetKindFromNumber(uint8_t number);

struct AssetName {
  AssetKind kind = AssetKind::kDataset;
  std::string ns;  // the namespace
  std::string name;

  friend auto operator<=>(const AssetName&, const AssetName&) = default;
  friend bool operator==(const AssetName&, const AssetName&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const AssetName& asset) {
    return H::combine(std::move(state), static_cast<uint8_t>(asset.kind), asset.ns, asset.name);
  }
};

// The three parts checked: what every door calls first.
absl::StatusOr<AssetName> MakeAssetName(std::string_view kind_word, std::string_view ns, std::string_view name);
absl::Status CheckAssetName(const AssetName& asset);

// `%` and `#` of the namespace are percent-encoded, so that the text splits at its first `:` and its first `#`.
std::string AssetNameText(const AssetName& asset);
absl::StatusOr<AssetName> ParseAssetName(std::string_view text);

std::ostream& operator<<(std::ostream& out, const AssetName& asset);

}  // namespace cadastre::base
