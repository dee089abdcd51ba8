// Whatever the bytes: a query parses or is refused by name, its words are bounded and lie within its text, and no text
// breaks the splitter.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/status.h"
#include "base/utf8.h"
#include "search/query_parser.h"
#include "search/ranking.h"
#include "search/words.h"

namespace search = cadastre::search;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string nfc = search::Nfc(bytes);
  const size_t points = search::CodePoints(nfc);
  for (const search::Word& word : search::SplitWords(nfc)) {
    CHECK(word.start < word.end && word.end <= points && word.text.size() <= search::kWordBytesMax);
    CHECK(cadastre::base::IsValidUtf8(word.text));
    CHECK(search::EditDistance(word.text, word.text, 2) == 0);
    CHECK(word.text.starts_with(search::BareKorean(word.text)));
  }
  CHECK(search::Squeeze(bytes).size() <= search::kWordBytesMax);
  (void)search::Place::Decode(bytes);

  const auto query = search::ParseQuery(bytes);
  if (!query.ok()) {
    CHECK(cadastre::base::FieldOf(query.status()) == "query");
    return 0;
  }
  CHECK(query->words <= search::kQueryWordsMax);
  const size_t length = search::CodePoints(query->text);
  for (const search::Clause& clause : query->clauses) {
    CHECK(!clause.any.empty());
    for (const search::Atom& atom : clause.any) {
      for (const search::QueryWord& word : atom.words) CHECK(word.start < word.end && word.end <= length);
    }
  }
  return 0;
}
