// The gRPC doors: one class a service, each method one line that names its operation.
// Made by main; outlive the grpc::Server. Thread rule: safe.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>

#include "server/rpc/services.h"

namespace cadastre::server {

std::unique_ptr<grpc::Service> MakeCatalogDoor(const Services& services);
std::unique_ptr<grpc::Service> MakeLineageDoor(const Services& services);
std::unique_ptr<grpc::Service> MakeSearchDoor(const Services& services);
std::unique_ptr<grpc::Service> MakeAuthzDoor(const Services& services);
std::unique_ptr<grpc::Service> MakeAuditDoor(const Services& services);
std::unique_ptr<grpc::Service> MakeAdminDoor(const Services& services);
std::unique_ptr<grpc::Service> MakeIngestDoor(const Services& services);

}  // namespace cadastre::server
