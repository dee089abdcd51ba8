#include "authz/view/row_codec.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>

#include <limits>

#include "base/check.h"
#include "base/status.h"

namespace cadastre::authz {
namespace {

// Stands for a record without any field set, because an empty value on disk is the tombstone: a field no record has
// (number 1,023, value 0), which every parser of the message passes over.
constexpr std::string_view kEmptyRecord("\xf8\x3f\x00", 3);

}  // namespace

std::string EncodeMessage(const google::protobuf::MessageLite& record) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    CHECK(record.SerializePartialToCodedStream(&coded)) << "a record over 2 GiB";
  }
  if (bytes.empty()) bytes = kEmptyRecord;
  return bytes;
}

Status DecodeMessage(std::string_view bytes, google::protobuf::MessageLite* record) {
  record->Clear();
  if (bytes == kEmptyRecord) return absl::OkStatus();
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()) ||
      !record->ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return base::DataLoss("a stored record does not parse");
  }
  return absl::OkStatus();
}

}  // namespace cadastre::authz
