// Sources, crawls and remembered objects as wire messages; reports as the catalog takes them. Only what a view revealed
// has a wire form. Thread rule: compatible.
// Errors of ReportOf: INVALID_ARGUMENT that names the field.
#pragma once

#include <string_view>

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "catalog/crawl.h"
#include "catalog/crawl_lists.h"

namespace cadastre::server {

// A source's name: INVALID_ARGUMENT where it is not one of a job.
StatusOr<AssetName> SourceOf(const cadastre::catalog::v1::AssetRef& ref);
// 1 to 512 bytes without U+0000.
Status CheckScope(std::string_view scope, std::string_view field);

// Without its scopes. A crawl is abandoned once its lease has run out at `now`.
ingest::v1::Crawl ToProto(const authz::Visible<catalog::CrawlRow>& row, Timestamp now);
void FillScopes(const authz::Visible<authz::RowOf<record::CrawlScopes>>& row, ingest::v1::Crawl& out);
// Names come from the view.
ingest::v1::CrawledSource ToProto(const authz::Visible<catalog::SourceRow>& row, const authz::GovernedView& view,
                                  Timestamp now);
ingest::v1::RememberedObject ToProto(const authz::Visible<catalog::RememberedRow>& row,
                                     const authz::GovernedView& view);

StatusOr<catalog::CrawlReport> ReportOf(const ingest::v1::FinishCrawlRequest& request);

}  // namespace cadastre::server
