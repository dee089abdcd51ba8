#include "ingestors/runner/recipe.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "client/nearest_word.h"
#include "ingestors/runner/recipe_yaml.h"

namespace cadastre::ingest {
namespace {

constexpr size_t kRecipeBytesMax = size_t{1} << 20;
constexpr size_t kSecretBytesMax = size_t{64} << 10;
constexpr size_t kValueBytesMax = size_t{64} << 10;
constexpr std::string_view kFile = "_file";

absl::StatusOr<std::string> ReadAtMost(const std::string& path, size_t bytes_max) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) return base::InvalidArgument("cannot be read");
  std::string text(bytes_max + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > bytes_max) return base::InvalidArgument("has more than ", bytes_max, " bytes");
  return text;
}

std::string_view ParentOf(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
}

bool IsNameLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::optional<int64_t> NumberOf(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Surroundings SurroundingsOf(std::string folder) {
  Surroundings out;
  out.environment = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  out.file = [folder = std::move(folder)](const std::string& path) {
    return ReadAtMost((std::filesystem::path(folder) / path).string(), kSecretBytesMax);
  };
  return out;
}

absl::StatusOr<std::string> ReadRecipeFile(const std::string& path) {
  absl::StatusOr<std::string> text = ReadAtMost(path, kRecipeBytesMax);
  if (!text.ok()) return base::InvalidArgument(path, ": ", base::MessageOf(text.status()));
  return text;
}

// Fills a Recipe from what its YAML says, key by key.
class RecipeReader {
 public:
  RecipeReader(std::string_view file, const Surroundings& surroundings) : surroundings_(surroundings) {
    recipe_.file_ = std::string(file);
  }

  void Know(const std::vector<RecipeKey>& keys) {
    for (const RecipeKey& key : keys) {
      recipe_.keys_.emplace(key.path, key);
      for (std::string_view above = ParentOf(key.path); !above.empty(); above = ParentOf(above)) groups_.emplace(above);
    }
  }

  absl::Status At(int line, std::string_view what) const {
    return base::InvalidArgument(recipe_.file_, line > 0 ? base::Cat(":", line) : "", ": ", what);
  }

  absl::Status Take(const YamlEntry& entry) {
    if (groups_.contains(entry.path)) {
      if (entry.kind == YamlEntry::Kind::kMap || entry.kind == YamlEntry::Kind::kNull) return absl::OkStatus();
      return At(entry.line, base::Cat("`", entry.path, "`: expected `key: value` lines below it"));
    }
    if (const auto found = recipe_.keys_.find(entry.path); found != recipe_.keys_.end()) {
      return TakeValue(entry, found->second);
    }
    if (const RecipeKey* secret = SecretOfFile(entry.path); secret != nullptr) return TakeFile(entry, *secret);
    const std::string nearest = NearestTo(entry.path);
    return At(entry.line, base::Cat("there is no key `", entry.path, "`",
                                    nearest.empty() ? "" : base::Cat("; did you mean `", nearest, "`?")));
  }

  absl::StatusOr<Recipe> Done() {
    for (const auto& [path, key] : recipe_.keys_) {
      if (key.required && !recipe_.Says(path)) return At(0, base::Cat("`", path, "` is missing: ", key.meaning));
    }
    return std::move(recipe_);
  }

 private:
  const RecipeKey* SecretOfFile(std::string_view path) const {
    if (!path.ends_with(kFile)) return nullptr;
    const auto found = recipe_.keys_.find(path.substr(0, path.size() - kFile.size()));
    return found != recipe_.keys_.end() && found->second.shape == Shape::kSecret ? &found->second : nullptr;
  }

  // Of the same level first, since a word is mistyped more often than its place is; then of any.
  std::string NearestTo(const std::string& path) const {
    std::vector<std::string> beside, all;
    const auto offer = [&](const std::string& word) {
      (ParentOf(word) == ParentOf(path) ? beside : all).push_back(word);
    };
    for (const auto& [word, key] : recipe_.keys_) {
      offer(word);
      if (key.shape == Shape::kSecret) offer(word + std::string(kFile));
    }
    for (const std::string& group : groups_) offer(group);
    const size_t level = ParentOf(path).size() + (ParentOf(path).empty() ? 0 : 1);
    std::vector<std::string> words;
    words.reserve(beside.size());
    for (const std::string& word : beside) words.push_back(word.substr(level));
    const std::string near = client::NearestWord(path.substr(level), words);
    if (!near.empty()) return path.substr(0, level) + near;
    // Right word, wrong level: `host` for `source.host`.
    for (const std::string& word : all) {
      if (word.substr(word.rfind('.') + 1) == path.substr(level)) return word;
    }
    return "";
  }

  // `${NAME}` by the environment; `$${` for `${` itself.
  absl::Status Substitute(const YamlEntry& entry, std::string& text) const {
    std::string out;
    for (size_t at = 0; at < text.size();) {
      if (text.compare(at, 3, "$${") == 0) {
        out += "${";
        at += 3;
        continue;
      }
      if (text.compare(at, 2, "${") != 0) {
        out += text[at++];
        continue;
      }
      const size_t end = text.find('}', at);
      const std::string name = end == std::string::npos ? "" : text.substr(at + 2, end - at - 2);
      if (name.empty() || name.size() > 256 || !std::all_of(name.begin(), name.end(), IsNameLetter)) {
        return At(entry.line, base::Cat("`", entry.path, "`: expected ${NAME} of an environment variable"));
      }
      const std::optional<std::string> value = surroundings_.environment(name);
      if (!value.has_value()) {
        return At(entry.line, base::Cat("`", entry.path, "`: the environment variable ", name, " is not set"));
      }
      out += *value;
      if (out.size() > kValueBytesMax) return At(entry.line, base::Cat("`", entry.path, "`: too long"));
      at = end + 1;
    }
    text = std::move(out);
    return absl::OkStatus();
  }

  absl::Status TakeFile(const YamlEntry& entry, const RecipeKey& key) {
    if (entry.kind != YamlEntry::Kind::kText) return At(entry.line, base::Cat("`", entry.path, "`: expected a path"));
    if (recipe_.Says(key.path))
      return At(entry.line, base::Cat("`", entry.path, "`: `", key.path, "` is said already"));
    std::string path = entry.texts.front();
    RETURN_IF_ERROR(Substitute(entry, path));
    absl::StatusOr<std::string> secret = surroundings_.file(path);
    if (!secret.ok()) {
      if (surroundings_.token_to_come && key.path == "sink.token") return absl::OkStatus();
      return At(entry.line, base::Cat("`", entry.path, "`: the file ", base::MessageOf(secret.status())));
    }
    while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back();
    return Keep(entry, key, {*std::move(secret)});
  }

  absl::Status TakeValue(const YamlEntry& entry, const RecipeKey& key) {
    const auto wrong = [&](std::string_view expected) {
      return At(entry.line, base::Cat("`", entry.path, "`: expected ", expected));
    };
    if (entry.kind == YamlEntry::Kind::kNull) return absl::OkStatus();
    if (entry.kind == YamlEntry::Kind::kMap) return wrong("a value");
    if (entry.kind == YamlEntry::Kind::kTexts && key.shape != Shape::kTexts) return wrong("one value, not a list");
    if (recipe_.Says(key.path)) return wrong(base::Cat("either it or `", key.path, kFile, "`"));
    std::vector<std::string> texts = entry.texts;
    for (std::string& text : texts) RETURN_IF_ERROR(Substitute(entry, text));
    const std::string first = texts.empty() ? "" : texts.front();
    if (key.shape == Shape::kNumber) {
      const std::optional<int64_t> number = NumberOf(first);
      if (!number.has_value() || *number < key.min || *number > key.max) {
        return wrong(base::Cat("a whole number, ", key.min, " to ", key.max));
      }
    } else if (key.shape == Shape::kFlag) {
      if (first != "true" && first != "false") return wrong("true or false");
    } else if (key.shape == Shape::kChoice) {
      const std::vector<std::string> choices = ChoicesOf(key);
      if (std::find(choices.begin(), choices.end(), first) == choices.end()) {
        std::string words;
        for (const std::string& choice : choices) words += base::Cat(words.empty() ? "" : ", ", choice);
        return wrong(base::Cat("one of ", words));
      }
    }
    return Keep(entry, key, std::move(texts));
  }

  absl::Status Keep(const YamlEntry& entry, const RecipeKey& key, std::vector<std::string> texts) {
    for (const std::string& text : texts) {
      if (text.find('\0') != std::string::npos) return At(entry.line, base::Cat("`", entry.path, "`: no text"));
      if (key.shape == Shape::kSecret && !text.empty()) recipe_.secrets_.push_back(text);
    }
    recipe_.values_[std::string(key.path)] = {std::move(texts), entry.line};
    return absl::OkStatus();
  }

  const Surroundings& surroundings_;
  Recipe recipe_;
  std::set<std::string, std::less<>> groups_;
};

absl::StatusOr<Recipe> ParseRecipe(std::string_view file, const std::string& yaml,
                                   const std::vector<std::string>& types, const KeysOfType& keys_of_type,
                                   const Surroundings& surroundings) {
  RecipeReader reader(file, surroundings);
  if (yaml.size() > kRecipeBytesMax) return reader.At(0, "more than 1 MiB");
  absl::StatusOr<std::vector<YamlEntry>> entries = FlatYaml(yaml);
  if (!entries.ok()) return reader.At(0, base::MessageOf(entries.status()));
  reader.Know(CommonKeys());
  std::string known;
  for (const std::string& type : types) known += base::Cat(known.empty() ? "" : ", ", type);
  for (const YamlEntry& entry : *entries) {
    if (entry.path != "source.type" || entry.texts.empty()) continue;
    const std::vector<RecipeKey>* keys = keys_of_type(entry.texts.front());
    if (keys == nullptr) {
      const std::string nearest = client::NearestWord(entry.texts.front(), types);
      return reader.At(entry.line, base::Cat("`source.type`: expected one of ", known,
                                             nearest.empty() ? "" : base::Cat("; did you mean ", nearest, "?")));
    }
    reader.Know(*keys);
  }
  for (const YamlEntry& entry : *entries) RETURN_IF_ERROR(reader.Take(entry));
  return reader.Done();
}

const RecipeKey& Recipe::KeyOf(std::string_view path) const {
  const auto found = keys_.find(path);
  CHECK(found != keys_.end()) << "a key of no table: " << path;
  return found->second;
}

const Recipe::Value* Recipe::Find(std::string_view path) const {
  const auto found = values_.find(path);
  return found == values_.end() ? nullptr : &found->second;
}

std::string Recipe::Text(std::string_view path) const {
  const RecipeKey& key = KeyOf(path);
  const Value* value = Find(path);
  return value == nullptr || value->texts.empty() ? std::string(key.otherwise) : value->texts.front();
}

int64_t Recipe::Number(std::string_view path) const { return NumberOf(Text(path)).value_or(0); }
bool Recipe::Flag(std::string_view path) const { return Text(path) == "true"; }

std::vector<std::string> Recipe::Texts(std::string_view path) const {
  const RecipeKey& key = KeyOf(path);
  if (const Value* value = Find(path)) return value->texts;
  if (key.otherwise.empty()) return {};
  return {std::string(key.otherwise)};
}

bool Recipe::Says(std::string_view path) const { return Find(path) != nullptr; }

std::string Recipe::PathOf(std::string_view written) const {
  return (std::filesystem::path(file_).parent_path() / written).string();
}

absl::Status Recipe::Wrong(std::string_view path, std::string_view expected) const {
  const Value* value = Find(path);
  return base::InvalidArgument(file_, value == nullptr ? "" : base::Cat(":", value->line), ": `", path, "`: expected ",
                               expected);
}

std::string Recipe::WithoutSecrets(std::string text) const {
  for (const std::string& secret : secrets_) {
    // A secret of a letter or two would blank ordinary words, and tell by that what it is.
    if (secret.size() < 4) continue;
    for (size_t at = 0; (at = text.find(secret, at)) != std::string::npos;) {
      text.replace(at, secret.size(), "***");
      at += 3;
    }
  }
  return text;
}

absl::StatusOr<NameFilter> FilterOf(const Recipe& recipe, const std::string& level, size_t levels) {
  const std::string include = base::Cat("scope.", level, ".include"), exclude = base::Cat("scope.", level, ".exclude");
  // Each by itself first, so that the error names the key.
  for (const std::string& key : {include, exclude}) {
    const auto made = NameFilter::Make(levels, recipe.Texts(key), {});
    if (!made.ok()) return recipe.Wrong(key, base::Cat("patterns: ", base::MessageOf(made.status())));
  }
  return NameFilter::Make(levels, recipe.Texts(include), recipe.Texts(exclude));
}

}  // namespace cadastre::ingest
