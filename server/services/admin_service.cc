#include "server/services/admin_service.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/status.h"
#include "server/rpc/read.h"

namespace cadastre::server {
namespace {

namespace v1 = admin::v1;

bool IsPlainName(const std::string& name) {
  if (name.empty() || name.size() > 128 || name.front() == '.') return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-');
  });
}

}  // namespace

void AdminService::Backup(authz::Call call, v1::BackupRequest request, Done<v1::BackupResponse> done) {
  const Status checked = IsPlainName(request.name())
                             ? absl::OkStatus()
                             : base::InvalidField("name", "1 to 128 of [A-Za-z0-9._-], not beginning with a dot");
  if (checked.ok()) call.detail = request.name();
  const auto handler = [make = make_backup_](authz::GovernedView&,
                                             const v1::BackupRequest& asked) -> StatusOr<v1::BackupResponse> {
    ASSIGN_OR_RETURN(const Made made, make(asked.name()));
    v1::BackupResponse response;
    response.set_path(made.path);
    response.set_bytes(static_cast<int64_t>(made.bytes));
    response.set_audit_size(static_cast<int64_t>(made.audit_size));
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {checked}, handler, std::move(done));
}

}  // namespace cadastre::server
