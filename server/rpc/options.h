// What reads and pages have in common on the wire: min_revision, as_of, page_size, page_token.
// Thread rule: compatible. Errors: INVALID_ARGUMENT that names the field.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>

#include "authz/front/front.h"
#include "authz/front/guard.h"
#include "authz/identity/opaque_tokens.h"
#include "authz/view/view.h"
#include "base/status.h"
#include "base/words.h"
#include "cadastre/catalog/v1/asset.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/message_lite.h"
#include "google/protobuf/timestamp.pb.h"

namespace cadastre::server {

// Bounds of google.protobuf.Timestamp are checked; `field` names it in the error.
StatusOr<Timestamp> TimestampOf(const google::protobuf::Timestamp& stamp, std::string_view field);
google::protobuf::Timestamp StampOf(Timestamp at);
// Of one with a wire form (wire_form.h), which bounds it.
std::chrono::microseconds DurationOf(const google::protobuf::Duration& duration);

// Of a column beside its asset: INVALID_ARGUMENT where it names another, or the same once more.
Status CheckColumn(const catalog::v1::ColumnRef& column);

// What an audit record tells of the asset asked for: `dataset:postgres://db:5432#shop.orders`.
std::string DetailOf(const catalog::v1::AssetRef& ref);

// Fields of `as_of` are named without it.
StatusOr<authz::ReadOptions> OptionsOf(std::string_view min_revision, const catalog::v1::AsOf* as_of);

template <typename Request>
StatusOr<authz::ReadOptions> OptionsOf(const Request& request) {
  const catalog::v1::AsOf* as_of = nullptr;
  std::string_view min_revision;
  if constexpr (requires { request.as_of(); }) {
    if (request.has_as_of()) as_of = &request.as_of();
  }
  if constexpr (requires { request.min_revision(); }) min_revision = request.min_revision();
  return OptionsOf(min_revision, as_of);
}

// 0 means the default; more than `max` is cut to it (AIP-158); negative is an error.
StatusOr<size_t> PageSizeOf(int32_t page_size, size_t fallback, size_t max);

// SHA-256 of a message's deterministic bytes.
std::string DigestOf(const google::protobuf::MessageLite& message);

// The bytes a page token is bound to: the request without token, size and min_revision.
template <typename Request>
std::string PageDigest(Request request) {
  request.clear_page_token();
  if constexpr (requires { request.clear_page_size(); }) request.clear_page_size();
  if constexpr (requires { request.clear_min_revision(); }) request.clear_min_revision();
  if constexpr (requires { request.clear_explain(); }) request.clear_explain();
  return DigestOf(request);
}

// One paged request: opens the token it came with, makes the next.
template <typename Request>
class Paging {
 public:
  Paging(authz::Guard* guard, const authz::Viewer& viewer, const authz::Operation& operation, const Request& request)
      : guard_(guard),
        binding_{viewer.principal(), std::string(operation.name), PageDigest(request)},
        token_(request.page_token()) {}

  // Where the last page ended; empty on the first.
  StatusOr<std::string> Position() const {
    if (token_.empty()) return std::string();
    return guard_->opaque().OpenPage(binding_, token_);
  }
  std::string Next(std::string_view position) const { return guard_->opaque().SealPage(binding_, position); }

 private:
  authz::Guard* guard_;
  authz::PageBinding binding_;
  std::string token_;
};

}  // namespace cadastre::server
