#include "server/rpc/message_parts.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>

#include "base/status.h"

namespace cadastre::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// As deep as messages are read: what lies deeper does not parse.
constexpr int kLevelsMax = 100;
// Packed into one field they take no more together than one part.
constexpr size_t kScalarsAPart = kPartBytes / sizeof(uint64_t);

bool IsPackedAs(const FieldDescriptor& field, WireFormatLite::WireType wire) {
  return field.is_packable() && wire == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
}

// Else it is read as a field that the type does not know.
bool Fits(const FieldDescriptor& field, WireFormatLite::WireType wire) {
  const auto type = static_cast<WireFormatLite::FieldType>(field.type());
  return WireFormatLite::WireTypeForFieldType(type) == wire || IsPackedAs(field, wire);
}

class Counter {
 public:
  explicit Counter(google::protobuf::io::CodedInputStream* in) : in_(*in) {}

  size_t parts() const { return parts_; }

  // A message of the type, or without one what stands between the tags of a group, which no type knows. False at the
  // end of what can be counted.
  bool Count(const Descriptor* type, int group, int depth) {
    while (const uint32_t tag = in_.ReadTag()) {
      if (parts_ >= kPartsMax) return false;
      const WireFormatLite::WireType wire = WireFormatLite::GetTagWireType(tag);
      const int number = WireFormatLite::GetTagFieldNumber(tag);
      if (wire == WireFormatLite::WIRETYPE_END_GROUP) return group != 0 && number == group;
      const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByNumber(number);
      if (field != nullptr && !Fits(*field, wire)) field = nullptr;
      if (!CountField(field, tag, depth)) return false;
    }
    return group == 0 && in_.ConsumedEntireMessage();
  }

 private:
  // Null for what the type does not know.
  bool CountField(const FieldDescriptor* field, uint32_t tag, int depth) {
    const WireFormatLite::WireType wire = WireFormatLite::GetTagWireType(tag);
    const bool message = field != nullptr && field->message_type() != nullptr;
    if (field == nullptr || field->is_repeated() || message) ++parts_;
    if (wire == WireFormatLite::WIRETYPE_START_GROUP) {
      return depth < kLevelsMax && Count(nullptr, WireFormatLite::GetTagFieldNumber(tag), depth + 1);
    }
    if (message) return depth < kLevelsMax && CountMessage(*field->message_type(), depth + 1);
    if (field == nullptr || !IsPackedAs(*field, wire)) return WireFormatLite::SkipField(&in_, tag);
    uint32_t size = 0;
    if (!in_.ReadVarint32(&size)) return false;
    parts_ += size / kScalarsAPart;
    return in_.Skip(static_cast<int>(size));
  }

  bool CountMessage(const Descriptor& type, int depth) {
    uint32_t size = 0;
    if (!in_.ReadVarint32(&size)) return false;
    const auto limit = in_.PushLimit(static_cast<int>(size));
    const bool whole = Count(&type, 0, depth);
    in_.PopLimit(limit);
    return whole;
  }

  google::protobuf::io::CodedInputStream& in_;
  size_t parts_ = 0;
};

}  // namespace

size_t CountParts(google::protobuf::io::ZeroCopyInputStream& bytes, const Descriptor& type) {
  google::protobuf::io::CodedInputStream in(&bytes);
  Counter counter(&in);
  counter.Count(&type, 0, 0);
  return std::min(counter.parts(), kPartsMax);
}

size_t CountJsonParts(std::string_view json) {
  size_t parts = 0;
  bool text = false;
  for (size_t i = 0; i < json.size() && parts < kPartsMax; ++i) {
    const char c = json[i];
    if (text) {
      if (c == '\\') ++i;
      text = c != '"';
    } else if (c == '"') {
      text = true;
    } else if (c == ',' || c == '{' || c == '[') {
      ++parts;
    }
  }
  return parts;
}

Status HoldParts(size_t parts, const std::function<Status(size_t bytes)>& hold) {
  if (parts >= kPartsMax) return base::InvalidField("body", base::Cat("fewer than ", kPartsMax, " values"));
  return hold ? hold(parts * kPartBytes) : absl::OkStatus();
}

}  // namespace cadastre::server
