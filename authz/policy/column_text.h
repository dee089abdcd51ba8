// What a path or a text that names a column is made of: levels, and where it is more than levels, words.
//
// Owner: none, functions and values; thread rule: compatible. For ColumnMask (column_mask.h), which compares them.
// A level names a column, or an element of a list or map, which tools write or leave out: `list`, `element`,
// `key_value`, an index. Whether one of the latter is left out is the comparing side's to say, since a column may be
// called so. Folded throughout: letters by Unicode's compatible case folding, code points that nothing shows dropped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cadastre::authz {

enum class ColumnLevel : uint8_t {
  kName,
  kElement,  // of a list: `element`, `array`, `bag`, …
  kEntries,  // of a map: `key_value`, `entries`, `map`
  kKey,
  kValue,
  kPlace,  // an index, a slice, `*`
};

// A level that tools write for lists and maps; `sure`: hardly any column of its own is called so.
struct ColumnPiece {
  std::string name;  // empty for a place in brackets
  ColumnLevel level = ColumnLevel::kName;
  bool sure = false;

  // By which all words of one level are one: `element` of `array`. Its own name where it names a column.
  std::string_view Common() const;
};

// `dotted`: another word follows behind nothing but a dot, quotes and spaces.
struct ColumnWord {
  std::string_view text;
  bool dotted = false;
};

// Text that is not UTF-8 stays as it is, but for the letters of ASCII.
std::string FoldColumnText(std::string_view text);
// Is there a code point that folding drops, and that may stand between two words all the same?
bool HasUnseen(std::string_view text);
// With a space for each.
std::string SpaceUnseen(std::string_view text);

// Appends the levels of a folded text: cut at dots and brackets, quotes off. False where it is not a name of plain
// levels alone: it holds anything but words, dots, quotes around them, and places in brackets.
bool CutIntoPieces(std::string_view folded, std::vector<ColumnPiece>* pieces);
// Appends its words, which are of `folded`: letters, marks, digits and connectors of any script; all else delimits.
void CutIntoWords(std::string_view folded, std::vector<ColumnWord>* words);
// The common text of a word that is one of lists or maps; empty for others.
std::string_view CommonLevel(std::string_view word);

}  // namespace cadastre::authz
