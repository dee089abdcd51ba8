#include <map>

#include "base/status.h"
#include "ingestors/runner/recipe_key.h"
#include "ingestors/runner/text.h"

namespace cadastre::ingest {
namespace {

// The keys as a tree, each level in the order of its names.
struct Level {
  std::map<std::string, Level> below;
  const RecipeKey* key = nullptr;
  bool file = false;
};

Level TreeOf(const std::vector<RecipeKey>& keys) {
  Level root;
  for (const RecipeKey& key : keys) {
    Level* at = &root;
    std::string_view rest = key.path;
    while (true) {
      const size_t dot = rest.find('.');
      const std::string word(rest.substr(0, dot));
      if (dot == std::string_view::npos) {
        at->below[word].key = &key;
        if (key.shape == Shape::kSecret) at->below[word + "_file"] = {{}, &key, true};
        break;
      }
      at = &at->below[word];
      rest = rest.substr(dot + 1);
    }
  }
  return root;
}

std::string TypeOf(const RecipeKey& key, bool file) {
  constexpr std::string_view kText = R"("type": "string")";
  switch (file ? Shape::kText : key.shape) {
    case Shape::kText:
    case Shape::kSecret: return std::string(kText);
    case Shape::kFlag: return R"("type": "boolean")";
    case Shape::kNumber: return base::Cat(R"("type": "integer", "minimum": )", key.min, R"(, "maximum": )", key.max);
    case Shape::kTexts: return R"("anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}])";
    case Shape::kChoice: {
      std::string words;
      for (const std::string& choice : ChoicesOf(key)) {
        words += base::Cat(words.empty() ? "" : ", ", JsonQuoted(choice));
      }
      return base::Cat(kText, R"(, "enum": [)", words, "]");
    }
  }
  return std::string(kText);
}

void WriteLevel(const Level& level, const std::string& indent, std::string& out) {
  out += base::Cat("{\n", indent, R"(  "type": "object",)", "\n", indent, R"(  "additionalProperties": false,)", "\n");
  std::string required;
  for (const auto& [word, below] : level.below) {
    if (below.key == nullptr || !below.key->required || below.file) continue;
    required += base::Cat(required.empty() ? "" : ", ", JsonQuoted(word));
  }
  if (!required.empty()) out += base::Cat(indent, R"(  "required": [)", required, "],\n");
  out += base::Cat(indent, R"(  "properties": {)");
  bool first = true;
  for (const auto& [word, below] : level.below) {
    out += base::Cat(first ? "\n" : ",\n", indent, "    ", JsonQuoted(word), ": ");
    first = false;
    if (below.key == nullptr) {
      WriteLevel(below, indent + "    ", out);
      continue;
    }
    const std::string meaning(below.key->meaning);
    out += base::Cat("{", TypeOf(*below.key, below.file), R"(, "description": )",
                     JsonQuoted(below.file ? base::Cat("File that holds: ", meaning) : meaning), "}");
  }
  out += base::Cat("\n", indent, "  }\n", indent, "}");
}

}  // namespace

std::string JsonSchemaOf(std::string_view title, const std::vector<RecipeKey>& keys) {
  std::string body;
  WriteLevel(TreeOf(keys), "", body);
  // Behind the brace that opens the root.
  body.insert(1, base::Cat("\n", R"(  "$schema": "https://json-schema.org/draft/2020-12/schema",)", "\n",
                           R"(  "title": )", JsonQuoted(title), ","));
  return body + "\n";
}

std::string MarkdownOf(const std::vector<RecipeKey>& keys) {
  std::string out = "| key | what | without it |\n| --- | --- | --- |\n";
  for (const RecipeKey& key : keys) {
    std::string name = base::Cat("`", key.path, "`");
    if (key.shape == Shape::kSecret) name += base::Cat(", `", key.path, "_file`");
    std::string meaning(key.meaning);
    for (size_t at = 0; const std::string& choice : ChoicesOf(key)) {
      meaning += base::Cat(at++ == 0 ? ": " : ", ", "`", choice, "`");
    }
    out += base::Cat("| ", name, " | ", meaning, " | ",
                     key.required            ? "needed"
                     : key.otherwise.empty() ? ""
                                             : std::string(key.otherwise),
                     " |\n");
  }
  return out;
}

}  // namespace cadastre::ingest
