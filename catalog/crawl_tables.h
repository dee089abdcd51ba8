// The rows of sources and their crawls: keys, records, and what opens each row.
//
// A source and its crawls are about its job and need read_operations; what is remembered of an object is about the job
// and the object, both of which must be visible. Rows are read as they stand. Thread rule: compatible.
// Errors of Parse…: DATA_LOSS.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "authz/view/table.h"
#include "base/words.h"
#include "cadastre/record/crawl.pb.h"

namespace cadastre::catalog {

extern const authz::Table<record::CrawlSource> kCrawlSources;
extern const authz::Table<record::Crawl> kCrawls;
extern const authz::Table<record::CrawlScopes> kCrawlScopes;
extern const authz::Table<record::CrawledObject> kCrawledObjects;
extern const authz::Table<record::CrawledPlace> kCrawledPlaces;
// For the crawl's own bound; shown to nobody.
extern const authz::Table<record::CrawlMisses> kCrawlMisses;

std::string CrawlSourceKey(AssetId source);
std::string CrawlSourcePrefix();
StatusOr<AssetId> ParseCrawlSourceKey(std::string_view key);

// The newest first.
std::string CrawlKey(AssetId source, int64_t crawl);
std::string CrawlPrefix(AssetId source);
StatusOr<int64_t> ParseCrawlNumber(std::string_view key);
std::string CrawlScopesKey(AssetId source, int64_t crawl);

// `scope`: 1 to 512 bytes without \0.
std::string CrawledObjectKey(AssetId source, std::string_view scope, AssetId asset);
std::string CrawledScopePrefix(AssetId source, std::string_view scope);
std::string CrawledObjectPrefix(AssetId source);
struct CrawledObjectParts {
  AssetId source;
  std::string_view scope;  // of the key
  AssetId asset;
};
StatusOr<CrawledObjectParts> ParseCrawledObjectKey(std::string_view key);

std::string CrawledPlaceKey(AssetId source, AssetId asset);
std::string CrawledPlacePrefix(AssetId source);
StatusOr<AssetId> ParseCrawledPlaceAsset(std::string_view key);

std::string CrawlMissesKey(AssetId source, std::string_view scope);

}  // namespace cadastre::catalog
