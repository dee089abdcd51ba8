#include "server/rpc/error_details.h"

#include <string>
#include <string_view>

#include "base/status.h"
#include "google/rpc/error_details.pb.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {

google::rpc::Status RichStatusOf(const Status& shown) {
  google::rpc::Status rich;
  rich.set_code(static_cast<int>(shown.code()));
  const std::string_view message = base::MessageOf(shown);
  rich.set_message(std::string(message));
  if (const auto field = base::FieldOf(shown)) {
    google::rpc::BadRequest bad;
    google::rpc::BadRequest::FieldViolation* violation = bad.add_field_violations();
    violation->set_field(*field);
    const std::string name = *field + ": ";
    violation->set_description(std::string(message.starts_with(name) ? message.substr(name.size()) : message));
    rich.add_details()->PackFrom(bad);
  }
  if (const int seconds = RetryAfterSeconds(shown.code()); seconds > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(seconds);
    rich.add_details()->PackFrom(retry);
  }
  return rich;
}

}  // namespace cadastre::server
