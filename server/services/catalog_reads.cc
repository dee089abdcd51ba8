#include <algorithm>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/history.h"
#include "catalog/labels.h"
#include "catalog/lifecycle.h"
#include "catalog/page.h"
#include "catalog/summary.h"
#include "server/rpc/options.h"
#include "server/services/catalog_service.h"
#include "server/wire/catalog_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

constexpr size_t kBatchMax = 100;
constexpr size_t kPageMax = 1000;
constexpr size_t kPageDefault = 100;

struct Listed {
  std::vector<AssetId> ids;
  // Where the next page goes on; empty at the end.
  std::string next;
};

// Kinds in the order of their numbers, so that a list over all kinds pages through one after the other.
struct NamePlace {
  uint8_t kind = 0;
  std::string ns;
  std::string name;
};

std::string EncodePlace(const AssetName& name) {
  std::string out;
  base::AppendU8(out, static_cast<uint8_t>(name.kind));
  base::AppendString(out, name.ns);
  base::AppendString(out, name.name);
  return out;
}

StatusOr<NamePlace> DecodePlace(std::string_view position) {
  NamePlace place;
  if (position.empty()) return place;
  base::ByteReader reader(position);
  ASSIGN_OR_RETURN(place.kind, reader.ReadU8());
  ASSIGN_OR_RETURN(const std::string_view ns, reader.ReadString());
  ASSIGN_OR_RETURN(const std::string_view name, reader.ReadString());
  place.ns = ns;
  place.name = name;
  return place;
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
  Listed out;
  bool more = false;
  ASSIGN_OR_RETURN(out.ids, catalog::ScanMembers(view, container, after, max, &more));
  if (more) {
    base::AppendU64(out.next, out.ids.back().value());
  }
  return out;
}

StatusOr<Listed> ListNames(authz::GovernedView& view, const v1::ListAssetsRequest& request, std::string_view position,
                           size_t max) {
  ASSIGN_OR_RETURN(const NamePlace place, DecodePlace(position));
  uint8_t first = 1;
  uint8_t last = base::kAssetKindMax;
  if (!request.kind().empty()) {
    const StatusOr<AssetKind> kind = base::ParseAssetKind(request.kind());
    if (!kind.ok()) return base::WithinField("kind", kind.status());
    first = last = static_cast<uint8_t>(*kind);
  }
  Listed out;
  for (uint8_t number = std::max(first, place.kind); number <= last && out.ids.size() <= max; ++number) {
    const bool resumes = number == place.kind;
    const auto kind = static_cast<AssetKind>(number);
    const size_t wanted = max + 1 - out.ids.size();
    const std::string_view after_ns = resumes ? std::string_view(place.ns) : std::string_view();
    const std::string_view after_name = resumes ? std::string_view(place.name) : std::string_view();
    const std::vector<AssetId> page =
        request.namespace_().empty()
            ? view.ScanKind(kind, after_ns, after_name, wanted)
            : view.ScanNames(kind, request.namespace_(), request.name_prefix(), after_name, wanted);
    out.ids.insert(out.ids.end(), page.begin(), page.end());
  }
  if (out.ids.size() > max) {
    out.ids.resize(max);
    const std::optional<AssetName> name = view.NameOf(out.ids.back());
    if (!name) return base::Internal("a listed asset without a name");
    out.next = EncodePlace(*name);
  }
  return out;
}

StatusOr<std::optional<authz::Visible<catalog::AssetPage>>> PageAt(authz::GovernedView& view,
                                                                   const authz::ReadPoint& point,
                                                                   const AssetName& name) {
  view.MoveTo(point);
  const authz::Looking looking(&view.shown());
  auto page = catalog::FindPage(view, name);
  if (absl::IsNotFound(page.status())) return std::optional<authz::Visible<catalog::AssetPage>>();
  if (!page.ok()) return page.status();
  return std::make_optional(*std::move(page));
}

}  // namespace

void CatalogService::GetAsset(authz::Call call, v1::GetAssetRequest request, Done<v1::GetAssetResponse> done) {
  call.detail = DetailOf(request.asset());
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  const auto handler = [guard = context_.guard, request](authz::GovernedView& view) -> StatusOr<v1::GetAssetResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.asset(), "asset"));
    if (request.include_deleted()) view.ShowDeleted();
    ASSIGN_OR_RETURN(auto page, catalog::FindPage(view, name));
    const AssetId id = page->id;
    v1::GetAssetResponse response;
    *response.mutable_asset() = ToProto(std::move(page));
    ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, id));
    *response.mutable_asset()->mutable_summary() = ToProto(std::move(summary));
    for (std::string& word : catalog::AllowedOn(view, id)) response.mutable_asset()->add_allowed(std::move(word));
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::GetAssetResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

void CatalogService::BatchGetAssets(authz::Call call, v1::BatchGetAssetsRequest request,
                                    Done<v1::BatchGetAssetsResponse> done) {
  for (const v1::AssetRef& ref : request.assets()) call.detail += base::Cat(DetailOf(ref), " ");
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  if (request.assets_size() < 1 || static_cast<size_t>(request.assets_size()) > kBatchMax) {
    return context_.RefuseRead(std::move(call), base::InvalidField("assets", "1 to 100"), std::move(done));
  }
  const auto handler = [guard = context_.guard,
                        request](authz::GovernedView& view) -> StatusOr<v1::BatchGetAssetsResponse> {
    v1::BatchGetAssetsResponse response;
    for (const v1::AssetRef& ref : request.assets()) {
      ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(ref, "assets"));
      const StatusOr<AssetId> id = view.Resolve(name);
      if (!id.ok()) continue;
      ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, *id));
      *response.add_assets() = ToProto(std::move(summary));
    }
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::BatchGetAssetsResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

void CatalogService::ListAssets(authz::Call call, v1::ListAssetsRequest request, Done<v1::ListAssetsResponse> done) {
  call.detail = request.has_container()
                    ? DetailOf(request.container())
                    : base::Cat(request.kind(), ":", request.namespace_(), "#", request.name_prefix());
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  if (Status bad = CheckListRequest(request); !bad.ok())
    return context_.RefuseRead(std::move(call), bad, std::move(done));
  const StatusOr<size_t> size = PageSizeOf(request.page_size(), kPageDefault, kPageMax);
  if (!size.ok()) return context_.RefuseRead(std::move(call), size.status(), std::move(done));
  const auto handler = [guard = context_.guard, operation = call.operation, max = *size,
                        request](authz::GovernedView& view) -> StatusOr<v1::ListAssetsResponse> {
    if (request.include_deleted()) view.ShowDeleted();
    const Paging paging(guard, view.viewer(), *operation, request);
    ASSIGN_OR_RETURN(const std::string position, paging.Position());
    ASSIGN_OR_RETURN(const Listed listed, request.has_container() ? ListMembers(view, request, position, max)
                                                                  : ListNames(view, request, position, max));
    v1::ListAssetsResponse response;
    for (const AssetId id : listed.ids) {
      ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, id));
      *response.add_assets() = ToProto(std::move(summary));
    }
    if (!listed.next.empty()) response.set_next_page_token(paging.Next(listed.next));
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::ListAssetsResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

void CatalogService::GetHistory(authz::Call call, v1::GetHistoryRequest request, Done<v1::GetHistoryResponse> done) {
  call.detail = DetailOf(request.asset());
  auto options = OptionsOf(request);
  if (!options.ok()) return context_.RefuseRead(std::move(call), options.status(), std::move(done));
  const StatusOr<size_t> size = PageSizeOf(request.page_size(), kPageDefault, kPageMax);
  if (!size.ok()) return context_.RefuseRead(std::move(call), size.status(), std::move(done));
  const auto handler = [guard = context_.guard, operation = call.operation, max = *size,
                        request](authz::GovernedView& view) -> StatusOr<v1::GetHistoryResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.asset(), "asset"));
    const Paging paging(guard, view.viewer(), *operation, request);
    ASSIGN_OR_RETURN(const std::string position, paging.Position());
    std::optional<catalog::HistoryPlace> after;
    if (!position.empty()) {
      base::ByteReader reader(position);
      after.emplace();
      ASSIGN_OR_RETURN(after->revision, reader.ReadU64());
      ASSIGN_OR_RETURN(after->held, reader.ReadI64());
      after->order = reader.rest();
    }
    ASSIGN_OR_RETURN(const auto items, catalog::ScanHistory(view, name, after, max));
    v1::GetHistoryResponse response;
    ToProto(items, response);
    if (items->size() == max) {
      const catalog::HistoryItem& last = items->back();
      std::string next;
      base::AppendU64(next, last.version.revision.value());
      base::AppendI64(next, last.version.held.micros());
      base::AppendRaw(next, last.order);
      response.set_next_page_token(paging.Next(next));
    }
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::GetHistoryResponse>(std::move(call), *std::move(options), handler, std::move(done));
}

void CatalogService::DiffAsset(authz::Call call, v1::DiffAssetRequest request, Done<v1::DiffAssetResponse> done) {
  call.detail = DetailOf(request.asset());
  auto before_options = OptionsOf("", request.has_before() ? &request.before() : nullptr);
  if (!before_options.ok())
    return context_.RefuseRead(std::move(call), base::WithinField("before", before_options.status()), std::move(done));
  auto after_options = OptionsOf("", request.has_after() ? &request.after() : nullptr);
  if (!after_options.ok())
    return context_.RefuseRead(std::move(call), base::WithinField("after", after_options.status()), std::move(done));
  authz::ReadOptions options;
  options.min_revision = request.min_revision();
  const auto handler = [guard = context_.guard, request, before_options = *before_options,
                        after_options = *after_options](authz::GovernedView& view) -> StatusOr<v1::DiffAssetResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.asset(), "asset"));
    ASSIGN_OR_RETURN(const authz::ReadPoint then, guard->ResolvePoint(view, before_options));
    ASSIGN_OR_RETURN(const authz::ReadPoint now, guard->ResolvePoint(view, after_options));
    ASSIGN_OR_RETURN(const auto before, PageAt(view, then, name));
    ASSIGN_OR_RETURN(const auto after, PageAt(view, now, name));
    if (!before && !after) return base::NotFound("no such asset");
    const catalog::AssetPage* const old_page = before ? &**before : nullptr;
    const catalog::AssetPage* const new_page = after ? &**after : nullptr;
    const auto difference = catalog::DiffPages(view, old_page, new_page);
    catalog::NoteAfter(view, new_page, *difference);
    view.MoveTo(then);
    catalog::NoteBefore(view, old_page, *difference);
    v1::DiffAssetResponse response;
    ToProto(difference, response);
    response.set_existed_before(before.has_value());
    response.set_existed_after(after.has_value());
    response.set_revision(guard->opaque().SealRevision(view.revision()));
    return response;
  };
  context_.front->Read<v1::DiffAssetResponse>(std::move(call), std::move(options), handler, std::move(done));
}

}  // namespace cadastre::server
