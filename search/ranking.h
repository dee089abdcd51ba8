// Ranking: the order of hits, by what the viewer may see of each, and places in that order.
//
// Equal scores are told apart by certification, usage and at last by name; never by ids, which would tell of assets
// between. Thread rule: confined to one request. Errors of Decode: INVALID_ARGUMENT naming page_token.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authz/view/view.h"
#include "search/asset_columns.h"
#include "search/matcher.h"

namespace cadastre::search {

enum class Order : uint8_t { kRelevance, kName, kNameDesc, kUpdated, kUpdatedDesc };
// `relevance` (or empty), `name`, `updated`, the latter two with ` desc` behind where the last comes first (AIP-132).
// INVALID_ARGUMENT naming order_by.
StatusOr<Order> ParseOrder(std::string_view word);

// A place in an order; the least comes first.
struct Place {
  double score = 0;     // relevance alone
  int64_t updated = 0;  // updated alone
  int8_t standing = 0;  // relevance alone: certified 1, deprecated -1
  uint64_t usage = 0;   // relevance alone
  uint64_t name_key = 0;
  AssetId id;
  // Looked up when two places are equal in all of the above (see Ranking::Before): few are, so it is kept, not given.
  mutable std::optional<AssetName> name;

  std::string Encode() const;
  static StatusOr<Place> Decode(std::string_view bytes);
};

class Ranking {
 public:
  Ranking(Order order, const authz::GovernedView* view, const AssetColumns* columns, authz::MergedSets* sets)
      : order_(order), view_(view), columns_(columns), sets_(sets) {}

  Place PlaceOf(const Match& match) const;
  // A strict order over visible assets.
  bool Before(const Place& a, const Place& b) const;
  void FillName(const Place& place) const;

 private:
  bool NamedBefore(const Place& a, const Place& b) const;
  // The best of the names that stand for one asset.
  void Add(AssetId member, Place& place) const;

  Order order_;
  const authz::GovernedView* view_;
  const AssetColumns* columns_;
  authz::MergedSets* sets_;
};

}  // namespace cadastre::search
