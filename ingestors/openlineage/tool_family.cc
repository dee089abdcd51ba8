#include "ingestors/openlineage/tool_family.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/letters.h"
#include "base/utf8.h"

namespace cadastre::openlineage {

namespace {

constexpr size_t kFamilyBytesMax = 200;

// What people call the tools that speak OpenLineage; everything else keeps its whole path.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kShortNames = {{
    {"openlineage/openlineage/integration/spark", "spark"},
    {"openlineage/openlineage/integration/dbt", "dbt"},
    {"openlineage/openlineage/integration/flink", "flink"},
    {"openlineage/openlineage/integration/hive", "hive"},
    {"openlineage/openlineage/integration/common/openlineage/provider/great_expectations", "great_expectations"},
    {"apache/airflow/providers-openlineage", "airflow"},
}};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool IsCommitHash(std::string_view text) {
  return text.size() >= 7 && text.size() <= 40 && std::any_of(text.begin(), text.end(), base::IsDigit) &&
         std::all_of(text.begin(), text.end(), [](char c) { return base::IsDigit(c) || (c >= 'a' && c <= 'f'); });
}

// 1.9.0, v1-0-0, 0.12.0-SNAPSHOT, and the placeholders of unreleased builds.
bool IsVersion(std::string_view text) {
  if (text.starts_with('$') || text.starts_with("{{")) return true;
  if (text.starts_with('v') || text.starts_with('V')) text.remove_prefix(1);
  return !text.empty() && base::IsDigit(text.front());
}

bool IsGitRef(std::string_view text) {
  return IsVersion(text) || IsCommitHash(text) || text == "main" || text == "master" || text == "HEAD";
}

std::vector<std::string_view> Split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const size_t slash = std::min(text.find('/'), text.size());
    if (slash > 0) parts.push_back(text.substr(0, slash));
    text.remove_prefix(std::min(slash + 1, text.size()));
  }
  return parts;
}

std::string Join(const std::vector<std::string_view>& parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    if (!joined.empty()) joined += '/';
    joined += part;
  }
  return joined;
}

// owner/repo/tree/<ref>/<path>, where a tag may itself be `<component>/<version>`.
std::string GitHubFamily(std::vector<std::string_view> parts) {
  if (parts.size() > 3 && (parts[2] == "tree" || parts[2] == "blob")) {
    parts.erase(parts.begin() + 2);
    if (IsGitRef(parts[2])) {
      parts.erase(parts.begin() + 2);
    } else if (parts.size() > 3 && IsVersion(parts[3])) {
      parts.erase(parts.begin() + 3);
    }
  }
  return Lower(Join(parts));
}

}  // namespace

std::string ToolFamily(std::string_view producer) {
  constexpr std::string_view kGitHub = "github.com/";
  std::string_view rest = producer;
  if (const size_t scheme = rest.find("://"); scheme != std::string_view::npos && scheme < 10) {
    rest.remove_prefix(scheme + 3);
  }
  std::string family;
  if (rest.starts_with(kGitHub)) {
    family = GitHubFamily(Split(rest.substr(kGitHub.size())));
  } else {
    std::vector<std::string_view> parts = Split(rest);
    if (parts.size() > 1 && IsVersion(parts.back())) parts.pop_back();
    family = Join(parts);
  }
  if (family.empty()) return "unknown";
  for (const auto& [path, name] : kShortNames) {
    if (family == path) return std::string(name);
  }
  return std::string(base::Utf8Prefix(family, kFamilyBytesMax));
}

}  // namespace cadastre::openlineage
