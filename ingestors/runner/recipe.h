// A recipe: which source is crawled, what of it, and into which catalog. YAML, checked whole against the tables of
// keys (recipe_key.h) before anything is connected to.
//
// Owner: a value; whoever read it. Thread rule: compatible.
// Errors: INVALID_ARGUMENT that names the file, the line, the key and what was expected, and where a key is unknown the
// nearest one that is not. No error holds a value that may be a secret.
// Bounds: 1 MiB of YAML, nested at most 16 deep, 10,000 values; aliases are refused, so nothing is expanded; files of
// secrets at most 64 KiB.
// Deliberately does not: run anything; know what a key of a source type means.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingestors/runner/name_filter.h"
#include "ingestors/runner/recipe_key.h"

namespace cadastre::ingest {

// What a recipe may reach outside itself.
struct Surroundings {
  // The value of `${NAME}`; nothing where it is not set.
  std::function<std::optional<std::string>(const std::string& name)> environment;
  // The content of a file of secrets, by its path as written.
  std::function<absl::StatusOr<std::string>(const std::string& path)> file;
  // Whether the file of the catalog's token may be missing: for who asks the catalog nothing, such as who is about to
  // make the account whose token will stand there.
  bool token_to_come = false;
};

// The process's environment, and files below `folder` where their path is relative.
Surroundings SurroundingsOf(std::string folder);

class Recipe {
 public:
  // What the recipe says, or what holds where it says nothing; empty, 0 or false where nothing does. `path` is in the
  // tables it was read by: anything else is a mistake in the program.
  std::string Text(std::string_view path) const;
  int64_t Number(std::string_view path) const;
  bool Flag(std::string_view path) const;
  std::vector<std::string> Texts(std::string_view path) const;
  // Whether the recipe itself says it.
  bool Says(std::string_view path) const;

  // A path as the recipe writes it: a relative one begins in the recipe's own folder.
  std::string PathOf(std::string_view written) const;

  // INVALID_ARGUMENT about what a key says, with its file and line.
  absl::Status Wrong(std::string_view path, std::string_view expected) const;

  // `text` without any secret of the recipe: for whatever others say, such as a source's errors.
  std::string WithoutSecrets(std::string text) const;

 private:
  friend class RecipeReader;
  struct Value {
    std::vector<std::string> texts;
    int line = 0;
  };
  const RecipeKey& KeyOf(std::string_view path) const;
  const Value* Find(std::string_view path) const;

  std::string file_;
  std::map<std::string, RecipeKey, std::less<>> keys_;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::string> secrets_;
};

// The keys of a source type by its word; nullptr where there is no such type.
using KeysOfType = std::function<const std::vector<RecipeKey>*(std::string_view type)>;

// `file` is named in errors; `types` are the words that `source.type` may be.
absl::StatusOr<Recipe> ParseRecipe(std::string_view file, const std::string& yaml,
                                   const std::vector<std::string>& types, const KeysOfType& keys_of_type,
                                   const Surroundings& surroundings);

// The bytes of a recipe's file. INVALID_ARGUMENT where it cannot be read or is too large.
absl::StatusOr<std::string> ReadRecipeFile(const std::string& path);

// Of `scope.LEVEL.include` and `.exclude`, whose names have at most `levels` levels. INVALID_ARGUMENT names the key.
absl::StatusOr<NameFilter> FilterOf(const Recipe& recipe, const std::string& level, size_t levels);

}  // namespace cadastre::ingest
