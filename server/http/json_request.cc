#include "server/http/json_request.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <optional>

#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::server {
namespace {

constexpr size_t kFieldBytesMax = 200;
constexpr std::string_view kTypeUrl = "type.googleapis.com/";

std::string WordsOf(const google::protobuf::EnumDescriptor& type) {
  std::string words = "one of";
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->number() != 0) words += base::Cat(" ", type.value(i)->name());
  }
  return words;
}

std::string ExpectedOf(std::string_view type) {
  if (type == "TYPE_STRING") return "text";
  if (type == "TYPE_BOOL") return "true or false";
  if (type == "TYPE_BYTES") return "bytes in base64";
  if (type == "TYPE_DOUBLE" || type == "TYPE_FLOAT") return "a number";
  if (type.starts_with("TYPE_")) return "a whole number in its range";
  if (!type.starts_with(kTypeUrl)) return "a value of its type";
  const std::string name(type.substr(kTypeUrl.size()));
  if (name == "google.protobuf.Timestamp") return "a time such as 2026-03-01T09:30:00Z";
  const auto* enumeration = google::protobuf::DescriptorPool::generated_pool()->FindEnumTypeByName(name);
  return enumeration != nullptr ? WordsOf(*enumeration) : base::Cat("an object as ", name, " is written");
}

Status Field(std::string_view path, std::string_view name, std::string_view expected) {
  const std::string field = base::Cat(path, path.empty() || name.empty() ? "" : ".", name);
  return base::InvalidField(field.empty() ? "body" : base::Utf8Prefix(field, kFieldBytesMax), expected);
}

// The text before the end of `rest`, where it ends in `end`.
std::optional<std::string_view> Before(std::string_view rest, std::string_view end) {
  if (!rest.ends_with(end)) return std::nullopt;
  return rest.substr(0, rest.size() - end.size());
}

}  // namespace

Status NamedField(std::string_view complaint) {
  std::string_view path;
  std::string_view rest = complaint;
  // `(asset.kind): …` or `(asset) …`.
  if (rest.starts_with('(')) {
    const size_t close = rest.find(')');
    if (close != std::string_view::npos) {
      path = rest.substr(1, close - 1);
      rest.remove_prefix(close + 1);
    }
  }
  while (rest.starts_with(':') || rest.starts_with(' ')) rest.remove_prefix(1);
  if (const auto name = Before(rest, ": Cannot find field.")) return Field(path, *name, "no field of this name");
  if (const auto name = Before(rest, ": Proto field is not repeating, cannot start list.")) {
    return Field(path, *name, "one value, not a list");
  }
  constexpr std::string_view kObject = "invalid value Starting an object on a scalar field for type ";
  if (rest.starts_with(kObject)) return Field(path, rest.substr(kObject.size()), "one value, not an object");
  constexpr std::string_view kForType = " for type ";
  const size_t type = rest.rfind(kForType);
  if (rest.starts_with("invalid value ") && type != std::string_view::npos) {
    return Field(path, "", ExpectedOf(rest.substr(type + kForType.size())));
  }
  if (rest == "Root element must be a message.") return base::InvalidField("body", "a JSON object");
  // What follows the first line is a piece of the body.
  std::string_view line = rest.substr(0, rest.find('\n'));
  while (line.ends_with('.')) line.remove_suffix(1);
  if (line.starts_with("Message too deep")) line = "too many levels";
  return base::InvalidField("body", base::Cat("JSON (", line, ")"));
}

Status ParseJsonRequest(const std::string& body, google::protobuf::Message& request) {
  if (!base::IsValidUtf8(body)) return base::InvalidField("body", "JSON in UTF-8");
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = false;
  const auto parsed = google::protobuf::util::JsonStringToMessage(body.empty() ? "{}" : body, &request, options);
  if (parsed.ok()) return absl::OkStatus();
  return NamedField({parsed.message().data(), parsed.message().size()});
}

}  // namespace cadastre::server
