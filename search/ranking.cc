#include "search/ranking.h"

#include <bit>
#include <cmath>
#include <tuple>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::search {

StatusOr<Order> ParseOrder(std::string_view word) {
  if (word.empty() || word == "relevance") return Order::kRelevance;
  if (word == "name") return Order::kName;
  if (word == "updated") return Order::kUpdated;
  return base::InvalidField("order_by", "relevance, name or updated");
}

std::string Place::Encode() const {
  std::string bytes;
  base::AppendU64(bytes, std::bit_cast<uint64_t>(score));
  base::AppendI64(bytes, updated);
  base::AppendU8(bytes, static_cast<uint8_t>(standing));
  base::AppendU64(bytes, usage);
  base::AppendU64(bytes, name_key);
  base::AppendU8(bytes, static_cast<uint8_t>(name->kind));
  base::AppendString(bytes, name->ns);
  base::AppendString(bytes, name->name);
  return bytes;
}

StatusOr<Place> Place::Decode(std::string_view bytes) {
  const auto decode = [bytes]() -> StatusOr<Place> {
    base::ByteReader reader(bytes);
    Place place;
    ASSIGN_OR_RETURN(const uint64_t score, reader.ReadU64());
    place.score = std::bit_cast<double>(score);
    ASSIGN_OR_RETURN(place.updated, reader.ReadI64());
    ASSIGN_OR_RETURN(const uint8_t standing, reader.ReadU8());
    place.standing = static_cast<int8_t>(standing);
    ASSIGN_OR_RETURN(place.usage, reader.ReadU64());
    ASSIGN_OR_RETURN(place.name_key, reader.ReadU64());
    AssetName name;
    ASSIGN_OR_RETURN(const uint8_t kind, reader.ReadU8());
    name.kind = static_cast<AssetKind>(kind);
    ASSIGN_OR_RETURN(name.ns, reader.ReadString());
    ASSIGN_OR_RETURN(name.name, reader.ReadString());
    RETURN_IF_ERROR(reader.ExpectEnd());
    place.name = std::move(name);
    return place;
  };
  StatusOr<Place> place = decode();
  if (!place.ok() || std::isnan(place->score)) {
    return base::InvalidField("page_token", "a token of an earlier page of the same search");
  }
  return place;
}

Place Ranking::PlaceOf(const Match& match) const {
  const AssetValues& values = columns_->Of(match.id);
  Place place;
  place.id = match.id;
  place.name_key = values.name_key;
  if (order_ == Order::kUpdated && view_->Allows(authz::Privilege::kRead, match.id)) place.updated = values.updated;
  if (order_ != Order::kRelevance) return place;
  place.score = match.score;
  if (view_->Allows(authz::Privilege::kRead, match.id)) {
    place.standing = static_cast<int8_t>(values.deprecated ? -1 : values.certification != 0 ? 1 : 0);
  }
  if (values.usage != 0 && view_->Allows(authz::Privilege::kReadOperations, match.id)) place.usage = values.usage;
  return place;
}

void Ranking::FillName(Place& place) const {
  if (!place.name) place.name = view_->NameOf(place.id).value_or(AssetName());
}

bool Ranking::Before(Place& a, Place& b) const {
  if (a.score != b.score) return a.score > b.score;
  if (a.standing != b.standing) return a.standing > b.standing;
  if (a.usage != b.usage) return a.usage > b.usage;
  if (a.updated != b.updated) return a.updated > b.updated;
  if (a.name_key != b.name_key) return a.name_key < b.name_key;
  FillName(a);
  FillName(b);
  return std::tie(a.name->name, a.name->ns, a.name->kind) < std::tie(b.name->name, b.name->ns, b.name->kind);
}

}  // namespace cadastre::search
