#include "ingestors/openlineage/name_rules.h"

#include <algorithm>
#include <array>
#include <string>

namespace cadastre::openlineage {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsWord(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool AllDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

int NumberOf(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsYear(std::string_view text) {
  return text.size() == 4 && AllDigits(text) && NumberOf(text) >= 1970 && NumberOf(text) < 2100;
}
bool IsTwoDigits(std::string_view text, int least, int most) {
  return text.size() == 2 && AllDigits(text) && NumberOf(text) >= least && NumberOf(text) <= most;
}

// 2024-01-31, 2024_01_31 or 20240131.
bool IsDate(std::string_view text) {
  if (text.size() == 8) {
    return IsYear(text.substr(0, 4)) && IsTwoDigits(text.substr(4, 2), 1, 12) && IsTwoDigits(text.substr(6, 2), 1, 31);
  }
  if (text.size() != 10 || text[4] != text[7] || (text[4] != '-' && text[4] != '_')) return false;
  return IsYear(text.substr(0, 4)) && IsTwoDigits(text.substr(5, 2), 1, 12) && IsTwoDigits(text.substr(8, 2), 1, 31);
}

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !IsHex(text[i])) return false;
  }
  return true;
}

// Schemes whose names are paths.
constexpr std::array<std::string_view, 17> kPathSchemes = {"file", "s3",    "s3a",  "s3n",   "gs",     "gcs",
                                                           "abfs", "abfss", "wasb", "wasbs", "hdfs",   "dbfs",
                                                           "adl",  "sftp",  "ftp",  "oss",   "webhdfs"};

std::string_view SchemeOf(std::string_view ns) { return ns.substr(0, std::min(ns.find("://"), ns.size())); }

bool NamesPaths(const base::AssetName& asset) {
  const std::string_view scheme = SchemeOf(asset.ns);
  return asset.kind == base::AssetKind::kDataset &&
         std::find(kPathSchemes.begin(), kPathSchemes.end(), scheme) != kPathSchemes.end();
}

std::string_view LastSegment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Without the last segment and its slash; nothing where that would leave no name.
std::string_view ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? std::string_view() : path.substr(0, slash);
}

// `dt=2024-01-01`, as Hive writes partitions.
bool IsPartition(std::string_view segment) {
  const size_t equals = segment.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == segment.size()) return false;
  return !IsDigit(segment[0]) &&
         std::all_of(segment.begin(), segment.begin() + static_cast<std::ptrdiff_t>(equals), IsWord);
}

// `part-00000-<uuid>-c000.snappy.parquet`, as Spark and Hadoop name what they write into a table's folder.
bool IsPartFile(std::string_view segment) {
  return segment.starts_with("part-") && segment.size() >= 10 && AllDigits(segment.substr(5, 5)) &&
         (segment.size() == 10 || segment[10] == '-' || segment[10] == '.');
}

// Each rule shortens the name and says whether it did.

bool CutTo(std::string& name, size_t size) {
  if (size == 0 || size == name.size()) return false;
  name.resize(size);
  return true;
}

bool TrailingSlash(base::AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  size_t size = asset.name.size();
  while (size > 1 && asset.name[size - 1] == '/') --size;
  return CutTo(asset.name, size);
}

bool PartFile(base::AssetName& asset) {
  return NamesPaths(asset) && IsPartFile(LastSegment(asset.name)) && CutTo(asset.name, ParentOf(asset.name).size());
}

// Only partitions at the end: `country=us/orders` and `country=us/customers` are two tables.
bool PartitionFolders(base::AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  std::string_view name = asset.name;
  while (IsPartition(LastSegment(name)) && !ParentOf(name).empty()) name = ParentOf(name);
  return CutTo(asset.name, name.size());
}

// `/2024/01/31`, `/2024/01/31/23`, `/2024-01-31` and `/20240131` at the end.
bool DateFolders(base::AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  const std::string_view name = asset.name;
  if (IsDate(LastSegment(name))) return CutTo(asset.name, ParentOf(name).size());
  for (const bool with_hour : {false, true}) {
    const std::string_view day = with_hour ? ParentOf(name) : name;
    if (with_hour && !IsTwoDigits(LastSegment(name), 0, 23)) continue;
    const std::string_view month = ParentOf(day);
    const std::string_view year = ParentOf(month);
    if (!IsTwoDigits(LastSegment(day), 1, 31) || !IsTwoDigits(LastSegment(month), 1, 12)) continue;
    if (IsYear(LastSegment(year))) return CutTo(asset.name, ParentOf(year).size());
  }
  return false;
}

// `orders_2024-01-31.csv` -> `orders_*.csv`: files that land once a day.
bool DatedFile(base::AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  const std::string_view file = LastSegment(asset.name);
  const size_t start = asset.name.size() - file.size();
  for (size_t at = 2; at + 8 <= file.size(); ++at) {
    if (file[at - 1] != '_' && file[at - 1] != '-' && file[at - 1] != '.') continue;
    for (const size_t length : {size_t{10}, size_t{8}}) {
      const size_t end = at + length;
      if (end > file.size() || !IsDate(file.substr(at, length)) || (end < file.size() && file[end] != '.')) continue;
      asset.name.replace(start + at, length, "*");
      return true;
    }
  }
  return false;
}

// BigQuery's date shards, under the name its wildcard gives them: `project.set.events_20240131` ->
// `project.set.events_*`.
bool DateShard(base::AssetName& asset) {
  std::string& name = asset.name;
  if (asset.kind != base::AssetKind::kDataset || asset.ns != "bigquery" || name.size() < 10) return false;
  const size_t at = name.size() - 8;
  if (name[at - 1] != '_' || !IsDate(std::string_view(name).substr(at))) return false;
  name.replace(at, 8, "*");
  return true;
}

// `orders-<uuid>` -> `orders-*`. A segment that is a UUID alone may be all that tells two tables apart and stays.
bool UuidSuffix(base::AssetName& asset) {
  constexpr size_t kUuidBytes = 36;
  std::string& name = asset.name;
  if (name.size() < kUuidBytes + 3 || !IsUuid(std::string_view(name).substr(name.size() - kUuidBytes))) return false;
  const size_t at = name.size() - kUuidBytes;
  if ((name[at - 1] != '-' && name[at - 1] != '_') || !IsWord(name[at - 2])) return false;
  name.replace(at, kUuidBytes, "*");
  return true;
}

// dbt sends one event a statement: `model.shop.customers.sql.3` is the third statement of `model.shop.customers`. How
// long the model's own name is; 0 for other names.
size_t ModelBytes(std::string_view name) {
  constexpr std::string_view kMark = ".sql.";
  const size_t at = name.rfind(kMark);
  return at == std::string_view::npos || !AllDigits(name.substr(at + kMark.size())) ? 0 : at;
}

bool DbtStatement(base::AssetName& asset) {
  return asset.kind == base::AssetKind::kJob && CutTo(asset.name, ModelBytes(asset.name));
}

struct Rule {
  std::string_view word;
  bool (*apply)(base::AssetName& asset);
};

// In this order, each on what the one before left.
constexpr std::array<Rule, 8> kRules = {{
    {"trailing_slash", TrailingSlash},
    {"part_file", PartFile},
    {"partition", PartitionFolders},
    {"date_folder", DateFolders},
    {"dated_file", DatedFile},
    {"date_shard", DateShard},
    {"uuid_suffix", UuidSuffix},
    {"dbt_statement", DbtStatement},
}};

}  // namespace

std::optional<Fold> FoldName(const base::AssetName& original) {
  Fold fold{original, {}};
  // `scheme://authority/` names what `scheme://authority` names (RFC 3986, 6.2.3).
  std::string& ns = fold.parent.ns;
  if (const size_t scheme = ns.find("://");
      scheme != std::string::npos && scheme + 4 < ns.size() && ns.find('/', scheme + 3) == ns.size() - 1) {
    ns.pop_back();
    fold.rule = "namespace_slash";
  }
  for (const Rule& rule : kRules) {
    if (rule.apply(fold.parent) && fold.rule.empty()) fold.rule = rule.word;
  }
  if (fold.rule.empty()) return std::nullopt;
  return fold;
}

bool IsStatement(std::string_view job_name) { return ModelBytes(job_name) > 0; }

std::optional<base::AssetName> SchemeAlias(const base::AssetName& asset) {
  for (const std::string_view spelling : {"s3a://", "s3n://"}) {
    if (asset.kind != base::AssetKind::kDataset || !std::string_view(asset.ns).starts_with(spelling)) continue;
    return base::AssetName{asset.kind, "s3://" + asset.ns.substr(spelling.size()), asset.name};
  }
  return std::nullopt;
}

}  // namespace cadastre::openlineage
