#include "base/name_rules.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/letters.h"

namespace cadastre::base {

namespace {

bool IsWord(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool AllDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

int ValueOf(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsYear(std::string_view text) {
  return text.size() == 4 && AllDigits(text) && ValueOf(text) >= 1970 && ValueOf(text) < 2100;
}
bool IsTwoDigits(std::string_view text, int least, int most) {
  return text.size() == 2 && AllDigits(text) && ValueOf(text) >= least && ValueOf(text) <= most;
}

// 2024-01-31, 2024_01_31 or 20240131.
bool IsDate(std::string_view text) {
  if (text.size() == 8) {
    return IsYear(text.substr(0, 4)) && IsTwoDigits(text.substr(4, 2), 1, 12) && IsTwoDigits(text.substr(6, 2), 1, 31);
  }
  if (text.size() != 10 || text[4] != text[7] || (text[4] != '-' && text[4] != '_')) return false;
  return IsYear(text.substr(0, 4)) && IsTwoDigits(text.substr(5, 2), 1, 12) && IsTwoDigits(text.substr(8, 2), 1, 31);
}

// Schemes whose names are paths.
constexpr std::array<std::string_view, 17> kPathSchemes = {"file", "s3",    "s3a",  "s3n",   "gs",     "gcs",
                                                           "abfs", "abfss", "wasb", "wasbs", "hdfs",   "dbfs",
                                                           "adl",  "sftp",  "ftp",  "oss",   "webhdfs"};
// Of those the stores of objects, whose keys hang below a bucket and have no root.
constexpr std::array<std::string_view, 11> kObjectSchemes = {"s3",    "s3a",  "s3n",   "gs",  "gcs", "abfs",
                                                             "abfss", "wasb", "wasbs", "adl", "oss"};

std::string_view SchemeOf(std::string_view ns) { return ns.substr(0, std::min(ns.find("://"), ns.size())); }

template <size_t kSize>
bool IsDatasetOf(const std::array<std::string_view, kSize>& schemes, const AssetName& asset) {
  return asset.kind == AssetKind::kDataset &&
         std::find(schemes.begin(), schemes.end(), SchemeOf(asset.ns)) != schemes.end();
}

bool NamesPaths(const AssetName& asset) { return IsDatasetOf(kPathSchemes, asset); }

std::string_view LastSegment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

// Without the last segment and its slash; nothing where that would leave no name.
std::string_view ParentOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos || slash == 0 ? std::string_view() : path.substr(0, slash);
}

// `dt=2024-01-01`, as Hive writes partitions; also `dt=*`.
bool IsPartition(std::string_view segment) {
  const size_t equals = segment.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == segment.size()) return false;
  return !IsDigit(segment[0]) &&
         std::all_of(segment.begin(), segment.begin() + static_cast<std::ptrdiff_t>(equals), IsWord);
}

// A folder of a pattern that names no word: `*`, `**`, `2026-11-*`, `{01,02}`, `[0-9]?`.
bool IsPatternFolder(std::string_view segment) {
  return segment.find_first_of("*?[{") != std::string_view::npos &&
         segment.find_first_not_of("*?[]{},-_0123456789") == std::string_view::npos;
}

// `*`, `**`, `*.parquet`, `*.csv.gz`: every file, at most of one form.
bool IsEveryFile(std::string_view segment) {
  const size_t dot = std::min(segment.find('.'), segment.size());
  const std::string_view stem = segment.substr(0, dot);
  return !stem.empty() && stem.find_first_not_of('*') == std::string_view::npos;
}

// `part-00000-<uuid>-c000.snappy.parquet`, as Spark and Hadoop name what they write into a table's folder;
// `part-r-00000` as MapReduce does; `part-*` as whoever reads it.
bool IsPartFile(std::string_view segment) {
  if (!segment.starts_with("part-")) return false;
  std::string_view rest = segment.substr(5);
  if (rest.starts_with("r-") || rest.starts_with("m-")) rest.remove_prefix(2);
  const size_t end = rest.find_first_not_of("0123456789*");
  const std::string_view number = rest.substr(0, end);
  const bool whole = number.find('*') != std::string_view::npos || number.size() == 5;
  return whole && (end == std::string_view::npos || rest[end] == '-' || rest[end] == '.');
}

bool HasExtension(std::string_view segment) {
  const size_t dot = segment.rfind('.');
  return dot != std::string_view::npos && dot > 0 && dot + 1 < segment.size();
}

bool IsColumnarFile(std::string_view segment) {
  return segment.ends_with(".parquet") || segment.ends_with(".orc") || segment.ends_with(".avro");
}

// How a name's end is made of what cannot tell tables apart: folders of partitions, dates and patterns, from the last
// one up.
struct Folders {
  // What lies above them; empty where that would leave no name.
  std::string_view above;
  bool partition = false;
  bool date = false;
  bool pattern = false;

  bool any() const { return partition || date || pattern; }
};

// How many folders `/2024/01/31` or `/2024/01/31/23` at the end are; one for `/2024-01-31` and `/20240131`; 0 for none.
// Below a pattern a year or a month is enough: `/2024/*`.
int DateFolders(std::string_view path, bool below_pattern) {
  const std::string_view last = LastSegment(path);
  if (IsDate(last)) return 1;
  if (below_pattern && IsYear(last)) return 1;
  const std::string_view above = ParentOf(path);
  if (below_pattern && IsTwoDigits(last, 1, 12) && IsYear(LastSegment(above))) return 2;
  for (const bool with_hour : {false, true}) {
    const std::string_view day = with_hour ? above : path;
    if (with_hour && !IsTwoDigits(last, 0, 23)) continue;
    const std::string_view month = ParentOf(day);
    if (!IsTwoDigits(LastSegment(day), 1, 31) || !IsTwoDigits(LastSegment(month), 1, 12)) continue;
    if (IsYear(LastSegment(ParentOf(month)))) return with_hour ? 4 : 3;
  }
  return 0;
}

Folders FoldersOf(std::string_view path) {
  Folders folders{path};
  while (!folders.above.empty()) {
    const std::string_view last = LastSegment(folders.above);
    std::string_view above = folders.above;
    bool Folders::*what = nullptr;
    if (IsPartition(last)) {
      what = &Folders::partition;
      above = ParentOf(above);
    } else if (const int dates = DateFolders(above, folders.pattern); dates > 0) {
      what = &Folders::date;
      for (int i = 0; i < dates; ++i) above = ParentOf(above);
    } else if (IsPatternFolder(last)) {
      what = &Folders::pattern;
      above = ParentOf(above);
    } else {
      break;
    }
    // The last thing that is left has to be a name.
    if (above.empty()) break;
    folders.*what = true;
    folders.above = above;
  }
  return folders;
}

// Each rule shortens the name and says whether it did.

bool CutTo(std::string& name, size_t size) {
  if (size == 0 || size == name.size()) return false;
  name.resize(size);
  return true;
}

// Spark says `/raw/orders` below a bucket where others say `raw/orders`.
bool LeadingSlash(AssetName& asset) {
  if (!IsDatasetOf(kObjectSchemes, asset)) return false;
  const size_t slashes = std::min(asset.name.find_first_not_of('/'), asset.name.size());
  if (slashes == 0 || slashes == asset.name.size()) return false;
  asset.name.erase(0, slashes);
  return true;
}

bool TrailingSlash(AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  size_t size = asset.name.size();
  while (size > 1 && asset.name[size - 1] == '/') --size;
  return CutTo(asset.name, size);
}

bool PartFile(AssetName& asset) {
  return NamesPaths(asset) && IsPartFile(LastSegment(asset.name)) && CutTo(asset.name, ParentOf(asset.name).size());
}

// `orders/*`, `orders/**`; `orders/*.parquet`, `orders/dt=2024-01-31/*.json` and `orders/**/*.csv`: a pattern for all
// files of a table. One form of the files of a folder (`landing/*.csv`) may be one of several tables, and stays; forms
// that tables alone are written in are no such choice.
bool EveryFile(AssetName& asset) {
  const std::string_view file = LastSegment(asset.name);
  if (!NamesPaths(asset) || !IsEveryFile(file)) return false;
  const std::string_view folder = ParentOf(asset.name);
  if (HasExtension(file) && !IsColumnarFile(file) && !FoldersOf(folder).any()) return false;
  return CutTo(asset.name, folder.size());
}

// `00042.json`, `000000_0`, `data-17.csv`, a UUID or a hash: what a program calls the next file, which tells nothing.
bool IsGeneratedFile(std::string_view segment) {
  constexpr std::array<std::string_view, 6> kGeneric = {"data", "file", "part", "output", "chunk", "batch"};
  std::string_view stem = segment.substr(0, segment.find('.'));
  bool generic = false;
  for (const std::string_view word : kGeneric) {
    if (generic || !stem.starts_with(word)) continue;
    generic = true;
    stem.remove_prefix(word.size());
  }
  const auto counts = [](char c) { return IsHex(c) || c == '-' || c == '_' || c == '*'; };
  if (!std::all_of(stem.begin(), stem.end(), counts)) return false;
  return (generic && stem.empty()) || std::any_of(stem.begin(), stem.end(), IsDigit);
}

// `orders/dt=2024-01-31/0.parquet`: one of the files of a table.
bool PartitionFile(AssetName& asset) {
  const std::string_view file = LastSegment(asset.name);
  const std::string_view folder = ParentOf(asset.name);
  if (!NamesPaths(asset) || IsPartition(file)) return false;
  const Folders folders = FoldersOf(folder);
  const bool of_table = (IsGeneratedFile(file) && (HasExtension(file) ? folders.any() : folders.partition)) ||
                        (IsColumnarFile(file) && folders.partition);
  return of_table && CutTo(asset.name, folder.size());
}

// Only partitions at the end: `country=us/orders` and `country=us/customers` are two tables.
bool PartitionFolders(AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  const Folders folders = FoldersOf(asset.name);
  return folders.partition && CutTo(asset.name, folders.above.size());
}

// `/2024/01/31`, `/2024/01/31/23`, `/2024-01-31` and `/20240131` at the end.
bool DateFolder(AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  const Folders folders = FoldersOf(asset.name);
  return folders.date && CutTo(asset.name, folders.above.size());
}

// `orders/**` and `orders/2024-*` at the end.
bool PatternFolder(AssetName& asset) {
  if (!NamesPaths(asset)) return false;
  const Folders folders = FoldersOf(asset.name);
  return folders.pattern && CutTo(asset.name, folders.above.size());
}

// `landing/2024/01/31/orders.csv` -> `landing/*/orders.csv`: other files of that day may be other tables.
bool FileOfFolders(AssetName& asset) {
  const std::string_view folder = ParentOf(asset.name);
  if (!NamesPaths(asset) || !HasExtension(LastSegment(asset.name))) return false;
  const Folders folders = FoldersOf(folder);
  if (!folders.any()) return false;
  if (folder.substr(folders.above.size()) == "/*") return false;
  asset.name.replace(folders.above.size() + 1, folder.size() - folders.above.size() - 1, "*");
  return true;
}

// `orders_2024-01-31.csv` -> `orders_*.csv`: files that land once a day.
bool DatedFile(AssetName& asset) {
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

// `"DB"."SCHEMA"."TABLE"` -> `DB.SCHEMA.TABLE`: quotes around what is upper case anyway tell nothing. Any other quoted
// word keeps them: they may hold a dot.
bool QuotedUpperCase(AssetName& asset) {
  if (asset.kind != AssetKind::kDataset || NamesPaths(asset)) return false;
  const auto plain = [](std::string_view word) {
    return !word.empty() && !IsDigit(word[0]) && std::all_of(word.begin(), word.end(), [](char c) {
      return IsDigit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
    });
  };
  std::string out;
  std::string_view rest = asset.name;
  while (true) {
    if (rest.starts_with('"')) {
      const size_t close = rest.find('"', 1);
      if (close == std::string_view::npos) return false;
      const std::string_view word = rest.substr(1, close - 1);
      out += plain(word) ? word : rest.substr(0, close + 1);
      rest.remove_prefix(close + 1);
    } else {
      const size_t end = std::min(rest.find('.'), rest.size());
      if (rest.substr(0, end).find('"') != std::string_view::npos) return false;
      out += rest.substr(0, end);
      rest.remove_prefix(end);
    }
    if (rest.empty()) break;
    if (rest[0] != '.') return false;
    out += '.';
    rest.remove_prefix(1);
  }
  if (out == asset.name) return false;
  asset.name = std::move(out);
  return true;
}

// BigQuery's date shards, under the name its wildcard gives them: `project.set.events_20240131` ->
// `project.set.events_*`.
bool DateShard(AssetName& asset) {
  std::string& name = asset.name;
  if (asset.kind != AssetKind::kDataset || asset.ns != "bigquery" || name.size() < 10) return false;
  const size_t at = name.size() - 8;
  if (name[at - 1] != '_' || !IsDate(std::string_view(name).substr(at))) return false;
  name.replace(at, 8, "*");
  return true;
}

// `orders-<uuid>` -> `orders-*`. A segment that is a UUID alone may be all that tells two tables apart and stays.
bool UuidSuffix(AssetName& asset) {
  constexpr size_t kUuidBytes = 36;
  if (asset.kind != AssetKind::kDataset && asset.kind != AssetKind::kJob) return false;
  std::string& name = asset.name;
  if (name.size() < kUuidBytes + 3 || !IsUuid(std::string_view(name).substr(name.size() - kUuidBytes))) return false;
  const size_t at = name.size() - kUuidBytes;
  if ((name[at - 1] != '-' && name[at - 1] != '_') || !IsWord(name[at - 2])) return false;
  name.replace(at, kUuidBytes, "*");
  return true;
}

struct Rule {
  std::string_view word;
  bool (*apply)(AssetName& asset);
};

// In this order, each on what the one before left.
constexpr std::array<Rule, 13> kRules = {{
    {"leading_slash", LeadingSlash},
    {"trailing_slash", TrailingSlash},
    {"part_file", PartFile},
    {"every_file", EveryFile},
    {"partition_file", PartitionFile},
    {"partition", PartitionFolders},
    {"date_folder", DateFolder},
    {"pattern_folder", PatternFolder},
    {"file_of_folders", FileOfFolders},
    {"dated_file", DatedFile},
    {"quoted_upper_case", QuotedUpperCase},
    {"date_shard", DateShard},
    {"uuid_suffix", UuidSuffix},
}};

}  // namespace

std::optional<Fold> FoldName(const AssetName& stated) {
  Fold fold{stated, {}};
  // `scheme://authority/` names what `scheme://authority` names (RFC 3986, 6.2.3).
  std::string& ns = fold.name.ns;
  if (const size_t scheme = ns.find("://");
      scheme != std::string::npos && scheme + 4 < ns.size() && ns.find('/', scheme + 3) == ns.size() - 1) {
    ns.pop_back();
    fold.rule = "namespace_slash";
  }
  for (const Rule& rule : kRules) {
    if (rule.apply(fold.name) && fold.rule.empty()) fold.rule = rule.word;
  }
  if (fold.rule.empty()) return std::nullopt;
  return fold;
}

size_t StatementOwnerBytes(const AssetName& stated) {
  constexpr std::string_view kMark = ".sql.";
  if (stated.kind != AssetKind::kJob) return 0;
  const std::string_view name = stated.name;
  const size_t at = name.rfind(kMark);
  return at == std::string_view::npos || !AllDigits(name.substr(at + kMark.size())) ? 0 : at;
}

}  // namespace cadastre::base
