#include "authz/policy/column_case.h"

#include <algorithm>
#include <iterator>

namespace cadastre::authz {
namespace {

// Systems whose names are those of SQL or of Hive: unquoted, a name in another case is the same column. Sorted.
constexpr std::string_view kCaseIgnored[] = {
    "athena",    "awsathena", "awsglue",  "azuresql",   "bigquery",     "cockroach", "databricks", "db2",
    "delta",     "glue",      "hana",     "hive",       "impala",       "mariadb",   "mssql",      "mysql",
    "netezza",   "oracle",    "postgres", "postgresql", "presto",       "redshift",  "snowflake",  "spark",
    "sqlserver", "synapse",   "teradata", "trino",      "unitycatalog", "vertica"};

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool SameSegment(std::string_view a, std::string_view b, ColumnCase rule) {
  if (rule == ColumnCase::kTold) return a == b;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Lower(x) == Lower(y); });
}

}  // namespace

ColumnCase ColumnCaseOf(const AssetNameView& name) {
  // Schemes have no case.
  std::string ns(name.ns.substr(0, name.ns.find("://")));
  std::transform(ns.begin(), ns.end(), ns.begin(), Lower);
  // Glue's namespaces are names of Amazon's resources.
  if (ns.starts_with("arn:aws:glue:")) return ColumnCase::kIgnored;
  std::string_view scheme = ns;
  // What reads a system, and by which driver, makes it no other: `jdbc:postgresql`, `postgresql+psycopg2`.
  if (scheme.starts_with("jdbc:")) scheme.remove_prefix(5);
  scheme = scheme.substr(0, scheme.find('+'));
  const bool ignored = std::find(std::begin(kCaseIgnored), std::end(kCaseIgnored), scheme) != std::end(kCaseIgnored);
  return ignored ? ColumnCase::kIgnored : ColumnCase::kTold;
}

bool SameColumn(const std::vector<std::string>& a, const std::vector<std::string>& b, ColumnCase rule) {
  return a.size() == b.size() && LiesUnder(a, b, rule);
}

bool LiesUnder(const std::vector<std::string>& path, const std::vector<std::string>& above, ColumnCase rule) {
  return above.size() <= path.size() &&
         std::equal(above.begin(), above.end(), path.begin(),
                    [rule](const std::string& a, const std::string& b) { return SameSegment(a, b, rule); });
}

std::vector<std::string> ColumnKey(std::vector<std::string> path, ColumnCase rule) {
  if (rule == ColumnCase::kTold) return path;
  for (std::string& segment : path) std::transform(segment.begin(), segment.end(), segment.begin(), Lower);
  return path;
}

}  // namespace cadastre::authz
