// YAML as the flat list of what it says, with lines. Inside only: yaml-cpp stays behind it.
//
// Thread rule: safe.
// Errors: INVALID_ARGUMENT with the line. Bounds as in recipe.h.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace cadastre::ingest {

struct YamlEntry {
  enum class Kind { kNull, kText, kTexts, kMap };
  // Levels joined by dots; no key itself holds one.
  std::string path;
  int line = 0;
  Kind kind = Kind::kText;
  std::vector<std::string> texts;
};

// One document of maps whose leaves are scalars or lists of scalars.
absl::StatusOr<std::vector<YamlEntry>> FlatYaml(const std::string& yaml);

}  // namespace cadastre::ingest
