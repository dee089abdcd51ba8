// Terms: a document as the index keeps it: terms with their counts, the values of its memory columns, its text.
//
// A term is a field's letter, for classified columns the 8-byte number of their set of classes, a mark and the text; so
// a viewer without the classes never even looks at those terms. Two more kinds: whole names and titles squeezed
// together (`X`, `Y`), and glossary terms by asset id (`M`).
// Thread rule: compatible. Bounds: a term is a word (search/words.h) and 11 bytes at most, a count at most 255, a text
// as stated below.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cadastre/record/search.pb.h"
#include "search/document.h"
#include "search/field.h"

namespace cadastre::search {

// Raise with any change of terms, values or text: an index of another format is rebuilt.
inline constexpr uint32_t kIndexFormat = 4;
// Words of a longer description or code are not indexed, and text past kShownBytesMax is not highlighted.
inline constexpr size_t kTextBytesMax = size_t{64} << 10;
inline constexpr size_t kShownBytesMax = 4096;

inline constexpr char kWordMark = 'w';
inline constexpr char kGramMark = 'g';
// Several parts of one segment together. Apart from words, because each is of few documents: walking those that begin
// with a common word would cost more than all its postings.
inline constexpr char kJoinedMark = 's';
// The first word of a name, of its last segment, or of a title.
inline constexpr char kFirstMark = 'f';
inline constexpr char kWholeName = 'X';
inline constexpr char kWholeTitle = 'Y';

using ClassSet = std::vector<std::string>;  // sorted
uint64_t ClassSetNumber(const ClassSet& classes);

// The first eight bytes of the name as a number that sorts as they do.
uint64_t NameKey(const AssetName& name);

// Everything before the mark.
std::string TermPrefix(Field field);
std::string ClassifiedPrefix(Field field, uint64_t class_set);
std::string GlossaryTerm(AssetId term);

struct IndexedDocument {
  AssetId id;
  // Sorted, each once; empty for an asset that is no more.
  std::vector<std::pair<std::string, uint8_t>> terms;
  record::SearchValues values;
  // As EncodeText makes it.
  std::shared_ptr<const std::string> text;

  bool gone() const { return text == nullptr; }
  size_t bytes() const;
};

IndexedDocument MakeIndexed(AssetId id, const SearchDocument& document);
// Strikes the asset out.
IndexedDocument MakeGone(AssetId id);

}  // namespace cadastre::search
