#include "server/rpc/options.h"

#include "catalog/merge.h"

namespace cadastre::server {
namespace {

// 0001-01-01 and 9999-12-31, as the well-known type's comment bounds it.
constexpr int64_t kSecondsMin = -62'135'596'800;
constexpr int64_t kSecondsMax = 253'402'300'799;
constexpr int64_t kMicros = 1'000'000;

}  // namespace

std::string DigestOf(const google::protobuf::MessageLite& message) {
  return authz::RequestDigest(catalog::CanonicalBytes(message));
}

StatusOr<Timestamp> TimestampOf(const google::protobuf::Timestamp& stamp, std::string_view field) {
  if (stamp.seconds() < kSecondsMin || stamp.seconds() > kSecondsMax || stamp.nanos() < 0 ||
      stamp.nanos() > 999'999'999) {
    return base::InvalidField(field, "a time between the years 1 and 9999");
  }
  return Timestamp(stamp.seconds() * kMicros + stamp.nanos() / 1000);
}

std::chrono::microseconds DurationOf(const google::protobuf::Duration& duration) {
  return std::chrono::microseconds(duration.seconds() * kMicros + duration.nanos() / 1000);
}

Status CheckColumn(const catalog::v1::ColumnRef& column) {
  return column.has_asset() ? base::InvalidField("column.asset", "absent: it is the asset beside it")
                            : absl::OkStatus();
}

std::string DetailOf(const catalog::v1::AssetRef& ref) {
  return base::Cat(ref.kind(), ":", ref.namespace_(), "#", ref.name());
}

google::protobuf::Timestamp StampOf(Timestamp at) {
  google::protobuf::Timestamp stamp;
  int64_t seconds = at.micros() / kMicros;
  int64_t micros = at.micros() % kMicros;
  if (micros < 0) {
    micros += kMicros;
    --seconds;
  }
  stamp.set_seconds(std::clamp(seconds, kSecondsMin, kSecondsMax));
  stamp.set_nanos(static_cast<int32_t>(micros * 1000));
  return stamp;
}

StatusOr<authz::ReadOptions> OptionsOf(std::string_view min_revision, const catalog::v1::AsOf* as_of) {
  authz::ReadOptions options;
  options.min_revision = std::string(min_revision);
  if (as_of == nullptr) return options;
  if (as_of->has_known_at()) {
    ASSIGN_OR_RETURN(options.known_at, TimestampOf(as_of->known_at(), "known_at"));
  }
  options.known_at_revision = as_of->known_at_revision();
  if (as_of->has_held_at()) {
    ASSIGN_OR_RETURN(options.held_at, TimestampOf(as_of->held_at(), "held_at"));
  }
  return options;
}

StatusOr<size_t> PageSizeOf(int32_t page_size, size_t fallback, size_t max) {
  if (page_size == 0) return fallback;
  if (page_size < 0) return base::InvalidField("page_size", base::Cat("1 to ", max));
  return std::min(static_cast<size_t>(page_size), max);
}

}  // namespace cadastre::server
