// One JSON object read by the keys its specification names, noting what was not as specified.
//
// Owner: a facet handler, on its stack. Thread rule: confined.
// Errors: none; a member of the wrong type reads as absent and sets FacetShape::wrong.
// Deliberately does not: appear outside this folder.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cadastre::openlineage {

// How a facet differs from its specification, collected over all objects in it.
struct FacetShape {
  // Something required is missing or has another type.
  bool wrong = false;
  // There are keys no typed aspect holds.
  bool extra = false;
  // Column pairs beyond the bounds were left out.
  bool cut = false;
  // Text that cannot be kept (text_mending.h) was left out; such a facet is wrong as well.
  bool unkept = false;
  // Items of arrays that may still be read, of the whole event.
  size_t* items_left;
};

class JsonObject {
 public:
  using Element = simdjson::dom::element;

  // `value` that is no object reads as one without members, and is wrong.
  JsonObject(Element value, FacetShape& shape);
  // Notes the keys nobody asked for.
  ~JsonObject();
  JsonObject(const JsonObject&) = delete;
  JsonObject& operator=(const JsonObject&) = delete;

  // Empty where absent or null.
  std::string Text(std::string_view key);
  std::optional<std::string> StatedText(std::string_view key);
  // Absent, null and empty are wrong.
  std::string RequiredText(std::string_view key);
  // A whole number; one written as text is read and noted as wrong.
  std::optional<int64_t> Integer(std::string_view key);
  // The same, and not negative.
  std::optional<int64_t> Count(std::string_view key);
  std::optional<double> Number(std::string_view key);
  std::optional<bool> Bool(std::string_view key);
  // Text as it is, numbers, booleans and anything else as their JSON.
  std::string AnyAsText(std::string_view key);

  // The members of an object, the items of an array; false where absent or null. Another type is wrong.
  bool EachMember(std::string_view key, const std::function<void(std::string_view name, Element value)>& visit);
  bool EachObject(std::string_view key, const std::function<void(JsonObject& item)>& visit);
  // An inner object, null where absent.
  std::optional<Element> Inner(std::string_view key);

  // Marks a key as known without reading it.
  void Ignore(std::string_view key);
  // Marks all keys as known.
  void IgnoreRest() { known_ = SIZE_MAX; }
  void KeepVerbatim() { shape_.extra = true; }
  void Wrong() { shape_.wrong = true; }
  FacetShape& shape() { return shape_; }

 private:
  // The member, unless absent or null.
  std::optional<Element> Find(std::string_view key);

  FacetShape& shape_;
  std::optional<simdjson::dom::object> members_;
  size_t known_ = 0;
};

// Text as it is; anything else, and text that cannot be kept, as its JSON.
std::string ElementAsText(simdjson::dom::element value);

}  // namespace cadastre::openlineage
