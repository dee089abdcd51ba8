// Numbers that name things inside this process, each of a type of its own, so that none is taken for another.
//
// Owner: values. Thread rule: safe.
// Zero is never handed out; a default-constructed id is zero and valid() is false.
// Deliberately does not: leave the process. On the wire an asset is named by its AssetName, a revision by an opaque
// token.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ostream>
#include <utility>

namespace cadastre::base {

template <typename Tag, typename Rep>
class StrongId {
 public:
  using rep = Rep;

  constexpr StrongId() = default;
  constexpr explicit StrongId(Rep value) : value_(value) {}

  constexpr Rep value() const { return value_; }
  constexpr bool valid() const { return value_ != 0; }

  friend constexpr auto operator<=>(StrongId, StrongId) = default;

  template <typename H>
  friend H AbslHashValue(H state, StrongId id) {
    return H::combine(std::move(state), id.value_);
  }

  friend std::ostream& operator<<(std::ostream& out, StrongId id) { return out << id.value_; }

 private:
  Rep value_ = 0;
};

// An asset; dense, handed out by the committer from 1.
using AssetId = StrongId<struct AssetIdTag, uint64_t>;
// A column of an asset; 0 (not valid) stands for the asset itself.
using ColumnId = StrongId<struct ColumnIdTag, uint32_t>;
// One commit; the next is greater.
using Revision = StrongId<struct RevisionTag, uint64_t>;
// A person, group or service account.
using PrincipalId = StrongId<struct PrincipalIdTag, uint64_t>;
// A principal with a tool family.
using ProducerId = StrongId<struct ProducerIdTag, uint32_t>;
// An interned label: a tag, owner, domain, environment or any other thing a scope may name.
using LabelId = StrongId<struct LabelIdTag, uint32_t>;

}  // namespace cadastre::base

template <typename Tag, typename Rep>
struct std::hash<cadastre::base::StrongId<Tag, Rep>> {
  size_t operator()(cadastre::base::StrongId<Tag, Rep> id) const noexcept { return std::hash<Rep>{}(id.value()); }
};
