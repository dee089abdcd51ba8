// The privileges, and sets of them.
//
// The numbers are authz.v1.Privilege on the wire and on disk. `administer`
// implies neither `read` nor `audit`; no privilege implies another, save that
// nothing of an asset opens without `browse` on it. Thread rule: compatible.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace cadastre::authz {

enum class Privilege : uint8_t {
  kNone = 0,  // any authenticated principal
  kBrowse = 1,
  kRead = 2,
  kReadColumns = 3,
  kReadCode = 4,
  kReadOperations = 5,
  kReadSamples = 6,
  kEditDocs = 7,
  kEditTags = 8,
  kEditTechnical = 9,
  kPush = 10,
  kManageGrants = 11,
  kAudit = 12,
  kAdminister = 13,
};
inline constexpr int kPrivilegeCount = 14;

// `browse`, `read_columns`, …; "none" for kNone.
std::string_view PrivilegeName(Privilege privilege);

// A set of privileges as a bit mask.
class PrivilegeSet {
 public:
  constexpr PrivilegeSet() = default;
  constexpr void Add(Privilege privilege) { bits_ |= 1u << static_cast<int>(privilege); }
  constexpr bool Has(Privilege privilege) const { return (bits_ >> static_cast<int>(privilege)) & 1u; }
  constexpr void Remove(Privilege privilege) { bits_ &= ~(1u << static_cast<int>(privilege)); }
  constexpr uint32_t bits() const { return bits_; }
  friend constexpr auto operator<=>(PrivilegeSet, PrivilegeSet) = default;

 private:
  uint32_t bits_ = 0;
};

}  // namespace cadastre::authz
