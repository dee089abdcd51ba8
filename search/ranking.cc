#include "search/ranking.h"

#include <algorithm>
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
  if (word == "name desc") return Order::kNameDesc;
  if (word == "updated") return Order::kUpdated;
  if (word == "updated desc") return Order::kUpdatedDesc;
  return base::InvalidField("order_by", "relevance, name, name desc, updated or updated desc");
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

void Ranking::Add(AssetId member, Place& place) const {
  const AssetValues& values = columns_->Of(member);
  const bool reads = view_->Allows(authz::Privilege::kRead, member);
  const bool by_update = order_ == Order::kUpdated || order_ == Order::kUpdatedDesc;
  if (by_update && reads) place.updated = std::max(place.updated, values.updated);
  if (order_ != Order::kRelevance) return;
  const int standing = reads ? (values.deprecated ? -1 : values.certification != 0 ? 1 : 0) : 0;
  place.standing =
      member == place.id ? static_cast<int8_t>(standing) : std::max(place.standing, static_cast<int8_t>(standing));
  if (values.usage > place.usage && view_->Allows(authz::Privilege::kReadOperations, member)) {
    place.usage = values.usage;
  }
}

Place Ranking::PlaceOf(const Match& match) const {
  Place place;
  place.id = match.id;
  place.name_key = columns_->Of(match.id).name_key;
  if (order_ == Order::kRelevance) place.score = match.score;
  if (sets_->IsAlone(match.id)) {
    Add(match.id, place);
  } else {
    for (const AssetId member : sets_->Of(match.id)) Add(member, place);
  }
  return place;
}

void Ranking::FillName(const Place& place) const {
  if (!place.name) place.name = view_->NameOf(place.id).value_or(AssetName());
}

bool Ranking::NamedBefore(const Place& a, const Place& b) const {
  if (a.name_key != b.name_key) return a.name_key < b.name_key;
  FillName(a);
  FillName(b);
  return std::tie(a.name->name, a.name->ns, a.name->kind) < std::tie(b.name->name, b.name->ns, b.name->kind);
}

bool Ranking::Before(const Place& a, const Place& b) const {
  if (a.score != b.score) return a.score > b.score;
  if (a.standing != b.standing) return a.standing > b.standing;
  if (a.usage != b.usage) return a.usage > b.usage;
  if (a.updated != b.updated) return order_ == Order::kUpdated ? a.updated < b.updated : a.updated > b.updated;
  return order_ == Order::kNameDesc ? NamedBefore(b, a) : NamedBefore(a, b);
}

}  // namespace cadastre::search
