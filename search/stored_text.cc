#include "search/stored_text.h"

#include <utility>

#include "base/status.h"

namespace cadastre::search {
namespace {

using record::SearchText;
using record::SearchTextColumn;

constexpr unsigned kWireBits = 3;
constexpr uint64_t kVarintType = 0;
constexpr uint64_t kBytesType = 2;
constexpr uint64_t TagOf(int field, uint64_t type) { return static_cast<uint64_t>(field) << kWireBits | type; }

Status Damaged() { return base::DataLoss("search base: a text does not decode"); }

// One field after the other; once it fails it stays so.
class FieldReader {
 public:
  FieldReader(std::string_view bytes, size_t at) : bytes_(bytes), at_(at) {}

  bool ok() const { return ok_; }
  bool done() const { return !ok_ || at_ == bytes_.size(); }
  size_t at() const { return at_; }

  uint64_t Varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; at_ < bytes_.size() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      value |= static_cast<uint64_t>(byte & 0x7Fu) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }

  std::string_view Bytes() {
    const uint64_t size = Varint();
    if (!ok_ || size > bytes_.size() - at_) {
      ok_ = false;
      return {};
    }
    const std::string_view part = bytes_.substr(at_, size);
    at_ += size;
    return part;
  }

  void Fail() { ok_ = false; }

 private:
  std::string_view bytes_;
  size_t at_;
  bool ok_ = true;
};

}  // namespace

std::string EncodeText(const SearchText& text) { return text.SerializeAsString(); }

StatusOr<StoredText> StoredText::Of(std::shared_ptr<const std::string> bytes) {
  StoredText text;
  text.bytes_ = std::move(bytes);
  const std::string_view whole = *text.bytes_;
  FieldReader reader(whole, 0);
  while (!reader.done()) {
    const size_t start = reader.at();
    switch (reader.Varint()) {
      case TagOf(SearchText::kTitleFieldNumber, kBytesType): text.title_ = reader.Bytes(); break;
      case TagOf(SearchText::kDescriptionFieldNumber, kBytesType): text.description_ = reader.Bytes(); break;
      case TagOf(SearchText::kCodeFieldNumber, kBytesType): text.code_ = reader.Bytes(); break;
      case TagOf(SearchText::kTagsFieldNumber, kBytesType): text.tags_.push_back(reader.Bytes()); break;
      case TagOf(SearchText::kOwnersFieldNumber, kBytesType): text.owners_.push_back(reader.Bytes()); break;
      case TagOf(SearchText::kTermsFieldNumber, kVarintType): text.terms_.push_back(reader.Varint()); break;
      case TagOf(SearchText::kTermsFieldNumber, kBytesType): {
        FieldReader packed(reader.Bytes(), 0);
        while (!packed.done()) text.terms_.push_back(packed.Varint());
        if (!packed.ok()) reader.Fail();
        break;
      }
      case TagOf(SearchText::kColumnsFieldNumber, kBytesType): text.columns_ = whole.substr(start); return text;
      default: return Damaged();
    }
  }
  if (!reader.ok()) return Damaged();
  return text;
}

StatusOr<StoredColumn> StoredText::ColumnAt(size_t at, size_t from) const {
  FieldReader reader(columns_, from);
  std::string_view bytes;
  while (!reader.done() && reader.at() <= at) {
    if (reader.Varint() != TagOf(SearchText::kColumnsFieldNumber, kBytesType)) return Damaged();
    bytes = reader.Bytes();
  }
  if (!reader.ok() || reader.at() <= at) return Damaged();
  StoredColumn column;
  column.end = reader.at();
  FieldReader fields(bytes, 0);
  while (!fields.done()) {
    switch (fields.Varint()) {
      case TagOf(SearchTextColumn::kPathFieldNumber, kBytesType): column.path = fields.Bytes(); break;
      case TagOf(SearchTextColumn::kDescriptionFieldNumber, kBytesType): column.description = fields.Bytes(); break;
      case TagOf(SearchTextColumn::kClassesFieldNumber, kBytesType): column.classes.push_back(fields.Bytes()); break;
      case TagOf(SearchTextColumn::kSegmentsFieldNumber, kBytesType): column.segments.push_back(fields.Bytes()); break;
      default: return Damaged();
    }
  }
  if (!fields.ok()) return Damaged();
  return column;
}

}  // namespace cadastre::search
