// Whatever the bytes: a recipe is read or refused with its place, nothing outside it is reached, what is read keeps its
// table's bounds, and a secret is told to nobody.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/check.h"
#include "ingestors/runner/name_filter.h"
#include "ingestors/runner/recipe.h"

namespace ingest = cadastre::ingest;

namespace {

const std::vector<ingest::RecipeKey>& Keys() {
  using ingest::Shape;
  static const std::vector<ingest::RecipeKey> kKeys = {
      {.path = "source.port", .shape = Shape::kNumber, .otherwise = "1", .min = 1, .max = 9},
      {.path = "source.password", .shape = Shape::kSecret},
      {.path = "source.mode", .shape = Shape::kChoice, .choices = "a|b"},
      {.path = "scope.tables.include", .shape = Shape::kTexts},
  };
  return kKeys;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string yaml(reinterpret_cast<const char*>(data), size);
  ingest::Surroundings around;
  around.environment = [](const std::string& name) -> std::optional<std::string> {
    CHECK(!name.empty());
    if (name.size() > 3) return std::nullopt;
    return "value of " + name;
  };
  around.file = [](const std::string& path) -> absl::StatusOr<std::string> {
    if (path.empty()) return absl::InvalidArgumentError("cannot be read");
    return "secret of a file\n";
  };
  const auto recipe = ingest::ParseRecipe(
      "r.yml", yaml, {"fuzz"}, [](std::string_view type) { return type == "fuzz" ? &Keys() : nullptr; }, around);
  if (!recipe.ok()) {
    CHECK(recipe.status().code() == absl::StatusCode::kInvalidArgument) << recipe.status().ToString();
    CHECK(recipe.status().message().find("r.yml") == 0) << recipe.status().ToString();
    return 0;
  }
  CHECK(recipe->Says("source.type") && recipe->Says("source.name"));
  const int64_t port = recipe->Number("source.port");
  CHECK(port >= 1 && port <= 9);
  const std::string secret = recipe->Text("source.password");
  if (secret.size() >= 8) CHECK(recipe->WithoutSecrets(secret).size() < secret.size());
  const auto filter = ingest::NameFilter::Make(3, recipe->Texts("scope.tables.include"), {});
  if (filter.ok()) (void)filter->Takes({"shop", "public", recipe->Text("source.name")});
  const auto levels = ingest::LevelsOfName(recipe->Text("source.name"));
  if (levels.ok()) CHECK(*ingest::LevelsOfName(ingest::NameOfLevels(*levels)) == *levels);
  return 0;
}
