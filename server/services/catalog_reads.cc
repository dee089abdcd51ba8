#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/history.h"
#include "catalog/labels.h"
#include "catalog/listing.h"
#include "catalog/page.h"
#include "catalog/page_bounds.h"
#include "catalog/summary.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/read.h"
#include "server/services/catalog_service.h"
#include "server/wire/catalog_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

constexpr int kBatchMax = 100;
constexpr int kAskedMax = 32;
constexpr size_t kFilterBytesMax = 256;

struct Listed {
  std::vector<catalog::ListedAsset> rows;
  bool more = false;
};

std::string EncodePlace(const AssetName& name) {
  std::string out;
  base::AppendU8(out, static_cast<uint8_t>(name.kind));
  base::AppendString(out, name.ns);
  base::AppendString(out, name.name);
  return out;
}

StatusOr<std::optional<AssetName>> DecodePlace(std::string_view position) {
  if (position.empty()) return std::optional<AssetName>();
  base::ByteReader reader(position);
  ASSIGN_OR_RETURN(const uint8_t kind, reader.ReadU8());
  ASSIGN_OR_RETURN(const std::string_view ns, reader.ReadString());
  ASSIGN_OR_RETURN(const std::string_view name, reader.ReadString());
  return std::optional(AssetName{static_cast<AssetKind>(kind), std::string(ns), std::string(name)});
}

// The first and the last number of the kinds that a word means: one, or all where it is empty.
StatusOr<std::pair<uint8_t, uint8_t>> KindsOf(const std::string& word) {
  if (word.empty()) return std::pair<uint8_t, uint8_t>(1, base::kAssetKindMax);
  const StatusOr<AssetKind> kind = base::ParseAssetKind(word);
  if (!kind.ok()) return kind.status();
  const auto number = static_cast<uint8_t>(*kind);
  return std::pair<uint8_t, uint8_t>(number, number);
}

// Namespaces that hold a visible asset of the kind, after `after`, in order of words; at most `max` go into `out`.
void ScanNamespaces(const authz::GovernedView& view, AssetKind kind, std::optional<std::string> after, size_t max,
                    std::set<std::string>& out) {
  // Stands behind every name, which is UTF-8.
  constexpr std::string_view kLastName = "\xff";
  for (size_t count = 0; count < max; ++count) {
    const std::vector<AssetId> next =
        view.ScanKind(kind, after.value_or(""), after ? kLastName : std::string_view(), 1);
    const std::optional<AssetName> name = next.empty() ? std::nullopt : view.NameOf(next.front());
    if (!name) return;
    after = name->ns;
    out.insert(name->ns);
  }
}

StatusOr<catalog::PageBounds> BoundsOf(const v1::GetAssetRequest& request) {
  if (!v1::AssetView_IsValid(request.view())) return base::InvalidField("view", "BASIC or FULL");
  if (request.facets_size() > kAskedMax) return base::InvalidField("facets", "at most 32 names");
  if (request.kinds_size() > kAskedMax) return base::InvalidField("kinds", "at most 32");
  const bool full = request.view() == v1::ASSET_VIEW_FULL;
  catalog::PageBounds bounds = full ? catalog::FullBounds() : catalog::BasicBounds();
  bounds.facets.assign(request.facets().begin(), request.facets().end());
  for (int i = 0; i < request.kinds_size(); ++i) {
    const int kind = request.kinds(i);
    if (kind == v1::ASPECT_KIND_UNSPECIFIED || kind == v1::ASPECT_KIND_FACET || !v1::AspectKind_IsValid(kind)) {
      return base::InvalidField(base::Cat("kinds[", i, "]"), "a kind of aspect other than FACET");
    }
    bounds.kinds.insert(static_cast<uint32_t>(kind));
  }
  if (!request.has_column()) return bounds;
  RETURN_IF_ERROR(CheckColumn(request.column()));
  const int segments = request.column().path_size();
  if (segments < 1 || segments > 32) return base::InvalidField("column.path", "1 to 32 segments");
  bounds.column.assign(request.column().path().begin(), request.column().path().end());
  return bounds;
}

std::string EncodeColumnPlace(size_t place, const std::vector<std::string>& path) {
  std::string out;
  base::AppendU64(out, place);
  for (const std::string& segment : path) base::AppendString(out, segment);
  return out;
}

Status DecodeColumnPlace(std::string_view position, catalog::ColumnsRequest& out) {
  if (position.empty()) return absl::OkStatus();
  base::ByteReader reader(position);
  ASSIGN_OR_RETURN(out.after, reader.ReadU64());
  while (!reader.empty()) {
    ASSIGN_OR_RETURN(const std::string_view segment, reader.ReadString());
    out.after_path.emplace_back(segment);
  }
  return absl::OkStatus();
}

Status CheckListRequest(const v1::ListAssetsRequest& request) {
  if (!request.namespace_().empty() && request.kind().empty())
    return base::InvalidField("kind", "set with `namespace`");
  if (!request.name_prefix().empty() && request.namespace_().empty()) {
    return base::InvalidField("namespace", "set with `name_prefix`");
  }
  if (request.has_container() && !request.kind().empty()) {
    return base::InvalidField("container", "instead of kind, namespace and prefix");
  }
  return absl::OkStatus();
}

StatusOr<Listed> ListMembers(authz::GovernedView& view, const v1::ListAssetsRequest& request, std::string_view position,
                             size_t max) {
  ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.container(), "container"));
  ASSIGN_OR_RETURN(const AssetId container, view.Resolve(name));
  AssetId after;
  if (!position.empty()) {
    base::ByteReader reader(position);
    ASSIGN_OR_RETURN(const uint64_t value, reader.ReadU64());
    after = AssetId(value);
  }
  // Who shows the rows notes them.
  const authz::NotesPaused paused(&view.shown());
  Listed out;
  ASSIGN_OR_RETURN(out.rows, catalog::ScanMembers(view, container, after, max, &out.more));
  return out;
}

StatusOr<Listed> ListNames(authz::GovernedView& view, const v1::ListAssetsRequest& request, std::string_view position,
                           size_t max) {
  ASSIGN_OR_RETURN(const std::optional<AssetName> after, DecodePlace(position));
  ASSIGN_OR_RETURN(const auto kinds, KindsOf(request.kind()));
  catalog::NameRange range;
  range.first = static_cast<AssetKind>(kinds.first);
  range.last = static_cast<AssetKind>(kinds.second);
  if (!request.namespace_().empty()) range.ns = request.namespace_();
  range.prefix = request.name_prefix();
  Listed out;
  // One more than the page holds tells whether there is a next.
  ASSIGN_OR_RETURN(out.rows, catalog::ScanAssets(view, range, after, max + 1));
  out.more = out.rows.size() > max;
  if (out.more) out.rows.resize(max);
  return out;
}

// Where the page after this row begins: by id in a container, else by name.
StatusOr<std::string> PlaceAfter(const authz::GovernedView& view, const v1::ListAssetsRequest& request,
                                 const catalog::ListedAsset& row) {
  std::string place;
  if (request.has_container()) {
    base::AppendU64(place, row.place.value());
    return place;
  }
  const std::optional<AssetName> name = view.NameOf(row.place);
  if (!name) return base::Internal("a listed asset without a name");
  return EncodePlace(*name);
}

StatusOr<authz::ReadPoint> PointOf(authz::Guard& guard, const authz::GovernedView& view, std::string_view field,
                                   const authz::ReadOptions& options) {
  StatusOr<authz::ReadPoint> point = guard.ResolvePoint(view, options);
  if (!point.ok()) return base::WithinField(field, point.status());
  return point;
}

StatusOr<std::optional<authz::Visible<catalog::AssetPage>>> PageAt(authz::GovernedView& view,
                                                                   const authz::ReadPoint& point,
                                                                   const AssetName& name) {
  view.MoveTo(point);
  const authz::NotesPaused paused(&view.shown());
  auto page = catalog::FindPage(view, name);
  if (absl::IsNotFound(page.status())) return std::optional<authz::Visible<catalog::AssetPage>>();
  if (!page.ok()) return page.status();
  return std::make_optional(*std::move(page));
}

std::string EncodeHistoryPlace(const catalog::HistoryPlace& place) {
  std::string bytes;
  base::AppendU16(bytes, static_cast<uint16_t>(place.row.size()));
  base::AppendRaw(bytes, place.row);
  base::AppendI64(bytes, place.row_held.micros());
  base::AppendU64(bytes, place.row_revision.value());
  if (!place.item) return bytes;
  base::AppendU64(bytes, place.item->revision);
  base::AppendI64(bytes, place.item->held);
  base::AppendRaw(bytes, place.item->order);
  return bytes;
}

StatusOr<std::optional<catalog::HistoryPlace>> DecodeHistoryPlace(std::string_view bytes) {
  std::optional<catalog::HistoryPlace> place;
  if (bytes.empty()) return place;
  base::ByteReader reader(bytes);
  place.emplace();
  ASSIGN_OR_RETURN(const uint16_t row_bytes, reader.ReadU16());
  ASSIGN_OR_RETURN(const std::string_view row, reader.ReadRaw(row_bytes));
  place->row = std::string(row);
  ASSIGN_OR_RETURN(const int64_t row_held, reader.ReadI64());
  place->row_held = Timestamp(row_held);
  ASSIGN_OR_RETURN(const uint64_t row_revision, reader.ReadU64());
  place->row_revision = Revision(row_revision);
  if (reader.empty()) return place;
  // From one that is made here: to clang an optional within the class that defines its type cannot make one.
  catalog::HistoryPlace::Item& item = place->item.emplace(catalog::HistoryPlace::Item());
  ASSIGN_OR_RETURN(item.revision, reader.ReadU64());
  ASSIGN_OR_RETURN(item.held, reader.ReadI64());
  item.order = std::string(reader.rest());
  return place;
}

}  // namespace

void CatalogService::GetAsset(authz::Call call, v1::GetAssetRequest request, Done<v1::GetAssetResponse> done) {
  call.detail = DetailOf(request.asset());
  const StatusOr<catalog::PageBounds> bounds = BoundsOf(request);
  const auto handler = [bounds = bounds.value_or(catalog::PageBounds())](
                           authz::GovernedView& view,
                           const v1::GetAssetRequest& asked) -> StatusOr<v1::GetAssetResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.asset(), "asset"));
    ASSIGN_OR_RETURN(auto page, catalog::FindBoundedPage(view, name, bounds));
    const AssetId id = page->id;
    v1::GetAssetResponse response;
    *response.mutable_asset() = ToProto(std::move(page));
    ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, id));
    *response.mutable_asset()->mutable_summary() = ToProto(std::move(summary));
    for (const authz::Privilege privilege : catalog::AllowedOn(view, id)) {
      response.mutable_asset()->add_allowed(static_cast<cadastre::privilege::v1::Privilege>(privilege));
    }
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {bounds.status()}, handler, std::move(done));
}

void CatalogService::ListColumns(authz::Call call, v1::ListColumnsRequest request, Done<v1::ListColumnsResponse> done) {
  call.detail = base::Cat(DetailOf(request.asset()), request.filter().empty() ? "" : " ", request.filter());
  const bool long_filter = request.filter().size() > kFilterBytesMax;
  const Status wrong = long_filter ? base::InvalidField("filter", "at most 256 bytes") : absl::OkStatus();
  const auto handler = [](authz::GovernedView& view, const v1::ListColumnsRequest& asked,
                          const Page<v1::ListColumnsRequest>& page) -> StatusOr<v1::ListColumnsResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.asset(), "asset"));
    catalog::ColumnsRequest columns;
    columns.filter = asked.filter();
    columns.max = page.size;
    RETURN_IF_ERROR(DecodeColumnPlace(page.position, columns));
    ASSIGN_OR_RETURN(auto found, catalog::FindColumns(view, name, columns));
    v1::ListColumnsResponse response;
    if (found->last)
      response.set_next_page_token(page.Next(EncodeColumnPlace(*found->last, found->columns.back().path)));
    ToProto(std::move(found), response);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {wrong}, handler, std::move(done));
}

void CatalogService::BatchGetAssets(authz::Call call, v1::BatchGetAssetsRequest request,
                                    Done<v1::BatchGetAssetsResponse> done) {
  for (const v1::AssetRef& ref : request.assets()) call.detail += base::Cat(DetailOf(ref), " ");
  const bool fits = request.assets_size() >= 1 && request.assets_size() <= kBatchMax;
  const Status wrong = fits ? absl::OkStatus() : base::InvalidField("assets", "1 to 100");
  const auto handler = [](authz::GovernedView& view,
                          const v1::BatchGetAssetsRequest& asked) -> StatusOr<v1::BatchGetAssetsResponse> {
    v1::BatchGetAssetsResponse response;
    for (int i = 0; i < asked.assets_size(); ++i) {
      ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.assets(i), base::Cat("assets[", i, "]")));
      const StatusOr<AssetId> id = view.Resolve(name);
      if (!id.ok()) continue;
      ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, *id));
      *response.add_assets() = ToProto(std::move(summary));
    }
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {wrong}, handler, std::move(done));
}

void CatalogService::ListAssets(authz::Call call, v1::ListAssetsRequest request, Done<v1::ListAssetsResponse> done) {
  call.detail = request.has_container()
                    ? DetailOf(request.container())
                    : base::Cat(request.kind(), ":", request.namespace_(), "#", request.name_prefix());
  const Status wrong = CheckListRequest(request);
  const auto handler = [](authz::GovernedView& view, const v1::ListAssetsRequest& asked,
                          const Page<v1::ListAssetsRequest>& page) -> StatusOr<v1::ListAssetsResponse> {
    ASSIGN_OR_RETURN(const Listed listed, asked.has_container() ? ListMembers(view, asked, page.position, page.size)
                                                                : ListNames(view, asked, page.position, page.size));
    v1::ListAssetsResponse response;
    const auto make = [&view](const catalog::ListedAsset& row) -> StatusOr<v1::AssetSummary> {
      ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, row.living));
      return ToProto(std::move(summary));
    };
    ASSIGN_OR_RETURN(const size_t added, AddRows(view.shown(), PageBytes(), listed.rows, listed.rows.size(), make,
                                                 response.mutable_assets()));
    if (listed.more || added < listed.rows.size()) {
      ASSIGN_OR_RETURN(const std::string place, PlaceAfter(view, asked, listed.rows[added - 1]));
      response.set_next_page_token(page.Next(place));
    }
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {wrong}, handler, std::move(done));
}

void CatalogService::ListNamespaces(authz::Call call, v1::ListNamespacesRequest request,
                                    Done<v1::ListNamespacesResponse> done) {
  call.detail = request.kind();
  const auto handler = [](authz::GovernedView& view, const v1::ListNamespacesRequest& asked,
                          const Page<v1::ListNamespacesRequest>& page) -> StatusOr<v1::ListNamespacesResponse> {
    ASSIGN_OR_RETURN(const auto kinds, KindsOf(asked.kind()));
    // Behind one letter, because a namespace may be empty.
    const auto after = page.position.empty() ? std::nullopt : std::optional<std::string>(page.position.substr(1));
    std::set<std::string> found;
    for (uint8_t number = kinds.first; number <= kinds.second; ++number) {
      ScanNamespaces(view, static_cast<AssetKind>(number), after, page.size + 1, found);
    }
    v1::ListNamespacesResponse response;
    for (const std::string& ns : found) {
      if (static_cast<size_t>(response.namespaces_size()) == page.size) {
        response.set_next_page_token(page.Next("n" + response.namespaces(response.namespaces_size() - 1)));
        break;
      }
      response.add_namespaces(ns);
    }
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void CatalogService::GetHistory(authz::Call call, v1::GetHistoryRequest request, Done<v1::GetHistoryResponse> done) {
  call.detail = DetailOf(request.asset());
  const auto handler = [](authz::GovernedView& view, const v1::GetHistoryRequest& asked,
                          const Page<v1::GetHistoryRequest>& page) -> StatusOr<v1::GetHistoryResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.asset(), "asset"));
    ASSIGN_OR_RETURN(const std::optional<catalog::HistoryPlace> after, DecodeHistoryPlace(page.position));
    std::optional<catalog::HistoryPlace> next;
    ASSIGN_OR_RETURN(const auto items, catalog::ScanHistory(view, name, after, page.size, &next));
    v1::GetHistoryResponse response;
    ToProto(items, response);
    if (next) response.set_next_page_token(page.Next(EncodeHistoryPlace(*next)));
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

void CatalogService::DiffAsset(authz::Call call, v1::DiffAssetRequest request, Done<v1::DiffAssetResponse> done) {
  call.detail = DetailOf(request.asset());
  const auto then_options = OptionsOf("", request.has_before() ? &request.before() : nullptr);
  const auto now_options = OptionsOf("", request.has_after() ? &request.after() : nullptr);
  Status wrong = base::WithinField("before", then_options.status());
  wrong.Update(base::WithinField("after", now_options.status()));
  const auto handler = [guard = context_.guard, then_options = then_options.value_or(authz::ReadOptions()),
                        now_options = now_options.value_or(authz::ReadOptions())](
                           authz::GovernedView& view,
                           const v1::DiffAssetRequest& asked) -> StatusOr<v1::DiffAssetResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.asset(), "asset"));
    ASSIGN_OR_RETURN(const authz::ReadPoint then, PointOf(*guard, view, "before", then_options));
    ASSIGN_OR_RETURN(const authz::ReadPoint now, PointOf(*guard, view, "after", now_options));
    ASSIGN_OR_RETURN(const auto before, PageAt(view, then, name));
    ASSIGN_OR_RETURN(const auto after, PageAt(view, now, name));
    if (!before && !after) return base::NotFound("no such asset");
    const catalog::AssetPage* const old_page = before ? &**before : nullptr;
    const catalog::AssetPage* const new_page = after ? &**after : nullptr;
    const auto difference = catalog::DiffPages(view, before ? &*before : nullptr, after ? &*after : nullptr);
    catalog::NoteAfter(view, new_page, *difference);
    view.MoveTo(then);
    catalog::NoteBefore(view, old_page, *difference);
    v1::DiffAssetResponse response;
    ToProto(difference, response);
    response.set_existed_before(before.has_value());
    response.set_existed_after(after.has_value());
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {wrong}, handler, std::move(done));
}

}  // namespace cadastre::server
