// StoredText: the text of a document as it is kept (the bytes of record::SearchText), read without decoding all of it:
// most of a text are columns, by the thousand, that no answer shows.
//
// Views into bytes it shares. Thread rule: compatible. Errors: DATA_LOSS where the bytes are none that EncodeText made.
// Deliberately does not: check what nobody asks for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/words.h"
#include "cadastre/record/search.pb.h"

namespace cadastre::search {

// Columns stand last in it.
std::string EncodeText(const record::SearchText& text);

struct StoredColumn {
  std::string_view path;
  std::string_view description;
  std::vector<std::string_view> classes;
  // Of the path, where one of them holds a dot; else empty.
  std::vector<std::string_view> segments;
  // Where it ends in StoredText::columns().
  size_t end = 0;
};

class StoredText {
 public:
  static StatusOr<StoredText> Of(std::shared_ptr<const std::string> bytes);

  std::string_view title() const { return title_; }
  std::string_view description() const { return description_; }
  std::string_view code() const { return code_; }
  const std::vector<std::string_view>& tags() const { return tags_; }
  const std::vector<std::string_view>& owners() const { return owners_; }
  const std::vector<uint64_t>& terms() const { return terms_; }

  // All columns as they are kept, one after the other: to be searched for bytes of their paths and descriptions.
  std::string_view columns() const { return columns_; }
  // The column that the byte `at` of columns() belongs to; `from` is the end of a column before it, or 0.
  StatusOr<StoredColumn> ColumnAt(size_t at, size_t from) const;

 private:
  std::shared_ptr<const std::string> bytes_;
  std::string_view title_;
  std::string_view description_;
  std::string_view code_;
  std::vector<std::string_view> tags_;
  std::vector<std::string_view> owners_;
  std::vector<uint64_t> terms_;
  std::string_view columns_;
};

}  // namespace cadastre::search
