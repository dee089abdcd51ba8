// Field: the parts of a document that words stand in, the privilege that opens each, and what a match in it is worth.
//
// The one table of "which privilege opens what" of this room. Values; thread rule: safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "authz/policy/privilege.h"

namespace cadastre::search {

// The numbers are positions in an answer's score, not on disk (letters are).
enum class Field : uint8_t {
  kName = 0,
  kPlatform,
  kType,
  kTitle,
  kDescription,
  kTag,
  kOwner,
  kTerm,
  kColumn,
  kColumnText,
  kCode,
};
inline constexpr size_t kFieldCount = 11;

struct FieldRule {
  Field field;
  // In query operators, highlights and explanations.
  std::string_view word;
  // Of terms on disk: `letter` for open text, `classified` for columns that carry classes (0: none do).
  char letter;
  char classified;
  authz::Privilege privilege;
  // Thousandths; at most twice that with the number of occurrences. All besides the name's stay below one part of a
  // name together, so that no description outweighs a name.
  uint32_t weight;
};

inline constexpr FieldRule kFields[kFieldCount] = {
    {Field::kName, "name", 'N', 0, authz::Privilege::kBrowse, 3000},
    {Field::kPlatform, "platform", 'P', 0, authz::Privilege::kBrowse, 100},
    {Field::kType, "type", 'S', 0, authz::Privilege::kBrowse, 100},
    {Field::kTitle, "title", 'T', 0, authz::Privilege::kRead, 350},
    {Field::kDescription, "description", 'D', 0, authz::Privilege::kRead, 200},
    {Field::kTag, "tag", 'G', 0, authz::Privilege::kRead, 150},
    {Field::kOwner, "owner", 'O', 0, authz::Privilege::kRead, 150},
    {Field::kTerm, "term", 'M', 0, authz::Privilege::kRead, 150},
    {Field::kColumn, "column", 'C', 'K', authz::Privilege::kRead, 200},
    {Field::kColumnText, "column", 'E', 'F', authz::Privilege::kRead, 50},
    {Field::kCode, "code", 'B', 0, authz::Privilege::kReadCode, 40},
};
inline constexpr const FieldRule& RuleOf(Field field) { return kFields[static_cast<size_t>(field)]; }

// A set of fields as a bit mask.
using FieldSet = uint16_t;
inline constexpr FieldSet BitOf(Field field) { return static_cast<FieldSet>(1u << static_cast<unsigned>(field)); }
inline constexpr FieldSet kAllFields = (1u << kFieldCount) - 1;
inline constexpr FieldSet kNameFields = BitOf(Field::kName) | BitOf(Field::kTitle);

}  // namespace cadastre::search
