// The keys of a recipe, one row each: what a recipe may say, what `schema` and the guide tell of it.
//
// Owner: the tables are constants. Thread rule: safe.
// To add one: a row in recipe_keys.cc, or in the table of the source type that alone knows it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cadastre::ingest {

enum class Shape : uint8_t {
  kText,
  // One of `choices`.
  kChoice,
  kNumber,
  kFlag,
  // A list of texts, or one text for a list of one.
  kTexts,
  // A text that is told to nobody. The key with `_file` behind it names a file that holds it.
  kSecret,
};

struct RecipeKey {
  // As in a recipe, levels joined by dots: `source.host`.
  std::string_view path;
  Shape shape = Shape::kText;
  std::string_view meaning = {};
  // What holds where the recipe says nothing; empty: nothing does.
  std::string_view otherwise = {};
  bool required = false;
  // Of a number.
  int64_t min = 0;
  int64_t max = 0;
  // Of a choice, separated by `|`.
  std::string_view choices = {};
};

// Those of every recipe.
const std::vector<RecipeKey>& CommonKeys();

std::vector<std::string> ChoicesOf(const RecipeKey& key);

// A JSON Schema (draft 2020-12) of recipes with these keys, for editors.
std::string JsonSchemaOf(std::string_view title, const std::vector<RecipeKey>& keys);
// The same keys as the table of the guide.
std::string MarkdownOf(const std::vector<RecipeKey>& keys);

}  // namespace cadastre::ingest
