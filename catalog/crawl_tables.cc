#include "catalog/crawl_tables.h"

#include "base/bytes.h"
#include "base/status.h"

namespace cadastre::catalog {
namespace {

using authz::Keyspace;
using authz::Privilege;
using authz::RowRule;
using authz::Subjects;

// The first byte of a key.
constexpr char kSource = 's';
constexpr char kCrawl = 'c';
constexpr char kScopes = 'r';
constexpr char kObject = 'o';
constexpr char kPlace = 'a';
constexpr char kMisses = 'm';

// What no key of ours parses to is shown to nobody but the owner of everything.
RowRule Closed() { return {Subjects::Global(), Privilege::kAdminister}; }

std::string Prefix(char what, AssetId source) {
  std::string key(1, what);
  base::AppendU64(key, source.value());
  return key;
}

StatusOr<AssetId> ReadAsset(base::ByteReader& reader) {
  ASSIGN_OR_RETURN(const uint64_t id, reader.ReadU64());
  return AssetId(id);
}

// The source that a key begins with, of rows of the kind.
StatusOr<AssetId> ReadSource(base::ByteReader& reader, char what) {
  ASSIGN_OR_RETURN(const uint8_t first, reader.ReadU8());
  if (first != static_cast<uint8_t>(what)) return base::DataLoss("a row of another kind");
  return ReadAsset(reader);
}

RowRule OperationsRule(std::string_view key, char what) {
  base::ByteReader reader(key);
  const StatusOr<AssetId> source = ReadSource(reader, what);
  return source.ok() ? RowRule{Subjects::Of(*source), Privilege::kReadOperations} : Closed();
}
RowRule SourceRule(std::string_view key, const record::CrawlSource&) { return OperationsRule(key, kSource); }
RowRule CrawlRule(std::string_view key, const record::Crawl&) { return OperationsRule(key, kCrawl); }
RowRule ScopesRule(std::string_view key, const record::CrawlScopes&) { return OperationsRule(key, kScopes); }

RowRule ObjectRule(std::string_view key, const record::CrawledObject&) {
  const auto parts = ParseCrawledObjectKey(key);
  return parts.ok() ? RowRule{Subjects::Of(parts->source).And(parts->asset), Privilege::kBrowse} : Closed();
}
RowRule PlaceRule(std::string_view key, const record::CrawledPlace&) {
  base::ByteReader reader(key);
  const StatusOr<AssetId> source = ReadSource(reader, kPlace);
  const StatusOr<AssetId> asset = ReadAsset(reader);
  if (!source.ok() || !asset.ok()) return Closed();
  return {Subjects::Of(*source).And(*asset), Privilege::kBrowse};
}
RowRule MissesRule(std::string_view, const record::CrawlMisses&) { return Closed(); }

std::string NumberedKey(char what, AssetId source, int64_t crawl) {
  std::string key = Prefix(what, source);
  base::AppendComplementI64(key, crawl);
  return key;
}

}  // namespace

const authz::Table<record::CrawlSource> kCrawlSources = {Keyspace::kCrawl, SourceRule};
const authz::Table<record::Crawl> kCrawls = {Keyspace::kCrawl, CrawlRule};
const authz::Table<record::CrawlScopes> kCrawlScopes = {Keyspace::kCrawl, ScopesRule};
const authz::Table<record::CrawledObject> kCrawledObjects = {Keyspace::kCrawl, ObjectRule};
const authz::Table<record::CrawledPlace> kCrawledPlaces = {Keyspace::kCrawl, PlaceRule};
const authz::Table<record::CrawlMisses> kCrawlMisses = {Keyspace::kCrawl, MissesRule};

std::string CrawlSourceKey(AssetId source) { return Prefix(kSource, source); }
std::string CrawlSourcePrefix() { return std::string(1, kSource); }

StatusOr<AssetId> ParseCrawlSourceKey(std::string_view key) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const AssetId source, ReadSource(reader, kSource));
  RETURN_IF_ERROR(reader.ExpectEnd());
  return source;
}

std::string CrawlKey(AssetId source, int64_t crawl) { return NumberedKey(kCrawl, source, crawl); }
std::string CrawlPrefix(AssetId source) { return Prefix(kCrawl, source); }
std::string CrawlScopesKey(AssetId source, int64_t crawl) { return NumberedKey(kScopes, source, crawl); }

StatusOr<int64_t> ParseCrawlNumber(std::string_view key) {
  base::ByteReader reader(key);
  RETURN_IF_ERROR(ReadSource(reader, kCrawl).status());
  ASSIGN_OR_RETURN(const int64_t crawl, reader.ReadComplementI64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  return crawl;
}

std::string CrawledObjectPrefix(AssetId source) { return Prefix(kObject, source); }

std::string CrawledScopePrefix(AssetId source, std::string_view scope) {
  std::string key = CrawledObjectPrefix(source);
  base::AppendString(key, scope);
  return key;
}

std::string CrawledObjectKey(AssetId source, std::string_view scope, AssetId asset) {
  std::string key = CrawledScopePrefix(source, scope);
  base::AppendU64(key, asset.value());
  return key;
}

StatusOr<CrawledObjectParts> ParseCrawledObjectKey(std::string_view key) {
  base::ByteReader reader(key);
  CrawledObjectParts parts;
  ASSIGN_OR_RETURN(parts.source, ReadSource(reader, kObject));
  ASSIGN_OR_RETURN(parts.scope, reader.ReadString());
  ASSIGN_OR_RETURN(parts.asset, ReadAsset(reader));
  RETURN_IF_ERROR(reader.ExpectEnd());
  return parts;
}

std::string CrawledPlacePrefix(AssetId source) { return Prefix(kPlace, source); }

std::string CrawledPlaceKey(AssetId source, AssetId asset) {
  std::string key = CrawledPlacePrefix(source);
  base::AppendU64(key, asset.value());
  return key;
}

StatusOr<AssetId> ParseCrawledPlaceAsset(std::string_view key) {
  base::ByteReader reader(key);
  RETURN_IF_ERROR(ReadSource(reader, kPlace).status());
  ASSIGN_OR_RETURN(const AssetId asset, ReadAsset(reader));
  RETURN_IF_ERROR(reader.ExpectEnd());
  return asset;
}

std::string CrawlMissesKey(AssetId source, std::string_view scope) {
  std::string key = Prefix(kMisses, source);
  base::AppendString(key, scope);
  return key;
}

}  // namespace cadastre::catalog
