#include "cli/plain_enums.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include "base/status.h"

namespace cadastre::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Struct;
using google::protobuf::Value;

constexpr int kLevelsMax = 64;

// PrincipalKind -> PRINCIPAL_KIND_, as the style guide of protobuf names an enum's values.
std::string PrefixOf(const EnumDescriptor& type) {
  std::string out;
  for (const char c : type.name()) {
    if (c >= 'A' && c <= 'Z' && !out.empty()) out += '_';
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out + "_";
}

bool NameEnum(const EnumDescriptor& type, Value& value) {
  if (value.kind_case() != Value::kStringValue || type.FindValueByName(value.string_value()) != nullptr) return false;
  std::string name = PrefixOf(type);
  for (const char c : value.string_value()) {
    name += c == '-' || c == ' ' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (type.FindValueByName(name) == nullptr) return false;
  value.set_string_value(name);
  return true;
}

bool NameEnums(const Descriptor& type, Struct& object, int level);

bool NameEnums(const FieldDescriptor& field, Value& value, int level) {
  if (value.kind_case() == Value::kListValue && field.is_repeated() && !field.is_map()) {
    bool changed = false;
    for (Value& element : *value.mutable_list_value()->mutable_values()) {
      if (element.kind_case() != Value::kListValue) changed = NameEnums(field, element, level) || changed;
    }
    return changed;
  }
  if (field.type() == FieldDescriptor::TYPE_ENUM) return NameEnum(*field.enum_type(), value);
  if (field.type() != FieldDescriptor::TYPE_MESSAGE || field.is_map()) return false;
  // Free JSON has no enums, whatever its members are called.
  if (value.kind_case() != Value::kStructValue || field.message_type()->full_name().starts_with("google.protobuf.")) {
    return false;
  }
  return NameEnums(*field.message_type(), *value.mutable_struct_value(), level + 1);
}

bool NameEnums(const Descriptor& type, Struct& object, int level) {
  if (level >= kLevelsMax) return false;
  bool changed = false;
  for (auto& [name, value] : *object.mutable_fields()) {
    const FieldDescriptor* field = type.FindFieldByCamelcaseName(name);
    if (field == nullptr) field = type.FindFieldByName(name);
    if (field != nullptr) changed = NameEnums(*field, value, level) || changed;
  }
  return changed;
}

}  // namespace

std::string WithEnumNames(const Descriptor& type, const std::string& json) {
  Struct object;
  if (!google::protobuf::util::JsonStringToMessage(json, &object).ok() || !NameEnums(type, object, 0)) return json;
  std::string named;
  return google::protobuf::util::MessageToJsonString(object, &named).ok() ? named : json;
}

}  // namespace cadastre::cli
