#include "server/rpc/message_parts.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "base/status.h"

namespace cadastre::server {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// As deep as messages are read.
constexpr int kLevelsMax = 100;

class Counter {
 public:
  explicit Counter(google::protobuf::io::CodedInputStream* in) : in_(*in) {}

  size_t parts() const { return parts_; }

  // False at the end of what can be counted.
  bool Count(const Descriptor& type, int depth) {
    while (const uint32_t tag = in_.ReadTag()) {
      if (parts_ >= kPartsMax) return false;
      const FieldDescriptor* field = type.FindFieldByNumber(WireFormatLite::GetTagFieldNumber(tag));
      if (field == nullptr || field->is_repeated()) ++parts_;
      const bool bytes = WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED;
      if (field == nullptr || field->message_type() == nullptr || !bytes || depth == kLevelsMax) {
        if (!WireFormatLite::SkipField(&in_, tag)) return false;
        continue;
      }
      if (!field->is_repeated()) ++parts_;
      uint32_t size = 0;
      if (!in_.ReadVarint32(&size)) return false;
      const auto limit = in_.PushLimit(static_cast<int>(size));
      const bool whole = Count(*field->message_type(), depth + 1);
      in_.PopLimit(limit);
      if (!whole) return false;
    }
    return in_.ConsumedEntireMessage();
  }

 private:
  google::protobuf::io::CodedInputStream& in_;
  size_t parts_ = 0;
};

}  // namespace

size_t CountParts(google::protobuf::io::ZeroCopyInputStream& bytes, const Descriptor& type) {
  google::protobuf::io::CodedInputStream in(&bytes);
  Counter counter(&in);
  counter.Count(type, 0);
  return counter.parts();
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
