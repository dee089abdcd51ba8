#include "ingestors/openlineage/json_object.h"

#include <charconv>
#include <cmath>

#include "ingestors/openlineage/text_mending.h"

namespace cadastre::openlineage {

namespace dom = simdjson::dom;

std::string ElementAsText(dom::element value) {
  if (value.is_string() && IsKeepable(value.get_string().value_unsafe())) {
    return std::string(value.get_string().value_unsafe());
  }
  return simdjson::minify(value);
}

JsonObject::JsonObject(Element value, FacetShape& shape) : shape_(shape) {
  if (value.is_object()) {
    members_ = value.get_object().value_unsafe();
  } else {
    shape_.wrong = true;
  }
}

JsonObject::~JsonObject() {
  if (members_.has_value() && known_ < members_->size()) shape_.extra = true;
}

std::optional<JsonObject::Element> JsonObject::Find(std::string_view key) {
  if (!members_.has_value()) return std::nullopt;
  Element value;
  if (members_->at_key(key).get(value) != simdjson::SUCCESS) return std::nullopt;
  ++known_;
  if (value.is_null()) return std::nullopt;
  return value;
}

void JsonObject::Ignore(std::string_view key) { Find(key); }

std::optional<std::string> JsonObject::StatedText(std::string_view key) {
  const std::optional<Element> value = Find(key);
  if (!value.has_value()) return std::nullopt;
  if (!value->is_string()) {
    Wrong();
    return std::nullopt;
  }
  const std::string_view text = value->get_string().value_unsafe();
  if (IsKeepable(text)) return std::string(text);
  Wrong();
  shape_.unkept = true;
  return std::nullopt;
}

std::string JsonObject::Text(std::string_view key) { return StatedText(key).value_or(std::string()); }

std::string JsonObject::RequiredText(std::string_view key) {
  std::string text = Text(key);
  if (text.empty()) Wrong();
  return text;
}

std::optional<int64_t> JsonObject::Integer(std::string_view key) {
  const std::optional<Element> value = Find(key);
  if (!value.has_value()) return std::nullopt;
  if (value->is_int64()) return value->get_int64().value_unsafe();
  if (value->is_double()) {
    // Some producers write every number as a fraction: 3.0.
    constexpr double kExact = 9007199254740992.0;
    const double number = value->get_double().value_unsafe();
    if (std::trunc(number) == number && std::abs(number) <= kExact) return static_cast<int64_t>(number);
  }
  Wrong();
  if (!value->is_string()) return std::nullopt;
  const std::string_view text = value->get_string().value_unsafe();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int64_t> JsonObject::Count(std::string_view key) {
  const std::optional<int64_t> count = Integer(key);
  if (count.value_or(0) >= 0) return count;
  Wrong();
  return std::nullopt;
}

std::optional<double> JsonObject::Number(std::string_view key) {
  const std::optional<Element> value = Find(key);
  if (!value.has_value()) return std::nullopt;
  if (value->is_number()) return value->get_double().value_unsafe();
  Wrong();
  return std::nullopt;
}

std::optional<bool> JsonObject::Bool(std::string_view key) {
  const std::optional<Element> value = Find(key);
  if (!value.has_value()) return std::nullopt;
  if (value->is_bool()) return value->get_bool().value_unsafe();
  Wrong();
  return std::nullopt;
}

std::string JsonObject::AnyAsText(std::string_view key) {
  const std::optional<Element> value = Find(key);
  return value.has_value() ? ElementAsText(*value) : std::string();
}

bool JsonObject::EachMember(std::string_view key,
                            const std::function<void(std::string_view name, Element value)>& visit) {
  const std::optional<Element> value = Find(key);
  if (!value.has_value()) return false;
  if (!value->is_object()) {
    Wrong();
    return false;
  }
  const dom::object members = value->get_object().value_unsafe();
  for (const dom::key_value_pair member : members) {
    if (*shape_.items_left == 0) {
      Wrong();
      break;
    }
    --*shape_.items_left;
    if (!IsKeepable(member.key)) {
      Wrong();
      shape_.unkept = true;
      continue;
    }
    visit(member.key, member.value);
  }
  return true;
}

bool JsonObject::EachObject(std::string_view key, const std::function<void(JsonObject& item)>& visit) {
  const std::optional<Element> value = Find(key);
  if (!value.has_value()) return false;
  if (!value->is_array()) {
    Wrong();
    return false;
  }
  const dom::array items = value->get_array().value_unsafe();
  for (const Element item : items) {
    if (*shape_.items_left == 0) {
      Wrong();
      break;
    }
    --*shape_.items_left;
    JsonObject object(item, shape_);
    if (item.is_object()) visit(object);
  }
  return true;
}

std::optional<JsonObject::Element> JsonObject::Inner(std::string_view key) { return Find(key); }

}  // namespace cadastre::openlineage
