#include "server/rpc/text_check.h"

#include <vector>

#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::server {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDepthMax = 64;

Status CheckOne(const std::string& text, const FieldDescriptor& field) {
  if (text.find('\0') != std::string::npos) return base::InvalidField(field.name(), "text without U+0000");
  if (!base::IsValidUtf8(text)) return base::InvalidField(field.name(), "UTF-8");
  return absl::OkStatus();
}

Status CheckAt(const Message& message, int depth);

Status CheckField(const Message& message, const Reflection& reflection, const FieldDescriptor* field, int depth) {
  const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
  for (int i = 0; i < count; ++i) {
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const Message& inner = field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                  : reflection.GetMessage(message, field);
      RETURN_IF_ERROR(base::WithinField(field->name(), CheckAt(inner, depth + 1)));
    } else if (field->type() == FieldDescriptor::TYPE_STRING) {
      std::string scratch;
      const std::string& text = field->is_repeated()
                                    ? reflection.GetRepeatedStringReference(message, field, i, &scratch)
                                    : reflection.GetStringReference(message, field, &scratch);
      RETURN_IF_ERROR(CheckOne(text, *field));
    }
  }
  return absl::OkStatus();
}

Status CheckAt(const Message& message, int depth) {
  if (depth > kDepthMax) return base::InvalidField(message.GetDescriptor()->name(), "at most 64 levels");
  const Reflection& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) RETURN_IF_ERROR(CheckField(message, reflection, field, depth));
  return absl::OkStatus();
}

}  // namespace

Status CheckText(const Message& request) { return CheckAt(request, 0); }

}  // namespace cadastre::server
