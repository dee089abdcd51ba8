// AdminService: running the server. Contract: proto/cadastre/admin/v1/admin.proto. Made by main; thread rule: safe.
#pragma once

#include <functional>
#include <string>

#include "cadastre/admin/v1/admin.pb.h"
#include "server/rpc/service.h"

namespace cadastre::server {

class AdminService {
 public:
  // Makes a copy of the data folder under `name`; FAILED_PRECONDITION where it exists.
  struct Made {
    std::string path;
    uint64_t bytes = 0;
    uint64_t audit_size = 0;
  };
  using MakeBackup = std::function<StatusOr<Made>(const std::string& name)>;

  AdminService(ServiceContext context, MakeBackup make_backup)
      : context_(context), make_backup_(std::move(make_backup)) {}

  void Backup(authz::Call call, admin::v1::BackupRequest request, Done<admin::v1::BackupResponse> done);

 private:
  ServiceContext context_;
  MakeBackup make_backup_;
};

}  // namespace cadastre::server
