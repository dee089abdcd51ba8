#include "tests/integration/doors_noninterference/requests.h"

#include <tuple>
#include <utility>

#include "cadastre/admin/v1/admin.pb.h"
#include "cadastre/audit/v1/audit.pb.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/ingest/v1/ingest.pb.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "cadastre/search/v1/search.pb.h"
#include "server/rpc/options.h"

namespace cadastre::noninterference {
namespace {

template <typename Message>
Request Made(Message message, bool then = false) {
  return {std::make_unique<Message>(std::move(message)), then};
}

template <typename Message>
Request Empty(Asker&) {
  return Made(Message());
}

// Of what stands in every world, and of nothing.
template <typename Message>
Request ById(Asker& asker) {
  Message request;
  request.set_id(asker.dice().OneOf(std::vector<std::string>{kViewer, "crew", "r0", "g0", "production", "none"}));
  return Made(request);
}

int32_t PageSize(Asker& asker) { return asker.dice().Chance(70) ? static_cast<int32_t>(1 + asker.dice().Pick(9)) : 0; }

Request GetAsset(Asker& asker) {
  v1::GetAssetRequest request;
  *request.mutable_asset() = asker.SomeAsset();
  request.set_include_deleted(asker.dice().Chance(30));
  request.set_min_revision(asker.SomeRevision());
  if (asker.dice().Chance(50)) request.set_view(v1::ASSET_VIEW_FULL);
  if (asker.dice().Chance(20)) {
    request.add_kinds(asker.dice().Chance(50) ? v1::ASPECT_KIND_DOCUMENTATION : v1::ASPECT_KIND_CLASSIFICATIONS);
  }
  if (asker.dice().Chance(20)) {
    *request.mutable_asset() = asker.SomeWithColumns();
    const Path path = asker.SomeColumn(request.asset());
    if (!path.empty()) request.mutable_column()->mutable_path()->Assign(path.begin(), path.end());
  }
  const bool then = asker.dice().Chance(40) && asker.SomeTime(request.mutable_as_of());
  return Made(request, then);
}

Request ListColumns(Asker& asker) {
  v1::ListColumnsRequest request;
  *request.mutable_asset() = asker.SomeWithColumns();
  if (asker.dice().Chance(20)) request.set_filter(asker.dice().OneOf(kWords).substr(0, 3));
  request.set_page_size(PageSize(asker));
  request.set_include_deleted(asker.dice().Chance(30));
  const bool then = asker.dice().Chance(40) && asker.SomeTime(request.mutable_as_of());
  return Made(request, then);
}

Request BatchGetAssets(Asker& asker) {
  v1::BatchGetAssetsRequest request;
  for (size_t i = 0; i < 1 + asker.dice().Pick(12); ++i) *request.add_assets() = asker.SomeAsset();
  const bool then = asker.dice().Chance(40) && asker.SomeTime(request.mutable_as_of());
  return Made(request, then);
}

Request ListAssets(Asker& asker) {
  v1::ListAssetsRequest request;
  Dice& dice = asker.dice();
  switch (dice.Pick(4)) {
    case 0: break;
    case 1: request.set_kind(dice.Chance(60) ? "dataset" : "job"); break;
    case 2:
      request.set_kind("dataset");
      request.set_namespace_(dice.OneOf(kNamespaces));
      if (dice.Chance(30)) request.set_name_prefix(dice.OneOf(kWords).substr(0, 3));
      break;
    default:
      *request.mutable_container() = asker.SomeOf(dice.Chance(60) ? AssetKind::kContainer : AssetKind::kDomain);
      break;
  }
  request.set_page_size(PageSize(asker));
  request.set_include_deleted(dice.Chance(30));
  const bool then = dice.Chance(30) && asker.SomeTime(request.mutable_as_of());
  return Made(request, then);
}

Request GetHistory(Asker& asker) {
  v1::GetHistoryRequest request;
  *request.mutable_asset() = asker.SomeAsset();
  request.set_page_size(PageSize(asker));
  return Made(request);
}

// The point before is now, too, where labels changed since `then`: no single world is both.
Request DiffAsset(Asker& asker) {
  v1::DiffAssetRequest request;
  *request.mutable_asset() = asker.SomeChanged();
  if (!asker.script().relabelled) asker.SomeTime(request.mutable_before());
  if (asker.script().relabelled || asker.dice().Chance(20)) {
    *request.mutable_before()->mutable_held_at() =
        server::StampOf(TimeOf(asker.dice().Pick(asker.script().writes.size())));
  }
  return Made(request);
}

Request ListNamespaces(Asker& asker) {
  v1::ListNamespacesRequest request;
  if (asker.dice().Chance(60)) request.set_kind(asker.dice().Chance(60) ? "dataset" : "job");
  request.set_page_size(PageSize(asker));
  return Made(request);
}

Request ListRunRollups(Asker& asker) {
  v1::ListRunRollupsRequest request;
  *request.mutable_job() = asker.SomeRun().first;
  return Made(request);
}

Request ListRuns(Asker& asker) {
  v1::ListRunsRequest request;
  switch (asker.dice().Pick(8)) {
    case 0: *request.mutable_dataset() = asker.SomeLinked().first; break;
    case 1:
      *request.mutable_parent()->mutable_job() = asker.SomeOf(AssetKind::kJob);
      request.mutable_parent()->set_run_id(base::Cat("parent-", asker.dice().Pick(5)));
      break;
    case 2:
    case 3: break;
    default: *request.mutable_job() = asker.SomeRun().first; break;
  }
  if (asker.dice().Chance(20)) request.add_states(v1::RUN_STATE_COMPLETE);
  request.set_page_size(PageSize(asker));
  return Made(request);
}

Request GetRun(Asker& asker) {
  v1::GetRunRequest request;
  std::tie(*request.mutable_job(), *request.mutable_run_id()) = asker.SomeRun();
  Dice& dice = asker.dice();
  if (dice.Chance(80)) request.set_view(v1::RUN_VIEW_FULL);
  if (request.view() == v1::RUN_VIEW_FULL && dice.Chance(20)) request.add_kinds(v1::ASPECT_KIND_IO_STATISTICS);
  if (dice.Chance(50)) request.set_page_size(static_cast<int32_t>(1 + dice.Pick(3)));
  return Made(request);
}

Request ListCrawledObjects(Asker& asker) {
  ingest::v1::ListCrawledObjectsRequest request;
  *request.mutable_source() = asker.SomeSource(Privilege::kBrowse);
  request.set_page_size(PageSize(asker));
  return Made(request);
}

Request ListSources(Asker& asker) {
  ingest::v1::ListSourcesRequest request;
  request.set_page_size(asker.dice().Chance(50) ? 1 + static_cast<int32_t>(asker.dice().Pick(2)) : 0);
  request.set_min_revision(asker.SomeRevision());
  return Made(request);
}

Request ListCrawls(Asker& asker) {
  ingest::v1::ListCrawlsRequest request;
  *request.mutable_source() = asker.SomeSource(Privilege::kReadOperations);
  request.set_page_size(asker.dice().Chance(50) ? 1 + static_cast<int32_t>(asker.dice().Pick(2)) : 0);
  return Made(request);
}

Request GetCrawl(Asker& asker) {
  ingest::v1::GetCrawlRequest request;
  *request.mutable_source() = asker.SomeSource(Privilege::kReadOperations);
  if (asker.dice().Chance(40)) request.set_crawl(static_cast<int64_t>(asker.dice().Pick(3)));
  return Made(request);
}

Request GetLineage(Asker& asker) {
  lineage::v1::GetLineageRequest request;
  Dice& dice = asker.dice();
  const auto [from, to] = asker.SomeLinked();
  *request.mutable_asset() = dice.Chance(50) ? from : to;
  request.set_direction(static_cast<lineage::v1::Direction>(dice.Pick(4)));
  request.set_depth(static_cast<int32_t>(dice.Pick(7)));
  if (dice.Chance(40)) request.set_max_nodes(static_cast<int32_t>(1 + dice.Pick(6)));
  request.set_include_stale(dice.Chance(40));
  request.set_min_revision(asker.SomeRevision());
  if (dice.Chance(40)) {
    request.set_level(lineage::v1::LEVEL_COLUMN);
    const auto [asset, path] = asker.SomeLinkedColumn();
    *request.mutable_asset() = asset;
    if (dice.Chance(50)) request.mutable_column()->mutable_path()->Assign(path.begin(), path.end());
  }
  const bool then = dice.Chance(20) && asker.SomeTime(request.mutable_as_of());
  return Made(request, then);
}

Request FindPaths(Asker& asker) {
  lineage::v1::FindPathsRequest request;
  Dice& dice = asker.dice();
  std::tie(*request.mutable_from(), *request.mutable_to()) = asker.SomeLinked();
  request.set_direction(static_cast<lineage::v1::Direction>(dice.Pick(4)));
  if (request.direction() == lineage::v1::DIRECTION_UPSTREAM) request.mutable_from()->Swap(request.mutable_to());
  request.set_max_paths(static_cast<int32_t>(dice.Pick(6)));
  request.set_include_stale(dice.Chance(60));
  const bool then = dice.Chance(10) && asker.SomeTime(request.mutable_as_of());
  return Made(request, then);
}

std::string Query(Asker& asker) {
  Dice& dice = asker.dice();
  std::string word = dice.OneOf(kWords);
  switch (dice.Pick(12)) {
    case 0: return "";
    case 1: return word + " " + dice.OneOf(kWords);
    case 2: return word + " -" + dice.OneOf(kWords);
    case 3: return "\"" + word + " " + dice.OneOf(kWords) + "\"";
    case 4: return "tag:" + dice.OneOf(kTags);
    case 5: return "owner:" + dice.OneOf(kOwners) + " " + word;
    case 6: return "class:" + dice.OneOf(kClasses);
    case 7: return "column:" + word;
    case 8: return "term:" + word;
    case 9: {
      // Korean words end in a character of three bytes.
      const size_t last = static_cast<unsigned char>(word[0]) < 0x80 ? 1 : 3;
      return word.substr(0, word.size() - last) + "x";
    }
    default: return word;
  }
}

Request Search(Asker& asker) {
  search::v1::SearchRequest request;
  Dice& dice = asker.dice();
  request.set_query(Query(asker));
  for (const char* facet : {"kind", "type", "platform", "namespace", "environment", "domain", "tag", "owner",
                            "classification", "certification"}) {
    if (dice.Chance(40)) request.add_facets(facet);
  }
  if (dice.Chance(20)) {
    auto* filter = request.add_filters();
    filter->set_facet("kind");
    filter->add_values("dataset");
  }
  if (dice.Chance(10)) {
    auto* filter = request.add_filters();
    filter->set_facet("tag");
    filter->add_values(dice.OneOf(kTags));
  }
  request.set_page_size(PageSize(asker));
  if (dice.Chance(40))
    request.set_order_by(dice.OneOf(std::vector<std::string>{"name", "name desc", "updated", "updated desc"}));
  request.set_min_revision(asker.SomeRevision());
  request.set_explain(dice.Chance(30));
  request.set_include_deleted(dice.Chance(20));
  return Made(request);
}

Request Suggest(Asker& asker) {
  search::v1::SuggestRequest request;
  std::string word = asker.dice().OneOf(kWords);
  // Korean words end between characters of three bytes.
  const size_t step = static_cast<unsigned char>(word[0]) < 0x80 ? 1 : 3;
  request.set_prefix(word.substr(0, step * (1 + asker.dice().Pick(word.size() / step))));
  request.set_limit(static_cast<int32_t>(asker.dice().Pick(12)));
  return Made(request);
}

Request ListRecords(Asker& asker) {
  audit::v1::ListRecordsRequest request;
  if (asker.dice().Chance(50)) *request.mutable_asset() = asker.SomeAsset();
  return Made(request);
}

Request Backup(Asker&) {
  admin::v1::BackupRequest request;
  request.set_name("mine");
  return Made(request);
}

}  // namespace

Asker::Asker(const Script* script, const Sight* sight, uint64_t seed) : script_(*script), sight_(*sight), dice_(seed) {
  for (size_t i = 0; i < script_.writes.size(); ++i) {
    if (const auto* statement = std::get_if<Statement>(&script_.writes[i])) Note(i, *statement);
    if (const auto* event = std::get_if<openlineage::MappedEvent>(&script_.writes[i])) Note(*event);
  }
}

void Asker::Note(size_t write, const Statement& statement) {
  if (write <= script_.then) return;
  for (const v1::AspectUpsert& upsert : statement.request.upserts()) {
    const AssetName name = *NameOf(upsert.asset());
    if (sight_.Allows(*script_.Find(name), Privilege::kRead)) changed_.push_back(name);
  }
}

void Asker::Note(const openlineage::MappedEvent& event) {
  const auto sees = [&](const AssetName& name) { return sight_.Sees(*script_.Find(name)); };
  if (!event.job || !sees(*event.job)) return;
  if (event.run && sight_.Allows(*script_.Find(*event.job), Privilege::kReadOperations)) {
    runs_.emplace_back(*event.job, event.run->run_id);
  }
  for (const openlineage::MappedEdge& edge : event.edges) {
    if (!sees(edge.from) || !sees(edge.to)) continue;
    links_.emplace_back(edge.from, edge.to);
    const auto shows = [&](const AssetName& name, const Path& path) {
      return path.empty() || sight_.SeesColumn(*script_.Find(name), path);
    };
    for (const openlineage::ColumnPair& pair : edge.columns) {
      if (!shows(edge.from, pair.from) || !shows(edge.to, pair.to)) continue;
      linked_columns_.emplace_back(edge.from, pair.from);
      linked_columns_.emplace_back(edge.to, pair.to);
    }
  }
}

std::pair<v1::AssetRef, v1::AssetRef> Asker::SomeLinked() {
  if (links_.empty() || dice_.Chance(3)) return {SomeOf(AssetKind::kDataset), SomeOf(AssetKind::kJob)};
  const auto& [from, to] = dice_.OneOf(links_);
  std::vector<AssetName> further = {to};
  for (const auto& link : links_) {
    if (link.first == to) further.push_back(link.second);
  }
  return {RefOf(from), RefOf(dice_.OneOf(further))};
}

std::pair<v1::AssetRef, Path> Asker::SomeLinkedColumn() {
  if (linked_columns_.empty() || dice_.Chance(10)) {
    const v1::AssetRef asset = SomeOf(AssetKind::kDataset);
    return {asset, SomeColumn(asset)};
  }
  const auto& [asset, path] = dice_.OneOf(linked_columns_);
  return {RefOf(asset), path};
}

std::pair<v1::AssetRef, std::string> Asker::SomeRun() {
  const bool any = runs_.empty() || dice_.Chance(10);
  const auto& [job, run_id] = dice_.OneOf(any ? script_.runs : runs_);
  return {RefOf(job), run_id};
}

v1::AssetRef Asker::SomeSource(Privilege privilege) {
  if (script_.sources.empty() || dice_.Chance(5)) return SomeOf(AssetKind::kJob);
  std::vector<AssetName> open;
  for (const AssetName& source : script_.sources) {
    if (sight_.Allows(*script_.Find(source), privilege)) open.push_back(source);
  }
  return RefOf(dice_.OneOf(open.empty() || dice_.Chance(10) ? script_.sources : open));
}

v1::AssetRef Asker::SomeWithColumns() {
  std::vector<size_t> readable;
  for (size_t i = 0; i < script_.assets.size(); ++i) {
    if (script_.assets[i].name.kind == AssetKind::kDataset && sight_.Allows(i, Privilege::kRead)) readable.push_back(i);
  }
  if (readable.empty() || dice_.Chance(15)) return SomeOf(AssetKind::kDataset);
  return RefOf(script_.assets[dice_.OneOf(readable)].name);
}

v1::AssetRef Asker::SomeChanged() {
  if (changed_.empty() || dice_.Chance(15)) return SomeAsset();
  return RefOf(dice_.OneOf(changed_));
}

v1::AssetRef Asker::Among(const std::vector<size_t>& assets) {
  std::vector<size_t> seen;
  std::vector<size_t> hidden;
  for (const size_t asset : assets) (sight_.Sees(asset) ? seen : hidden).push_back(asset);
  if (dice_.Chance(4)) {
    v1::AssetRef missing = RefOf(script_.assets[assets.front()].name);
    missing.set_name("no such thing");
    return missing;
  }
  const bool see = hidden.empty() || (!seen.empty() && dice_.Chance(88));
  return RefOf(script_.assets[dice_.OneOf(see ? seen : hidden)].name);
}

v1::AssetRef Asker::SomeAsset() {
  if (!script_.folded.empty() && dice_.Chance(4)) return RefOf(dice_.OneOf(script_.folded));
  std::vector<size_t> all(script_.assets.size());
  for (size_t i = 0; i < all.size(); ++i) all[i] = i;
  return Among(all);
}

v1::AssetRef Asker::SomeOf(AssetKind kind) {
  std::vector<size_t> found;
  for (size_t i = 0; i < script_.assets.size(); ++i) {
    if (script_.assets[i].name.kind == kind) found.push_back(i);
  }
  return Among(found);
}

bool Asker::SomeTime(v1::AsOf* as_of) {
  const size_t what = dice_.Pick(3);
  if (what == 0) *as_of->mutable_known_at() = server::StampOf(TimeOf(script_.then) + std::chrono::seconds(30));
  if (what == 1) as_of->set_known_at_revision("@then");
  if (what == 2 || dice_.Chance(30)) {
    *as_of->mutable_held_at() =
        server::StampOf(TimeOf(dice_.Pick(script_.writes.size())) - std::chrono::hours(24 * dice_.Pick(12)));
  }
  return what != 2;
}

Path Asker::SomeColumn(const v1::AssetRef& ref) {
  const std::optional<AssetName> name = NameOf(ref);
  const std::optional<size_t> asset = name ? script_.Find(*name) : std::nullopt;
  if (!asset) return {};
  const Labels& labels = script_.assets[*asset].labels.back().second;
  return labels.columns.empty() ? Path() : dice_.OneOf(labels.columns).path;
}

const std::map<std::string, ReadRpc>& ReadRpcs() {
  static const std::map<std::string, ReadRpc> rpcs = {
      {"cadastre.catalog.v1.CatalogService/GetAsset", {16, GetAsset}},
      {"cadastre.catalog.v1.CatalogService/ListColumns", {8, ListColumns}},
      {"cadastre.catalog.v1.CatalogService/BatchGetAssets", {2, BatchGetAssets}},
      {"cadastre.catalog.v1.CatalogService/ListAssets", {5, ListAssets}},
      {"cadastre.catalog.v1.CatalogService/GetHistory", {6, GetHistory}},
      {"cadastre.catalog.v1.CatalogService/DiffAsset", {4, DiffAsset}},
      {"cadastre.catalog.v1.CatalogService/ListNamespaces", {4, ListNamespaces}},
      {"cadastre.catalog.v1.CatalogService/ListRuns", {10, ListRuns}},
      {"cadastre.catalog.v1.CatalogService/ListRunRollups", {2, ListRunRollups}},
      {"cadastre.catalog.v1.CatalogService/GetRun", {5, GetRun}},
      {"cadastre.ingest.v1.IngestService/ListCrawledObjects", {4, ListCrawledObjects}},
      {"cadastre.ingest.v1.IngestService/ListSources", {3, ListSources}},
      {"cadastre.ingest.v1.IngestService/ListCrawls", {3, ListCrawls}},
      {"cadastre.ingest.v1.IngestService/GetCrawl", {4, GetCrawl}},
      {"cadastre.lineage.v1.LineageService/GetLineage", {10, GetLineage}},
      {"cadastre.lineage.v1.LineageService/FindPaths", {5, FindPaths}},
      {"cadastre.search.v1.SearchService/Search", {10, Search}},
      {"cadastre.search.v1.SearchService/Suggest", {5, Suggest}},
      {"cadastre.authz.v1.AuthzService/WhoAmI", {1, Empty<authz::v1::WhoAmIRequest>}},
      {"cadastre.authz.v1.AuthzService/ListTokens", {1, Empty<authz::v1::ListTokensRequest>}},
      {"cadastre.authz.v1.AuthzService/GetToken", {1, ById<authz::v1::GetTokenRequest>, true}},
      {"cadastre.authz.v1.AuthzService/GetPrincipal", {1, ById<authz::v1::GetPrincipalRequest>, true}},
      {"cadastre.authz.v1.AuthzService/ListPrincipals", {1, Empty<authz::v1::ListPrincipalsRequest>, true}},
      {"cadastre.authz.v1.AuthzService/GetRole", {1, ById<authz::v1::GetRoleRequest>, true}},
      {"cadastre.authz.v1.AuthzService/GetGrant", {2, ById<authz::v1::GetGrantRequest>, true}},
      {"cadastre.authz.v1.AuthzService/GetEnvironmentRule", {1, ById<authz::v1::GetEnvironmentRuleRequest>, true}},
      {"cadastre.authz.v1.AuthzService/ListEnvironmentRules", {1, Empty<authz::v1::ListEnvironmentRulesRequest>, true}},
      {"cadastre.authz.v1.AuthzService/ListRoles", {1, Empty<authz::v1::ListRolesRequest>, true}},
      {"cadastre.authz.v1.AuthzService/ListGrants", {1, Empty<authz::v1::ListGrantsRequest>, true}},
      // Who may read the audit log may know what others did, hidden or not: so only the refusal is compared.
      {"cadastre.audit.v1.AuditService/ListRecords", {1, ListRecords, true}},
      {"cadastre.audit.v1.AuditService/GetHead", {1, Empty<audit::v1::GetHeadRequest>, true}},
      {"cadastre.admin.v1.AdminService/Backup", {1, Backup, true}},
  };
  return rpcs;
}

const std::set<std::string>& WriteRpcs() {
  static const std::set<std::string> rpcs = {
      "cadastre.catalog.v1.CatalogService/UpsertAspects",
      "cadastre.catalog.v1.CatalogService/DeleteAsset",
      "cadastre.catalog.v1.CatalogService/RestoreAsset",
      "cadastre.authz.v1.AuthzService/Login",
      "cadastre.authz.v1.AuthzService/CreateToken",
      "cadastre.authz.v1.AuthzService/RevokeToken",
      "cadastre.authz.v1.AuthzService/PutPrincipal",
      "cadastre.authz.v1.AuthzService/PutRole",
      "cadastre.authz.v1.AuthzService/PutGrant",
      "cadastre.authz.v1.AuthzService/DeleteGrant",
      "cadastre.authz.v1.AuthzService/DeletePrincipal",
      "cadastre.authz.v1.AuthzService/DeleteRole",
      "cadastre.authz.v1.AuthzService/PutEnvironmentRule",
      "cadastre.authz.v1.AuthzService/DeleteEnvironmentRule",
      "cadastre.authz.v1.AuthzService/ChangePassword",
      "cadastre.ingest.v1.IngestService/Push",
      "cadastre.ingest.v1.IngestService/BeginCrawl",
      "cadastre.ingest.v1.IngestService/RenewCrawl",
      "cadastre.ingest.v1.IngestService/RecordCrawledObjects",
      "cadastre.ingest.v1.IngestService/MissCrawledObjects",
      "cadastre.ingest.v1.IngestService/FinishCrawl",
  };
  return rpcs;
}

}  // namespace cadastre::noninterference
